"""A dashboard: the numbers and tables of one question, beside those of the period before. Screens, exports and the API show this object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from yole.activities import indicators as ind
from yole.activities import indicators_read as read
from yole.activities.indicators import Breakdown, Measured
from yole.activities.indicators_guard import around
from yole.activities.indicators_read import Question
from yole.base.components import Figure
from yole.kernel import periods
from yole.kernel.indicators import Value, change

_TABLES = ("month", "structure", "mediator", "place", "commune", "kind")


@dataclass(frozen=True, slots=True)
class Number:
    """A value, the one of the period before, and the change in % when both are known."""

    now: Value
    before: Value
    change: float | None

    @property
    def shown(self) -> int | None:
        """Rounded once, so that a figure and a table never differ by one."""
        return None if self.now.value is None else round(self.now.value)

    @property
    def shown_before(self) -> int | None:
        return None if self.before.value is None else round(self.before.value)

    @property
    def figure(self) -> Figure:
        """The same as the component that shows a number with its definition and source."""
        one = self.now.indicator
        return Figure(
            name=one.name,
            value=self.shown,
            unit=one.unit,
            definition=one.id,
            definition_text=f"{one.definition} {one.how_computed}" + (f" Ici : {self.now.note}." if self.now.note else ""),
            field=f"{self.now.scope}, {self.now.period.label}. {one.population}",
            denominator="tous les accompagnements" if one.unit == "%" else "sans objet",
            day=timezone.localtime(self.now.as_of).date(),
            source=one.source,
            counted=True,
            suppressed=self.now.note or "masqué",
        )


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`waiting`: a change is saved and not counted yet."""

    question: Question
    words: str
    as_of: datetime
    waiting: bool
    numbers: Sequence[Number]
    tables: Sequence[Breakdown]
    before: Question

    @property
    def unfinished(self) -> bool:
        """Whether the period was still running when it was last counted."""
        return self.question.period.last >= timezone.localtime(self.as_of).date()

    def table(self, key: str) -> Breakdown | None:
        return next((one for one in self.tables if one.id == key), None)


def numbers(found: Measured, before: Measured) -> list[Number]:
    made = []
    for function in ind.NUMBERS.values():
        now, then = function(found), function(before)
        made.append(Number(now, then, None if now.indicator.unit == "%" else change(now, then)))
    return made


def tables(found: Measured, *, mediators: bool = False) -> list[Breakdown]:
    """Every table that the question has an answer for. `mediators`: with one line a mediator (inside a structure alone)."""
    question = found.question
    skipped = set(question.filters)
    if question.structure is not None or question.mediator is not None:
        skipped.add("structure")
    if question.mediator is not None or question.structure is None or not mediators:
        skipped.add("mediator")
    made = [ind.grouped(found, by) for by in _TABLES if by not in skipped]
    if question.theme:
        return made
    made += [ind.by_theme(found), ind.by_theme(found, administrative=True), ind.by_duration(found), ind.by_where(found)]
    return [*made, ind.by_material(found), ind.by_age(found), ind.by_gender(found), ind.by_status(found)]


def dashboard(question: Question, *, mediators: bool = False) -> Dashboard:
    found = ind.measure(question)
    before = ind.compared(question)
    sums, persons = read.sums(before, read.shared(before)), read.persons(before)
    earlier = replace(found, question=before, sums=sums, persons=persons, twice=(), around=around(before), lines={})
    return Dashboard(
        question, found.words, found.as_of, read.waiting(question), numbers(found, earlier), tables(found, mediators=mediators), before
    )


@dataclass(frozen=True, slots=True)
class BarRow:
    """A bar of the drawing, in its units: 400 wide, 40 high a line."""

    label: str
    value: int
    text_y: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Bars:
    """The drawing of the first lines of a table that are shown; `words` say the same."""

    rows: Sequence[BarRow]
    height: int
    words: str


def bars(table: Breakdown, size: int) -> Bars | None:
    """None when nothing is left to draw."""
    shown = [row for row in table.rows[:size] if row.value]
    if not shown:
        return None
    top = max(row.value or 0 for row in shown)
    made = [
        BarRow(row.label, row.value or 0, 40 * i + 14, 40 * i + 20, max(1, round(400 * (row.value or 0) / top)))
        for i, row in enumerate(shown)
    ]
    words = ", ".join(f"{row.label} {row.value}" for row in shown)
    return Bars(made, 40 * len(made), f"{table.title}, en {table.unit} : {words}")


def period_choices(today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(key, label)]) of the periods offered."""
    month = periods.month(today.year, today.month)
    months = [month]
    while len(months) < 13:
        months.append(months[-1].previous())
    quarters = [periods.quarter(today.year, (today.month + 2) // 3)]
    while len(quarters) < 6:
        quarters.append(quarters[-1].previous())
    school = today.year if today.month >= 9 else today.year - 1
    years = [periods.year(today.year - i) for i in range(5)]
    schools = [periods.school_year(school - i) for i in range(3)]
    return [
        ("Mois", [("12-mois", "12 derniers mois"), *((one.key, one.label) for one in months)]),
        ("Trimestres", [(one.key, one.label) for one in quarters]),
        ("Années", [(one.key, one.label) for one in years]),
        ("Années scolaires", [(one.key, one.label) for one in schools]),
    ]
