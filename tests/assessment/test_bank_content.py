"""The bank that is shipped: what it covers, how it reads, what its drawings hold, and whether the adaptive test can live on it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from yole.assessment.bank import DRAWINGS, ITEMS, drawing, load_bank
from yole.assessment.bank.checks import check_bank
from yole.assessment.bank.readability import kandel_moles
from yole.assessment.engine.cat import Rules, Session, StopRules, Tables, next_item, why_stop
from yole.assessment.engine.forms import parallel_forms
from yole.assessment.engine.model import information
from yole.assessment.engine.simulate import simulate
from yole.assessment.framework import CRCN, FRAMEWORKS, crosswalk, load_framework, load_topics
from yole.kernel.text import straight

BANK = load_bank()
SVG = "{http://www.w3.org/2000/svg}"
# Shapes and words only: nothing that runs, links, loads or styles.
ELEMENTS = {"svg", "title", "rect", "circle", "path", "text"}
ATTRIBUTES = {
    "viewBox", "role", "x", "y", "width", "height", "rx", "cx", "cy", "r", "d", "fill", "stroke", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "font-family", "font-size", "font-weight", "font-style", "text-anchor",
}  # fmt: skip


def test_the_bank_has_no_finding_at_all() -> None:
    assert [finding.one_line() for finding in check_bank(BANK.items, drawings=DRAWINGS)] == []


def test_every_competence_has_enough_questions_and_easy_ones_to_start() -> None:
    per_competence = Counter(item.competence for item in BANK)
    assert set(per_competence) == {entry.code for entry in load_framework().competences}
    assert len(BANK) >= 160
    assert min(per_competence.values()) >= 8
    for area in "12345":
        assert sum(item.area == area and item.b <= -1.4 for item in BANK) >= 5
    # The public is mostly at levels 1 to 3.
    assert sum(item.level is not None and item.level <= 3 for item in BANK) > len(BANK) / 2


def test_topics_are_those_that_their_competence_allows_and_all_are_used() -> None:
    allowed = {topic.id: set(topic.codes) for topic in load_topics()}
    astray = [(item.id, topic) for item in BANK for topic in item.topics if item.competence not in allowed[topic]]
    assert astray == []
    used = Counter(topic for item in BANK for topic in item.topics)
    assert set(used) == set(allowed)
    for topic in ("traitement-texte", "tableur", "reseaux-sociaux", "demarches", "mots-de-passe", "fiabilite", "messagerie", "telephone"):
        assert used[topic] >= 10, topic


def test_no_question_pretends_to_be_reviewed_or_calibrated() -> None:
    for item in BANK:
        assert (item.status, item.reviewed_by, item.reviewed_on, item.calibrated) == ("pilot", "", "", None)
        assert item.author and item.licence == "CC BY-SA 4.0" and item.written


def test_files_are_one_per_competence_and_say_nothing_twice() -> None:
    for path in ITEMS.glob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        assert {entry["frameworks"][0]["code"] for entry in content["items"]} == {path.stem}
        levels = [entry["expert_level"] for entry in content["items"]]
        assert levels == sorted(levels)


def test_texts_are_easy_to_read() -> None:
    scores = {item.id: kandel_moles(f"{item.text} {item.feedback}") for item in BANK}
    assert {item: round(score) for item, score in scores.items() if score < 55} == {}
    assert sum(scores.values()) / len(scores) >= 80


def test_a_question_that_must_be_seen_is_never_asked_by_voice_and_others_can_be() -> None:
    assert all("oral" not in item.modes for item in BANK if item.needs_sight)
    for area in "12345":
        heard = BANK.where(mode="oral", sight=False)
        assert sum(item.area == area for item in heard) >= 20
    assert {mode for item in BANK for mode in item.modes} == {"screen", "phone", "paper", "oral"}


def test_addresses_and_formulas_have_words_to_be_read_aloud() -> None:
    unsaid = [
        (item.id, option.text)
        for item in BANK
        for option in item.options
        if ("@" in option.text or ".example" in option.text or option.text.startswith("=")) and not option.spoken
    ]
    assert unsaid == []


def test_drawings_are_enough_used_described_small_and_harmless() -> None:
    named = {picture.src for item in BANK for picture in item.pictures}
    assert sum(bool(item.pictures) for item in BANK) >= 30
    assert {path.name for path in DRAWINGS.iterdir()} == named
    for name in named:
        content = drawing(name)
        assert len(content.encode("utf-8")) < 6000, name
        root = etree.fromstring(content.encode("utf-8"), etree.XMLParser(resolve_entities=False, no_network=True))
        assert root.tag == f"{SVG}svg" and root.get("viewBox") == "0 0 208 120"
        title = root.find(f"{SVG}title")
        assert root.index(title) == 0 and title.text.strip(), name
        for element in root.iter():
            assert isinstance(element.tag, str), name  # no comment, no processing instruction
            assert etree.QName(element).localname in ELEMENTS, (name, element.tag)
            assert set(element.attrib) <= ATTRIBUTES, (name, dict(element.attrib))
            assert not any("url(" in value or ":" in value for value in element.attrib.values()), name


@pytest.mark.parametrize("src", ["../items/1.1.json", "../drawings/souris.svg", "absent.svg", "..", ""])
def test_a_drawing_is_only_taken_in_its_folder(src: str) -> None:
    with pytest.raises(KeyError):
        drawing(src)


def test_the_engine_takes_the_bank() -> None:
    bank = BANK.engine()
    assert bank.ids == tuple(item.id for item in BANK)
    assert np.allclose(bank.b, [item.b for item in BANK])
    assert bank.area is not None and [int(k) + 1 for k in bank.area] == [int(item.area) for item in BANK]


def test_information_covers_the_scale_in_each_area() -> None:
    """A test of 20, four per area, tells as much at −2 as at 0, and at least 4/5 of it at 2: the best that slopes of 1 allow is 5."""
    bank, grid = BANK.engine(), np.linspace(-2.5, 2.0, 19)
    found = information(bank.a, bank.d, grid)
    assert bank.area is not None
    best = np.sum([np.sort(found[bank.area == k], axis=0)[-4:].sum(0) for k in range(5)], axis=0)
    assert best.min() >= 4.0
    assert best[(grid >= -2.0) & (grid <= 1.5)].min() >= 4.6


@pytest.mark.parametrize("easy_start", [False, True])
def test_simulated_people_share_the_bank_and_the_stated_error_is_the_real_one(easy_start: bool) -> None:
    result = simulate(BANK.engine(), 12_000, np.random.default_rng(11), rules=Rules(easy_start=easy_start))
    assert result.max_exposure <= 0.35
    assert abs(result.misclassified - float(result.stated_error.mean())) <= 0.02
    assert abs(result.bias) < 0.02
    assert (result.shown == 0).mean() < 0.15


def test_a_session_never_asks_two_questions_of_one_group() -> None:
    tables, rng = Tables(BANK.engine()), np.random.default_rng(4)
    groups = {item.id: item.exclusion_group for item in BANK}
    for _ in range(15):
        session = Session.start(tables)
        while why_stop(session, StopRules(level=0.0, se=0.0)) is None:
            barred = BANK.barred(tables.bank.ids[i] for i in session.asked)
            item = next_item(session, Rules(), rng, barred=barred)
            assert item is not None
            session.answer(item, right=bool(rng.integers(2)))
        seen = [groups[tables.bank.ids[i]] for i in session.asked if groups[tables.bank.ids[i]]]
        assert len(seen) == len(set(seen))


def test_every_group_has_at_least_two_questions() -> None:
    sizes = Counter(item.exclusion_group for item in BANK if item.exclusion_group)
    assert min(sizes.values()) >= 2


def test_two_parallel_paper_forms_can_be_assembled() -> None:
    paper = BANK.where(mode="paper")
    forms = parallel_forms(paper.engine())
    assert forms.gap < 0.2
    assert np.abs(forms.information[0] / forms.information[1] - 1.0).max() < 0.05
    first, second = (set(items.tolist()) for items in forms.items)
    assert len(first) == len(second) == 20 and not first & second


def test_crcn_has_the_names_of_the_public_framework(shared: Path) -> None:
    told = json.loads((shared / "data" / "assessment" / "crcn.json").read_text(encoding="utf-8"))
    ours = load_framework()
    assert [(area.code, straight(area.name)) for area in ours.areas] == [(area["code"], straight(area["name"])) for area in told["areas"]]
    expected = [(entry["code"], straight(entry["name"])) for area in told["areas"] for entry in area["competences"]]
    assert [(entry.code, straight(entry.name)) for entry in ours.competences] == expected
    assert [(level.level, level.name) for level in ours.levels] == [(level["level"], level["name"]) for level in told["levels"]]


def test_frameworks_say_where_they_come_from_and_answer_to_each_other() -> None:
    for framework, version in FRAMEWORKS:
        table = load_framework(version, framework)
        assert table.source and table.date and table.licence and table.seen_on
        assert [area.code for area in table.areas] == ["1", "2", "3", "4", "5"]
    assert (len(load_framework().competences), len(load_framework().levels)) == (16, 8)
    assert len(load_framework("3.0", "DigComp").levels) == 4
    assert load_framework().competence("2.4").area == "2"
    linked = crosswalk("4.3", to=("DigComp", "3.0"))
    assert linked is not None and linked.name == "Safety, wellbeing and responsible use"
    assert crosswalk("1", to=CRCN) is None
    for call in (lambda: load_framework("1999"), lambda: load_framework().competence("6.1"), lambda: crosswalk("9.9", to=CRCN)):
        with pytest.raises(KeyError):
            call()
