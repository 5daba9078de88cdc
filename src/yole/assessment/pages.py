"""What the screens of the diagnosis show: a question, the result area by area."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import erf, sqrt
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from yole.assessment import selectors
from yole.assessment.bank import drawing
from yole.assessment.enums import More
from yole.assessment.models import Answer, Result, Sitting
from yole.assessment.running import MORE_QUESTIONS
from yole.assessment.words import AREAS

SURE, POSSIBLE = 0.80, 0.20
NEXT_STEPS = 2

# What higher rooms add to a result (workshops near here, a passport to prepare): given the request and the sitting, safe HTML.
Section = Callable[[HttpRequest, Sitting], str]
SECTIONS: list[Section] = []


def declare_section(section: Section) -> None:
    if section not in SECTIONS:
        SECTIONS.append(section)


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    text: str
    drawing: SafeString | None


@dataclass(frozen=True, slots=True)
class Question:
    """One screen. `aloud` is what the browser reads; `left`: (fewest, most) questions still to come after this one."""

    position: int
    text: str
    help: str
    aloud: str
    drawing: SafeString | None
    options: tuple[Option, ...]
    several: bool
    left: tuple[int, int]
    dots: tuple[bool, ...]


def question(sitting: Sitting, answered: int) -> Question:
    """The item on the screen now. The sitting must be open with its pending item loaded."""
    assert sitting.pending is not None  # noqa: S101  # an open sitting has one: services.start and answer
    data = sitting.pending.data
    rules = selectors.rules(sitting.territory_id)
    least, most = (0, rules.max_items) if sitting.more else (rules.min_items, rules.max_items)
    if sitting.more == More.LEVEL:
        most = sitting.more_from + MORE_QUESTIONS
    left = (max(0, least - answered - 1), max(0, most - answered - 1))
    return _question(data, answered + 1, left, tuple(at < answered for at in range(most)))


def preview(data: dict[str, Any]) -> Question:
    """A question as a person sees it, outside any sitting: for the desk and for paper."""
    return _question(data, 1, (0, 0), ())


def _question(data: dict[str, Any], position: int, left: tuple[int, int], dots: tuple[bool, ...]) -> Question:
    stem = data["stem"]
    return Question(
        position=position,
        text=stem["text"],
        help=stem.get("help", ""),
        aloud=stem.get("spoken") or stem["text"],
        drawing=_drawing(stem.get("image")),
        options=tuple(Option(option["id"], option["text"], _drawing(option.get("image"))) for option in data["options"]),
        several=data["type"] == "multi",
        left=left,
        dots=dots,
    )


def _drawing(image: dict[str, Any] | None) -> SafeString | None:
    """The SVG of the bank inside the page: it has its own title, follows the colours of the theme and costs no request."""
    return mark_safe(drawing(image["src"])) if image else None  # noqa: S308  # files of the bank, checked by its tests


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area of a result. `cells`: over (sure), can (possible) or empty, one per level; `levels`: the plausible ones, from 1."""

    number: int
    name: object
    levels: tuple[int, ...]
    cells: tuple[str, ...]
    can: object
    next: object
    enough: bool
    theta: float


@dataclass(frozen=True, slots=True)
class ResultPage:
    """`between`: the two levels that the person may be at, when neither is sure; `more`: what further questions
    would tell."""

    level: int
    levels: int
    name: str
    cells: tuple[str, ...]
    per_hundred: int
    other: int | None
    sure: bool
    areas: tuple[AreaLine, ...]
    steps: tuple[AreaLine, ...]
    right: int
    asked: int
    between: tuple[int, int] | None
    more: tuple[str, ...]

    @property
    def known(self) -> tuple[AreaLine, ...]:
        """Areas with enough answers to be told."""
        return tuple(line for line in self.areas if line.enough)


def _at_least(theta: float, se: float, cuts: Sequence[float]) -> list[float]:
    """P(level ≥ k) for k = 1 … levels, of a normal estimate."""
    return [1.0] + [0.5 * (1.0 - erf((cut - theta) / (max(se, 1e-6) * sqrt(2.0)))) for cut in cuts]


def _cells(chances: Sequence[float]) -> tuple[str, ...]:
    return tuple("over" if p >= SURE else "can" if p >= POSSIBLE else "" for p in chances)


def area_line(number: int, theta: float | None, se: float, cuts: Sequence[float]) -> AreaLine:
    """How one area is told. Under three answers nothing is told (« pas assez de réponses »)."""
    words = AREAS[number]
    if theta is None:
        empty = ("",) * (len(cuts) + 1)
        return AreaLine(number, words.name, (), empty, "", _pick(words.next, 0, len(cuts) + 1), False, float("-inf"))
    chances = _at_least(theta, se, cuts)
    exact = [p - q for p, q in zip(chances, [*chances[1:], 0.0], strict=True)]
    plausible = tuple(k + 1 for k, p in enumerate(exact) if p >= POSSIBLE) or (exact.index(max(exact)) + 1,)
    sure = max(k for k, p in enumerate(chances) if p >= SURE or k == 0)
    return AreaLine(
        number,
        words.name,
        plausible,
        _cells(chances),
        _pick(words.can, sure, len(chances)),
        _pick(words.next, sure, len(chances)),
        True,
        theta,
    )


def _pick(sentences: Sequence[object], level: int, levels: int) -> object:
    """The sentence of a level when a territory has more or fewer than four."""
    return sentences[min(len(sentences) - 1, level * len(sentences) // levels)]


def result(sitting: Sitting, found: Result, answers: Sequence[Answer]) -> ResultPage:
    """The result in words: what one can do first, then what to learn, then the level and how sure it is."""
    chances = found.probabilities
    order = sorted(range(len(chances)), key=lambda k: -chances[k])
    tail = [sum(chances[k:]) for k in range(len(chances))]
    lines = tuple(area_line(row["area"], row["theta"], row["se"], found.cuts) for row in found.areas)
    to_learn = sorted((line for line in lines if line.enough), key=lambda line: line.theta)
    names = selectors.level_names(sitting.territory_id, len(chances))
    sure = found.probability >= selectors.rules(sitting.territory_id).certainty
    two = sorted(order[:2])
    return ResultPage(
        level=found.level + 1,
        levels=len(chances),
        name=names[found.level],
        cells=_cells(tail),
        per_hundred=min(99, round(100 * found.probability)),
        other=order[1] + 1 if len(order) > 1 and chances[order[1]] >= 0.05 else None,
        sure=sure,
        areas=lines,
        steps=tuple(to_learn[:NEXT_STEPS]) or lines[:NEXT_STEPS],
        right=sum(answer.score > 0 for answer in answers),
        asked=len(answers),
        between=None if sure or len(two) < 2 else (two[0] + 1, two[1] + 1),
        more=tuple(selectors.more_offered(sitting, len(answers))),
    )
