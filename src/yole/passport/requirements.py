"""What a level asks for, what is known of a candidate, and what follows. Plain values: the machine proposes, people decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

# The requirements of a level when it says nothing else. `attendance`: share of the half-days held of the cohort, 0 to 1, None not to ask.
# `tasks`: {task: least score, 1 or 2}. `diagnosis` None: not asked for.
DEFAULT: dict[str, Any] = {
    "attendance": 0.7,
    "tasks": {},
    "diagnosis": {"min_probability": 0.8, "min_per_area": 2, "supervised": True, "max_age_days": 180},
    "retake_after_days": 7,
    "validity_months": None,
}
MET, MISSING, UNKNOWN = "met", "missing", "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`held` and `present`: half-days of the cohort, None without a cohort. `probabilities`: of each rank, weakest first, empty without a
    diagnosis. `areas`: [[area 1 to 5, level from 1 or None, answers]]. `tasks`: best score of each task."""

    held: int | None = None
    present: int | None = None
    probabilities: Sequence[float] = ()
    supervised: bool = False
    assisted: bool = False
    finished_on: str = ""  # ISO day
    areas: Sequence[Sequence[int | None]] = ()
    tasks: Mapping[str, int] = field(default_factory=dict)

    @property
    def attendance(self) -> float | None:
        """Share of the half-days held, 0 to 1."""
        return None if not self.held or self.present is None else self.present / self.held

    @property
    def measured_rank(self) -> int | None:
        """The most likely rank, from 1."""
        return None if not self.probabilities else max(range(len(self.probabilities)), key=lambda k: self.probabilities[k]) + 1

    def probability(self, rank: int) -> float | None:
        """That this rank is the right one, as the diagnosis says."""
        return self.probabilities[rank - 1] if 1 <= rank <= len(self.probabilities) else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_evidence(members: Mapping[str, Any]) -> Evidence:
    """What `as_json` wrote; an empty object is no evidence."""
    return Evidence(**dict(members))


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement judged: `state` is MET, MISSING or UNKNOWN."""

    state: str
    words: str


def whole(requirements: Mapping[str, Any]) -> dict[str, Any]:
    """The requirements with the defaults of absent members."""
    made = {**DEFAULT, **requirements}
    if made["diagnosis"] is not None:
        made["diagnosis"] = {**DEFAULT["diagnosis"], **made["diagnosis"]}
    return made


def judge(requirements: Mapping[str, Any], rank: int, evidence: Evidence, today: date, names: Mapping[str, str]) -> list[Line]:
    """Each requirement of a level of this rank against the evidence. `names`: what tasks are called."""
    asked = whole(requirements)
    lines = []
    if asked["attendance"] is not None:
        lines.append(_attendance(float(asked["attendance"]), evidence))
    if asked["diagnosis"] is not None:
        lines += _diagnosis(asked["diagnosis"], rank, evidence, today)
    for task, least in asked["tasks"].items():
        score = evidence.tasks.get(task)
        state = UNKNOWN if score is None else MET if score >= least else MISSING
        lines.append(Line(state, f"Exercice « {names.get(task, task)} » : {'pas fait' if score is None else score} sur 2, demandé {least}"))
    return lines


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def _attendance(least: float, evidence: Evidence) -> Line:
    share = evidence.attendance
    if share is None:
        return Line(UNKNOWN, f"Présence : pas de séance comptée, demandé {_percent(least)}")
    words = f"Présence : {evidence.present} demi-journées sur {evidence.held} ({_percent(share)}), demandé {_percent(least)}"
    return Line(MET if share >= least else MISSING, words)


def _diagnosis(asked: Mapping[str, Any], rank: int, evidence: Evidence, today: date) -> list[Line]:
    if not evidence.probabilities or evidence.measured_rank is None:
        return [Line(UNKNOWN, "Diagnostic : aucun résultat lié")]
    lines = []
    at_least = sum(evidence.probabilities[rank - 1 :])
    state = MET if at_least >= float(asked["min_probability"]) else MISSING
    words = f"Diagnostic : {_percent(at_least)} de chances d’être à ce niveau ou au-dessus, demandé {_percent(asked['min_probability'])}"
    lines.append(Line(state, words))
    few = [int(row[0] or 0) for row in evidence.areas if int(row[2] or 0) < int(asked["min_per_area"])]
    words = f"Diagnostic : au moins {asked['min_per_area']} questions par domaine" + (
        "" if not few else f" (trop peu dans le domaine {', '.join(map(str, few))})"
    )
    lines.append(Line(MET if not few and evidence.areas else MISSING, words))
    if asked["supervised"]:
        told = "passé devant l’équipe" if evidence.supervised else "passé seul, sans témoin"
        lines.append(Line(MET if evidence.supervised else MISSING, f"Diagnostic : {told}"))
    age = (today - date.fromisoformat(evidence.finished_on)).days if evidence.finished_on else None
    fresh = age is not None and age <= int(asked["max_age_days"])
    lines.append(Line(MET if fresh else MISSING, f"Diagnostic : il a {age} jours, accepté jusqu’à {asked['max_age_days']}"))
    return lines


def sound(lines: Sequence[Line]) -> bool:
    """Whether everything asked for is met."""
    return all(line.state == MET for line in lines)


def months_later(day: date, months: int) -> date:
    """The same day, `months` later; the last of the month when it has no such day."""
    total = day.month - 1 + months
    year, month = day.year + total // 12, total % 12 + 1
    last = 31
    while True:
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            last -= 1
