"""Number of right answers to a paper form -> level, for rooms without a machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yole.assessment.engine.classify import level_probabilities, level_weights
from yole.assessment.engine.model import Bank, log_normal_weights, probability

_NODES = 121


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """`level` counts from 0; `probability` is that of this level being the right one."""

    score: int
    theta: float
    se: float
    level: int
    probability: float


def score_table(bank: Bank, cuts: Sequence[float]) -> list[ScoreLine]:
    """One line per number of right answers, from 0 to all: E(theta | number right), prior N(0, 1).

    The chance of each number given theta is built item by item (Lord and Wingersky, 1984).
    """
    grid = np.linspace(-6.0, 6.0, _NODES)
    chances = np.zeros((len(bank.ids) + 1, _NODES))
    chances[0] = 1.0
    for p in probability(bank.a, bank.d, grid):
        chances[1:] = chances[1:] * (1.0 - p) + chances[:-1] * p
        chances[0] *= 1.0 - p
    post = chances * np.exp(log_normal_weights(grid))
    post /= post.sum(1, keepdims=True)
    theta = post @ grid
    se = np.sqrt(np.maximum(post @ grid**2 - theta**2, 0.0))
    levels = level_probabilities(post, level_weights(grid, cuts))
    return [
        ScoreLine(score, float(theta[score]), float(se[score]), int(levels[score].argmax()), float(levels[score].max()))
        for score in range(len(post))
    ]
