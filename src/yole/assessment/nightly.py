"""What a night computes from the answers, without anybody's name: proposals of parameters, drift, fairness. Nothing changes by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yole.assessment import running
from yole.assessment.engine import areas, calibrate, dif, online
from yole.assessment.engine.model import MISSING, Answers, Bank
from yole.assessment.enums import ItemState, Mode, SittingState
from yole.assessment.models import Answer, FairnessRun, Item, ParameterSet, Proposal, Sitting
from yole.base.scope import system_scope

FEW_ANSWERS = calibrate.FEW_ANSWERS
FULL_FROM = 500  # sittings under which a whole calibration is not proposed
FEW_ITEMS = 10
SEEN_PER_GROUP = 30  # answers to one item, per group, under which its fairness is not told
OLD = ("soixante_soixante_neuf", "soixante_dix_plus")
UNKNOWN_BANDS = ("", "non_communique")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Answers of finished sittings given alone and not fictional: (sittings, items), -1 where not asked."""

    keys: tuple[str, ...]
    answers: Answers
    age_band: tuple[str, ...]
    gender: tuple[str, ...]
    mode: tuple[str, ...]

    def of(self, keys: Sequence[str]) -> Answers:
        at = {key: column for column, key in enumerate(self.keys)}
        found = np.full((len(self.answers), len(keys)), MISSING, dtype=np.int8)
        for column, key in enumerate(keys):
            if key in at:
                found[:, column] = self.answers[:, at[key]]
        return found


def read() -> Matrix:
    with system_scope():
        sittings = list(
            Sitting.objects.filter(state=SittingState.FINISHED, is_fictional=False)
            .order_by("pk")
            .values_list("pk", "age_band", "gender", "mode")
        )
        rows = list(
            Answer.objects.filter(sitting__state=SittingState.FINISHED, sitting__is_fictional=False, assisted=False).values_list(
                "sitting_id", "version__item__key", "score"
            )
        )
    keys = tuple(sorted({key for _, key, _ in rows}))
    person = {pk: at for at, (pk, *_) in enumerate(sittings)}
    column = {key: at for at, key in enumerate(keys)}
    answers = np.full((len(sittings), len(keys)), MISSING, dtype=np.int8)
    for pk, key, score in rows:
        answers[person[pk], column[key]] = int(score > 0)
    return Matrix(keys, answers, *(tuple(str(one[k]) for one in sittings) for k in (1, 2, 3)))


def _live(parameters: ParameterSet, matrix: Matrix) -> tuple[Bank, Answers]:
    """The items in service and the answers to them, one column each."""
    force = running.in_force(parameters.pk)
    return force.tables.bank, matrix.of(force.keys)


def run() -> dict[str, int]:
    """The whole night. Returns what was proposed: {"new", "full", "drift": items; "fairness": criteria}."""
    parameters = running.current_parameters()
    if parameters is None:
        return {"new": 0, "full": 0, "drift": 0, "fairness": 0}
    matrix = read()
    return {
        "new": propose_new(parameters, matrix),
        "full": propose_full(parameters, matrix),
        "drift": watch_drift(parameters, matrix),
        "fairness": search_unfair(matrix),
    }


def _replace(kind: str, **values: Any) -> None:
    """One undecided proposal of a kind: the night's own takes the place of the last one."""
    Proposal.objects.filter(kind=kind, accepted__isnull=True).delete()
    Proposal.objects.create(kind=kind, **values)


def propose_new(parameters: ParameterSet, matrix: Matrix) -> int:
    """Items on trial with 200 answers, fitted on the scale of the live ones. Returns how many."""
    pilots = list(Item.objects.filter(state=ItemState.PILOT).exclude(kind="task").order_by("key").values_list("key", flat=True))
    tried = matrix.of(pilots)
    ready = [at for at in range(len(pilots)) if int((tried[:, at] != MISSING).sum()) >= FEW_ANSWERS]
    if not ready:
        return 0
    bank, live = _live(parameters, matrix)
    keys = [pilots[at] for at in ready]
    start = np.asarray([float(parameters.values.get(key, {"b": 0.0})["b"]) for key in keys])
    fit = online.calibrate_new(bank, live, tried[:, ready], start)
    values = {
        key: _line(fit.a[at], fit.b[at], fit.se_a[at], fit.se_b[at], fit.n[at], parameters.values.get(key), bool(fit.regularised[at]))
        for at, key in enumerate(keys)
    }
    _replace("new", persons=len(matrix.answers), values=values)
    return len(values)


