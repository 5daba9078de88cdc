"""Exchange of questions: JSON, GIFT and QTI 3 give back what they were given, and say where a file is wrong."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from yole.assessment.bank import DRAWINGS, Item, Option, load_bank
from yole.assessment.bank.checks import check_bank, errors
from yole.assessment.bank.files import Imported, parse_items, write_items, write_parameters
from yole.assessment.bank.gift import parse_gift, write_gift
from yole.assessment.bank.model import Calibrated
from yole.assessment.bank.qti import ITEM_NS, OWN_NS, PACKAGE_NS, parse_qti, write_qti
from yole.assessment.files import read_bank
from yole.cli import run
from yole.kernel.errors import InputError

BANK = load_bank()
TASK = Item("tache", "task", "Répondez au message.", (), "Bravo.", (("CRCN", "2019", "2.1"),), level=2.0, task={"simulator": "mailbox"})

# Texts as the formats may spoil them: marks of GIFT, of XML and of JSON, spaces inside, no control character.
TEXTS = (
    st.text(st.sampled_from("abcé’ «»=~#{}:\\%&<>\"'/[]-→1.,?!$"), min_size=1, max_size=40)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text != "")
)


def json_trip(items: list[Item]) -> Imported:
    return parse_items(write_items(items), "b.json")


def gift_trip(items: list[Item]) -> Imported:
    return parse_gift(write_gift(items)[0].decode(), "b.gift")


def qti_trip(items: list[Item]) -> Imported:
    return parse_qti(write_qti(items, DRAWINGS)[0], "b.zip")


TRIPS: list[Callable[[list[Item]], Imported]] = [json_trip, gift_trip, qti_trip]


@pytest.mark.parametrize("trip", TRIPS)
def test_the_whole_bank_comes_back_equal(trip: Callable[[list[Item]], Imported]) -> None:
    back = trip(list(BANK))
    assert back.items == BANK.items
    assert back.refused == () and back.notes == ()


@st.composite
def drawn_items(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(["choice", "multi"]))
    texts = draw(st.lists(TEXTS, min_size=3, max_size=4, unique=True))
    right = 1 if kind == "choice" else 2
    options = tuple(
        Option("abcd"[k], text, int(k < right), feedback=draw(st.just("") | TEXTS), spoken=draw(st.just("") | TEXTS))
        for k, text in enumerate(texts)
    )
    return replace(
        BANK.items[draw(st.integers(0, len(BANK) - 1))],
        id="question",
        kind=kind,
        text=draw(TEXTS),
        options=options,
        feedback=draw(st.just("") | TEXTS),
        spoken=draw(st.just("") | TEXTS),
        level=draw(st.none() | st.sampled_from([1.0, 2.5, 8.0])),
        calibrated=draw(st.none() | st.just(Calibrated(1.25, -0.5, 0.1, 0.2, 250, "2026-11-01"))),
        reviewed_by=draw(st.just("") | TEXTS),
    )


@pytest.mark.parametrize("trip", TRIPS)
@given(item=drawn_items())
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_equal(trip: Callable[[list[Item]], Imported], item: Item) -> None:
    assert trip([item]).or_raise() == (item,)


@pytest.mark.parametrize(
    "text", ["%50% de rabais", "[html] est un format", "-> flèche", "T", "// deux traits", "$CATEGORY: x", "#1", "a\\nb"]
)
@pytest.mark.parametrize("trip", TRIPS)
def test_texts_that_look_like_marks_of_a_format_come_back_equal(trip: Callable[[list[Item]], Imported], text: str) -> None:
    for right in (True, False):
        options = (Option("a", text, int(right), text), Option("b", "Autre réponse", int(not right)))
        item = replace(BANK.items[0], kind="choice", text=text, options=options, feedback=text)
        assert trip([item]).or_raise() == (item,)


def test_tasks_go_by_json_and_are_left_out_elsewhere_by_name() -> None:
    assert json_trip([TASK]).items == (TASK,)
    assert write_gift([TASK, BANK.items[0]])[1] == ["tache"]
    data, left = write_qti([TASK, BANK.items[0]], DRAWINGS)
    assert left == ["tache"] and [item.id for item in parse_qti(data, "b").items] == [BANK.items[0].id]


def test_parameters_are_read_by_the_other_commands(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_bytes(write_parameters([*BANK, TASK]))
    bank, notes = read_bank(path)
    ours = BANK.engine()
    assert notes == [] and bank.ids == ours.ids
    assert bank.a.tolist() == ours.a.tolist() and bank.d.tolist() == ours.d.tolist()
    assert bank.area is not None and ours.area is not None and bank.area.tolist() == ours.area.tolist()


# JSON


def edited(**changes: Any) -> bytes:
    """A file of two questions, the second changed; « options__1__score » is the score of its second answer, KeyError takes a field away."""
    good, entry = json.loads(write_items(BANK.items[:2]))["items"]
    for path, value in changes.items():
        *holder, last = path.split("__")
        target: Any = entry
        for key in holder:
            target = target[int(key) if key.isdigit() else key]
        if value is KeyError:
            del target[last]
        else:
            target[int(last) if last.isdigit() else last] = value
    return json.dumps({"format": "yole-items", "format_version": 1, "items": [good, entry]}).encode()


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"id": KeyError}, "id"),
        ({"id": ""}, "id"),
        ({"id": 3}, "id"),
        ({"type": "photo"}, "type"),
        ({"stem": KeyError}, "stem"),
        ({"stem": "Où ?"}, "stem"),
        ({"stem__text": KeyError}, "stem.text"),
        ({"options": KeyError}, "options"),
        ({"options": {"a": 1}}, "options"),
        ({"options__1": "texte"}, "options[1]"),
        ({"options__1__score": 2}, "options[1].score"),
        ({"options__1__score": True}, "options[1].score"),
        ({"options__0__text": None}, "options[0].text"),
        ({"expert_level": "deux"}, "expert_level"),
        ({"expert_level": 10**400}, "expert_level"),
        ({"seconds": 2.5}, "seconds"),
        ({"topics": "recherche"}, "topics"),
        ({"topics": [1]}, "topics"),
        ({"frameworks": [{"framework": "CRCN"}]}, "frameworks[0].version"),
        ({"needs_sight": 1}, "needs_sight"),
        ({"irt": {"a": 0, "b": 1}}, "irt.a"),
        ({"irt": {"a": 1}}, "irt.b"),
        ({"stem__image": {"alt": "x"}}, "stem.image.src"),
    ],
)
def test_a_faulty_question_in_json_is_refused_by_rank_and_field_and_the_others_are_kept(changes: dict[str, Any], column: str) -> None:
    back = parse_items(edited(**changes), "b.json")
    assert [item.id for item in back.items] == [BANK.items[0].id]
    (error,) = back.refused
    assert (error.file, error.row, error.column) == ("b.json", 2, column)
    assert "\n" not in error.one_line() and len(error.one_line()) < 400
    with pytest.raises(InputError):
        back.or_raise()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "JSON illisible"),
        (b"{", "ligne 1"),
        (b'{\n"format": "yole-items",\n oups}', "ligne 3"),
        (b"[]", "banque de questions"),
        (b'{"format": "autre"}', "banque de questions"),
        (b'{"format": "yole-items", "format_version": 2, "items": [1]}', "version de format"),
        (b'{"format": "yole-items", "format_version": 1, "items": []}', "aucune question"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[" * 100_000, "trop de niveaux"),
    ],
)
def test_a_file_that_is_not_a_bank_is_refused_whole(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_items(data, "b.json")


def test_defaults_beside_the_list_hold_for_questions_that_say_nothing() -> None:
    entry = {"id": "q", "type": "choice", "stem": {"text": "Où ?"}, "options": [{"text": "Ici", "score": 1}, {"text": "Là", "score": 0}]}
    content = {
        "format": "yole-items",
        "format_version": 1,
        "author": "A",
        "licence": "L",
        "items": [entry, {**entry, "id": "r", "author": "B"}],
    }
    first, second = parse_items(json.dumps(content).encode(), "b").or_raise()
    assert (first.author, second.author, second.licence, first.status) == ("A", "B", "L", "draft")
    assert [option.id for option in first.options] == ["a", "b"]


# GIFT, written by others

FOREIGN = """// une question venue d’ailleurs [id:q-12] [tag:x]
$CATEGORY: $course$/CRCN 4.1 Sécurité

