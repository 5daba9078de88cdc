"""The desk triage: six questions asked aloud. The first four place the person; the others say what to do first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, sqrt

# Points of each answer to the four questions that place the person, from 0 to 2.
POINTS: dict[str, dict[str, int]] = {
    "equipment": {"none": 0, "phone": 1, "computer": 2},
    "connection": {"none": 0, "limited": 1, "yes": 2},
    "reading": {"together": 0, "slowly": 1, "alone": 2},
    "mailbox": {"none": 0, "helped": 1, "alone": 2},
}
OTHERS: dict[str, tuple[str, ...]] = {
    "procedure": ("never", "helped", "alone"),
    "need": ("today", "procedure", "job", "device", "learn", "other"),
}
LOWEST, HIGHEST, SD = -1.5, 0.5, 0.8
MOST_POINTS = 2 * len(POINTS)
SURE_BEGINNER = 0.9
FEW_POINTS = 2


@dataclass(frozen=True, slots=True)
class Proposal:
    """`mean` of the prior (sd 0.8); `beginner`: P(first level) under it; `outcome`: accompany, workshop or diagnostic; `reasons`: why, as
    keys: urgent, few-means, beginner, mailbox, alone, able."""

    mean: float
    beginner: float
    outcome: str
    reasons: tuple[str, ...]


def check(answers: Mapping[str, str]) -> None:
    """Raises ValueError naming the question that has no answer, or one that does not exist."""
    lists: dict[str, Sequence[str]] = {**{name: tuple(points) for name, points in POINTS.items()}, **OTHERS}
    for name, allowed in lists.items():
        if answers.get(name) not in allowed:
            raise ValueError(name)
    if extra := sorted(set(answers) - set(lists)):
        raise ValueError(extra[0])


def propose(answers: Mapping[str, str], first_cut: float = -1.0) -> Proposal:
    """What the answers come to, `first_cut` being the upper end of the first level. Raises ValueError as `check`.

    Whatever the prior, somebody without equipment, connection nor mailbox is accompanied: a test on a screen would teach nothing.
    """
    check(answers)
    points = sum(POINTS[name][answers[name]] for name in POINTS)
    mean = LOWEST + (HIGHEST - LOWEST) * points / MOST_POINTS
    beginner = 0.5 * (1.0 + erf((first_cut - mean) / (SD * sqrt(2.0))))
    alone = answers["procedure"] == "alone"
    reasons = ["urgent"] if answers["need"] == "today" else []
    if (beginner >= SURE_BEGINNER or points <= FEW_POINTS) and not alone:
        return Proposal(mean, beginner, "accompany", (*reasons, "few-means"))
    if beginner >= 0.5 and not alone:
        return Proposal(mean, beginner, "workshop", (*reasons, "beginner"))
    if answers["mailbox"] == "none" and not alone:
        return Proposal(mean, beginner, "workshop", (*reasons, "mailbox"))
    return Proposal(mean, beginner, "diagnostic", (*reasons, "alone" if alone else "able"))