def _line(a: float, b: float, se_a: float, se_b: float, n: int, old: dict[str, Any] | None, regularised: bool) -> dict[str, Any]:
    numbers = {name: round(float(value), 4) for name, value in (("a", a), ("b", b), ("se_a", se_a), ("se_b", se_b))}
    return {**numbers, "n": int(n), "old_b": old["b"] if old else None, "regularised": regularised}


def propose_full(parameters: ParameterSet, matrix: Matrix) -> int:
    """Every live item with 200 answers calibrated again, from 500 sittings on. The scale is then that of these persons."""
    if len(matrix.answers) < FULL_FROM:
        return 0
    bank, live = _live(parameters, matrix)
    seen, right = (live != MISSING).sum(0), (live == 1).sum(0)
    kept = np.flatnonzero((seen >= FEW_ANSWERS) & (right > 0) & (right < seen))
    if len(kept) < FEW_ITEMS:
        return 0
    answers = live[:, kept]
    answers = answers[(answers != MISSING).any(1)]
    fit = calibrate.calibrate(answers)
    keys = [bank.ids[item] for item in kept]
    values = {
        key: _line(fit.a[at], fit.b[at], fit.se_a[at], fit.se_b[at], fit.n[at], parameters.values.get(key), bool(fit.regularised[at]))
        for at, key in enumerate(keys)
    }
    correlation, settled = areas.estimate_correlation(bank, live)
    _replace("full", persons=len(answers), values=values, correlation=correlation.round(4).tolist() if settled else [])
    return len(values)


def watch_drift(parameters: ParameterSet, matrix: Matrix) -> int:
    """Live items whose difficulty moved by more than 3 standard errors. Returns how many."""
    bank, live = _live(parameters, matrix)
    if not ((live != MISSING).sum(0) >= FEW_ANSWERS).any():
        return 0
    change, alert = online.drifted(bank, live)
    alerts = [bank.ids[at] for at in np.flatnonzero(alert)]
    if alerts:
        values = {bank.ids[at]: {"old_b": float(bank.b[at]), "b": round(float(bank.b[at] + change[at]), 4)} for at in np.flatnonzero(alert)}
        _replace("drift", persons=len(matrix.answers), values=values, alerts=alerts)
    return len(alerts)


@dataclass(frozen=True, slots=True)
class Criterion:
    """Two groups: `reference` and `focal` take one value of `field`."""

    by: str
    field: str
    reference: str
    focal: str
    in_reference: Callable[[str], bool]
    in_focal: Callable[[str], bool]


CRITERIA = (
    Criterion("âge", "age_band", "moins de 60 ans", "60 ans et plus", lambda v: v not in UNKNOWN_BANDS and v not in OLD, OLD.__contains__),
    Criterion("genre", "gender", "hommes", "femmes", "masculin".__eq__, "feminin".__eq__),
    Criterion("support", "mode", "écran", "papier", lambda v: v != Mode.PAPER, lambda v: v == Mode.PAPER),
)


def search_unfair(matrix: Matrix) -> int:
    """Mantel-Haenszel by age, gender and medium, from 200 persons per group on. A run without enough of them says so with no item.

    Returns the number of criteria that had enough.
    """
    enough = 0
    for criterion in CRITERIA:
        values = getattr(matrix, criterion.field)
        reference = np.array([criterion.in_reference(value) for value in values], dtype=bool)
        focal = np.array([criterion.in_focal(value) for value in values], dtype=bool)
        rows: list[dict[str, Any]] = []
        if min(int(reference.sum()), int(focal.sum())) >= dif.FEW_PERSONS:
            enough += 1
            kept = reference | focal
            answers, group = matrix.answers[kept], focal[kept]
            seen = answers != MISSING
            wide = np.flatnonzero((seen[~group].sum(0) >= SEEN_PER_GROUP) & (seen[group].sum(0) >= SEEN_PER_GROUP))
            if len(wide):
                found = dif.mantel_haenszel(answers[:, wide], group)
                rows = [
                    {"item": matrix.keys[item], "delta": round(float(found.delta[at]), 4), "p": round(float(found.p[at]), 6),
                     "ets_class": found.ets_class[at]}
                    for at, item in enumerate(wide)
                ]  # fmt: skip
        FairnessRun.objects.create(
            by=criterion.by,
            reference=criterion.reference,
            focal=criterion.focal,
            persons=int(reference.sum() + focal.sum()),
            items=rows,
        )
    old = FairnessRun.objects.order_by("by", "-made_at").distinct("by").values_list("pk", flat=True)
    FairnessRun.objects.exclude(pk__in=list(old)).filter(items=[]).delete()
    return enough
