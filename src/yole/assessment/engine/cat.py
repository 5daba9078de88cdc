"""The adaptive test: which item next, and when to stop.

A session keeps the posterior of theta on even nodes; an answer multiplies it, so the order of answers never matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from yole.assessment.engine.classify import DEFAULT_CUTS, level_probabilities, level_weights
from yole.assessment.engine.model import EDGE, Bank, Flags, FloatArray, Indices, information, log_normal_weights, log_wrong, probability

Criterion = Literal["information", "variance"]

# The cap gives way by steps, so that a small bank is spent as evenly as it can be.
CAP_TIERS = (1.0, 1.15, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Rules:
    """How items are chosen. `cap`: largest share of sessions that may see one item; `among`: drawn at random among so many best;
    `easy_start`: items that the person should succeed in, until 4 answers; `area_weights`: share of questions wanted per area."""

    criterion: Criterion = "information"
    cap: float = 0.30
    among: int = 5
    easy_start: bool = False
    area_weights: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class StopRules:
    """When to stop: P(level) reached after `min_items`, else posterior sd, else `max_items`. `level` or `se` 0 switches one off."""

    min_items: int = 8
    max_items: int = 20
    level: float = 0.80
    se: float = 0.30
    cuts: tuple[float, ...] = DEFAULT_CUTS


class Tables:
    """What is computed once per bank: probabilities, logarithms and information on the nodes, (items, nodes) each."""

    def __init__(self, bank: Bank, *, longest: int = 20) -> None:
        self.bank = bank
        self.grid: FloatArray = _session_grid(bank, longest)
        self.p: FloatArray = probability(bank.a, bank.d, self.grid)
        self.log_q: FloatArray = log_wrong(bank.a, bank.d, self.grid)
        self.log_p: FloatArray = self.log_q + bank.a[:, None] * self.grid + bank.d[:, None]
        self.information: FloatArray = information(bank.a, bank.d, self.grid)
        self.prior: FloatArray = log_normal_weights(self.grid)
        self.areas = 0 if bank.area is None else int(bank.area.max()) + 1
        self._level_weights: dict[tuple[float, ...], FloatArray] = {}

    def level_weights(self, cuts: Sequence[float]) -> FloatArray:
        """`classify.level_weights` on the nodes, computed once per set of cuts."""
        key = tuple(cuts)
        if key not in self._level_weights:
            self._level_weights[key] = level_weights(self.grid, key)
        return self._level_weights[key]


def _session_grid(bank: Bank, longest: int) -> FloatArray:
    """61 nodes on [−6, 6], more when `longest` of the best items make a posterior narrower than the step."""
    coarse = np.linspace(-EDGE, EDGE, 61)
    best = np.sort(information(bank.a, bank.d, coarse), axis=0)[-longest:].sum(0).max()
    return np.linspace(-EDGE, EDGE, int(np.clip(np.ceil(2.0 * EDGE * np.sqrt(1.0 + best)) + 1, 61, 1201)))


@dataclass(slots=True)
class Session:
    """One person's test: logarithm of the posterior (nodes,), which items were asked, answers counted per area."""

    tables: Tables
    log_posterior: FloatArray
    used: Flags
    per_area: Indices
    asked: list[int] = field(default_factory=list)

    @classmethod
    def start(cls, tables: Tables, *, mean: float = 0.0, sd: float = 1.0) -> Session:
        """A new session; a prior other than N(0, 1) only for placement, never for a certificate."""
        prior = tables.prior if (mean, sd) == (0.0, 1.0) else -0.5 * ((tables.grid - mean) / sd) ** 2
        return cls(tables, prior.copy(), np.zeros(len(tables.bank.ids), dtype=bool), np.zeros(max(1, tables.areas), dtype=np.intp))

    @property
    def posterior(self) -> FloatArray:
        """Posterior on the nodes, summing to 1."""
        weights = np.exp(self.log_posterior - self.log_posterior.max())
        return np.asarray(weights / weights.sum())

    def answer(self, item: int, *, right: bool) -> None:
        """Takes one answer. Raises ValueError when the item was already asked."""
        if self.used[item]:
            raise ValueError("item already asked")
        self.log_posterior = self.log_posterior + (self.tables.log_p if right else self.tables.log_q)[item]
        self.used[item] = True
        self.asked.append(item)
        if self.tables.bank.area is not None:
            self.per_area[self.tables.bank.area[item]] += 1

    def estimate(self) -> tuple[float, float]:
        """(theta, posterior sd)."""
        post, grid = self.posterior, self.tables.grid
        mean = float(post @ grid)
        return mean, float(np.sqrt(max(float(post @ grid**2) - mean * mean, 0.0)))

    def levels(self, cuts: Sequence[float] = DEFAULT_CUTS) -> FloatArray:
        """P(level) between the cuts, summing to 1."""
        return level_probabilities(self.posterior, self.tables.level_weights(cuts))


