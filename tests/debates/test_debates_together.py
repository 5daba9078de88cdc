"""Many votes at the same moment: never more ballots than people, one ballot per device, none after the closing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection, connections

from tests.debates.cafes import keys, make_house, voting
from yole.base.errors import Refused
from yole.debates import services_room, services_votes
from yole.debates.models import Ballot, Cafe, Vote

THREADS = 8
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def busy() -> Iterator[SimpleNamespace]:
    yield make_house()
    connections.close_all()


def together(acts: list[Callable[[], object]]) -> list[str]:
    """Runs acts on several connections that start at once; `done`, or the code of the refusal."""
    gate = threading.Barrier(THREADS)

    def client(part: list[Callable[[], object]]) -> list[str]:
        connection.ensure_connection()
        gate.wait()
        said = []
        try:
            for act in part:
                try:
                    act()
                    said.append("done")
                except Refused as refusal:
                    said.append(refusal.code)
        finally:
            connections.close_all()
        return said

    with ThreadPoolExecutor(THREADS) as pool:
        return [one for part in pool.map(client, [acts[n::THREADS] for n in range(THREADS)]) for one in part]


def test_tablets_and_phones_stop_at_the_people_counted(busy: SimpleNamespace) -> None:
    cafe = voting(busy, people=17, statements=1)
    tablet, (first,) = services_room.open_tablet(busy.host, cafe.pk), keys(cafe)

    def on_tablet(n: int) -> Callable[[], object]:
        return lambda: services_votes.vote_on_tablet(cafe.pk, tablet, f"tour-{n}", first, 1)

    def on_phone(n: int) -> Callable[[], object]:
        return lambda: services_votes.vote(cafe.pk, f"jeton-{n}", first, -1)

    said = together([make(n) for n in range(20) for make in (on_tablet, on_phone)])
    assert said.count("done") == 17 and said.count("full") == 23
    assert Ballot.objects.count() == Vote.objects.count() == 17
    assert Cafe.objects.get().ballots_cast == 17


def test_one_device_in_many_windows_is_one_ballot(busy: SimpleNamespace) -> None:
    cafe = voting(busy, people=50, statements=4)
    said = together([lambda pk=pk: services_votes.vote(cafe.pk, "un seul", pk, 1) for pk in keys(cafe) * 10])
    assert said.count("done") == 12 and said.count("enough") == 28
    assert Ballot.objects.count() == 1 and Vote.objects.count() == 4 and Cafe.objects.get().ballots_cast == 1


def test_no_vote_comes_after_the_closing(busy: SimpleNamespace) -> None:
    cafe = voting(busy, people=200, statements=1)
    (first,) = keys(cafe)
    counted: list[int] = []

    def close() -> None:
        services_room.close_vote(busy.host, cafe.pk)
        counted.append(Vote.objects.count())

    acts: list[Callable[[], object]] = [lambda n=n: services_votes.vote(cafe.pk, f"jeton-{n}", first, 1) for n in range(80)]
    acts.insert(24, close)
    said = together(acts)
    assert set(said) == {"done", "closed"}
    assert counted == [Vote.objects.count()] and Vote.objects.count() == said.count("done") - 1
