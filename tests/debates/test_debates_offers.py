"""What cafés give to the roadmap, through the registries that it reads."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from tests.debates.cafes import cast, keys, voting
from yole.base.registries import MEASURES, TAKEAWAYS
from yole.debates import services_after, services_room
from yole.debates import services_texts as texts
from yole.debates.models import Cafe
from yole.debates.selectors import local_day
from yole.kernel.shares import wilson


def closed(house: SimpleNamespace, ballots: int, people: int = 30) -> Cafe:
    cafe = voting(house, people=people)
    cast(cafe, *[[1, -1, 0]] * ballots)
    services_room.close_vote(house.host, cafe.pk)
    return services_room.close_cafe(house.host, cafe.pk)


def test_a_sent_idea_is_offered_with_what_the_room_said(house: SimpleNamespace) -> None:
    cafe = closed(house, 12)
    text = texts.publish(house.host, cafe.pk, cafe.contributions.create(kind="idee", text="Un guichet ouvert le soir").pk)
    voted = services_after.send_idea(house.host, cafe.pk, statement_id=keys(cafe)[0])
    services_after.send_idea(house.host, cafe.pk, contribution_id=text.pk)
    written, offered = TAKEAWAYS["cafe-ia"](house.territory.pk)
    low, high = wilson(12, 12)
    assert (offered.key, offered.text, offered.agree, offered.voters) == (str(voted.pk), "Phrase 1 mise au vote", 12, 12)
    assert (offered.low, offered.high) == (pytest.approx(100 * low), pytest.approx(100 * high))
    assert offered.day == local_day(cafe) and "Café d’essai (fictif)" in offered.label
    assert offered.url == reverse("debates:result", args=[cafe.pk])
    assert (written.text, written.agree, written.voters, written.low) == ("Un guichet ouvert le soir", None, None, None)
    services_after.withdraw_idea(house.host, cafe.pk, voted.pk)
    assert [one.text for one in TAKEAWAYS["cafe-ia"](house.territory.pk)] == ["Un guichet ouvert le soir"]
    assert TAKEAWAYS["cafe-ia"](house.elsewhere.pk) == []


def test_a_handful_of_voters_is_offered_without_counts(house: SimpleNamespace) -> None:
    cafe = closed(house, 3)
    services_after.send_idea(house.host, cafe.pk, statement_id=keys(cafe)[0])
    (offered,) = TAKEAWAYS["cafe-ia"](house.territory.pk)
    assert (offered.agree, offered.voters, offered.low, offered.high) == (None, None, None, None)


def test_the_numbers_that_feed_an_indicator(house: SimpleNamespace) -> None:
    closed(house, 12)
    closed(house, 6, people=20)
    voting(house)  # not over: not counted
    day = local_day(Cafe.objects.order_by("pk")[0])
    values = {name: MEASURES[f"debates.{name}"].read(house.territory.pk, day, day).value for name in ("cafes", "people", "ballots")}
    assert values == {"cafes": 2, "people": 50, "ballots": 18}
    before = day - timedelta(days=30)
    assert MEASURES["debates.people"].read(house.territory.pk, before, day - timedelta(days=1)).value == 0
    assert MEASURES["debates.people"].read(house.elsewhere.pk, date(2020, 1, 1), day).value == 0


def test_a_few_people_are_masked(house: SimpleNamespace) -> None:
    cafe = closed(house, 3)
    day = local_day(cafe)
    found = MEASURES["debates.ballots"].read(house.territory.pk, day, day)
    assert found.masked and found.value is None and "moins de 5" in found.note
