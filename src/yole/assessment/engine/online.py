"""New items tried live without counting, calibrated on the scale of the live ones, which does not move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yole.assessment.engine.calibrate import A_RANGE, FEW_ANSWERS, TOLERANCE
from yole.assessment.engine.em import Data, Expectation, log_prior_slope, maximise_items, posterior
from yole.assessment.engine.model import (
    MISSING,
    Answers,
    Bank,
    Flags,
    FloatArray,
    Indices,
    calibration_grid,
    log_normal_weights,
    log_wrong,
    logistic,
)

_CYCLES = 200
DRIFT_ERRORS = 3.0


@dataclass(frozen=True, slots=True)
class NewItems:
    """Per new item: slopes, difficulties, intercepts, errors, answers received, whether a prior held it, whether it has enough answers."""

    a: FloatArray
    b: FloatArray
    d: FloatArray
    se_a: FloatArray
    se_b: FloatArray
    n: Indices
    regularised: Flags
    ready: Flags
    converged: bool


def expert_difficulty(level: float) -> float:
    """Starting difficulty of an item from the level (1…8) that its author gave it: −2.5…2.5. Raises ValueError outside."""
    if not 1 <= level <= 8:
        raise ValueError("expert levels go from 1 to 8")
    return -2.5 + (level - 1.0) * 5.0 / 7.0


def calibrate_new(bank: Bank, live: Answers, new: Answers, start_b: FloatArray | None = None) -> NewItems:
    """Fits new items, answers `new` (persons, new items), for people whose answers to the bank are `live` (persons, live items).

    theta is known through the live items and through the new ones themselves; only the new items' parameters move. A new item that nobody
    answered keeps its start. Raises ValueError when the shapes do not agree.
    """
    if live.shape != (len(new), len(bank.ids)):
        raise ValueError("live answers must have one row per row of new, one column per item of the bank")
    known, data = Data(live), Data(new)
    grid = calibration_grid(known.most_answers + data.most_answers)
    wrong, log_weight = log_wrong(bank.a, bank.d, grid), log_normal_weights(grid)
    # What the live answers say of each person is computed once: it does not change.
    base = np.log(
        np.maximum(np.vstack([posterior(known, part, bank.a, bank.d, grid, wrong, log_weight)[0] for part in known.chunks()]), 1e-300)
    )
    a = np.ones(data.items)
    d = np.zeros(data.items) if start_b is None else -np.asarray(start_b, dtype=np.float64)
    regularised = (data.n_seen < FEW_ANSWERS) | (data.n_right == 0) | (data.n_right == data.n_seen)
    answered = data.n_seen > 0
    converged = False
    for _ in range(_CYCLES):
        step, _ = _expect(data, base, a, d, grid)
        new_a, new_d = maximise_items(step, data.n_right, a, d, grid, regularised)
        out = answered & ((new_a < A_RANGE[0]) | (new_a > A_RANGE[1]))
        regularised |= out
        new_a = np.where(answered, np.clip(new_a, *A_RANGE), a)
        # An item answered always right or always wrong has no finite difficulty: it stays within what the scale can say.
        new_d = np.where(answered, np.clip(new_d, -6.0 * new_a, 6.0 * new_a), d)
        change = float(max(np.abs(new_a - a).max(), np.abs(new_d - d).max()))
        a, d = new_a, new_d
        if change < TOLERANCE:
            converged = True
            break
    _, blocks = _expect(data, base, a, d, grid)
    blocks[:, 0, 0] += np.where(regularised, log_prior_slope(a)[1], 0.0)
    var_a, var_d, cov = _invert(blocks)
    slope = d / a**2
    var_b = slope**2 * var_a - 2.0 * slope / a * cov + var_d / a**2
    n = data.n_seen.astype(np.intp)
    return NewItems(a, -d / a, d, np.sqrt(var_a), np.sqrt(np.maximum(var_b, 0.0)), n, regularised, n >= FEW_ANSWERS, converged)


def _expect(data: Data, base: FloatArray, a: FloatArray, d: FloatArray, grid: FloatArray) -> tuple[Expectation, FloatArray]:
    """(expected counts, cross-product of the score per item (items, 2, 2)) at the new items' (a, d)."""
    p = logistic(a[:, None] * grid + d[:, None])
    log_q = log_wrong(a, d, grid)
    counts, right_theta = np.zeros((data.items, len(grid))), np.zeros(data.items)
    blocks = np.zeros((data.items, 2, 2))
    log_likelihood = 0.0
    for part in data.chunks():
        right, seen = data.right[part].astype(np.float64), data.seen[part].astype(np.float64)
        post = base[part] + np.outer(right @ a, grid) + (right @ d)[:, None] + seen @ log_q
        top = post.max(1, keepdims=True)
        post = np.exp(post - top)
        total = post.sum(1, keepdims=True)
        post /= total
        log_likelihood += float((top + np.log(total)).sum())
        mean = post @ grid
        counts += seen.T @ post
        right_theta += right.T @ mean
        score_d = right - seen * (post @ p.T)
        score_a = right * mean[:, None] - seen * (post @ (p * grid).T)
        blocks += np.stack([np.stack([(u * v).sum(0) for v in (score_a, score_d)], axis=-1) for u in (score_a, score_d)], axis=-2)
    return Expectation(log_likelihood, counts, right_theta, 0.0, 1.0), blocks


def _invert(blocks: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    aa, dd, ad = blocks[:, 0, 0], np.maximum(blocks[:, 1, 1], 1e-12), blocks[:, 0, 1]
    var_a = 1.0 / np.maximum(aa - ad**2 / dd, 1e-12)
    return var_a, 1.0 / dd + (ad / dd) ** 2 * var_a, -ad / dd * var_a


def drifted(bank: Bank, live: Answers) -> tuple[FloatArray, Flags]:
    """(new b − b, alert) per live item with enough answers: refitted while others hold the scale; alert beyond 3 standard errors of b.

    Two passes: an item in alert after the first no longer holds the scale of the others in the second.
    """
    tested = np.flatnonzero((live != MISSING).sum(0) >= FEW_ANSWERS)
    alert = np.zeros(len(bank.ids), dtype=bool)
    change = np.zeros(len(bank.ids))
    for _ in range(2):
        holds = ~alert
        if holds.sum() < 2:
            break
        alert = np.zeros(len(bank.ids), dtype=bool)
        for item in tested:
            others = np.flatnonzero(holds & (np.arange(len(bank.ids)) != item))
            fit = calibrate_new(bank.take(others), live[:, others], live[:, [item]], bank.b[[item]])
            change[item] = fit.b[0] - bank.b[item]
            alert[item] = abs(change[item]) > DRIFT_ERRORS * fit.se_b[0]
        if not alert.any():
            break
    return change, alert
