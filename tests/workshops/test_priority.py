"""Moving somebody up the waiting list: a reason, the right role, and a line in the proof journal that names nobody."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.errors import Refused
from yole.journal.models import Entry
from yole.workshops.services_enrolment import set_priority

pytestmark = pytest.mark.django_db


def test_a_change_of_priority_is_proved_without_a_name(
    house: SimpleNamespace, new_session: Callable[..., Any], enrolled: Callable[..., Any]
) -> None:
    session = new_session(capacity=1)
    enrolled(session, "Aline (fictif)")
    waiting = enrolled(session, "Béatrice (fictif)", "beatrice@exemple.invalid")
    set_priority(house.coordinator, waiting.pk, 1, "Rendez-vous à la préfecture")
    entry = Entry.objects.get(action="workshops.priority")
    assert '"priority":1' in entry.body
    written = " ".join(str(value) for value in entry.__dict__.values())
    for name in ("Béatrice", "beatrice", "préfecture", house.coordinator.name, house.coordinator.email):
        assert name not in written


def test_a_refused_change_leaves_no_line(house: SimpleNamespace, new_session: Callable[..., Any], enrolled: Callable[..., Any]) -> None:
    session = new_session(capacity=1)
    enrolled(session, "Aline (fictif)")
    waiting = enrolled(session, "Béatrice (fictif)")
    for account, reason in ((house.coordinator, "  "), (house.volunteer, "motif"), (house.outsider, "motif")):
        with pytest.raises(Refused):
            set_priority(account, waiting.pk, 1, reason)
    assert not Entry.objects.filter(action="workshops.priority").exists()
