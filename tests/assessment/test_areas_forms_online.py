"""Five areas at once, parallel forms, calibration of new items."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from tests.assessment.draws import bank, draw
from yole.assessment.engine.areas import estimate_correlation, even_correlation, profiles
from yole.assessment.engine.forms import parallel_forms, score_table
from yole.assessment.engine.model import Answers, Bank, FloatArray
from yole.assessment.engine.online import calibrate_new, drifted, expert_difficulty
from yole.assessment.engine.score import eap


def five_areas(persons: int, per_area: int, r: float, *, seed: int = 1) -> tuple[Bank, Answers, FloatArray]:
    rng = np.random.default_rng(seed)
    the_bank = bank(5 * per_area, seed=seed, areas=5)
    assert the_bank.area is not None
    theta = rng.multivariate_normal(np.zeros(5), even_correlation(5, r), persons)
    p = 1 / (1 + np.exp(-(the_bank.a * theta[:, the_bank.area] + the_bank.d)))
    return the_bank, (rng.random(p.shape) < p).astype(np.int8), theta


def test_the_profile_is_the_mode_that_a_general_optimiser_finds() -> None:
    the_bank, answers, _ = five_areas(3, 4, 0.7)
    answers[0, ::3] = -1
    assert the_bank.area is not None
    correlation = even_correlation(5)
    precision = np.linalg.inv(correlation)
    found = profiles(the_bank, answers, correlation)
    for person in range(3):
        seen = answers[person] >= 0

        def loss(t: FloatArray, person: int = person, seen: np.ndarray = seen) -> float:
            z = (the_bank.a * t[the_bank.area] + the_bank.d)[seen]
            return float(np.logaddexp(0, z).sum() - answers[person][seen] @ z + t @ precision @ t / 2)

        np.testing.assert_allclose(found.theta[person], minimize(loss, np.zeros(5)).x, atol=1e-4)
    assert found.answered[1].tolist() == [4] * 5


def test_borrowing_from_other_areas_is_better_than_each_alone_and_errors_cover() -> None:
    the_bank, answers, theta = five_areas(3000, 4, 0.7, seed=3)
    joint = profiles(the_bank, answers, even_correlation(5))
    alone = profiles(the_bank, answers, np.eye(5))
    errors = [float(np.sqrt(((found.theta - theta) ** 2).mean())) for found in (joint, alone)]
    assert errors[0] < 0.64
    assert errors[0] < errors[1] - 0.06
    assert 0.92 < float((np.abs(joint.theta - theta) < 1.96 * joint.se).mean()) < 0.97


def test_correlations_are_found() -> None:
    the_bank, answers, _ = five_areas(2500, 8, 0.6, seed=5)
    correlation, settled = estimate_correlation(the_bank, answers)
    assert settled
    np.testing.assert_allclose(correlation, correlation.T)
    assert np.abs(correlation - even_correlation(5, 0.6)).max() < 0.12
    assert not estimate_correlation(the_bank, answers, cycles=1)[1]


def test_an_area_without_answers_is_not_shown() -> None:
    the_bank, answers, _ = five_areas(40, 4, 0.7)
    assert the_bank.area is not None
    answers[:, the_bank.area == 2] = -1
    found = profiles(the_bank, answers, even_correlation(5))
    assert np.isnan(found.shown()[:, 2]).all()
    assert not np.isnan(found.shown()[:, [0, 1, 3, 4]]).any()
    assert (found.se[:, 2] > found.se[:, 0]).all()
    nothing = profiles(the_bank, np.full((1, 20), -1, dtype=np.int8), even_correlation(5))
    np.testing.assert_allclose(nothing.theta, 0, atol=1e-9)
    np.testing.assert_allclose(nothing.se, 1, atol=1e-9)


def test_impossible_correlations_are_refused() -> None:
    the_bank, answers, _ = five_areas(2, 2, 0.5)
    for wrong in (np.full((5, 5), 1.0), even_correlation(5, -0.9), 2 * np.eye(5), np.eye(4)):
        with pytest.raises(ValueError, match="correlation"):
            profiles(the_bank, answers, wrong)
    with pytest.raises(ValueError, match="no areas"):
        profiles(bank(3), np.zeros((1, 3), dtype=np.int8), np.eye(1))


@pytest.mark.parametrize(("forms", "areas"), [(2, 5), (3, 0)])
def test_forms_are_parallel_and_share_nothing(forms: int, areas: int) -> None:
    the_bank = bank(150, areas=areas, seed=9)
    made = parallel_forms(the_bank, forms=forms, length=20)
    items = np.concatenate(made.items)
    assert len(items) == len(set(items.tolist())) == 20 * forms
    if the_bank.area is not None:
        assert all(np.bincount(the_bank.area[form]).tolist() == [4] * 5 for form in made.items)
    assert np.ptp(made.information, axis=0).max() < 0.05 * made.information.mean()
    rng = np.random.default_rng(0)
    random = [the_bank.take(rng.choice(150, 20, replace=False)) for _ in range(20)]
    from yole.assessment.engine.model import information

    cuts = np.array([-1.0, 0.0, 1.0])
    assert made.information.mean() > max(float(information(form.a, form.d, cuts).mean()) for form in random)


def test_a_target_is_met_and_a_small_bank_refused() -> None:
    target = np.array([3.0, 4.0, 3.0])
    made = parallel_forms(bank(150, seed=9), target=target)
    assert made.gap < 0.1
    np.testing.assert_allclose(made.information, np.tile(target, (2, 1)), rtol=0.1)
    with pytest.raises(ValueError, match="40"):
        parallel_forms(bank(39))


def test_score_table_is_that_of_every_pattern() -> None:
    the_bank = bank(6)
    theta, se = score_table(the_bank)
    assert (np.diff(theta) > 0).all()
    patterns = np.array(list(itertools.product((0, 1), repeat=6)), dtype=np.int8)
    scores = eap(the_bank, patterns)
    grid = np.linspace(-10, 10, 2001)
    z = the_bank.a[:, None] * grid + the_bank.d[:, None]
    for right in range(7):
        rows = patterns[patterns.sum(1) == right]
        weight = np.exp(rows @ z - np.logaddexp(0, z).sum(0)) @ np.exp(-grid * grid / 2)
        assert theta[right] == pytest.approx(float(weight @ scores.theta[patterns.sum(1) == right] / weight.sum()), abs=1e-6)
    assert se[0] == pytest.approx(scores.se[0], abs=1e-6)


def test_new_items_land_on_the_scale_of_the_live_ones() -> None:
    """The people are not N(0, 1) here: the new items follow the live ones, not the people of the day."""
    answers, a, b, _ = draw(6000, 46, seed=14)
    live, new = slice(0, 40), slice(40, 46)
    the_bank = Bank(tuple(f"q{i}" for i in range(40)), a[live], -a[live] * b[live])
    able = answers[answers[:, live].sum(1) > 20]
    rng = np.random.default_rng(0)
    tried = able[:, new].copy()
    tried[np.arange(6)[None, :] != rng.integers(0, 6, len(tried))[:, None]] = -1
    found = calibrate_new(the_bank, able[:, live], tried, np.array([expert_difficulty(4)] * 6))
    assert found.converged
    assert found.ready.all()
    for estimate, truth, error in ((found.b, b[new], found.se_b), (found.a, a[new], found.se_a)):
        assert (np.abs(estimate - truth) < 3.5 * error).all()
    assert float(np.median(found.se_b)) < 0.4


def test_a_new_item_with_few_or_equal_answers_stays_finite() -> None:
    answers, a, b, _ = draw(300, 12, seed=15)
    the_bank = Bank(tuple(f"q{i}" for i in range(10)), a[:10], -a[:10] * b[:10])
    new = answers[:, 10:].copy()
    new[:, 0] = 1
    new[:, 1] = -1
    found = calibrate_new(the_bank, answers[:, :10], new, np.array([0.0, 1.2]))
    assert found.regularised.all()
    assert found.ready.tolist() == [True, False]
    assert np.isfinite(np.stack([found.a, found.b, found.se_a, found.se_b])).all()
    assert (found.b[1], found.a[1], found.n[1]) == (1.2, 1.0, 0)
    with pytest.raises(ValueError, match="one column per item"):
        calibrate_new(the_bank, answers[:, :9], new)


def test_drift_is_seen_where_it_is() -> None:
    answers, a, b, _ = draw(2500, 12, seed=16)
    moved = -a * b
    moved[4] += 0.8 * a[4]
    change, alert = drifted(Bank(tuple(f"q{i}" for i in range(12)), a, moved), answers)
    assert np.flatnonzero(alert).tolist() == [4]
    assert change[4] == pytest.approx(0.8, abs=0.35)
    assert not drifted(Bank(tuple(f"q{i}" for i in range(12)), a, -a * b), answers)[1].any()


def test_expert_levels() -> None:
    assert (expert_difficulty(1), expert_difficulty(8)) == (-2.5, 2.5)
    with pytest.raises(ValueError, match="1 to 8"):
        expert_difficulty(9)
