"""Parallel paper forms: no common item, the same number of questions per area, information near a target where the cuts are.

Items are dealt greedily to the form that lacks most, then swapped as long as the worst gap shrinks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yole.assessment.engine.classify import DEFAULT_CUTS
from yole.assessment.engine.model import Bank, FloatArray, Indices, information, log_normal_weights, log_wrong

_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Forms:
    """`items`: one array of item numbers per form. `information` (forms, cuts). `gap`: largest relative distance to the target."""

    items: tuple[Indices, ...]
    information: FloatArray
    target: FloatArray
    gap: float


def parallel_forms(
    bank: Bank, *, forms: int = 2, length: int = 20, cuts: Sequence[float] = DEFAULT_CUTS, target: FloatArray | None = None
) -> Forms:
    """Assembles `forms` forms of `length` items. The default target at each cut is what the best items of all areas can give to all forms.

    Raises ValueError when the bank (or one of its areas, each giving the same number of items) is too small.
    """
    groups = _groups(bank, length)
    for group, quota in groups:
        if len(group) < forms * quota:
            raise ValueError(f"{len(group)} items where {forms} forms need {forms * quota}")
    at_cuts = information(bank.a, bank.d, np.asarray(cuts, dtype=np.float64))
    chosen: list[list[int]] = [[] for _ in range(forms)]
    total = np.zeros((forms, len(cuts)))
    if target is None:
        target = np.zeros(len(cuts))
        for group, quota in groups:
            worth = np.sort(at_cuts[group].mean(1))[::-1]
            share = at_cuts[group].mean(0) / at_cuts[group].mean()
            target = target + quota * worth[: forms * quota].mean() * share
    goal = np.asarray(target, dtype=np.float64)
    spare: list[list[int]] = []
    for group, quota in groups:
        left = [int(i) for i in group]
        for _ in range(quota):
            for form in np.argsort(total.mean(1), kind="stable"):
                lack = np.maximum(goal - total[form], 0.0)
                best = max(left, key=lambda i: (float(at_cuts[i] @ lack), -i))
                left.remove(best)
                chosen[form].append(best)
                total[form] += at_cuts[best]
        spare.append(left)
    _swap(chosen, spare, groups, at_cuts, goal)
    found = np.stack([at_cuts[form].sum(0) for form in chosen])
    return Forms(tuple(np.array(sorted(form), dtype=np.intp) for form in chosen), found, goal, _gap(found, goal))


def _groups(bank: Bank, length: int) -> list[tuple[Indices, int]]:
    """(items of an area, how many of them a form takes); a remainder goes to the first areas."""
    if bank.area is None:
        return [(np.arange(len(bank.ids)), length)]
    areas = int(bank.area.max()) + 1
    return [(np.flatnonzero(bank.area == k), length // areas + (k < length % areas)) for k in range(areas)]


def _gap(found: FloatArray, goal: FloatArray) -> float:
    return float(np.abs(found / goal - 1.0).max())


def _cost(found: FloatArray, goal: FloatArray) -> float:
    """Squared distance to the target, and twice as much between forms."""
    relative = found / goal - 1.0
    return float((relative**2).sum() + 2.0 * ((relative - relative.mean(0)) ** 2).sum())


def _swap(
    chosen: list[list[int]], spare: list[list[int]], groups: list[tuple[Indices, int]], at_cuts: FloatArray, goal: FloatArray
) -> None:
    """Swaps an item of a form with a spare one, or with one of another form, of the same area, while the cost falls."""
    member = {int(i): k for k, (group, _) in enumerate(groups) for i in group}
    total = np.stack([at_cuts[form].sum(0) for form in chosen])
    for _ in range(_ROUNDS):
        better = False
        for f, form in enumerate(chosen):
            for place, item in enumerate(form):
                group = member[item]
                others: list[tuple[list[int], int | None, int]] = [(spare[group], None, i) for i in range(len(spare[group]))]
                others += [
                    (chosen[g], g, i) for g in range(f + 1, len(chosen)) for i in range(len(chosen[g])) if member[chosen[g][i]] == group
                ]
                now, best = _cost(total, goal), None
                for holder, g, i in others:
                    move = at_cuts[holder[i]] - at_cuts[form[place]]
                    total[f] += move
                    if g is not None:
                        total[g] -= move
                    cost = _cost(total, goal)
                    total[f] -= move
                    if g is not None:
                        total[g] += move
                    if cost < now - 1e-12:
                        now, best = cost, (holder, g, i)
                if best is not None:
                    holder, g, i = best
                    move = at_cuts[holder[i]] - at_cuts[form[place]]
                    total[f] += move
                    if g is not None:
                        total[g] -= move
                    form[place], holder[i] = holder[i], form[place]
                    better = True
        if not better:
            return


def score_table(bank: Bank, grid: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """(theta, se) for each number of right answers 0…items of a form, for rooms without a machine: E(theta | number right).

    Lord and Wingersky's recursion gives the distribution of the number right at each theta.
    """
    nodes = np.linspace(-10.0, 10.0, 401) if grid is None else grid
    log_q = log_wrong(bank.a, bank.d, nodes)
    q = np.exp(log_q)
    likelihood = np.zeros((len(bank.ids) + 1, len(nodes)))
    likelihood[0] = 1.0
    for item in range(len(bank.ids)):
        likelihood[1 : item + 2] = likelihood[1 : item + 2] * q[item] + likelihood[: item + 1] * (1.0 - q[item])
        likelihood[0] *= q[item]
    post = likelihood * np.exp(log_normal_weights(nodes))
    post /= post.sum(1, keepdims=True)
    mean = post @ nodes
    return mean, np.sqrt(np.maximum(post @ nodes**2 - mean**2, 0.0))
