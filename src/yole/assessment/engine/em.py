"""The two steps of marginal maximum likelihood: expectation over theta, maximisation over items.

The logit is linear in theta, so the likelihood of a person is exp(theta·Σ a x + Σ d x)·Π(1 − P) over answered items: only the second
factor needs a matrix product, and only through which items were answered. The same holds for the sums that the M step needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yole.assessment.engine.model import MISSING, Answers, Flags, FloatArray, log_normal_weights, log_wrong, logistic

CHUNK_CELLS = 1_000_000
PRIOR_SD = 0.8


class Data:
    """Answers (persons, items) prepared for repeated passes, in chunks of persons that stay in cache."""

    def __init__(self, answers: Answers) -> None:
        self.right: Flags = answers == 1
        self.seen: Flags = answers != MISSING
        self.persons, self.items = answers.shape
        self.n_right: FloatArray = self.right.sum(0).astype(np.float64)
        self.n_seen: FloatArray = self.seen.sum(0).astype(np.float64)
        self.complete = bool(self.seen.all())
        self.most_answers = int(self.seen.sum(1).max(initial=0))
        self.chunk = max(64, min(2000, CHUNK_CELLS // max(1, self.items)))

    def chunks(self) -> list[slice]:
        return [slice(start, min(start + self.chunk, self.persons)) for start in range(0, self.persons, self.chunk)]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one E step leaves: log-likelihood, expected persons (items, nodes), Σ x·E(theta) per item, moments of theta."""

    log_likelihood: float
    counts: FloatArray
    right_theta: FloatArray
    mean: float
    variance: float


def posterior(data: Data, part: slice, a: Any, d: Any, grid: Any, wrong: Any, log_weight: Any) -> tuple[Any, Any, Any, Any]:
    """(posterior (persons, nodes), log-likelihood of each person, right as numbers, seen as numbers) of one chunk.

    `wrong` is `log_wrong` of all items; the type of the arrays given decides the precision.
    """
    kind = grid.dtype
    right = data.right[part].astype(kind)
    seen = None if data.complete else data.seen[part].astype(kind)
    log_post = np.outer(right @ a, grid)
    log_post += (wrong.sum(0) if seen is None else seen @ wrong) + log_weight
    top = log_post.max(1, keepdims=True)
    log_post -= top
    np.exp(log_post, out=log_post)
    total = log_post.sum(1, keepdims=True)
    log_post /= total
    likelihood = right @ d + (top + np.log(total))[:, 0]
    return log_post, likelihood, right, seen


def expect(data: Data, a: FloatArray, d: FloatArray, grid: FloatArray, *, kind: type[np.floating[Any]] = np.float64) -> Expectation:
    """The E step at (a, d). `kind` float32 halves the time; its log-likelihood is good to 1e-2 only."""
    wrong, log_weight = log_wrong(a, d, grid).astype(kind), log_normal_weights(grid).astype(kind)
    a_, d_, grid_ = a.astype(kind), d.astype(kind), grid.astype(kind)
    counts = np.zeros((data.items, len(grid)))
    right_theta, log_likelihood = np.zeros(data.items), 0.0
    total = np.zeros(len(grid))
    for part in data.chunks():
        post, likelihood, right, seen = posterior(data, part, a_, d_, grid_, wrong, log_weight)
        log_likelihood += float(likelihood.sum(dtype=np.float64))
        right_theta += (post @ grid_) @ right
        total += post.sum(0, dtype=np.float64)
        if seen is not None:
            counts += seen.T @ post
    if data.complete:
        counts[:] = total
    mean = float(total @ grid) / data.persons
    return Expectation(log_likelihood, counts, right_theta, mean, float(total @ grid**2) / data.persons - mean * mean)


def maximise_items(
    step: Expectation, n_right: FloatArray, a: FloatArray, d: FloatArray, grid: FloatArray, regularised: Flags
) -> tuple[FloatArray, FloatArray]:
    """Two Newton steps on (a, d) of every item at once; a normal prior on ln(a) (mean 0, sd .8) for `regularised` items."""
    for _ in range(2):
        p = logistic(a[:, None] * grid + d[:, None])
        expected = step.counts * p
        spread = expected * (1.0 - p)
        g_d = n_right - expected.sum(1)
        g_a = step.right_theta - expected @ grid
        h_dd, h_ad, h_aa = spread.sum(1), spread @ grid, spread @ grid**2
        slope, curve = log_prior_slope(a)
        g_a = np.where(regularised, g_a + slope, g_a)
        h_aa = np.where(regularised, h_aa + curve, h_aa)
        det = np.maximum(h_dd * h_aa - h_ad * h_ad, 1e-12)
        move_a = np.clip((h_dd * g_a - h_ad * g_d) / det, -1.0, 1.0)
        move_d = np.clip((h_aa * g_d - h_ad * g_a) / det, -2.0, 2.0)
        a, d = np.where(regularised & (a + move_a < 0.25 * a), 0.25 * a, a + move_a), d + move_d
    return a, d


def maximise_common(
    step: Expectation, n_right: FloatArray, a: FloatArray, d: FloatArray, grid: FloatArray, *, free: bool, regularised: bool
) -> tuple[FloatArray, FloatArray]:
    """Two Newton steps on one common a (kept unless `free`; one prior when `regularised`) and every d: an arrow-shaped system."""
    for _ in range(2):
        p = logistic(a[:, None] * grid + d[:, None])
        expected = step.counts * p
        spread = expected * (1.0 - p)
        g_d = n_right - expected.sum(1)
        h_dd = np.maximum(spread.sum(1), 1e-12)
        move_a = 0.0
        if free:
            h_ad = spread @ grid
            g_a = float((step.right_theta - expected @ grid).sum())
            schur = float((spread @ grid**2).sum() - (h_ad * h_ad / h_dd).sum())
            if regularised:
                slope, curve = log_prior_slope(a[:1])
                g_a, schur = g_a + float(slope[0]), schur + float(curve[0])
            move_a = float(np.clip((g_a - (h_ad * g_d / h_dd).sum()) / max(schur, 1e-12), -1.0, 1.0))
            g_d = g_d - h_ad * move_a
        a, d = (np.maximum(a + move_a, 0.25 * a) if regularised else a + move_a), d + np.clip(g_d / h_dd, -2.0, 2.0)
    return a, d


def log_prior_slope(a: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First derivative in a of −ln(a)²/(2·.8²), and the opposite of the second kept positive."""
    safe = np.maximum(a, 1e-3)
    log_a = np.log(safe)
    return -log_a / (PRIOR_SD**2 * safe), np.maximum(1.0 - log_a, 0.1) / (PRIOR_SD**2 * safe**2)
