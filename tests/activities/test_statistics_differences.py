"""Small counts that a subtraction would show: between two filters, between two periods, between a link and what is already open."""

from __future__ import annotations

import csv
import io
import itertools
import random
from datetime import date
from typing import Any

import pytest

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def world(db: None) -> Any:
    from tests.activities.statistics_world import make_world
    from yole.territory.selectors import forget_cached

    made = make_world()
    forget_cached()
    return made


def counted() -> None:
    from yole.activities import rollups

    while rollups.refresh():
        pass


def question(world: Any, key: str = "2026", **narrowed: Any) -> Any:
    from yole.activities.indicators_read import Question
    from yole.kernel import periods

    return Question(world.territory, periods.parse(key, TODAY), **narrowed)


def people(world: Any, key: str = "2026", **narrowed: Any) -> Any:
    from yole.activities import indicators

    return indicators.accompaniments(indicators.measure(question(world, key, **narrowed)))


def two_kinds(world: Any) -> None:
    """In one commune a group of 100 and three persons alone; in the other a group of 50 and twenty persons alone."""
    world.report(date(2026, 3, 3), anonymous=100, place=0, gender=(60, 40))
    for _ in range(3):
        world.report(date(2026, 3, 4), anonymous=1, place=0, gender=(1,))
    world.report(date(2026, 3, 3), anonymous=50, place=1, gender=(10, 40))
    for _ in range(20):
        world.report(date(2026, 3, 4), anonymous=1, place=1, gender=(0, 1))
    counted()


def test_a_filter_more_shows_nothing_of_the_few_that_it_leaves_beside(world: Any) -> None:
    from yole.activities import files_statistics, statistics

    two_kinds(world)
    assert people(world, commune="97209").value == 103
    assert people(world, commune="97224", kind="collectif").value == 50
    hidden = people(world, commune="97209", kind="collectif")
    assert (hidden.value, hidden.masked) == (None, True)  # 103 − 100 would be three persons
    board = statistics.dashboard(question(world, commune="97209", kind="collectif"))
    assert {number.shown for number in board.numbers} == {None}
    assert {row.value for table in board.tables for row in table.rows} <= {None, 0}
    lines = list(csv.DictReader(io.StringIO(files_statistics.csv(board).decode())))
    assert {line["valeur"] for line in lines} <= {"", "0"}


def test_a_line_of_a_table_shows_nothing_of_the_few_that_its_filter_leaves_beside(world: Any) -> None:
    from yole.activities import indicators

    world.report(date(2026, 3, 3), anonymous=40, place=0, gender=(20, 20), mediator=0)
    world.report(date(2026, 3, 3), anonymous=30, place=1, gender=(28, 2), mediator=2)
    counted()
    whole = indicators.by_gender(indicators.measure(question(world)))
    assert [row.value for row in whole.rows] == [48, 22, 0]
    part = indicators.by_gender(indicators.measure(question(world, structure=world.structures[0].pk)))
    assert [row.value for row in part.rows][1] is None  # 22 − 20 would be the two women of the other structure


def test_ten_visits_of_one_person_are_one_person(world: Any) -> None:
    for day in range(1, 11):
        world.report(date(2026, 3, day), ["A"], place=0, sex="feminin")
    for day in range(1, 11):
        world.report(date(2026, 3, day), ["B", "C", "D", "E", "F"], place=1, sex="masculin")
    counted()
    assert people(world, commune="97209").value is None
    assert people(world, commune="97209", protected=False).value == 10


