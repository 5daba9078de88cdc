"""Expected a posteriori scores: theta = E(theta | answers), its error = posterior standard deviation, prior N(0, 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yole.assessment.engine.em import Data, posterior
from yole.assessment.engine.model import Answers, Bank, FloatArray, Indices, information, log_normal_weights, log_wrong, logistic

WIDEST_STEP = 0.05
MOST_NODES = 20_001
_MARGIN = 8.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Per person (persons,): EAP estimate, posterior sd, number of answers."""

    theta: FloatArray
    se: FloatArray
    answered: Indices


def _mode_when_all(bank: Bank, *, right: bool) -> float:
    """The posterior mode of somebody who answered the whole bank right (or wrong): nobody's mode is beyond it."""
    low, high = (0.0, float(bank.a.sum())) if right else (-float(bank.a.sum()), 0.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        slope = float((bank.a * (float(right) - logistic(bank.a * middle + bank.d))).sum()) - middle
        low, high = (middle, high) if slope > 0 else (low, middle)
    return high if right else low


def scoring_grid(bank: Bank) -> FloatArray:
    """Even nodes that hold every possible posterior: 8 sd beyond the most extreme modes, step at most half of the smallest sd.

    A posterior under a N(0, 1) prior is log-concave with sd at most 1, so nothing is cut.
    """
    low, high = _mode_when_all(bank, right=False) - _MARGIN, _mode_when_all(bank, right=True) + _MARGIN
    coarse = np.linspace(low, high, 2001)
    most = sum(float(information(bank.a[i : i + 1], bank.d[i : i + 1], coarse).max()) for i in range(len(bank.ids)))
    if len(bank.ids) > 8:
        most = min(most, 1.05 * float(_test_information(bank, coarse).max()))
    step = min(WIDEST_STEP, 0.5 / np.sqrt(1.0 + most))
    return np.linspace(low, high, min(MOST_NODES, int(np.ceil((high - low) / step)) + 1))


def _test_information(bank: Bank, grid: FloatArray) -> FloatArray:
    return np.asarray(information(bank.a, bank.d, grid).sum(0))


def eap(bank: Bank, answers: Answers) -> Scores:
    """Scores of answers (persons, items), columns in the order of the bank. Who answered nothing has theta 0, se 1."""
    if answers.ndim != 2 or answers.shape[1] != len(bank.ids):
        raise ValueError("answers must have one column per item of the bank")
    grid = scoring_grid(bank)
    data = Data(answers)
    data.chunk = max(16, min(data.chunk, 2_000_000 // len(grid)))
    wrong, log_weight = log_wrong(bank.a, bank.d, grid), log_normal_weights(grid)
    theta, se = np.zeros(data.persons), np.ones(data.persons)
    for part in data.chunks():
        post, _, _, _ = posterior(data, part, bank.a, bank.d, grid, wrong, log_weight)
        mean = post @ grid
        theta[part] = mean
        se[part] = np.sqrt(np.maximum(post @ grid**2 - mean**2, 0.0))
    answered = data.seen.sum(1)
    theta[answered == 0], se[answered == 0] = 0.0, 1.0
    return Scores(theta, se, answered)


def progress(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float, bool]:
    """(difference, its error, clear) of two (theta, se): clear when the difference passes 1.64 times its error."""
    difference = after[0] - before[0]
    error = float(np.hypot(before[1], after[1]))
    return difference, error, abs(difference) > 1.64 * error
