"""A whole run: the matching, its check, the reasons, the old rule on the same data, and what a little more would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from yole.advisers.engine.match import NOBODY, Matching, Nearest, match, nearest_three
from yole.advisers.engine.match_check import Examination, examine
from yole.advisers.engine.match_pairs import SURE, WITH_DELAY, WITH_DISTANCE, Pairs, possible_pairs
from yole.advisers.engine.match_problem import Problem
from yole.advisers.engine.match_reasons import Left, Reasons

ONE_KM, ONE_WEEK = 1.0, 7
RULE = "au plus trois postes par candidat et trois candidats par poste, au plus près ; puis chaque place au plus proche des proposés"


def _silent(step: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a run found. `with_distance`, `with_delay`: the matching with 1 km more for everyone, with 1 week."""

    problem: Problem
    pairs: Pairs
    matching: Matching
    check: Examination
    candidates: list[Left]
    posts: list[Left]
    nearest: Nearest
    nearest_check: Examination
    with_distance: Matching
    with_delay: Matching

    @property
    def sound(self) -> bool:
        return self.check.stable

    def placements(self) -> list[tuple[str, str, float]]:
        """(candidate, post, kilometres), by post then candidate."""
        placed = [(int(p), c) for c, p in enumerate(self.matching.placed.tolist()) if p != NOBODY]
        people, posts = self.problem.candidates.ids, self.problem.posts.ids
        return [(people[c], posts[p], int(self.matching.metres[c]) / 1000) for p, c in sorted(placed)]


def run(problem: Problem, *, watch: Callable[[str], None] = _silent) -> Run:
    """Matches, then checks the result from the problem alone. `watch` is told each step."""
    watch("couples possibles")
    pairs = possible_pairs(problem, more_km=ONE_KM, more_days=ONE_WEEK)
    watch("appariement")
    matching = match(problem, pairs)
    watch("règle des trois plus proches")
    nearest = nearest_three(problem, pairs)
    watch("vérification")
    check, nearest_check = examine(problem, [matching.placed, nearest.hired.placed])
    watch("raisons")
    reasons = Reasons(problem, pairs, matching)
    candidates, posts = reasons.candidates(), reasons.posts()
    watch("un kilomètre, une semaine de plus")
    with_distance = match(problem, pairs, kinds=(SURE, WITH_DISTANCE))
    with_delay = match(problem, pairs, kinds=(SURE, WITH_DELAY))
    return Run(problem, pairs, matching, check, candidates, posts, nearest, nearest_check, with_distance, with_delay)


def mean_km(matching: Matching) -> float | None:
    """Mean distance of those who are placed, None when nobody is."""
    placed = matching.metres[matching.placed != NOBODY]
    return round(float(placed.mean()) / 1000, 3) if len(placed) else None


def report(done: Run) -> dict[str, Any]:
    """The report of the contract, without `seconds`."""
    people, posts = done.problem.candidates, done.problem.posts
    matched = done.matching.matched
    return {
        "stable": done.check.stable,
        "blocking_pairs": done.check.blocking,
        "candidates": len(people),
        "posts": len(posts),
        "places": int(posts.places.sum()),
        "matched": matched,
        "places_filled": matched,
        "mean_distance_km": mean_km(done.matching),
        "unmatched_candidates": [{"id": people.ids[left.index], "reason": left.reason, "detail": left.detail} for left in done.candidates],
        "unmatched_posts": [
            {"id": posts.ids[left.index], "places_left": left.places, "reason": left.reason, "detail": left.detail} for left in done.posts
        ],
        "baseline": {
            "rule": RULE,
            "proposals": len(done.nearest.proposals),
            "candidates_contacted": len({c for c, _ in done.nearest.proposals}),
            "matched": done.nearest.hired.matched,
            "mean_distance_km": mean_km(done.nearest.hired),
            "blocking_pairs": done.nearest_check.blocking,
        },
        "sensitivity": {
            "one_more_km": _change(done, done.with_distance),
            "one_more_week": _change(done, done.with_delay),
        },
    }


def _change(done: Run, other: Matching) -> dict[str, Any]:
    """Who would get a post, and who would lose theirs."""
    before, after = done.matching.placed != NOBODY, other.placed != NOBODY
    ids = done.problem.candidates.ids
    return {
        "matched": other.matched,
        "change": other.matched - done.matching.matched,
        "newly_placed": [ids[c] for c in np.flatnonzero(after & ~before).tolist()],
        "no_longer_placed": [ids[c] for c in np.flatnonzero(before & ~after).tolist()],
    }