::Mot de passe::[html]<p>Quel mot de passe <b>choisir</b>&nbsp;?</p> {
  ~%0%1234#Trop court
  =quatre mots \\: long#Oui
  ~Prénom \\= court
  ####Un long mot de passe tient mieux.
}

Quels jours ? {~%50%lundi ~%50%mardi ~%-100%jamais}
"""


def test_gift_from_elsewhere_becomes_drafts_with_what_it_says() -> None:
    back = parse_gift(FOREIGN, "moodle.txt")
    first, second = back.or_raise()
    assert (first.id, first.kind, first.text, first.competence, first.status, first.level) == (
        "q-12", "choice", "Quel mot de passe choisir ?", "4.1", "draft", None,
    )  # fmt: skip
    assert [(option.text, option.score, option.feedback) for option in first.options] == [
        ("1234", 0, "Trop court"), ("quatre mots : long", 1, "Oui"), ("Prénom = court", 0, ""),
    ]  # fmt: skip
    assert first.feedback == "Un long mot de passe tient mieux."
    assert (second.id, second.kind, [option.score for option in second.options]) == ("quels-jours", "multi", [1, 1, 0])
    assert len(back.notes) == 2 and "ligne 4" in back.notes[0]
    assert {finding.code for finding in errors(check_bank(back.items))} >= {"level", "feedback-missing"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Une phrase seule", 1, "sans réponses"),
        ("\n\nQuestion {\n=oui\n~non", 3, "accolade « } »"),
        ("Question {\n=oui\n\n~non\n}", 1, "accolade « } »"),
        ("// note\nQ {}", 2, "réponse libre"),
        ("Q {T}", 1, "vrai ou faux"),
        ("Q {FALSE#non#oui}", 1, "vrai ou faux"),
        ("Q {#12:1}", 1, "chiffrée"),
        ("Q {=oui =Oui}", 1, "réponse courte"),
        ("Q {=a -> b =c -> d}", 1, "association"),
        ("Le {=lundi ~mardi} est férié", 1, "après les réponses"),
        ("{=oui ~non}", 1, "question vide"),
        ("::titre Q {=oui ~non}", 1, "titre sans fin"),
        ("Q {\n=oui\n~#vide\n}", 3, "réponse vide"),
        ("Q {oui non}", 1, "sans « = »"),
        ("// yole: {cassé\nQ {=oui ~non}", 1, "illisible"),
        ('// yole: {"seconds": "vite"}\nQ {=oui ~non}', 2, "valeur impossible"),
        ('// yole: {"stem": 3, "options": 4, "topics": 5}\nQ {=oui ~non}', 2, "topics"),
    ],
)
def test_gift_that_is_not_understood_is_refused_by_line_and_the_rest_is_kept(text: str, line: int, said: str) -> None:
    back = parse_gift(text + "\n\nBonne question ? {=oui ~non}\n", "b.gift")
    assert len(back.refused) + len(back.items) >= 2
    assert back.items[-1].text == "Bonne question ?"
    assert (back.refused[0].file, back.refused[0].row) == ("b.gift", line)
    assert said in back.refused[0].one_line()


def test_questions_of_the_same_words_get_different_names() -> None:
    back = parse_gift("Où ? {=ici ~là}\n\nOù ? {=ici ~loin}\n\n::ou-2::Où donc ? {=ici ~là}\n", "b.gift")
    assert [item.id for item in back.or_raise()] == ["ou", "ou-2", "ou-2-2"]


@pytest.mark.parametrize("text", ["", "\n\n// rien\n", "$CATEGORY: x\n", "a\x00b"])
def test_gift_without_a_question_is_refused_whole(text: str) -> None:
    with pytest.raises(InputError):
        parse_gift(text, "b.gift")


@given(st.text(st.sampled_from("=~#{}:\\%->\n T/$1ab"), max_size=80))
@settings(max_examples=400, deadline=None)
def test_any_noise_in_gift_is_either_read_or_refused(text: str) -> None:
    try:
        back = parse_gift(text, "b.gift")
    except InputError:
        return
    assert back.items or back.refused


# QTI


def package(**files: str | bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def manifest(*hrefs: str, kind: str = "imsqti_item_xmlv3p0", extra: str = "") -> str:
    rows = "".join(f'<resource identifier="r{k}" type="{kind}" href="{href}">{extra}</resource>' for k, href in enumerate(hrefs))
    return f'<manifest xmlns="{PACKAGE_NS}"><resources>{rows}</resources></manifest>'


ITEM = f"""<?xml version="1.0"?>
<qti-assessment-item xmlns="{ITEM_NS}" identifier="Capitale" title="t" adaptive="false" time-dependent="false" xml:lang="fr-FR">
  <qti-response-declaration identifier="R1" cardinality="single" base-type="identifier">
    <qti-correct-response><qti-value>C2</qti-value></qti-correct-response>
  </qti-response-declaration>
  <qti-item-body><p>Regardez bien.</p>
    <qti-choice-interaction response-identifier="R1" max-choices="1">
      <qti-prompt data-catalog-idref="s0">Où est la <i>préfecture</i> ?</qti-prompt>
      <qti-simple-choice identifier="C1">Le Marin<qti-feedback-inline identifier="C1">Non.</qti-feedback-inline></qti-simple-choice>
      <qti-simple-choice identifier="C2" data-catalog-idref="s2">Fort-de-France</qti-simple-choice>
    </qti-choice-interaction>
  </qti-item-body>
  <qti-catalog-info>
    <qti-catalog id="s0"><qti-card support="spoken"><qti-html-content><p>Où donc ?</p></qti-html-content></qti-card></qti-catalog>
    <qti-catalog id="s2">
      <qti-card support="spoken"><qti-card-entry><qti-html-content>Fort de France</qti-html-content></qti-card-entry></qti-card>
      <qti-card support="braille"><qti-html-content>⠋</qti-html-content></qti-card></qti-catalog>
  </qti-catalog-info>
