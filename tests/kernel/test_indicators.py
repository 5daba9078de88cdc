"""An indicator without its definition, or a value without its reason, is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yole.kernel import periods
from yole.kernel.indicators import EXACT, Indicator, Value, change

VISITS = Indicator("room.visits", "Visites", "Venues comptées.", "visites", "Tous les lieux.", "Somme.", "Saisies.")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def value(amount: float | None, **more: object) -> Value:
    return Value(VISITS, periods.month(2026, 11), "Martinique", amount, NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("member", ["name", "definition", "unit", "population", "how_computed", "source"])
def test_every_member_is_compulsory(member: str) -> None:
    with pytest.raises(ValueError, match=member):
        replace(VISITS, **{member: " "})  # type: ignore[arg-type]


def test_values_say_why_they_are_missing() -> None:
    assert value(12).margin == EXACT
    assert not value(None, masked=True, note="moins de 5").known
    with pytest.raises(ValueError, match="reason"):
        value(None)
    with pytest.raises(ValueError, match="masked"):
        value(3, masked=True)


def test_change_compares_one_indicator_with_itself() -> None:
    assert change(value(15), value(10)) == pytest.approx(50)
    assert change(value(15), value(0)) is None
    assert change(value(15), value(None, note="inconnu")) is None
    other = replace(value(10), indicator=replace(VISITS, id="room.other"))
    with pytest.raises(ValueError, match="compare"):
        change(value(1), other)
