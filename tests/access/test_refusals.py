"""A refusal on personal data leaves one line in the journal: who, which page, why; no name."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.access.fixtures import NEIGHBOUR, OWN, World

pytestmark = pytest.mark.django_db


def signed(world: World, role: str, standing: str) -> Client:
    client = Client()
    client.force_login(world.account(role, standing), backend="yole.organisations.backends.AccountBackend")
    return client


def test_a_refused_act_on_personal_data_is_in_the_journal_once(world: World) -> None:
    from yole.journal.models import Entry
    from yole.journal.references import reference

    client = signed(world, "mediator", NEIGHBOUR)
    for _ in range(3):
        assert client.get(f"/ateliers/equipe/inscriptions/{world.booking.pk}/").status_code == 403
    entry = Entry.objects.get(action="access.refused")
    assert entry.actor == reference("account", world.account("mediator", NEIGHBOUR).pk)
    assert '"reason":"forbidden"' in entry.body
    assert '"act":"workshops.see"' in entry.body
    assert "Aline" not in entry.body
    assert "fictif" not in entry.body


def test_other_refusals_and_visitors_leave_nothing(world: World) -> None:
    from yole.journal.models import Entry

    assert signed(world, "recruiter", OWN).get("/lieux/coordination/").status_code == 403
    assert Client().get("/personnes/").status_code == 302
    assert not Entry.objects.filter(action="access.refused").exists()
