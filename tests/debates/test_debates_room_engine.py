"""Tables, minutes, order of the statements, texts that look alike: pure rules."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.debates import kit
from yole.debates.engine import room, similar
from yole.debates.engine.room import Share
from yole.debates.enums import CafePublic, Phase, Pillar
from yole.debates.templatetags.debates import shares

QUICK = settings(deadline=None, max_examples=60)


@QUICK
@given(st.integers(4, 600))
def test_tables_are_even_and_never_over_thirty(people: int) -> None:
    sizes = room.tables(people)
    assert sum(sizes) == people and max(sizes) <= 30 and max(sizes) - min(sizes) <= 1 and min(sizes) >= 4
    assert len(sizes) == 1 if people <= 30 else len(sizes) > 1


def test_under_four_people_there_is_no_cafe() -> None:
    with pytest.raises(ValueError, match="3 people"):
        room.tables(3)


@QUICK
@given(st.integers(4, 600))
def test_the_kit_fills_the_hour_within_the_bounds_of_each_phase(people: int) -> None:
    steps = kit.steps(people)
    assert [step.phase for step in steps] == list(Phase.values)
    assert sum(step.minutes for step in steps) == (60 if people <= 15 else 90)
    for step in steps:
        share = kit.PHASES[step.phase][1]
        assert share.least <= step.minutes <= share.most
    by_phase = {step.phase: step.minutes for step in steps}
    assert 5 <= by_phase[Phase.FRAME] <= 10 and 5 <= by_phase[Phase.WRITING] <= 10
    assert by_phase[Phase.DISCUSSION] == max(by_phase.values())


def test_minutes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        room.plan(10, [Share(1, 5, 10)] * 3)


def test_the_kit_has_words_for_each_public_and_pillar() -> None:
    assert set(kit.QUESTIONS) == set(CafePublic.values) and all(kit.QUESTIONS.values())
    assert set(kit.PILLARS) == set(Pillar.values)


@QUICK
@given(st.text(min_size=1, max_size=40), st.lists(st.integers(), min_size=1, max_size=20, unique=True))
def test_a_token_always_gives_the_same_order_of_the_same_statements(token: str, items: list[int]) -> None:
    assert room.order_for(token, items) == room.order_for(token, items)
    assert sorted(room.order_for(token, items)) == sorted(items)


def test_every_statement_comes_first_as_often_as_another() -> None:
    first = Counter(room.order_for(f"jeton {n}", range(10))[0] for n in range(4000))
    assert all(300 < count < 500 for count in first.values()) and len(first) == 10


@QUICK
@given(st.text(max_size=60), st.text(max_size=60))
def test_similarity_is_a_share_whatever_the_order(one: str, other: str) -> None:
    share = similar.similarity(one, other)
    assert 0 <= share <= 1 and share == similar.similarity(other, one)


def test_the_same_words_written_otherwise_are_proposed_and_others_are_not() -> None:
    texts = [
        "On ne sait pas où vont nos données.",
        "on sait pas ou vont les donnees",
        "Un atelier par mois à la médiathèque",
        "Combien d’électricité pour une question ?",
        "",
        "!!",
    ]
    assert [(i, j) for i, j, _ in similar.pairs(texts)] == [(0, 1)]
    assert similar.similarity("Œuvre", "oeuvre") == 1.0
    assert similar.similarity("", "") == 0.0


def test_pairs_are_those_of_the_plain_measure() -> None:
    texts = [f"{word} et {other}" for word in ("pomme", "pommes", "poire", "prune") for other in ("sel", "sels", "poivre")]
    found = {(i, j): share for i, j, share in similar.pairs(texts, least=0.5, most=1000)}
    plain = {
        (i, j): similar.similarity(texts[i], texts[j])
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if similar.similarity(texts[i], texts[j]) >= 0.5
    }
    assert found == plain and len(found) > 5


@QUICK
@given(st.lists(st.integers(0, 600), min_size=3, max_size=3).filter(lambda counts: sum(counts) > 0))
def test_the_bar_of_a_vote_is_full_and_as_near_as_whole_percents_can_be(counts: list[int]) -> None:
    parts = shares(*counts)
    assert sum(parts) == 100
    assert all(abs(part - 100 * count / sum(counts)) < 1 for part, count in zip(parts, counts, strict=True))
