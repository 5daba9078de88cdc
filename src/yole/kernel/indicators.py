"""What a published number is: its definition, and one value of it with everything that makes it quotable."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from yole.kernel.periods import Period

EXACT = "comptage exact"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number that the house publishes. `id` is « room.name »; every other member is shown to whoever quotes it.

    Raises ValueError when a member is empty: a number without its definition is not published.
    """

    id: str
    name: str
    definition: str
    unit: str
    population: str
    how_computed: str
    source: str

    def __post_init__(self) -> None:
        if missing := [field.name for field in fields(self) if not str(getattr(self, field.name)).strip()]:
            raise ValueError(f"indicator « {self.id} » lacks {', '.join(missing)}")


@dataclass(frozen=True, slots=True)
class Value:
    """An indicator measured over a period and a scope (in words).

    `value` is None when it is masked (small-count protection) or when nobody knows it; `note` then says why. `margin` is in the
    indicator's unit, or EXACT for a complete count. `as_of` is the moment the count was up to date.
    Raises ValueError for a masked value that is shown, or a missing one without a reason.
    """

    indicator: Indicator
    period: Period
    scope: str
    value: float | None
    as_of: datetime
    masked: bool = False
    margin: float | str = EXACT
    note: str = ""

    def __post_init__(self) -> None:
        if self.masked and self.value is not None:
            raise ValueError("masked value shown")
        if self.value is None and not self.note:
            raise ValueError("missing value without its reason")

    @property
    def known(self) -> bool:
        return self.value is not None


def change(now: Value, before: Value) -> float | None:
    """Relative change in % between two values of one indicator; None when one is not known or the first is zero.

    Raises ValueError for two indicators: they do not compare.
    """
    if now.indicator.id != before.indicator.id:
        raise ValueError("two indicators do not compare")
    if now.value is None or not before.value:
        return None
    return 100 * (now.value - before.value) / before.value
