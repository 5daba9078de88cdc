"""Many invented people take the adaptive test at once: what error, what length, what exposure to expect from a bank.

People go in waves. Inside a wave everybody asks at the same step, and an item that would pass the exposure cap is kept for as many people
as the cap allows, drawn at random; the others choose again. The result is that of people coming one after the other, without the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from yole.assessment.engine.cat import CAP_TIERS, Rules, Tables, criterion_values, nearest_nodes, remaining_quota
from yole.assessment.engine.classify import DEFAULT_CUTS, level_probabilities, true_levels
from yole.assessment.engine.model import Bank, Flags, FloatArray, Indices

WAVE = 1000


@dataclass(frozen=True, slots=True)
class Simulation:
    """Per person (persons,): true theta, estimate, posterior sd, questions asked, true and proposed level, stated probability of error.
    `shown` (items,): how many people saw each item."""

    truth: FloatArray
    theta: FloatArray
    se: FloatArray
    asked: Indices
    true_level: Indices
    level: Indices
    stated_error: FloatArray
    shown: Indices

    @property
    def bias(self) -> float:
        return float((self.theta - self.truth).mean())

    @property
    def rmse(self) -> float:
        return float(np.sqrt(((self.theta - self.truth) ** 2).mean()))

    @property
    def max_exposure(self) -> float:
        return float(self.shown.max() / len(self.truth))

    @property
    def misclassified(self) -> float:
        return float((self.level != self.true_level).mean())


def simulate(
    bank: Bank,
    examinees: int,
    rng: np.random.Generator,
    *,
    max_items: int = 20,
    se: float = 0.3,
    cuts: Sequence[float] = DEFAULT_CUTS,
    level: float = 0.0,
    min_items: int = 1,
    rules: Rules | None = None,
    wave_done: Callable[[int], None] | None = None,
) -> Simulation:
    """Simulates `examinees` people with theta ~ N(0, 1).

    A test stops at posterior sd <= `se`, at `max_items` or at the end of the bank; also at max P(level) >= `level` when that is above 0
    (both from `min_items` on). `wave_done` is told how many people are through.
    """
    if examinees < 1 or max_items < 1:
        raise ValueError("at least one examinee and one item are needed")
    rules = rules or Rules()
    tables = Tables(bank, longest=min(max_items, len(bank.ids)))
    weights = tables.level_weights(cuts)
    truth = rng.standard_normal(examinees)
    theta, error, stated = np.zeros(examinees), np.ones(examinees), np.zeros(examinees)
    asked, proposed = np.zeros(examinees, dtype=np.intp), np.zeros(examinees, dtype=np.intp)
    shown = np.zeros(len(bank.ids), dtype=np.intp)
    for start in range(0, examinees, WAVE):
        part = slice(start, min(start + WAVE, examinees))
        wave = _Wave(tables, truth[part], rules, rng, shown, part.stop, min(max_items, len(bank.ids)))
        wave.run(se, level, min_items, weights)
        shown = wave.shown
        theta[part], error[part], asked[part] = wave.theta, wave.se, wave.asked
        probabilities = level_probabilities(wave.post, weights)
        proposed[part] = probabilities.argmax(1)
        stated[part] = 1.0 - probabilities.max(1)
        if wave_done is not None:
            wave_done(part.stop)
    return Simulation(truth, theta, error, asked, true_levels(truth, cuts), proposed, stated, shown)


class _Wave:
    """People who answer in step. Arrays are (people,), (people, items) or (people, nodes); `sessions` counts everybody up to this wave."""

    def __init__(
        self, tables: Tables, truth: FloatArray, rules: Rules, rng: np.random.Generator, shown: Indices, sessions: int, length: int
    ) -> None:
        people, items = len(truth), len(tables.bank.ids)
        self.tables, self.truth, self.rules, self.rng, self.length = tables, truth, rules, rng, length
        self.shown, self.sessions = shown.copy(), sessions
        self.log_post: FloatArray = np.tile(tables.prior, (people, 1))
        self.post: FloatArray = np.exp(self.log_post)
        self.used: Flags = np.zeros((people, items), dtype=bool)
        self.per_area: Indices = np.zeros((people, max(1, tables.areas)), dtype=np.intp)
        self.theta, self.se = np.zeros(people), np.ones(people)
        self.asked: Indices = np.zeros(people, dtype=np.intp)

    def run(self, se: float, level: float, min_items: int, weights: FloatArray) -> None:
        grid = self.tables.grid
        going = np.arange(len(self.truth))
        for step in range(self.length):
            items = self._choose(going)
            self._answer(going, items)
            post = np.exp(self.log_post[going] - self.log_post[going].max(1, keepdims=True))
            post /= post.sum(1, keepdims=True)
            self.post[going] = post
            mean = post @ grid
            self.theta[going] = mean
            self.se[going] = np.sqrt(np.maximum(post @ grid**2 - mean**2, 0.0))
            if step + 1 >= min_items:
                done = self.se[going] <= se
                if level > 0:
                    done |= level_probabilities(post, weights).max(1) >= level
                going = going[~done]
            if len(going) == 0:
                break

    def _answer(self, people: Indices, items: Indices) -> None:
        bank = self.tables.bank
        p = 1.0 / (1.0 + np.exp(-(bank.a[items] * self.truth[people] + bank.d[items])))
        right = self.rng.random(len(people)) < p
        self.log_post[people] += np.where(right[:, None], self.tables.log_p[items], self.tables.log_q[items])
        self.used[people, items] = True
        self.asked[people] += 1
        if bank.area is not None:
            self.per_area[people, bank.area[items]] += 1

    def _choose(self, people: Indices) -> Indices:
        """One item each, never one already seen, within the cap as long as something else is left."""
        chosen = np.full(len(people), -1, dtype=np.intp)
        waiting = np.arange(len(people))
        full = self._worth_of_all(people) if self.rules.criterion == "variance" or self.rules.easy_start else None
        nodes = nearest_nodes(self.tables, self.theta[people])
        quota, area = self._quota(people), self.tables.bank.area
        for tier in (*CAP_TIERS, np.inf):
            limit = np.inf if self.rules.cap >= 1.0 or tier == np.inf else np.ceil(self.rules.cap * tier * self.sessions)
            left: list[Indices] = []
            while len(waiting) and len(open_items := np.flatnonzero(self.shown < limit)):
                if full is not None:
                    offered = np.broadcast_to(open_items, (len(waiting), len(open_items)))
                    worth = full[np.ix_(waiting, open_items)]
                else:
                    offered, worth = self._best_at_nodes(nodes[waiting], open_items, int(self.asked[people].max(initial=0)))
                if quota is not None and area is not None:
                    worth = worth * quota[waiting[:, None], area[offered]]
                worth = np.where(self.used[people[waiting][:, None], offered], -np.inf, worth)
                items, found = self._draw(offered, worth)
                left.append(waiting[~found])
                waiting = self._give(waiting[found], items[found], chosen, limit)
            waiting = np.concatenate([*left, waiting])
            if len(waiting) == 0:
                break
        return chosen

    def _quota(self, people: Indices) -> FloatArray | None:
        if self.tables.bank.area is None:
            return None
        wanted = np.ones(self.tables.areas) if self.rules.area_weights is None else np.asarray(self.rules.area_weights)
        return remaining_quota(self.per_area[people], wanted, self.length)

    def _best_at_nodes(self, nodes: Indices, open_items: Indices, asked: int) -> tuple[Indices, FloatArray]:
        """Enough of the most informative open items of each area for each node: (items offered, worth), both (people, offered).

        Somebody who has seen `asked` items finds the `among` best unseen ones among the `asked + among` best: nothing is lost.
        """
        there, which = np.unique(nodes, return_inverse=True)
        area = self.tables.bank.area
        groups = [open_items] if area is None else [open_items[area[open_items] == k] for k in range(self.tables.areas)]
        offered = []
        for group in groups:
            many = min(asked + max(1, self.rules.among), len(group))
            if many == len(group):
                offered.append(np.broadcast_to(group, (len(there), many)))
            else:
                worth = self.tables.information[np.ix_(group, there)].T
                offered.append(group[np.argpartition(-worth, many - 1, axis=1)[:, :many]])
        table = np.hstack(offered)
        return table[which], self.tables.information[table, there[:, None]][which]

    def _give(self, waiting: Indices, items: Indices, chosen: Indices, limit: float) -> Indices:
        """Each item goes to as many people as it has room for, drawn at random; returns the others."""
        order = self.rng.permutation(len(waiting))
        by_item = order[np.argsort(items[order], kind="stable")]
        sorted_items = items[by_item]
        rank = np.arange(len(sorted_items)) - np.searchsorted(sorted_items, sorted_items, side="left")
        passed = by_item[rank < limit - self.shown[sorted_items]]
        chosen[waiting[passed]] = items[passed]
        self.shown += np.bincount(items[passed], minlength=len(self.shown)).astype(np.intp)
        still = np.ones(len(waiting), dtype=bool)
        still[passed] = False
        left: Indices = waiting[still]
        return left

    def _draw(self, offered: Indices, worth: FloatArray) -> tuple[Indices, Flags]:
        """One of the `among` best items offered to each person at random, and whether there was any."""
        among = max(1, self.rules.among)
        if worth.shape[1] > among:
            best = np.argpartition(-worth, among - 1, axis=1)[:, :among]
            worth, offered = np.take_along_axis(worth, best, axis=1), np.take_along_axis(offered, best, axis=1)
        keys = np.where(np.isfinite(worth), self.rng.random(worth.shape), -1.0)
        place = keys.argmax(1)
        rows = np.arange(len(worth))
        return offered[rows, place], keys[rows, place] >= 0.0

    def _worth_of_all(self, people: Indices) -> FloatArray:
        """Worth (people, items) before quotas; before the fifth question an easy start puts what should succeed first."""
        worth = criterion_values(self.tables, self.post[people], self.rules.criterion)
        if self.rules.easy_start and (early := self.asked[people] < 4).any():
            success = self.post[people[early]] @ self.tables.p.T
            bound = np.where(self.asked[people[early]] == 0, 0.8, 0.6)[:, None]
            worth[early] = np.where(success >= bound, worth[early] + 1e6, success)
        return worth
