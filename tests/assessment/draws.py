"""Invented answers that obey the model."""

from __future__ import annotations

import numpy as np

from yole.assessment.engine.model import Answers, Bank, FloatArray


def draw(persons: int, items: int, *, fill: float = 1.0, seed: int = 1) -> tuple[Answers, FloatArray, FloatArray, FloatArray]:
    """(answers, a, b, theta): ln a ~ N(.1, .3), b and theta ~ N(0, 1), cells missing at random."""
    rng = np.random.default_rng(seed)
    a, b = np.exp(rng.normal(0.1, 0.3, items)), rng.normal(0.0, 1.0, items)
    theta = rng.standard_normal(persons)
    answers = (rng.random((persons, items)) < 1.0 / (1.0 + np.exp(-a * (theta[:, None] - b)))).astype(np.int8)
    answers[rng.random((persons, items)) >= fill] = -1
    return answers, a, b, theta


def bank(items: int, *, seed: int = 2, areas: int = 0) -> Bank:
    rng = np.random.default_rng(seed)
    a, b = np.exp(rng.normal(0.1, 0.3, items)), rng.normal(0.0, 1.2, items)
    return Bank(tuple(f"q{i}" for i in range(items)), a, -a * b, np.arange(items) % areas if areas else None)