def nearest_nodes(tables: Tables, theta: FloatArray) -> Indices:
    """Index of the node nearest to each theta."""
    grid = tables.grid
    return np.asarray(np.clip(np.rint((theta - grid[0]) / (grid[1] - grid[0])), 0, len(grid) - 1), dtype=np.intp)


def criterion_values(tables: Tables, post: FloatArray, criterion: Criterion) -> FloatArray:
    """Worth of every item (persons, items) under posteriors (persons, nodes), larger is better.

    `information` is the Fisher information at the posterior mean; `variance` is by how much the posterior variance is expected to fall.
    """
    grid, p = tables.grid, tables.p
    if criterion == "information":
        return np.asarray(tables.information[:, nearest_nodes(tables, post @ grid)].T)
    right = post @ p.T
    right_theta = (post * grid) @ p.T
    mean = (post @ grid)[:, None]
    # The second moment is the same whatever the item: what an item changes is how far apart its two posterior means are.
    wrong = np.maximum(1.0 - right, 1e-12)
    return np.asarray(right_theta**2 / np.maximum(right, 1e-12) + (mean - right_theta) ** 2 / wrong - mean**2)


def remaining_quota(per_area: Indices, weights: FloatArray, length: int) -> FloatArray:
    """Share of each area's quota still to be asked, (…, areas), kept above 0 so that an area is never shut."""
    quota = np.maximum(weights / weights.sum() * length, 1e-9)
    return np.asarray(np.maximum((quota - per_area) / quota, 1e-3))


def next_item(
    session: Session,
    rules: Rules,
    rng: np.random.Generator,
    *,
    shown: Indices | None = None,
    sessions: int = 0,
    barred: Flags | None = None,
    length: int = 20,
) -> int | None:
    """The item to ask, or None when every item was asked.

    `shown` (items,): how many of the `sessions` so far saw each item; an item at the cap is chosen only when nothing else is left.
    `barred` (items,): enemies and items of an excluded group, never chosen. `length`: questions expected, for the quotas of areas.
    """
    tables = session.tables
    free = ~session.used if barred is None else ~session.used & ~barred
    if not free.any():
        return None
    if shown is not None and sessions > 0 and rules.cap < 1.0:
        for tier in CAP_TIERS:
            under = free & (shown < rules.cap * tier * sessions)
            if under.any():
                free = under
                break
    post = session.posterior
    worth = criterion_values(tables, post[None, :], rules.criterion)[0]
    if tables.bank.area is not None:
        weights = np.ones(tables.areas) if rules.area_weights is None else np.asarray(rules.area_weights)
        worth = worth * remaining_quota(session.per_area, weights, length)[tables.bank.area]
    if rules.easy_start and len(session.asked) < 4:
        success = tables.p @ post
        easy = free & (success >= (0.8 if not session.asked else 0.6))
        free = easy if easy.any() else free & (success >= success[free].max() - 1e-12)
    candidates = np.flatnonzero(free)
    best = candidates[np.argsort(-worth[candidates], kind="stable")[: max(1, rules.among)]]
    return int(best[rng.integers(len(best))])


def why_stop(session: Session, rules: StopRules) -> Literal["level", "se", "length", "bank"] | None:
    """The reason to stop now, or None to go on."""
    asked = len(session.asked)
    if asked >= rules.min_items:
        if rules.level > 0 and float(session.levels(rules.cuts).max()) >= rules.level:
            return "level"
        if rules.se > 0 and session.estimate()[1] <= rules.se:
            return "se"
    if asked >= rules.max_items:
        return "length"
    return "bank" if bool(session.used.all()) else None
