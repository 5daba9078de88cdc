"""The engine at work on the tables: parameters in force, the state of a sitting, the next item, the result. Reads and computes only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from yole.assessment.engine import areas, cat
from yole.assessment.engine.classify import decide, level_probabilities, level_weights
from yole.assessment.engine.model import MISSING, Bank, Flags
from yole.assessment.enums import ItemState, More
from yole.assessment.models import Answer, Item, ItemVersion, ParameterSet, Sitting
from yole.base.memo import remember
from yole.base.scope import system_scope

KEPT_SECONDS = 30.0
PILOT_POSITIONS = (4, 9)  # a pilot item is asked once, at a position drawn in this range (the end is excluded)
RULES = cat.Rules(easy_start=True)
PRIOR_SD = 0.8  # of the desk triage
MORE_QUESTIONS = 5


@dataclass(frozen=True, slots=True)
class Rules:
    """What a territory decided (`models.DiagnosticSettings`), as the engine takes it."""

    cuts: tuple[float, ...]
    min_items: int
    max_items: int
    certainty: float

    @property
    def stop(self) -> cat.StopRules:
        return cat.StopRules(min_items=self.min_items, max_items=self.max_items, level=self.certainty, cuts=self.cuts)


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """Live items with their parameters. `versions`: item key -> id of its youngest version; `pilots`: keys of items on trial."""

    parameters: int
    keys: tuple[str, ...]
    index: dict[str, int]
    versions: dict[str, int]
    tables: cat.Tables
    shown: np.ndarray[Any, np.dtype[np.intp]]
    sittings: int
    pilots: tuple[str, ...]
    exclusions: dict[str, frozenset[int]] = field(default_factory=dict)


def current_parameters() -> ParameterSet | None:
    return ParameterSet.objects.order_by("-made_at", "-id").first()


def in_force(parameters_id: int) -> InForce:
    """Items, parameters and counts of exposure, read again every half minute."""
    return remember(("assessment", parameters_id), KEPT_SECONDS, lambda: _read(parameters_id))


@lru_cache(maxsize=4)
def _tables(parameters_id: int, keys: tuple[str, ...], a: tuple[float, ...], b: tuple[float, ...], area: tuple[int, ...]) -> cat.Tables:
    slopes = np.asarray(a)
    return cat.Tables(Bank(keys, slopes, -slopes * np.asarray(b), np.asarray(area, dtype=np.intp) - 1), longest=20)


def _read(parameters_id: int) -> InForce:
    values = ParameterSet.objects.values_list("values", flat=True).get(pk=parameters_id)
    items = list(Item.objects.filter(state__in=[ItemState.LIVE, ItemState.PILOT]).exclude(kind="task").order_by("key"))
    youngest = dict(
        ItemVersion.objects.filter(item__in=items).order_by("item_id", "-version").distinct("item_id").values_list("item__key", "id")
    )
    live = [item for item in items if item.state == ItemState.LIVE and item.key in values and item.key in youngest]
    keys = tuple(item.key for item in live)
    index = {key: at for at, key in enumerate(keys)}
    tables = _tables(
        parameters_id,
        keys,
        tuple(float(values[key]["a"]) for key in keys),
        tuple(float(values[key]["b"]) for key in keys),
        tuple(item.area for item in live),
    )
    return InForce(
        parameters=parameters_id,
        keys=keys,
        index=index,
        versions=youngest,
        tables=tables,
        shown=np.asarray([item.shown for item in live], dtype=np.intp),
        sittings=_sittings(parameters_id),
        pilots=tuple(item.key for item in items if item.state == ItemState.PILOT and item.key in youngest),
        exclusions=_exclusions(keys, youngest),
    )


def _sittings(parameters_id: int) -> int:
    """Every sitting that these parameters served, whoever asks: the exposure of an item is a share of them all."""
    with system_scope():
        return Sitting.objects.filter(parameters=parameters_id).count()


def _exclusions(keys: Sequence[str], youngest: dict[str, int]) -> dict[str, frozenset[int]]:
    """Item key -> positions of the items that may not follow it: its enemies and those of its exclusion group."""
    index = {key: at for at, key in enumerate(keys)}
    data = {row["id"]: row for row in ItemVersion.objects.filter(id__in=[youngest[k] for k in keys]).values_list("data", flat=True)}
    groups: dict[str, set[int]] = {}
    for key, row in data.items():
        if row.get("exclusion_group") and key in index:
            groups.setdefault(row["exclusion_group"], set()).add(index[key])
    barred: dict[str, set[int]] = {key: set() for key in data}
    for key, row in data.items():
        barred[key] |= groups.get(row.get("exclusion_group") or "", set())
        for enemy in row.get("enemies") or []:
            if enemy in index:
                barred[key].add(index[enemy])
                barred.setdefault(enemy, set()).add(index.get(key, index[enemy]))
    return {key: frozenset(at) for key, at in barred.items() if at}


def replay(force: InForce, answers: Iterable[Answer], prior_mean: float | None = None) -> cat.Session:
    """The state of a test after its answers that count. Answers to items withdrawn since are left out. `answers` carry version and item.

    `prior_mean`: that of the sitting, where the desk triage placed the person; None for N(0, 1).
    """
    session = cat.Session.start(force.tables) if prior_mean is None else cat.Session.start(force.tables, mean=prior_mean, sd=PRIOR_SD)
    for answer in answers:
        at = force.index.get(answer.version.item.key)
        if at is not None and answer.counts and not session.used[at]:
            session.answer(at, right=answer.score > 0)
    return session


def next_version(sitting: Sitting, answers: Sequence[Answer], rules: Rules) -> int | None:
    """Id of the item version to ask now, or None to stop. The same answers of the same sitting always lead to the same item."""
    force = in_force(sitting.parameters_id)
    session = replay(force, answers, sitting.prior_mean)
    if why_stop(session, answers, rules, sitting) is not None:
        return None
    position = len(answers) + 1
    draw = np.random.default_rng([sitting.seed, position])
    pilot = _pilot(force, sitting, answers, position)
    if pilot is not None:
        return pilot
    barred: Flags = np.zeros(len(force.keys), dtype=bool)
    for answer in answers:
        for at in force.exclusions.get(answer.version.item.key, ()):
            barred[at] = True
    if sitting.more == More.AREAS:
        barred |= ~_lacking(session)[session.tables.bank.area]
    chosen = cat.next_item(session, RULES, draw, shown=force.shown, sessions=force.sittings, barred=barred, length=rules.max_items)
    return None if chosen is None else force.versions[force.keys[chosen]]


def why_stop(session: cat.Session, answers: Sequence[Answer], rules: Rules, sitting: Sitting | None = None) -> str | None:
    """Reason to stop, counting every question asked: a pilot item tires the person as much as another.

    A sitting taken up again after its result goes on until each area has its answers, or until the level is sure within 5 questions.
    """
    if sitting is not None and sitting.more == More.AREAS:
        if not _lacking(session).any():
            return cat.why_stop(session, rules.stop) or "length"
        return "length" if len(answers) >= rules.max_items else None
    if sitting is not None and sitting.more == More.LEVEL:
        if len(answers) >= sitting.more_from + MORE_QUESTIONS:
            return "length"
        return cat.why_stop(session, replace(rules.stop, se=0.0, max_items=1000))
    if len(answers) >= rules.max_items:
        return "length"
    return cat.why_stop(session, rules.stop)


def _lacking(session: cat.Session) -> Flags:
    """Per area of the bank, whether it has items to ask and fewer answers than it takes to be shown."""
    area = session.tables.bank.area
    left = np.bincount(area[~session.used], minlength=len(session.per_area)) > 0  # type: ignore[index]  # a bank in service has areas
    return np.asarray((session.per_area < areas.SHOWN_FROM) & left, dtype=bool)


def _pilot(force: InForce, sitting: Sitting, answers: Sequence[Answer], position: int) -> int | None:
    """The pilot item of this sitting when its turn has come: not on paper, once, at a position drawn from the seed."""
    if not force.pilots or any(not answer.counts for answer in answers):
        return None
    draw = np.random.default_rng([sitting.seed, 0])
    if position != int(draw.integers(*PILOT_POSITIONS)):
        return None
    return force.versions[force.pilots[int(draw.integers(len(force.pilots)))]]


@dataclass(frozen=True, slots=True)
class Measure:
    """What answers come to. `areas`: (theta or None, se, answered) for areas 1 to 5."""

    theta: float
    se: float
    level: int
    probability: float
    probabilities: tuple[float, ...]
    areas: tuple[tuple[float | None, float, int], ...]
    answered: int


def measure(sitting: Sitting, answers: Sequence[Answer], rules: Rules, correlation: Sequence[Sequence[float]] = ()) -> Measure:
    """Level with its probability, and the five areas estimated together."""
    force = in_force(sitting.parameters_id)
    session = replay(force, answers, sitting.prior_mean)
    row = np.full((1, len(force.keys)), MISSING, dtype=np.int8)
    for answer in answers:
        at = force.index.get(answer.version.item.key)
        if at is not None and answer.counts:
            row[0, at] = 1 if answer.score > 0 else 0
    theta, se = session.estimate()
    spread = level_probabilities(session.posterior, level_weights(force.tables.grid, rules.cuts))
    level, wrong = decide(spread)
    matrix = np.asarray(correlation, dtype=np.float64) if len(correlation) == 5 else areas.even_correlation(5)
    profile = areas.profiles(force.tables.bank, row, matrix)
    shown = profile.shown()[0]
    return Measure(
        theta=theta,
        se=se,
        level=level,
        probability=1.0 - wrong,
        probabilities=tuple(float(p) for p in spread),
        areas=tuple(
            (None if np.isnan(shown[k]) else float(shown[k]), float(profile.se[0, k]), int(profile.answered[0, k])) for k in range(5)
        ),
        answered=len(session.asked),
    )
