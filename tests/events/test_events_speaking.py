"""Speaking minutes: counted in the room, shown with what nobody knows beside, hidden when few people stand behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.base.errors import Refused
from yole.events import indicators, services_after
from yole.events.engine.shares import speaking
from yole.events.models import SpeakingTime
from yole.events.services_editions import change_edition
from yole.events.services_programme import publish

counts = st.integers(0, 500)


@settings(deadline=None, max_examples=60)
@given(st.tuples(counts, counts), st.tuples(counts, counts), counts, counts)
def test_a_share_has_people_behind_it_and_its_unknown(
    people: tuple[int, int], minutes: tuple[int, int], unknown: int, missing: int
) -> None:
    found = speaking(people, minutes, unknown, missing, 5)
    if found.share is not None:
        assert not any(0 < one < 5 for one in people) and found.share == minutes[0] / sum(minutes)
        assert found.unknown == pytest.approx((unknown + missing) / (sum(minutes) + unknown + missing)) and not found.why
    else:
        assert found.why and (not sum(minutes) or any(0 < one < 5 for one in people))


def test_impossible_counts() -> None:
    with pytest.raises(ValueError, match="impossible"):
        speaking((1, 1), (-1, 0), 0, 0, 5)
    assert speaking((0, 0), (0, 0), 0, 0, 5).unknown is None
    assert speaking((6, 0), (30, 0), 0, 0, 5).share == 1.0


@pytest.fixture
def held(fair: SimpleNamespace, new_slot: Callable[..., Any]) -> SimpleNamespace:
    """An edition of yesterday with two sessions of 45 and 60 minutes, a break, and a session to come."""
    yesterday = timezone.localdate() - timedelta(days=1)
    fair.edition = change_edition(None, fair.edition, starts_on=yesterday, ends_on=yesterday + timedelta(days=3))
    fair.first = new_slot("Ouverture")
    fair.second = new_slot("Table ronde", at=time(10), minutes=60)
    new_slot("Pause", at=time(11), minutes=30, kind="pause")
    fair.later = new_slot("Plus tard", day=4)
    publish(None, fair.edition)
    return fair


def figure(fair: SimpleNamespace) -> Any:
    return next(one for one in indicators.of_edition(fair.edition) if one.value.indicator.id == "events.speaking-time")


def test_the_figure_tells_its_unknown_part(held: SimpleNamespace) -> None:
    assert figure(held).value.value is None and "aucun temps de parole" in figure(held).value.note
    services_after.note_speaking(held.organiser, held.second, women=5, men=6, women_minutes=20, men_minutes=30, unknown_minutes=5)
    shown = figure(held)
    assert shown.value.value == 40 and shown.low is None
    # 5 minutes without an answer, 45 of the session that nobody counted, of 100 in all.
    assert "Part inconnue : 50 %" in shown.value.note and "1 séance comptée sur 2" in shown.value.note
    services_after.note_speaking(held.organiser, held.first, women=0, men=0, women_minutes=0, men_minutes=0, unknown_minutes=45)
    assert "Part inconnue : 50 %" in figure(held).value.note and figure(held).value.value == 40
    # Counted again: the new count replaces the old one.
    services_after.note_speaking(held.organiser, held.second, women=4, men=6, women_minutes=20, men_minutes=30)
    assert figure(held).value.value is None and SpeakingTime.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"women": 0}, "missing"),
        ({"men_minutes": 200}, "range"),
        ({"women_minutes": -1}, "range"),
        ({"women_minutes": 0, "men_minutes": 0}, "range"),
    ],
)
def test_what_cannot_be_is_refused(held: SimpleNamespace, changed: dict[str, int], code: str) -> None:
    counts = {"women": 5, "men": 5, "women_minutes": 10, "men_minutes": 10, **changed}
    with pytest.raises(Refused) as refused:
        services_after.note_speaking(held.organiser, held.first, **counts)
    assert refused.value.code == code and not SpeakingTime.objects.exists()


def test_who_counts_and_when(held: SimpleNamespace) -> None:
    counts = {"women": 5, "men": 5, "women_minutes": 10, "men_minutes": 10}
    with pytest.raises(Refused, match="pas commencé"):
        services_after.note_speaking(held.organiser, held.later, **counts)
    for account in (held.evaluator, held.volunteer, held.outsider):
        with pytest.raises(Refused) as refused:
            services_after.note_speaking(account, held.first, **counts)
        assert refused.value.status == 403


def test_the_page_and_its_form(held: SimpleNamespace) -> None:
    desk = Client()
    desk.force_login(held.organiser, backend="yole.organisations.backends.AccountBackend")
    address = reverse("events:desk-speaking", args=[held.edition.slug, held.first.number])
    assert "jamais qui a parlé" in desk.get(address).content.decode().replace("\u00a0", " ")
    wrong = {"women": 0, "women_minutes": 10, "men": 5, "men_minutes": 10, "unknown_minutes": 0}
    assert desk.post(address, wrong).status_code == 422
    assert desk.post(address, {**wrong, "women": 5}).status_code == 302
    page = desk.get(reverse("events:desk-statistics", args=[held.edition.slug])).content.decode()
    assert "Temps de parole des femmes" in page and address in page and "Plus tard" not in page and "Pause" not in page
