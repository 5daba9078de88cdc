"""The shipped bank under the rules of the product: how often the level is wrong, what the posterior says of it, who sees which question."""

from __future__ import annotations

import numpy as np

from yole.assessment.bank import load_bank
from yole.assessment.engine.simulate import simulate
from yole.assessment.running import RULES

PERSONS = 4000


def test_the_stated_error_is_the_real_one_and_no_question_is_worn_out() -> None:
    found = simulate(load_bank().engine(), PERSONS, np.random.default_rng(22), max_items=20, level=0.80, min_items=8, rules=RULES)
    wrong = float((found.level != found.true_level).mean())
    assert abs(wrong - float(found.stated_error.mean())) < 0.02
    assert found.shown.max() / PERSONS <= 0.35
    assert found.asked.max() <= 20
    assert found.asked.min() >= 8