@pytest.mark.parametrize("seed", range(3))
def test_no_two_answers_leave_a_few_persons_between_them(world: Any, seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(40):
        anonymous = draw.choice([1, 1, 2, 3, 9, 14])
        world.report(date(2026, 3, draw.randrange(1, 28)), anonymous=anonymous, mediator=draw.randrange(4), place=draw.choice([0, 1]))
    counted()
    options = {
        "structure": [None, *(one.pk for one in world.structures)],
        "commune": ["", "97209", "97224"],
        "kind": ["", "individuel", "collectif"],
    }
    asked = [dict(zip(options, choice, strict=True)) for choice in itertools.product(*options.values())]
    shown = [(one, people(world, **one).value) for one in asked]
    seen = 0
    for (small, few), (large, many) in itertools.product(shown, shown):
        narrower = all(not large[name] or large[name] == small[name] for name in options)
        one_more = sum(large[name] != small[name] for name in options) == 1
        if narrower and one_more and few is not None and many is not None:
            seen += 1
            assert many - few == 0 or many - few >= 5 or not few, (small, large)
    assert seen > 5


@pytest.mark.parametrize("seed", range(3))
def test_the_page_of_a_commune_shows_what_the_cross_table_shows_of_it(world: Any, seed: int) -> None:
    """Two tables of the same counts that hid different cells would give each other away."""
    from yole.activities import indicators

    draw = random.Random(seed)
    for _ in range(16):
        anonymous = draw.randrange(1, 9)
        ages = [0] * 7
        for _ in range(anonymous):
            ages[draw.randrange(7)] += 1
        world.report(date(2026, 3, 5), anonymous=anonymous, place=draw.choice([0, 1]), age=ages, mediator=draw.randrange(4))
    counted()
    whole = indicators.measure(question(world))
    hidden = 0
    for by, values in (("commune", ["97209", "97224"]), ("structure", [one.pk for one in world.structures])):
        crossed = indicators.cross(whole, by, "age")
        for value, line in zip(values, crossed.cells, strict=True):
            part = indicators.measure(question(world, **{by: value}))
            if part.withheld:
                continue
            ages_shown = [row.value for row in indicators.by_age(part).rows]
            assert [one for one in ages_shown if one != 0] == [one for one in line if one != 0], (by, value)
            hidden += line.count(None)
    if seed == 0:
        assert hidden > 0  # there was something to hide


def test_two_filters_are_read_with_what_holds_them(world: Any) -> None:
    """One reading gives the same lines as three."""
    from yole.activities import indicators_guard, indicators_read

    draw = random.Random(4)
    for _ in range(40):
        people = ["A", "B"][: draw.randrange(3)]
        themes = draw.sample(["email", "sante", "bureautique"], 2)
        day = date(2026, draw.randrange(1, 4), 5)
        world.report(
            day, people, anonymous=draw.randrange(1, 9), mediator=draw.randrange(4), place=draw.choice([0, 1, None]), themes=themes
        )
    counted()
    for narrowed in ({"commune": "97209", "kind": "collectif"}, {"place": world.places[0].pk, "structure": world.structures[0].pk}):
        asked = question(world, **narrowed)
        wholes = indicators_guard.around(asked)
        twice = indicators_read.shared(asked)
        for by in ("month", "structure", "place", "commune", "kind", "theme"):
            together = indicators_guard.lines(asked, by, twice, wholes)
            apart = [indicators_read.grouped(one, by, rows) for one, rows in [(asked, twice), *((w.question, w.twice) for w in wholes)]]
            assert together == apart, by
            assert together[0]


def test_a_link_is_not_made_when_another_link_would_give_a_few_persons_away(world: Any) -> None:
    from yole.activities import statistics_links
    from yole.base.errors import Refused

    for month, anonymous in ((1, 30), (2, 30), (3, 3), (9, 30)):
        world.report(date(2026, month, 5), anonymous=anonymous)
    counted()

    def share(key: str, **narrowed: Any) -> Any:
        return statistics_links.share(world.coordinator, question(world, key, **narrowed), f"Lien {key}", 30)

    first = share("2026-01..2026-02", commune="97209")
    with pytest.raises(Refused, match=r"du lien « Lien 2026-01\.\.2026-02 »") as caught:
        share("2026-T1", commune="97209")
    assert (caught.value.code, caught.value.status) == ("difference", 422)
    share("2026-01..2026-09", commune="97209")  # 33 persons more
    share("2026-T3", commune="97209")  # nothing in common with the first one
    statistics_links.revoke(world.coordinator, first.link)
    share("2026-T1", commune="97209")


def test_a_link_is_not_made_when_open_data_would_give_a_few_persons_away(world: Any) -> None:
    from yole.activities import statistics_links
    from yole.base.errors import Refused

    for month, anonymous in ((1, 3), (2, 30), (9, 30)):
        world.report(date(2026, month, 5), anonymous=anonymous)
    counted()
    with pytest.raises(Refused, match="données ouvertes de 2026"):
        statistics_links.share(world.coordinator, question(world, "2026-02..2026-12"), "Sans janvier", 30)
    statistics_links.share(world.coordinator, question(world, "2026-01..2026-09"), "Avec janvier", 30)
