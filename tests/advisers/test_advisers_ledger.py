"""The budget: pure moves by property, then the triggers of the database."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.advisers.engine.ledger import FREE, MOVES, SOURCE, Line, ShortfallError, balance, lines_of, owner_of, pro_rata

from .conftest import accepted

STEPS = st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.integers(1, 900), st.integers(1, 3)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whatever_the_moves_the_lines_balance(steps: list[tuple[str, int, int]]) -> None:
    lines: list[Line] = []
    opened = 0
    for kind, cents, number in steps:
        post = None if kind == "ouvre" else number
        taken = MOVES[kind][0]
        held = balance(lines, taken, owner_of(taken, post))
        if taken != SOURCE and held < cents:
            with pytest.raises(ShortfallError):
                lines_of(kind, cents, post, held)
            continue
        lines += lines_of(kind, cents, post, held)
        opened += cents if kind == "ouvre" else 0
        stages = {(line.stage, line.post) for line in lines}
        assert sum(line.cents for line in lines) == 0
        assert sum(balance(lines, stage, owner) for stage, owner in stages if stage != SOURCE) == opened == -balance(lines, SOURCE)
        assert all(balance(lines, stage, owner) >= 0 for stage, owner in stages if stage != SOURCE)


def test_four_thousand_grants_are_the_envelope_exactly() -> None:
    lines = list(lines_of("ouvre", 200_000_000_00, None, 0))
    left = balance(lines, FREE)
    for post in range(4000):
        lines += lines_of("reserve", 50_000_00, post, left)
        left -= 50_000_00
    assert left == balance(lines, FREE) == 0
    with pytest.raises(ShortfallError):
        lines_of("reserve", 1, 4001, left)


@pytest.mark.parametrize(
    ("kind", "cents", "post"), [("reserve", 0, 1), ("reserve", -5, 1), ("reserve", 5, None), ("ouvre", 5, 1), ("efface", 5, 1)]
)
def test_what_is_not_a_move(kind: str, cents: int, post: int | None) -> None:
    with pytest.raises(ValueError, match="not a move"):
        lines_of(kind, cents, post, 100)


def test_days_not_served_are_recovered() -> None:
    first = date(2026, 1, 1)
    assert pro_rata(1000, first, first + timedelta(days=9), first + timedelta(days=4)) == 500
    assert pro_rata(1000, first, first + timedelta(days=9), first + timedelta(days=9)) == 0
    assert pro_rata(1000, first, first + timedelta(days=9), first - timedelta(days=1)) == 1000


def test_more_than_the_envelope_is_refused_with_what_is_left(bureau: SimpleNamespace) -> None:
    from yole.advisers.models import Post
    from yole.advisers.services_hosts import return_post
    from yole.advisers.services_ledger import held
    from yole.base.errors import Refused

    accepted(bureau, 0, granted=2)
    with pytest.raises(Refused, match="il reste 20 000 €"):
        accepted(bureau, 1)
    assert Post.objects.count() == 2
    return_post(bureau.coordinator, Post.objects.first().pk, "D-1")
    assert held(bureau.territory, "postes", "disponible", None) == 7_000_000
    accepted(bureau, 2, kind="PRIVATE")
    assert held(bureau.territory, "postes", "disponible", None) == 3_000_000


def test_the_database_refuses_to_change_or_unbalance(bureau: SimpleNamespace) -> None:
    import uuid

    from django.db import DatabaseError, connection, transaction

    from yole.advisers.models import LedgerLine

    line = LedgerLine.objects.first()
    for spoil in (lambda: LedgerLine.objects.update(cents=1), lambda: LedgerLine.objects.all().delete()):
        with pytest.raises(DatabaseError, match="rows are only added"), transaction.atomic():
            spoil()
    number = uuid.uuid4()
    same = {"territory": bureau.territory, "kind": "reserve", "envelope": "postes", "document": "x"}
    for pair in (((FREE, -5),), ((FREE, -5), ("reserve", 6)), ((FREE, -99_000_000_00), ("reserve", 99_000_000_00))):
        with pytest.raises(DatabaseError, match="advisers_ledgerline"), transaction.atomic():
            LedgerLine.objects.bulk_create(LedgerLine(move=number, stage=stage, cents=cents, **same) for stage, cents in pair)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert LedgerLine.objects.count() == 2 and line.document == "essai"
