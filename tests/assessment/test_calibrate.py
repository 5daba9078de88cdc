"""Calibration: against published values, against a general optimiser of the marginal likelihood, and its properties."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.assessment.draws import draw
from yole.assessment.engine.calibrate import Model, calibrate, degenerate_items
from yole.assessment.engine.em import Data, expect
from yole.assessment.engine.model import Answers, FloatArray, calibration_grid
from yole.assessment.files import read_responses


def rmse(estimate: FloatArray, truth: FloatArray) -> float:
    return float(np.sqrt(((estimate - truth) ** 2).mean()))


def judged(answers: Answers, model: Model) -> tuple[float, FloatArray, FloatArray]:
    """(log-likelihood, a, d) at the maximum, by scipy on Gauss-Hermite nodes: no code of ours."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    items = answers.shape[1]

    def split(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        if model == "2pl":
            return x[:items], x[items:]
        return np.full(items, x[0] if model == "1pl" else 1.0), x[-items:]

    def loss(x: FloatArray) -> float:
        a, d = split(x)
        p = 1.0 / (1.0 + np.exp(-(a[:, None] * nodes + d[:, None])))
        likelihood = np.where(answers[:, :, None] == 1, p, np.where(answers[:, :, None] == 0, 1.0 - p, 1.0)).prod(1)
        return -float(np.log(likelihood @ weights).sum())

    start = np.concatenate([np.ones({"2pl": items, "1pl": 1, "rasch": 0}[model]), np.zeros(items)])
    found = minimize(loss, start, method="BFGS", options={"gtol": 1e-4})
    return -found.fun, *split(found.x)


@pytest.mark.parametrize("model", ["2pl", "1pl", "rasch"])
def test_it_finds_the_maximum_that_a_general_optimiser_finds(model: Model) -> None:
    answers, *_ = draw(600, 6, fill=0.8, seed=5)
    ours = calibrate(answers, model)
    log_likelihood, a, d = judged(answers, model)
    assert ours.converged
    assert ours.log_likelihood == pytest.approx(log_likelihood, abs=2e-3)
    np.testing.assert_allclose(ours.a, a, atol=5e-3)
    np.testing.assert_allclose(ours.d, d, atol=5e-3)
    assert not ours.regularised.any()


def test_reference_values_of_lsat(shared: Path) -> None:
    folder = shared / "data" / "assessment"
    reference = json.loads((folder / "reference.json").read_text())
    for name in ("LSAT6", "LSAT7"):
        expected = reference[name]
        answers = read_responses(folder / expected["file"]).answers
        two = calibrate(answers)
        assert two.log_likelihood == pytest.approx(expected["logLik_2PL"], abs=5e-4)
        np.testing.assert_allclose(two.a, expected["a"], atol=1e-3)
        np.testing.assert_allclose(two.d, expected["d"], atol=1e-3)
        np.testing.assert_allclose(two.se_a, expected["SE_a_mirt"], atol=2e-3)
        np.testing.assert_allclose(two.se_d, expected["SE_d_mirt"], atol=2e-3)
        one = calibrate(answers, "1pl")
        assert one.log_likelihood == pytest.approx(expected["logLik_1PL_common_a"], abs=5e-4)
        np.testing.assert_allclose(one.a, expected["common_a"], atol=1e-3)
        rasch = calibrate(answers, "rasch")
        assert rasch.log_likelihood == pytest.approx(expected["logLik_Rasch_a1"], abs=5e-4)
        assert (rasch.a == 1.0).all()
        assert (rasch.se_a == 0.0).all()
        if name == "LSAT6":
            np.testing.assert_allclose(rasch.b, expected["b_Rasch_a1"], atol=1e-3)
            np.testing.assert_allclose(one.d, expected["d_1PL"], atol=1e-3)


def test_reference_values_with_missing_answers(shared: Path) -> None:
    folder = shared / "data" / "assessment"
    expected = json.loads((folder / "reference.json").read_text())["sim_30x1500"]
    result = calibrate(read_responses(folder / expected["file"]).answers)
    assert result.log_likelihood == pytest.approx(expected["ml"]["log_likelihood"], abs=1e-3)
    np.testing.assert_allclose(result.a, expected["ml"]["a"], atol=1e-3)
    np.testing.assert_allclose(result.b, expected["ml"]["b"], atol=1e-3)


@pytest.mark.parametrize(("persons", "items", "fill"), [(1500, 20, 1.0), (2000, 60, 1.0), (2000, 60, 0.5)])
def test_standard_errors_are_the_size_of_the_errors(persons: int, items: int, fill: float) -> None:
    answers, a, b, _ = draw(persons, items, fill=fill, seed=11)
    result = calibrate(answers)
    for estimate, truth, error in ((result.a, a, result.se_a), (result.b, b, result.se_b)):
        assert 0.75 < rmse((estimate - truth) / error, np.zeros(items)) < 1.3


def test_long_tests_get_a_grid_fine_enough() -> None:
    """Judged by error, never by correlation: a coarse grid keeps the correlation and loses the scale."""
    answers, a, b, _ = draw(4000, 300, seed=3)
    result = calibrate(answers)
    assert rmse(result.a, a) <= 0.059
    assert rmse(result.b, b) <= 0.056
    assert len(calibration_grid(60)) < len(calibration_grid(300)) < len(calibration_grid(301))


def test_the_scale_of_the_population_is_kept() -> None:
    answers, *_ = draw(1500, 20, fill=0.7, seed=8)
    result = calibrate(answers)
    data = Data(answers)
    step = expect(data, result.a, result.d, calibration_grid(data.most_answers))
    assert abs(step.mean) < 1e-3
    assert abs(step.variance - 1.0) < 1e-3


def test_adaptive_missingness_does_not_bias() -> None:
    """Each person gets harder questions after right answers: choices depend on seen answers only, so they can be ignored."""
    full, a, b, _ = draw(5000, 40, seed=21)
    order = np.argsort(b)
    answers = np.full_like(full, -1)
    place = np.full(len(full), 20)
    for step in (8, 5, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1):
        free = place.copy()
        for _ in range(40):
            taken = answers[np.arange(len(full)), order[free]] != -1
            free = np.where(taken, (free + 1) % 40, free)
        item = order[free]
        answers[np.arange(len(full)), item] = full[np.arange(len(full)), item]
        place = np.clip(place + np.where(full[np.arange(len(full)), item] == 1, step, -step), 0, 39)
    result = calibrate(answers)
    assert result.converged
    seen = result.n > 400
    assert abs(float((result.b - b)[seen].mean())) < 0.06
    assert rmse(result.b[seen], b[seen]) < 0.35
    assert abs(float(np.log(result.a / a)[seen].mean())) < 0.1


def test_few_answers_and_wild_slopes_are_held_by_a_prior_and_said() -> None:
    answers, *_ = draw(900, 8, seed=4)
    answers[:750, 2] = -1
    answers[:, 5] = 1 - answers[:, 0]
    result = calibrate(answers)
    assert result.converged
    assert result.regularised[2]
    assert result.regularised[5]
    assert not result.regularised[1]
    assert (result.a > 0).all()
    assert np.isfinite(np.stack([result.a, result.b, result.d, result.se_a, result.se_b])).all()


def test_an_item_copied_twice_does_not_stop_the_run() -> None:
    answers, *_ = draw(500, 5, seed=6)
    answers[:, 1] = answers[:, 0]
    for model in ("2pl", "1pl", "rasch"):
        result = calibrate(answers, model)
        assert np.isfinite(result.a).all()
        assert np.isfinite(result.se_b).all()
        assert (result.a <= 6.0).all()


def test_unrelated_answers_keep_a_positive_common_slope() -> None:
    answers = np.random.default_rng(0).integers(0, 2, (400, 6)).astype(np.int8)
    answers[:, 3:] = 1 - answers[:, :3]
    assert (calibrate(answers, "1pl").a > 0).all()


def test_convergence_is_told_honestly() -> None:
    answers, *_ = draw(500, 8, seed=9)
    short = calibrate(answers, max_cycles=2)
    assert not short.converged
    assert short.iterations == 2
    long = calibrate(answers)
    assert long.converged
    assert long.log_likelihood >= short.log_likelihood


def test_constant_and_unanswered_items_are_named() -> None:
    answers, *_ = draw(50, 5, seed=2)
    answers[:, 1], answers[:, 3] = -1, 1
    never, constant = degenerate_items(answers)
    assert (never.tolist(), constant.tolist()) == ([1], [3])
    with pytest.raises(ValueError, match="never answered"):
        calibrate(answers)
    with pytest.raises(ValueError, match="two persons"):
        calibrate(answers[:1])


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 1000), shuffle=st.randoms(use_true_random=False))
def test_order_of_items_and_of_persons_does_not_matter(seed: int, shuffle: object) -> None:
    answers, *_ = draw(300, 6, fill=0.9, seed=seed)
    rng = np.random.default_rng(seed)
    columns, rows = rng.permutation(6), rng.permutation(300)
    one, other = calibrate(answers), calibrate(answers[rows][:, columns])
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-5)
    np.testing.assert_allclose(one.a[columns], other.a, atol=1e-3)
    np.testing.assert_allclose(one.d[columns], other.d, atol=1e-3)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000))
