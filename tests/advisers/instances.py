"""Small problems for the tests of matching, and every stable matching of one of them by enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np

from yole.advisers.engine.match_problem import Candidates, Posts, Preferences, Problem
from yole.kernel.geo import great_circle_km

SKILLS = ("pix", "langue")


def random_problem(seed: int, *, preferences: bool) -> Problem:
    """At most 5 candidates and 3 posts around Fort-de-France, with every rule at play; experiences and some points are tied."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    spots = rng.normal(size=(4, 2)) * 0.03 + (14.61, -61.07)
    here, there = spots[rng.integers(0, 4, n)], spots[rng.integers(0, 4, m)] + rng.normal(size=(m, 2)) * 0.01
    people = Candidates(
        ids=[f"c{i}" for i in range(n)],
        lat=here[:, 0],
        lon=here[:, 1],
        reach_km=rng.choice([2.0, 5.0, 40.0], n),
        available=rng.integers(738000, 738003, n),
        experience=rng.integers(0, 3, n).astype(float),
        eligible=rng.random(n) < 0.9,
        skills=[frozenset(s for s in SKILLS if rng.random() < 0.7) for _ in range(n)],
        zones=[frozenset({"972"} | ({"971"} if rng.random() < 0.3 else set())) for _ in range(n)],
    )
    posts = Posts(
        ids=[f"p{j}" for j in range(m)],
        lat=there[:, 0],
        lon=there[:, 1],
        starts=rng.integers(738000, 738004, m),
        places=rng.integers(0, 3, m),
        required=[frozenset(s for s in SKILLS if rng.random() < 0.2) for _ in range(m)],
        zone=[str(rng.choice(["972", "972", "971"])) for _ in range(m)],
    )
    given = Preferences()
    if preferences:
        given = Preferences(
            {i: dict(zip(range(m), (rng.permutation(m) + 1).tolist(), strict=True)) for i in range(n) if rng.random() < 0.4},
            {
                j: {c: r for c, r in zip(range(n), (rng.permutation(n) + 1).tolist(), strict=True) if rng.random() < 0.8}
                for j in range(m)
                if rng.random() < 0.4
            },
        )
    return Problem(people, posts, given)


def allowed(problem: Problem, c: int, p: int) -> bool:
    people, posts, given = problem.candidates, problem.posts, problem.preferences
    return bool(
        people.eligible[c]
        and posts.required[p] <= people.skills[c]
        and posts.zone[p] in people.zones[c]
        and great_circle_km(people.lat[c], people.lon[c], posts.lat[p], posts.lon[p]) <= people.reach_km[c] + 1e-9
        and people.available[c] <= posts.starts[p]
        and posts.places[p] > 0
        and p in given.candidates.get(c, {p: 1})
        and c in given.posts.get(p, {c: 1})
    )


def metres(problem: Problem, c: int, p: int) -> int:
    people, posts = problem.candidates, problem.posts
    return round(great_circle_km(people.lat[c], people.lon[c], posts.lat[p], posts.lon[p]) * 1000)


def candidate_key(problem: Problem, c: int, p: int) -> tuple[int, int]:
    """Smaller is better, the id last."""
    own = problem.preferences.candidates.get(c)
    return (own[p] if own is not None else metres(problem, c, p)), p


def post_key(problem: Problem, p: int, c: int) -> tuple[float, int, int]:
    own = problem.preferences.posts.get(p)
    if own is not None:
        return own[c], 0, c
    return -float(problem.candidates.experience[c]), metres(problem, c, p), c


def stable_matchings(problem: Problem) -> list[tuple[int, ...]]:
    """Every assignment (post of each candidate, −1 for none) without a blocking pair, ids breaking ties."""
    n, m = len(problem.candidates), len(problem.posts)
    fits = [[p for p in range(m) if allowed(problem, c, p)] for c in range(n)]
    found = []
    for placed in product(*([-1, *own] for own in fits)):
        held = [[c for c in range(n) if placed[c] == p] for p in range(m)]
        if any(len(held[p]) > problem.posts.places[p] for p in range(m)):
            continue
        if not any(
            (placed[c] < 0 or candidate_key(problem, c, p) < candidate_key(problem, c, placed[c]))
            and (len(held[p]) < problem.posts.places[p] or any(post_key(problem, p, c) < post_key(problem, p, other) for other in held[p]))
            for c in range(n)
            for p in fits[c]
            if p != placed[c]
        ):
            found.append(placed)
    return found
