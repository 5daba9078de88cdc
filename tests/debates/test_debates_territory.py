"""The pooled report: sums of rooms, nothing before a closing, no small count that could be worked out."""

from __future__ import annotations

import json
from itertools import cycle, islice
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def fresh() -> Any:
    from yole.base.memo import forget_all

    forget_all()
    yield
    forget_all()


def closed(house: SimpleNamespace, rows: list[list[int | None]], *, reuse: Any = None, public: str = "tous") -> Any:
    """A café whose vote is closed on these ballots; with `reuse`, on the sentences of another café."""
    from tests.debates.cafes import keys, running
    from yole.debates.devices import digest, new_token
    from yole.debates.models import Ballot, Cafe, Vote
    from yole.debates.services_room import close_cafe, close_vote, open_vote
    from yole.debates.services_statements import propose
    from yole.debates.services_statements import reuse as reuse_version

    cafe = running(house, max(len(rows), 4), public=public)
    for number in range(len(rows[0])):
        if reuse is None:
            propose(house.host, cafe.pk, "idee", f"Phrase {number + 1} de {public}")
        else:
            reuse_version(house.host, cafe.pk, reuse.statements.order_by("order")[number].version_id)
    open_vote(house.host, cafe.pk)
    made = Ballot.objects.bulk_create(Ballot(cafe=cafe, origin="phone", digest=digest(new_token())) for _row in rows)
    Vote.objects.bulk_create(
        Vote(ballot=ballot, statement_id=pk, value=value)
        for ballot, row in zip(made, rows, strict=True)
        for pk, value in zip(keys(cafe), row, strict=True)
        if value is not None
    )
    Cafe.objects.filter(pk=cafe.pk).update(ballots_cast=len(rows))
    close_vote(house.host, cafe.pk)
    close_cafe(house.host, cafe.pk)
    return Cafe.objects.get(pk=cafe.pk)


def ballots(agree: int, disagree: int, passed: int) -> list[list[int | None]]:
    return [[1]] * agree + [[-1]] * disagree + [[0]] * passed


def report(house: SimpleNamespace) -> Any:
    from yole.debates.selectors_territory import territory_report

    return territory_report(house.territory)


def test_rooms_are_summed_and_the_label_is_the_one_of_the_sum(house: SimpleNamespace) -> None:
    first = closed(house, ballots(7, 6, 5))
    closed(house, ballots(20, 5, 6), reuse=first, public="jeunes")
    found = report(house)
    (row,) = found.rows
    assert (found.cafes, found.ballots, row.cafes) == (2, 49, 2)
    assert (row.result.agree, row.result.disagree, row.result.passed, row.result.seen) == (27, 11, 11, 49)
    assert row.result.label == "partagé"
    assert [(part.label, part.agree) for part in row.by_public] == [("Jeunes", 20), ("Tout public", 7)]
    assert row.by_place == []
    assert found.poles == []
    assert "60" in found.why_no_poles


def test_a_small_count_is_hidden_with_another_that_would_give_it_away(house: SimpleNamespace) -> None:
    first = closed(house, ballots(9, 2, 6))
    closed(house, ballots(20, 5, 6), reuse=first, public="jeunes")
    closed(house, ballots(8, 7, 6), reuse=first, public="seniors")
    (row,) = report(house).rows
    shown = {part.label: part.agree for part in row.by_public}
    assert shown["Tout public"] is None
    assert sum(value is None for value in shown.values()) >= 2
    for part in row.by_public:
        assert part.hidden or min(part.agree, part.disagree, part.passed) >= 5


def test_a_room_of_four_ballots_is_nowhere(house: SimpleNamespace) -> None:
    first = closed(house, ballots(7, 6, 5))
    closed(house, ballots(4, 0, 0), reuse=first, public="jeunes")
    found = report(house)
    assert (found.cafes, found.left_out, found.ballots) == (1, 1, 18)
    assert found.rows[0].result.agree == 7


def test_an_open_vote_shows_nothing(house: SimpleNamespace) -> None:
    from tests.debates.cafes import cast, voting

    cafe = voting(house, 8, 1)
    cast(cafe, *[[1]] * 6)
    found = report(house)
    assert (found.cafes, found.rows) == (0, [])


def test_planted_camps_over_two_rooms_are_found_with_rooms_as_strata(house: SimpleNamespace) -> None:
    rng = np.random.default_rng(4)
    camps = [[1, 1, 1, 1, -1, -1, -1, -1], [-1, -1, -1, -1, 1, 1, 1, 1]]

    def room(people: int) -> list[list[int | None]]:
        return [[-vote if rng.random() < 0.1 else vote for vote in row] for row in islice(cycle(camps), people)]

    first = closed(house, room(34))
    closed(house, room(30), reuse=first, public="jeunes")
    found = report(house)
    assert found.ballots == 64
    assert sorted(pole.size for pole in found.poles) == [32, 32]


def test_the_page_and_the_files_say_the_same(house: SimpleNamespace, client: Any) -> None:
    first = closed(house, ballots(9, 2, 6))
    closed(house, ballots(20, 5, 6), reuse=first, public="jeunes")
    page = client.get("/cafe-ia/territoire/").content.decode()
    assert "29\u00a0d’accord" in page or "29 d’accord" in page
    found = json.loads(client.get("/cafe-ia/territoire.json").content)
    assert found["licence"] == "CC BY 4.0"
    assert found["statements"][0]["agree"] == 29
    assert all(line["agree"] is None for line in found["statements"][0]["by_public"])
    lines = client.get("/cafe-ia/territoire.csv").content.decode().splitlines()
    assert lines[1].split(",")[1:5] == ["ensemble", "", "2", "29"]
    assert ",public,Jeunes,,,,,," in lines[2]


def test_an_empty_territory_says_so(house: SimpleNamespace, client: Any) -> None:
    page = client.get("/cafe-ia/territoire/")
    assert page.status_code == 200
    assert "Aucun vote n’est encore publié" in page.content.decode()
