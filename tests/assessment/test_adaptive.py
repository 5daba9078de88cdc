"""The adaptive test: choice, exposure, balance, stop; and its simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assessment.draws import bank
from yole.assessment.engine.cat import Criterion, Rules, Session, StopRules, Tables, criterion_values, next_item, why_stop
from yole.assessment.engine.score import eap
from yole.assessment.engine.simulate import simulate


def test_expected_variance_is_that_of_both_answers_tried() -> None:
    tables = Tables(bank(20))
    session = Session.start(tables)
    session.answer(3, right=True)
    worth = criterion_values(tables, session.posterior[None, :], "variance")[0]
    before = session.estimate()[1] ** 2
    for item in (0, 7, 19):
        success = float(tables.p[item] @ session.posterior)
        after = 0.0
        for right, share in ((True, success), (False, 1.0 - success)):
            tried = Session.start(tables)
            tried.answer(3, right=True)
            tried.answer(item, right=right)
            after += share * tried.estimate()[1] ** 2
        assert worth[item] == pytest.approx(before - after, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_answers_does_not_matter_and_the_session_scores_as_the_batch(seed: int) -> None:
    the_bank = bank(15, seed=seed)
    rng = np.random.default_rng(seed)
    answers = rng.integers(0, 2, 15)
    estimates = []
    for _ in range(2):
        session = Session.start(Tables(the_bank))
        for item in rng.permutation(15):
            session.answer(int(item), right=bool(answers[item]))
        estimates.append(session.estimate())
    assert estimates[0] == pytest.approx(estimates[1], abs=1e-10)
    scores = eap(the_bank, answers[None, :].astype(np.int8))
    assert estimates[0][0] == pytest.approx(scores.theta[0], abs=1e-3)
    assert estimates[0][1] == pytest.approx(scores.se[0], abs=1e-3)


def test_an_item_is_never_asked_twice() -> None:
    tables = Tables(bank(6))
    session, rng = Session.start(tables), np.random.default_rng(0)
    while (item := next_item(session, Rules(), rng)) is not None:
        session.answer(item, right=True)
    assert sorted(session.asked) == list(range(6))
    with pytest.raises(ValueError, match="already"):
        session.answer(0, right=True)


def test_capped_and_barred_items_are_left_out_and_the_cap_gives_way() -> None:
    tables = Tables(bank(8))
    session, rng = Session.start(tables), np.random.default_rng(0)
    shown = np.array([40, 40, 40, 40, 40, 40, 2, 40])
    assert {next_item(session, Rules(), rng, shown=shown, sessions=100) for _ in range(20)} == {6}
    barred = np.zeros(8, dtype=bool)
    barred[6] = True
    picks = {next_item(session, Rules(), rng, shown=shown, sessions=100, barred=barred) for _ in range(20)}
    assert None not in picks
    assert 6 not in picks
    assert next_item(session, Rules(), rng, barred=np.ones(8, dtype=bool)) is None


def test_the_first_item_is_easy_and_the_next_ones_within_reach() -> None:
    tables = Tables(bank(100))
    rng, rules = np.random.default_rng(0), Rules(easy_start=True)
    session = Session.start(tables)
    for asked in range(4):
        item = next_item(session, rules, rng)
        assert item is not None
        assert float(tables.p[item] @ session.posterior) >= (0.8 if asked == 0 else 0.6)
        session.answer(item, right=False)


def test_areas_are_balanced() -> None:
    the_bank = bank(100, areas=5)
    tables, rng = Tables(the_bank), np.random.default_rng(1)
    session = Session.start(tables)
    for _ in range(20):
        item = next_item(session, Rules(), rng, length=20)
        assert item is not None
        session.answer(item, right=bool(rng.random() < 0.5))
    assert session.per_area.tolist() == [4, 4, 4, 4, 4]
    heavy = Session.start(tables)
    for _ in range(20):
        item = next_item(heavy, Rules(area_weights=(4, 1, 1, 1, 1)), rng, length=20)
        assert item is not None
        heavy.answer(item, right=True)
    assert heavy.per_area[0] > heavy.per_area[1:].max()


def test_reasons_to_stop() -> None:
    tables, rng = Tables(bank(60)), np.random.default_rng(2)
    sure = Session.start(tables)
    while why_stop(sure, StopRules()) is None:
        item = next_item(sure, Rules(), rng)
        assert item is not None
        sure.answer(item, right=True)
    assert why_stop(sure, StopRules()) == "level"
    assert len(sure.asked) >= 8
    assert sure.levels().sum() == pytest.approx(1.0)
    assert why_stop(sure, StopRules(level=0.0, se=0.9)) == "se"
    assert why_stop(sure, StopRules(level=0.0, se=0.0, max_items=len(sure.asked))) == "length"
    small = Session.start(Tables(bank(3)))
    for item in range(3):
        small.answer(item, right=item == 0)
    assert why_stop(small, StopRules(se=0.0)) == "bank"


@pytest.mark.parametrize("criterion", ["information", "variance"])
@pytest.mark.parametrize(("items", "areas"), [(300, 0), (200, 5)])
def test_simulated_error_is_the_error_stated(criterion: Criterion, items: int, areas: int) -> None:
    result = simulate(
        bank(items, areas=areas), 2000 if criterion == "information" else 1000, np.random.default_rng(5), rules=Rules(criterion=criterion)
    )
    assert result.max_exposure <= 0.35
    assert abs(result.bias) < 0.04
    assert result.rmse < 0.38
    assert result.rmse == pytest.approx(float(np.sqrt((result.se**2).mean())), abs=0.03)
    assert result.misclassified == pytest.approx(float(result.stated_error.mean()), abs=0.025)
    assert result.asked.max() <= 20
    stopped = result.asked < 20
    assert (result.se[stopped] <= 0.3).all()
    assert int(result.asked.sum()) == int(result.shown.sum())


def test_a_small_bank_is_spent_and_its_exposure_reported() -> None:
    whole = simulate(bank(20), 300, np.random.default_rng(0), se=0.0)
    assert (whole.max_exposure, float(whole.asked.mean())) == (1.0, 20.0)
    more = simulate(bank(12), 50, np.random.default_rng(0), se=0.0, max_items=20)
    assert (more.asked == 12).all()
    tight = simulate(bank(70), 2000, np.random.default_rng(0), se=0.0)
    assert tight.max_exposure <= 0.35


def test_the_stop_on_the_level_is_shorter_and_says_its_error() -> None:
    the_bank = bank(300)
    full = simulate(the_bank, 2000, np.random.default_rng(1), se=0.0)
    short = simulate(the_bank, 2000, np.random.default_rng(1), se=0.0, level=0.8, min_items=8)
    assert short.asked.min() >= 8
    assert short.asked.mean() < full.asked.mean() - 3
    assert short.misclassified == pytest.approx(float(short.stated_error.mean()), abs=0.03)


def test_the_same_seed_gives_the_same_people() -> None:
    one, two, other = (simulate(bank(80), 400, np.random.default_rng(seed)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(one.theta, two.theta)
    np.testing.assert_array_equal(one.shown, two.shown)
    assert (one.theta != other.theta).any()


def test_narrow_posteriors_get_a_finer_grid() -> None:
    the_bank = bank(400)
    wide, long = Tables(the_bank, longest=20), Tables(the_bank, longest=400)
    assert len(long.grid) > len(wide.grid)
    result = simulate(the_bank, 200, np.random.default_rng(0), max_items=400, se=0.0)
    assert result.rmse == pytest.approx(float(np.sqrt((result.se**2).mean())), rel=0.2)


def test_an_easy_start_costs_little() -> None:
    the_bank = bank(200)
    plain = simulate(the_bank, 1500, np.random.default_rng(3), se=0.0)
    easy = simulate(the_bank, 1500, np.random.default_rng(3), se=0.0, rules=Rules(easy_start=True))
    assert easy.rmse < plain.rmse + 0.04
    assert easy.max_exposure <= 0.35