def test_swapping_right_and_wrong_mirrors_the_scale(seed: int) -> None:
    answers, *_ = draw(400, 5, fill=0.9, seed=seed)
    mirrored = np.where(answers < 0, answers, 1 - answers).astype(np.int8)
    one, other = calibrate(answers), calibrate(mirrored)
    np.testing.assert_allclose(one.a, other.a, atol=2e-3)
    np.testing.assert_allclose(one.d, -other.d, atol=2e-3)


def test_a_person_without_answers_changes_no_estimate() -> None:
    answers, *_ = draw(400, 6, seed=12)
    more = np.vstack([answers, np.full((5, 6), -1, dtype=np.int8)])
    one, other = calibrate(answers), calibrate(more)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(one.a, other.a, atol=1e-3)
    assert other.persons == 405


def test_single_precision_ends_in_double() -> None:
    """Large data start in single precision; the value reported is that of double precision at the maximum."""
    answers, *_ = draw(6000, 80, fill=0.8, seed=17)
    result = calibrate(answers)
    data = Data(answers)
    grid = calibration_grid(data.most_answers)
    assert data.seen.size * len(grid) > 20_000_000
    again = expect(data, result.a, result.d, grid).log_likelihood
    assert result.log_likelihood == pytest.approx(again, abs=1e-6)
    for delta in (0.01, -0.01):
        assert expect(data, result.a + delta, result.d, grid).log_likelihood < again
        assert expect(data, result.a, result.d + delta, grid).log_likelihood < again
