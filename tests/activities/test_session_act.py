"""From the desk page of a session to its report: the button is there for who may report, and only for them."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def test_the_button_follows_the_act() -> None:
    from yole.activities.permissions import REPORT
    from yole.base.permissions import declared
    from yole.base.registries import SESSION_ACTS

    one = next(act for act in SESSION_ACTS if act.url_name == "activities:new")
    assert one.act == REPORT
    assert declared()[REPORT]


def test_a_mediator_goes_from_the_session_to_its_report(client: Any) -> None:
    from datetime import timedelta

    from django.urls import reverse
    from django.utils import timezone

    from yole.bookings.models import Capacity
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.territory.models import Territory
    from yole.workshops.models import Programme, Session

    territory = Territory.objects.create(name="Île d’essai", slug="ile-essai", is_default=True, languages=["fr"])
    structure = create_structure(territory, "Structure d’essai (fictif)")
    programme = Programme.objects.create(
        territory=territory, structure=structure, slug="essai", title="Essai", sort_key="essai", themes=["email"], published=True
    )
    starts = timezone.now() + timedelta(hours=2)
    session = Session.objects.create(
        programme=programme,
        territory=territory,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        half_days=["morning"],
        capacity=Capacity.objects.create(capacity=5, starts_at=starts, ends_at=starts + timedelta(hours=2)),
    )
    for role, expected in ((Role.MEDIATOR, True), (Role.VOLUNTEER, False)):
        account = create_account(
            email=f"{role}@essai.invalid",
            name="Personne d’essai (fictif)",
            role=role,
            territory=territory,
            password="essai-essai-essai",
            structure=structure,
            is_fictional=True,
        )
        client.force_login(account)
        page = client.get(reverse("workshops:desk-session", args=[session.pk]))
        assert page.status_code == 200
        assert (f"/activites/nouvelle/?seance={session.pk}" in page.text) is expected