</qti-assessment-item>"""


def test_qti_package_is_what_an_independent_reader_expects() -> None:
    data, _ = write_qti(BANK, DRAWINGS)
    assert data == write_qti(BANK, DRAWINGS)[0]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        root = etree.fromstring(archive.read("imsmanifest.xml"))
        names = {"p": PACKAGE_NS, "q": ITEM_NS, "y": OWN_NS}
        assert root.findtext("p:metadata/p:schemaversion", namespaces=names) == "3.0.0"
        resources = root.findall("p:resources/p:resource", names)
        assert len(resources) == len(BANK)
        listed = {entry.get("href") for resource in resources for entry in resource.findall("p:file", names)}
        assert listed == set(archive.namelist()) - {"imsmanifest.xml"}
        for item, resource in zip(BANK, resources, strict=True):
            carried = resource.find("p:metadata/y:item", names)
            assert (float(carried.get("a")), float(carried.get("b"))) == pytest.approx((item.a, item.b), abs=1e-5)
            body = etree.fromstring(archive.read(resource.get("href")))
            assert body.tag == f"{{{ITEM_NS}}}qti-assessment-item" and body.get("identifier") == item.id
            right = body.findall("q:qti-response-declaration/q:qti-correct-response/q:qti-value", names)
            choices = body.findall(".//q:qti-simple-choice", names)
            assert {value.text for value in right} == set(item.right)
            assert [choice.get("identifier") for choice in choices] == [option.id for option in item.options]
            assert [choice.findtext("q:span", namespaces=names) for choice in choices] == [option.text for option in item.options]
            assert body.findtext(".//q:qti-prompt", namespaces=names) == item.text
            catalogs = {entry.get("id") for entry in body.findall(".//q:qti-catalog", names)}
            assert catalogs == {element.get("data-catalog-idref") for element in body.iter() if element.get("data-catalog-idref")}
            for image in body.findall(".//q:img", names):
                assert image.get("alt") and image.get("src").removeprefix("../") in listed
            order = [etree.QName(child).localname for child in body]
            assert order == sorted(order, key=_ORDER.index)


_ORDER = [
    "qti-response-declaration", "qti-outcome-declaration", "qti-item-body", "qti-catalog-info", "qti-response-processing",
    "qti-modal-feedback",
]  # fmt: skip


def test_qti_from_elsewhere_becomes_a_draft_with_what_it_says() -> None:
    back = parse_qti(package(**{"sub/imsmanifest.xml": manifest("a.xml"), "sub/a.xml": ITEM}), "b.zip")
    (item,) = back.or_raise()
    assert (item.id, item.kind, item.text, item.status, item.lang) == (
        "capitale", "choice", "Regardez bien. Où est la préfecture ?", "draft", "fr",
    )  # fmt: skip
    assert [(option.id, option.text, option.score, option.feedback) for option in item.options] == [
        ("C1", "Le Marin", 0, "Non."), ("C2", "Fort-de-France", 1, ""),
    ]  # fmt: skip
    assert (item.spoken, [option.spoken for option in item.options]) == ("Où donc ?", ["", "Fort de France"])
    assert len(back.notes) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<qti-assessment-item>\n<p>", "ligne 2"),
        ("<assessmentItem/>", "question QTI 3.0"),
        (ITEM.replace("qti-choice-interaction", "qti-order-interaction"), "qti-order-interaction"),
        (ITEM.replace('response-identifier="R1"', 'response-identifier="R9"'), "réponse non déclarée"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + ITEM.partition("?>")[2].replace("Le Marin", "&e;"), "sans DTD"),
        ("<!DOCTYPE x>" + ITEM.partition("?>")[2], "sans DTD"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + ITEM.partition("?>")[2].replace("Le Marin", "&b;"), "sans DTD"),
    ],
)
def test_a_faulty_qti_question_is_refused_by_file_and_the_others_are_kept(content: str, said: str) -> None:
    back = parse_qti(package(**{"imsmanifest.xml": manifest("bad.xml", "good.xml"), "bad.xml": content, "good.xml": ITEM}), "b.zip")
    assert len(back.items) == 1
    (error,) = back.refused
    assert error.file == "b.zip/bad.xml" and said in error.one_line()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "archive illisible"),
        (b"PK\x03\x04 rien", "archive illisible"),
        (package(**{"a.xml": ITEM}), "sans manifeste"),
        (package(**{"imsmanifest.xml": "<manifest"}), "XML illisible"),
        (package(**{"imsmanifest.xml": manifest()}), "aucune question"),
        (package(**{"imsmanifest.xml": manifest("a.xml", kind="imsqti_item_xmlv2p2"), "a.xml": ITEM}), "version ancienne"),
        (package(**{"imsmanifest.xml": manifest("a.xml"), "../a.xml": ITEM}), "hors du paquet"),
        (package(**{"imsmanifest.xml": manifest("a.xml"), "/etc/a.xml": ITEM}), "hors du paquet"),
        (package(**{"imsmanifest.xml": manifest("a.xml"), "..\\a.xml": ITEM}), "hors du paquet"),
        (package(**{"imsmanifest.xml": manifest("a.xml", extra=f'<item xmlns="{OWN_NS}">non</item>'), "a.xml": ITEM}), "métadonnées"),
    ],
)
def test_a_package_that_is_not_one_is_refused_whole(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_qti(data, "b.zip")


def test_a_question_announced_and_absent_is_named() -> None:
    back = parse_qti(package(**{"imsmanifest.xml": manifest("a.xml", "b.xml"), "a.xml": ITEM}), "b.zip")
    assert len(back.items) == 1 and back.refused[0].file == "b.zip/b.xml"


def test_a_package_that_swells_is_stopped() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", manifest("a.xml"))
        archive.writestr("a.xml", b" " * (51 * 1024 * 1024))
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(InputError, match="trop grand"):
        parse_qti(packed.getvalue(), "b.zip")


def test_a_damaged_package_is_refused() -> None:
    data = bytearray(write_qti(BANK.items[:3], DRAWINGS)[0])
    data[200:260] = bytes(60)
    with pytest.raises(InputError):
        parse_qti(bytes(data), "b.zip")


def test_a_name_that_leaves_the_package_is_not_written() -> None:
    with pytest.raises(InputError, match="identifiant"):
        write_qti([replace(BANK.items[0], id="../x")], DRAWINGS)


# Commands


def test_check_of_the_shipped_bank_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assessment", "bank", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": len(BANK), "valid": len(BANK), "errors": [], "warnings": []}


def test_check_says_what_is_wrong_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "moodle.gift"
    path.write_text(FOREIGN + "\nUne phrase seule\n", encoding="utf-8")
    assert run(["assessment", "bank", "check", str(path), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["items"], report["valid"]) == (3, 0)
    assert report["errors"][0]["code"] == "unreadable" and report["errors"][0]["row"] == 13
    assert {"row", "id", "field", "code", "message"} == set(report["errors"][1])
    assert run(["assessment", "bank", "check", str(path)]) == 1
    assert "question 2 « quels-jours », feedback : aucune explication" in capsys.readouterr().out


@pytest.mark.parametrize(("form", "name"), [("json", "b.json"), ("gift", "b.gift"), ("qti", "b.zip")])
def test_export_writes_what_check_reads(form: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    assert run(["assessment", "bank", "export", "--format", form, "-o", str(path)]) == 0
    assert run(["assessment", "bank", "check", str(path)]) == 0
    assert capsys.readouterr().out == f"{len(BANK)} questions, {len(BANK)} sans erreur, 0 remarques.\n"


def test_export_feeds_the_simulation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "items.json"
    assert run(["assessment", "bank", "export", "--format", "parameters", "-o", str(path)]) == 0
    assert run(["assessment", "simulate", str(path), "--examinees", "2000", "--easy-start", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["max_exposure"] <= 0.35


def test_a_draft_is_finished_in_json_and_exchanged_only_when_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "moodle.gift", tmp_path / "o.zip"
    source.write_text(FOREIGN, encoding="utf-8")
    assert run(["assessment", "bank", "export", str(source), "--format", "qti", "-o", str(target)]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 3 and "niveau absent" in captured.err and not target.exists()
    assert run(["assessment", "bank", "export", str(source), "-o", str(tmp_path / "o.json")]) == 0
    assert len(parse_items((tmp_path / "o.json").read_bytes(), "o").items) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b.docx", b"x", ".json, .gift, .txt ou .zip"),
        ("b.gift", b"", "aucune question"),
        ("b.gift", b"\xff\xfe", "UTF-8"),
        ("b.zip", b"noise" * 1000, "archive illisible"),
        ("b.json", b"{}", "banque de questions"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_2(
    name: str, content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for command in ("check", "export"):
        assert run(["assessment", "bank", command, str(path)]) == 2
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.count("\n") == 1 and said in captured.err


def test_an_unknown_format_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assessment", "bank", "export", "--format", "xls"]) == 2
    assert "json, gift, qti ou parameters" in capsys.readouterr().err
