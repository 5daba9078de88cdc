"""Differential item functioning: does an item behave otherwise for people of the same level in two groups?

Mantel-Haenszel with the classes of ETS, and logistic regression (uniform and non-uniform). People are matched on the number of right
answers, the studied item included, in two passes: items with |delta| >= 1 in the first leave the matching score of the second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from yole.assessment.engine.model import MISSING, Answers, Flags, FloatArray, Indices

FEW_PERSONS = 200
DELTA = -2.35
PURIFY_AT = 1.0


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """Per item (items,): common odds ratio (above 1: harder for the focal group), delta = −2.35 ln(alpha), chi² with continuity
    correction, its p, class, and whether 1/2 was added to every cell because one side of the ratio was empty."""

    alpha: FloatArray
    delta: FloatArray
    chi2: FloatArray
    p: FloatArray
    ets_class: tuple[Literal["A", "B", "C"], ...]
    corrected: Flags


@dataclass(frozen=True, slots=True)
class Logistic:
    """Per item (items,): likelihood ratio chi² (1 df) and p of a group effect, then of group × score; log odds of the group."""

    uniform_chi2: FloatArray
    uniform_p: FloatArray
    other_chi2: FloatArray
    other_p: FloatArray
    log_odds: FloatArray


def p_chi2_1(value: float) -> float:
    """Upper tail of chi² with one degree of freedom."""
    return math.erfc(math.sqrt(max(value, 0.0) / 2.0))


def ets_class(delta: float, p: float) -> Literal["A", "B", "C"]:
    """A: |delta| < 1 or p > .05; C: |delta| >= 1.5; B between."""
    if abs(delta) < 1.0 or p > 0.05:
        return "A"
    return "C" if abs(delta) >= 1.5 else "B"


def mantel_haenszel(answers: Answers, focal: Flags, *, purify: bool = True) -> MantelHaenszel:
    """Every item of answers (persons, items); `focal` (persons,) is true for the focal group, false for the reference group."""
    kept = np.ones(answers.shape[1], dtype=bool)
    result = _one_pass(answers, focal, kept)
    if purify:
        kept = np.abs(result.delta) < PURIFY_AT
        # When no item is left to match on, the first pass is all that can be said.
        if kept.any() and not kept.all():
            result = _one_pass(answers, focal, kept)
    return result


def _matching_score(right: Flags, kept: Flags, total: Indices, item: int) -> Indices:
    """Right answers among kept items and the studied one."""
    return total if kept[item] else total + right[:, item]


def _one_pass(answers: Answers, focal: Flags, kept: Flags) -> MantelHaenszel:
    right = answers == 1
    total = right[:, kept].sum(1)
    items = answers.shape[1]
    alpha, chi2, corrected = np.ones(items), np.zeros(items), np.zeros(items, dtype=bool)
    for item in range(items):
        seen = answers[:, item] != MISSING
        score = _matching_score(right, kept, total, item)[seen]
        cell = score * 4 + focal[seen] * 2 + right[seen, item]
        table = np.bincount(cell, minlength=4 * (items + 1)).reshape(-1, 4).astype(np.float64)
        alpha[item], chi2[item], corrected[item] = _strata(table)
    delta = DELTA * np.log(alpha)
    p = np.array([p_chi2_1(value) for value in chi2])
    classes = tuple(ets_class(float(d), float(q)) for d, q in zip(delta, p, strict=True))
    return MantelHaenszel(alpha, delta, chi2, p, classes, corrected)


def _strata(table: FloatArray) -> tuple[float, float, bool]:
    """(alpha, chi², corrected) of strata in rows: reference wrong, reference right, focal wrong, focal right."""
    both = (table[:, 0] + table[:, 1] > 0) & (table[:, 2] + table[:, 3] > 0)
    table = table[both]
    b, a, d, c = table.T
    size = table.sum(1)
    wide = size > 1
    n, ref, foc, ones, zeros = size[wide], (a + b)[wide], (c + d)[wide], (a + c)[wide], (b + d)[wide]
    gap = abs(float(a[wide].sum() - (ref * ones / n).sum()))
    variance = float((ref * foc * ones * zeros / (n * n * (n - 1.0))).sum())
    chi2 = (gap - min(0.5, gap)) ** 2 / variance if variance > 0 else 0.0
    up, down = float((a * d / size).sum()), float((b * c / size).sum())
    if up > 0 and down > 0:
        return up / down, chi2, False
    informative = (a + c > 0) & (b + d > 0)
    if not informative.any():
        return 1.0, chi2, True
    a, b, c, d = (cell[informative] + 0.5 for cell in (a, b, c, d))
    size = a + b + c + d
    return float((a * d / size).sum() / (b * c / size).sum()), chi2, True


def logistic_dif(answers: Answers, focal: Flags, kept: Flags | None = None) -> Logistic:
    """Likelihood ratio tests of nested logistic regressions of each item on score, group and score × group.

    `kept` (items,): items of the matching score, all by default.
    """
    items = answers.shape[1]
    kept = np.ones(items, dtype=bool) if kept is None else kept
    right = answers == 1
    total = right[:, kept].sum(1)
    uniform, other, log_odds = np.zeros(items), np.zeros(items), np.zeros(items)
    for item in range(items):
        seen = answers[:, item] != MISSING
        score = _matching_score(right, kept, total, item)[seen].astype(np.float64)
        scaled = (score - score.mean()) / max(float(score.std()), 1e-9)
        group = focal[seen].astype(np.float64)
        y = right[seen, item].astype(np.float64)
        columns = np.stack([np.ones_like(scaled), scaled, group, scaled * group], axis=1)
        fits = [_logistic_fit(columns[:, :width], y) for width in (2, 3, 4)]
        uniform[item] = max(0.0, 2.0 * (fits[1][0] - fits[0][0]))
        other[item] = max(0.0, 2.0 * (fits[2][0] - fits[1][0]))
        log_odds[item] = fits[1][1][2]
    return Logistic(uniform, np.array([p_chi2_1(v) for v in uniform]), other, np.array([p_chi2_1(v) for v in other]), log_odds)


def _logistic_fit(x: FloatArray, y: FloatArray) -> tuple[float, FloatArray]:
    """(log-likelihood, coefficients) by Newton with halved steps; a tiny ridge keeps separated data finite."""
    beta = np.zeros(x.shape[1])
    ridge = 1e-8 * np.eye(x.shape[1])

    def value(at: FloatArray) -> float:
        z = x @ at
        return float(y @ z - np.logaddexp(0.0, z).sum())

    best = value(beta)
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -500, 500)))
        move = np.linalg.solve(x.T @ (x * (p * (1.0 - p))[:, None]) + ridge, x.T @ (y - p))
        while (new := value(beta + move)) < best - 1e-12 and np.abs(move).max() > 1e-10:
            move = move / 2.0
        beta = beta + move
        gain, best = new - best, new
        if gain < 1e-10:
            break
    return best, beta
