"""EAP scores, levels and their probabilities."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from tests.assessment.draws import bank, draw
from yole.assessment.engine.calibrate import calibrate
from yole.assessment.engine.classify import check_cuts, decide, level_probabilities, level_weights, true_levels
from yole.assessment.engine.model import Bank
from yole.assessment.engine.score import eap, progress, scoring_grid
from yole.assessment.files import read_responses


def by_quadrature(items: Bank, row: np.ndarray) -> tuple[float, float]:
    """(mean, sd) of the posterior by adaptive quadrature of scipy."""
    seen = row >= 0

    def log_density(theta: float) -> float:
        z = items.a[seen] * theta + items.d[seen]
        return float((row[seen] * z - np.logaddexp(0, z)).sum() - theta * theta / 2)

    grid = np.linspace(-20, 20, 4001)
    mode = grid[np.argmax([log_density(t) for t in grid])]
    top = log_density(mode)
    moments = [quad(lambda t, k=k: t**k * np.exp(log_density(t) - top), mode - 9, mode + 9, limit=400, epsabs=1e-12)[0] for k in range(3)]
    mean = moments[1] / moments[0]
    return mean, float(np.sqrt(moments[2] / moments[0] - mean**2))


@pytest.mark.parametrize("items", [1, 5, 300])
def test_scores_are_those_of_adaptive_quadrature(items: int) -> None:
    """All right and all wrong on 300 items lie beyond 4.5: a grid cut short is wrong there."""
    the_bank = bank(items)
    rng = np.random.default_rng(0)
    rows = np.stack([np.ones(items), np.zeros(items), rng.integers(0, 2, items), rng.integers(-1, 2, items)]).astype(np.int8)
    scores = eap(the_bank, rows)
    for i, row in enumerate(rows):
        mean, sd = by_quadrature(the_bank, row)
        assert scores.theta[i] == pytest.approx(mean, abs=1e-5)
        assert scores.se[i] == pytest.approx(sd, abs=1e-5)
    if items == 300:
        assert scores.theta[0] > 4.5


def test_weak_items_push_beyond_the_usual_edges() -> None:
    the_bank = Bank(tuple(f"q{i}" for i in range(500)), np.full(500, 0.3), np.zeros(500))
    row = np.ones((1, 500), dtype=np.int8)
    mean, sd = by_quadrature(the_bank, row[0])
    scores = eap(the_bank, row)
    assert mean > 9
    assert (scores.theta[0], scores.se[0]) == (pytest.approx(mean, abs=1e-4), pytest.approx(sd, abs=1e-4))


def test_reference_scores_by_pattern(shared: Path) -> None:
    folder = shared / "data" / "assessment"
    reference = json.loads((folder / "reference.json").read_text())
    for name in ("LSAT6", "LSAT7"):
        result = calibrate(read_responses(folder / reference[name]["file"]).answers)
        items = Bank(tuple("12345"), result.a, result.d)
        for pattern, (theta, se) in reference[name]["EAP_theta_se_by_pattern"].items():
            scores = eap(items, np.array([[int(mark) for mark in pattern]], dtype=np.int8))
            assert scores.theta[0] == pytest.approx(theta, abs=1e-3)
            assert scores.se[0] == pytest.approx(se, abs=1e-3)


def test_nothing_answered_is_the_prior() -> None:
    scores = eap(bank(4), np.full((1, 4), -1, dtype=np.int8))
    assert (scores.theta[0], scores.se[0], scores.answered[0]) == (0.0, 1.0, 0)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_order_missing_columns_and_one_more_right_answer(seed: int) -> None:
    the_bank = bank(12, seed=seed)
    answers, *_ = draw(8, 12, fill=0.7, seed=seed)
    scores = eap(the_bank, answers)
    order = np.random.default_rng(seed).permutation(12)
    np.testing.assert_allclose(eap(the_bank.take(order), answers[:, order]).theta, scores.theta, atol=1e-9)
    wider = Bank((*the_bank.ids, "more"), np.append(the_bank.a, 1.3), np.append(the_bank.d, 0.2))
    np.testing.assert_allclose(eap(wider, np.hstack([answers, np.full((8, 1), -1, dtype=np.int8)])).theta, scores.theta, atol=1e-7)
    for item in range(12):
        better, worse = answers.copy(), answers.copy()
        better[:, item], worse[:, item] = 1, 0
        assert (eap(the_bank, better).theta > eap(the_bank, worse).theta).all()
        unseen = answers[:, item] == -1
        assert (eap(the_bank, better).theta[unseen] > scores.theta[unseen]).all()
    grid = scoring_grid(the_bank)
    assert ((scores.theta > grid[0]) & (scores.theta < grid[-1])).all()


def test_with_one_slope_the_number_right_orders_everybody() -> None:
    the_bank = Bank(tuple("abcdefgh"), np.ones(8), np.linspace(-2, 2, 8))
    answers = np.random.default_rng(3).integers(0, 2, (60, 8)).astype(np.int8)
    scores, right = eap(the_bank, answers).theta, answers.sum(1)
    for total in range(8):
        if (right == total).any() and (right > total).any():
            assert scores[right == total].max() < scores[right > total].min()
            assert np.ptp(scores[right == total]) < 1e-9


def test_progress_is_clear_only_beyond_its_error() -> None:
    assert progress((0.0, 0.3), (0.6, 0.3)) == (0.6, pytest.approx(0.4243, abs=1e-4), False)
    assert progress((0.0, 0.3), (0.8, 0.3))[2]


@pytest.mark.parametrize("cuts", [(1, 0), (0, 0), (), (0, float("nan")), (-1, 0, float("inf"))])
def test_cuts_must_increase(cuts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="strictly increasing"):
        check_cuts(cuts)


@settings(max_examples=50, deadline=None)
@given(mean=st.floats(-2, 2), sd=st.floats(0.22, 1), cut=st.floats(-1.5, 1.5), gap=st.floats(0.05, 1.5))
def test_level_probabilities_are_those_of_the_normal_law(mean: float, sd: float, cut: float, gap: float) -> None:
    from scipy.stats import norm

    grid = np.linspace(-6, 6, 61)
    post = np.exp(-0.5 * ((grid - mean) / sd) ** 2)
    shares = level_probabilities(post / post.sum(), level_weights(grid, (cut, cut + gap)))
    expected = np.diff([0, norm.cdf(cut, mean, sd), norm.cdf(cut + gap, mean, sd), 1])
    np.testing.assert_allclose(shares, expected, atol=2e-4)
    assert shares.sum() == pytest.approx(1.0)


def test_every_level_can_be_reached_and_a_cut_belongs_above() -> None:
    assert true_levels(np.array([-3.0, -1.0, -0.5, 0.0, 0.9, 1.0]), (-1, 0, 1)).tolist() == [0, 1, 1, 2, 2, 3]


def test_dear_false_awards_lower_the_level() -> None:
    shares = np.array([0.1, 0.3, 0.4, 0.2])
    assert decide(shares) == (2, pytest.approx(0.6))
    assert decide(shares, false_award_cost=6.0)[0] < 2
    with pytest.raises(ValueError, match="positive"):
        decide(shares, false_award_cost=0.0)
