"""What subtracting one answer from another would give.

A protected question that is narrowed (a structure, a place, a commune, a theme, a type) is read beside the same question without each of
these: who knows both knows what is left between them. And two shared links are compared before the second one is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yole.activities import indicators_read as read
from yole.activities.enums import ActivityKind
from yole.activities.indicators_read import Question, SharedRow, Sums
from yole.base.memo import remember
from yole.kernel import periods
from yole.kernel.protection import Mask, protect_line, protect_overlapping, protect_table

_MASK_SECONDS = 600.0
_NOTHING: dict[str, Any] = {"structure": None, "place": None, "commune": "", "theme": "", "kind": ""}


@dataclass(frozen=True, slots=True)
class Beside:
    """A question without one of its filters. `hides`: whether its own table hides the line that this filter chose."""

    question: Question
    sums: Sums
    persons: int | None
    twice: list[SharedRow]
    hides: bool


def narrowed(question: Question) -> dict[str, str]:
    """Everything that makes a question smaller than its territory over the same months."""
    return question.filters | ({"structure": str(question.structure)} if question.structure is not None else {})


def around(question: Question) -> tuple[Beside, ...]:
    """Each question that holds this one whole, one filter less; none when nothing is protected or nothing is chosen."""
    if not question.protected:
        return ()
    return tuple(_beside(replace(question, **{by: _NOTHING[by]}), by, value) for by, value in narrowed(question).items())


def _beside(whole: Question, by: str, value: str) -> Beside:
    twice = read.shared(whole)
    lines = read.grouped(whole, by, twice)
    names = read.names(by, lines)
    order = sorted(lines, key=lambda key: (-lines[key]["activities"], names[key]))  # as the table of this question is drawn
    values, people = ([lines[key][what] for key in order] for what in ("activities", "accompaniments"))
    if by == "theme":
        hidden = protect_overlapping(values, whole.threshold, persons=people)
    else:
        hidden = protect_line(values, whole.threshold, persons=people)[0]
    hides = dict(zip(order, hidden, strict=True)).get(value, False)
    return Beside(whole, read.sums(whole, twice), read.persons(whole), twice, hides)


def lines(question: Question, by: str, twice: list[SharedRow], wholes: Sequence[Beside]) -> list[dict[str, Sums]]:
    """`grouped` of a question, then of each question around it."""
    asked = [(question, twice), *((one.question, one.twice) for one in wholes)]
    if len(wholes) > 1 and by != "month" and not question.theme:
        return read.grouped_together(asked, by)  # around one filter is the whole territory, whose lines are kept ready
    return [read.grouped(one, by, rows) for one, rows in asked]


def mask(table: dict[str, list[int]], threshold: int) -> Mask:
    """What a cross-table hides, its lines in the order of their keys: a function of its counts alone, so every page that shows a part of
    it hides the same, and it is worked out once."""
    values = tuple(tuple(table[key]) for key in sorted(table))
    return remember(("activities.mask", threshold, values), _MASK_SECONDS, lambda: protect_table(values, threshold))


def row_mask(question: Question, wholes: Sequence[Beside], columns: str) -> tuple[list[bool], bool] | None:
    """(hidden cells, hidden total) of a line of the cross-table that a question with one filter is: the page of a commune shows of its
    ages what the table of communes by age shows. None when no such table exists."""
    if len(wholes) != 1 or not question.protected:
        return None
    (by, value), whole = next(iter(narrowed(question).items())), wholes[0]
    if by == "theme" or by == columns or (columns == "age" and whole.sums["v1_group"]):
        return None
    table, heads = read.crossed(whole.question, by, columns, whole.twice)
    if value not in table:
        return [False] * len(heads), False
    hidden, n = mask(table, question.threshold), sorted(table).index(value)
    return (list(hidden.cells[n]), False) if not hidden.rows[n] else ([count > 0 for count in table[value]], True)


KINDS = tuple(ActivityKind.values)


def fewest(own: int, wholes: Iterable[int]) -> int:
    """How many persons the smaller part stands for: `own`, or what a whole leaves beside it. Nought leaves nobody."""
    return min([own, *(whole - own for whole in wholes if whole > own)])


def gives_away(one: Question, other: Question) -> bool:
    """Whether subtracting the answer to one question from the other's leaves 1 to threshold − 1 accompaniments.

    Compared are the same filters over two periods that overlap, and nested filters over one period.
    """
    if one.period == other.period:
        small, large = sorted((one, other), key=lambda each: -len(narrowed(each)))
        if narrowed(small) == narrowed(large) or not narrowed(large).items() <= narrowed(small).items():
            return False
        return 0 < _people(large) - _people(small) < one.threshold
    if narrowed(one) != narrowed(other):
        return False
    (first, last), (since, until) = one.months, other.months
    if last < since or until < first:
        return False
    left, right = (min(first, since), max(first, since) - 1), (min(last, until) + 1, max(last, until))
    rest = [_people(replace(one, period=_months(*part))) for part in (left, right) if part[0] <= part[1]]
    return 0 < sum(rest) < one.threshold


def _months(first: int, last: int) -> periods.Period:
    return periods.parse(f"{first // 12}-{first % 12 + 1:02d}..{last // 12}-{last % 12 + 1:02d}", periods.first_day(last))


def _people(question: Question) -> int:
    return read.sums(question, read.shared(question))["accompaniments"]
