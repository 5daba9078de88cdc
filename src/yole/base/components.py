"""What components show: figures, tables, bar charts, steps. Pure: a room builds them in its selectors, a template tag draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal


class IncompleteFigureError(ValueError):
    """A figure that lacks what makes it a fact; the message lists what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with everything that makes it quotable. Raises IncompleteFigureError when something is missing.

    `value` is a number, or None when small-count protection hides it (then `suppressed` says the rule). `unit` follows the value
    (« % », « personnes »). `field` is the territory and population, `denominator` what the value is a part of or « sans objet ».
    The certainty is one of: `low` and `high` (the interval, same unit), `counted` (« comptage exact »), `modelled` (the name of the model).
    `axis` is the (least, greatest) of the bar, drawn when there is an interval.
    """

    name: str
    value: float | None
    unit: str
    definition: str
    definition_text: str
    field: str
    denominator: str
    day: date
    source: str
    low: float | None = None
    high: float | None = None
    counted: bool = False
    modelled: str = ""
    suppressed: str = ""
    decimals: int = 0
    axis: tuple[float, float] | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        missing = [f.name for f in fields(self) if f.name in _REQUIRED and not getattr(self, f.name)]
        if self.value is None and not self.suppressed:
            missing.append("value (or suppressed)")
        if self.value is not None and not (self.counted or self.modelled or self.has_interval):
            missing.append("low and high (or counted, or modelled)")
        if missing:
            raise IncompleteFigureError(f"figure « {self.name} » : {', '.join(missing)}")
        if self.has_interval and self.value is not None and not (self.low or 0) <= self.value <= (self.high or 0):
            raise IncompleteFigureError(f"figure « {self.name} » : value outside its interval")

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


_REQUIRED = {"name", "unit", "definition", "definition_text", "field", "denominator", "day", "source"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `numeric` aligns it right with tabular digits."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table that folds to a list on phones. Each row has one cell per column; the first is the row's heading."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    hide_caption: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table « {self.caption} » : {len(row)} cells for {len(self.columns)} columns")

    @property
    def lines(self) -> list[list[tuple[Column, Any]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value`, and its interval when it is an estimate."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars from zero, always drawn with their table. `maximum` defaults to the greatest bound."""

    title: str
    unit: str
    bars: Sequence[Bar]
    maximum: float | None = None
    decimals: int = 0

    @property
    def top(self) -> float:
        return self.maximum or max((max(bar.value, bar.high or 0) for bar in self.bars), default=0) or 1


StepState = Literal["done", "current", "todo"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a journey: done, current or to come."""

    title: str
    state: StepState = "todo"
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A level on a scale of `total` steps: `low` are acquired, up to `high` are possible. `words` say the same."""

    name: str
    words: str
    low: int
    high: int
    total: int = 4

    @property
    def cells(self) -> list[str]:
        return ["over" if i < self.low else "can" if i < self.high else "" for i in range(self.total)]


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of a row of tabs: each one is a page with its own address."""

    key: str
    label: str
    url: str
    count: int | None = None


class Choice(str):
    """The label of a choice with a quieter second line: `Choice("Jeudi 26", hint="Il reste 3 places")`."""

    hint: str

    def __new__(cls, text: str, *, hint: str = "") -> Choice:
        made = super().__new__(cls, text)
        made.hint = hint
        return made
