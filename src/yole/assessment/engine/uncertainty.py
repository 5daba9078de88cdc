"""Standard errors of item parameters.

Few items: the observed information of the marginal likelihood (Louis 1982), all items together. Many: the sum over persons of the outer
product of the score, one 2×2 block per item, in one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yole.assessment.engine.em import Data, expect, posterior
from yole.assessment.engine.model import FloatArray, log_normal_weights, log_wrong, logistic

LOUIS_BELOW = 50
_LOUIS_WORK = 4e10


@dataclass(frozen=True, slots=True)
class Errors:
    """Standard errors (items,) of a, d and b = −d/a (delta method). `se_a` is 0 where a is fixed by the model."""

    se_a: FloatArray
    se_d: FloatArray
    se_b: FloatArray


def standard_errors(data: Data, a: FloatArray, d: FloatArray, grid: FloatArray, model: str, prior_curve: FloatArray) -> Errors:
    """Errors at the estimate. `prior_curve` (items,) is what a prior adds to the information of a."""
    blocks = _cross_product(data, a, d, grid)
    blocks[:, 0, 0] += prior_curve
    covariance: NDArray[np.float64] | None = None
    if data.items < LOUIS_BELOW and data.persons * data.items**2 * len(grid) * 2.0 < _LOUIS_WORK:
        information = _louis(data, a, d, grid)
        information[np.arange(data.items), np.arange(data.items)] += prior_curve
        covariance = _invert(information, data.items, model)
    if covariance is None:
        covariance = _invert_blocks(blocks, model)
    var_a, var_d, cov = covariance
    slope_a, slope_d = d / a**2, -1.0 / a
    var_b = slope_a**2 * var_a + 2.0 * slope_a * slope_d * cov + slope_d**2 * var_d
    return Errors(np.sqrt(var_a), np.sqrt(var_d), np.sqrt(np.maximum(var_b, 0.0)))


def _louis(data: Data, a: FloatArray, d: FloatArray, grid: FloatArray) -> FloatArray:
    """Observed information (2·items, 2·items), every a before every d: E[complete] − Σ persons Cov(complete score | answers)."""
    j = data.items
    step = expect(data, a, d, grid)
    p = logistic(a[:, None] * grid + d[:, None])
    spread = step.counts * p * (1.0 - p)
    moments = np.zeros((3, j, j))
    between = np.zeros((2 * j, 2 * j))
    wrong, log_weight = log_wrong(a, d, grid), log_normal_weights(grid)
    for part in data.chunks():
        post, _, right, _ = posterior(data, part, a, d, grid, wrong, log_weight)
        seen = data.seen[part].astype(np.float64)
        for q, theta in enumerate(grid):
            residual = right - seen * p[:, q]
            product = residual.T @ (residual * post[:, q, None])
            moments += product * np.array([1.0, theta, theta * theta])[:, None, None]
        score = np.hstack([right * (post @ grid)[:, None] - seen * (post @ (p * grid).T), right - seen * (post @ p.T)])
        between += score.T @ score
    inside = np.block([[moments[2], moments[1]], [moments[1], moments[0]]])
    expected = np.zeros((2 * j, 2 * j))
    index = np.arange(j)
    expected[index, index] = spread @ grid**2
    expected[index, index + j] = expected[index + j, index] = spread @ grid
    expected[index + j, index + j] = spread.sum(1)
    return np.asarray(expected - inside + between)


def _invert(information: FloatArray, items: int, model: str) -> FloatArray | None:
    """(var a, var d, cov(a, d)) stacked (3, items), or None when the information is not positive definite."""
    if model == "rasch":
        chart = np.vstack([np.zeros((items, items)), np.eye(items)])
    elif model == "1pl":
        chart = np.zeros((2 * items, items + 1))
        chart[:items, 0] = 1.0
        chart[items:, 1:] = np.eye(items)
    else:
        chart = np.eye(2 * items)
    try:
        root = np.linalg.cholesky(chart.T @ information @ chart)
    except np.linalg.LinAlgError:
        return None
    half = np.linalg.solve(root, chart.T)
    full = half.T @ half
    return np.stack([np.diag(full)[:items], np.diag(full)[items:], np.diag(full[:items, items:])])


def _cross_product(data: Data, a: FloatArray, d: FloatArray, grid: FloatArray) -> FloatArray:
    """Per item, the sum over persons of the outer product of the marginal score in (a, d): (items, 2, 2)."""
    p = logistic(a[:, None] * grid + d[:, None])
    blocks = np.zeros((data.items, 2, 2))
    single = np.float32 if data.seen.size > 1_000_000 else np.float64
    a_, d_, grid_ = a.astype(single), d.astype(single), grid.astype(single)
    wrong, log_weight = log_wrong(a, d, grid).astype(single), log_normal_weights(grid).astype(single)
    p_, p_theta = p.T.astype(single), (p * grid).T.astype(single)
    for part in data.chunks():
        post, _, right, seen = posterior(data, part, a_, d_, grid_, wrong, log_weight)
        score_d, score_a = right - post @ p_, right * (post @ grid_)[:, None] - post @ p_theta
        if seen is not None:
            score_d *= seen
            score_a *= seen
        blocks[:, 0, 0] += (score_a * score_a).sum(0, dtype=np.float64)
        blocks[:, 1, 1] += (score_d * score_d).sum(0, dtype=np.float64)
        blocks[:, 0, 1] += (score_a * score_d).sum(0, dtype=np.float64)
    blocks[:, 1, 0] = blocks[:, 0, 1]
    return blocks


def _invert_blocks(blocks: FloatArray, model: str) -> FloatArray:
    """Inverse of each 2×2 block as (3, items); a common a gathers the information of all items."""
    aa, dd, ad = blocks[:, 0, 0], np.maximum(blocks[:, 1, 1], 1e-12), blocks[:, 0, 1]
    if model == "rasch":
        return np.stack([np.zeros_like(dd), 1.0 / dd, np.zeros_like(dd)])
    schur = aa - ad**2 / dd
    var_a = np.full_like(dd, 1.0 / max(float(schur.sum()), 1e-12)) if model == "1pl" else 1.0 / np.maximum(schur, 1e-12)
    return np.stack([var_a, 1.0 / dd + (ad / dd) ** 2 * var_a, -ad / dd * var_a])
