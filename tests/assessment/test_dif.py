"""Items unfair to a group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from yole.assessment.engine.dif import ets_class, logistic_dif, mantel_haenszel, p_chi2_1
from yole.assessment.engine.model import Answers, Flags


def planted(persons: int, items: int, shift: dict[int, float], *, seed: int = 1, impact: float = 0.0) -> tuple[Answers, Flags]:
    """Rasch answers; `shift` is how much harder an item is for the focal group, `impact` how much abler that group is."""
    rng = np.random.default_rng(seed)
    focal = rng.random(persons) < 0.5
    theta = rng.standard_normal(persons) + impact * focal
    b = rng.normal(0, 1, items) + np.zeros((persons, items))
    for item, extra in shift.items():
        b[focal, item] += extra
    return (rng.random((persons, items)) < 1 / (1 + np.exp(b - theta[:, None]))).astype(np.int8), focal


def test_planted_items_are_found_and_no_other() -> None:
    answers, focal = planted(4000, 50, dict.fromkeys((3, 11, 22, 37, 48), 0.8))
    result = mantel_haenszel(answers, focal)
    flagged = {i for i, letter in enumerate(result.ets_class) if letter != "A"}
    assert flagged == {3, 11, 22, 37, 48}
    assert (result.delta[[3, 11, 22, 37, 48]] < 0).all()
    assert (result.alpha[[3, 11, 22, 37, 48]] > 1).all()
    clean = np.delete(np.arange(50), [3, 11, 22, 37, 48])
    assert abs(float(result.delta[clean].mean())) < 0.15


def test_without_purification_the_other_items_drift() -> None:
    answers, focal = planted(4000, 15, dict.fromkeys((0, 1, 2, 3), 1.2), seed=4)
    clean = slice(4, None)
    drift = float(mantel_haenszel(answers, focal, purify=False).delta[clean].mean())
    purified = float(mantel_haenszel(answers, focal).delta[clean].mean())
    assert drift > 0.3
    assert abs(purified) < abs(drift) / 2


def test_a_difference_of_level_is_not_unfairness() -> None:
    answers, focal = planted(4000, 30, {}, impact=-0.8, seed=2)
    assert set(mantel_haenszel(answers, focal).ets_class) == {"A"}


def test_one_stratum_by_hand() -> None:
    """Two items; the second makes the strata. Figures worked out on paper from the four cells of the only informative stratum."""
    cells = [(1, 0, False)] * 8 + [(0, 1, False)] * 4 + [(1, 0, True)] * 3 + [(0, 1, True)] * 5
    answers = np.array([cell[:2] for cell in cells], dtype=np.int8)
    focal = np.array([cell[2] for cell in cells])
    result = mantel_haenszel(answers, focal, purify=False)
    assert result.alpha[0] == pytest.approx((8 * 5) / (4 * 3))
    assert result.delta[0] == pytest.approx(-2.35 * np.log(40 / 12))
    gap, variance = abs(8 - 12 * 11 / 20) - 0.5, 12 * 8 * 11 * 9 / (20 * 20 * 19)
    assert result.chi2[0] == pytest.approx(gap**2 / variance)
    assert result.p[0] == pytest.approx(chi2.sf(gap**2 / variance, 1))
    assert not result.corrected[0]


def test_an_empty_side_stays_finite_and_is_said() -> None:
    answers = np.array([[1, 0]] * 5 + [[0, 1]] * 5, dtype=np.int8)
    focal = np.array([False] * 5 + [True] * 5)
    result = mantel_haenszel(answers, focal)
    assert result.corrected.all()
    assert np.isfinite(result.delta).all()
    assert result.delta[0] < 0 < result.delta[1]


@pytest.mark.parametrize(
    ("delta", "p", "letter"),
    [(0.9, 0.001, "A"), (2.0, 0.06, "A"), (1.2, 0.01, "B"), (-1.49, 0.01, "B"), (-1.5, 0.01, "C"), (1.0, 0.01, "B"), (1.7, 0.05, "C")],
)
def test_classes(delta: float, p: float, letter: str) -> None:
    assert ets_class(delta, p) == letter


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_swapping_the_groups_turns_the_sign(seed: int) -> None:
    answers, focal = planted(300, 8, {1: 1.0}, seed=seed)
    answers[np.random.default_rng(seed).random(answers.shape) < 0.1] = -1
    one, other = mantel_haenszel(answers, focal), mantel_haenszel(answers, ~focal)
    np.testing.assert_allclose(one.delta, -other.delta, atol=1e-9)
    np.testing.assert_allclose(one.chi2, other.chi2, atol=1e-9)
    assert one.ets_class == other.ets_class
    order = np.random.default_rng(seed).permutation(300)
    np.testing.assert_allclose(mantel_haenszel(answers[order], focal[order]).delta, one.delta, atol=1e-9)


def test_logistic_regression_sees_what_mantel_haenszel_cannot() -> None:
    rng = np.random.default_rng(6)
    answers, focal = planted(3000, 20, {2: 0.9}, seed=6)
    theta = answers.sum(1) / 20.0 - 0.5
    slope = np.where(focal, -4.0, 8.0)
    answers[:, 5] = rng.random(3000) < 1 / (1 + np.exp(-slope * theta))
    result = logistic_dif(answers, focal)
    assert result.uniform_p[2] < 1e-6
    assert result.log_odds[2] < 0
    assert result.other_p[5] < 1e-6
    others = [i for i in range(20) if i not in (2, 5)]
    assert (result.uniform_p[others] < 0.001).sum() <= 1


def test_logistic_fit_is_that_of_a_general_optimiser() -> None:
    from scipy.optimize import minimize

    answers, focal = planted(400, 6, {0: 0.7}, seed=9)
    score = answers.sum(1).astype(float)
    scaled = (score - score.mean()) / score.std()
    y = answers[:, 0]

    def loss(x: np.ndarray, group: np.ndarray) -> float:
        z = x[0] + x[1] * scaled + x[2] * group
        return float(np.logaddexp(0, z).sum() - y @ z)

    with_group = minimize(loss, np.zeros(3), args=(focal.astype(float),))
    without = minimize(loss, np.zeros(3), args=(np.zeros(400),))
    ours = logistic_dif(answers, focal)
    assert ours.uniform_chi2[0] == pytest.approx(2 * (without.fun - with_group.fun), abs=1e-3)
    assert ours.log_odds[0] == pytest.approx(with_group.x[2], abs=1e-3)


def test_tail_of_chi_square() -> None:
    for value in (0.0, 0.5, 3.84, 20.0):
        assert p_chi2_1(value) == pytest.approx(chi2.sf(value, 1), rel=1e-9)
