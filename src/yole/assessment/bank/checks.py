"""What is wrong with a bank of questions: each finding says where, what, and how to mend it.

An error keeps a question out of the diagnosis; a warning asks its author to look again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yole.assessment.bank.model import LEVELS, MODES, STATUSES, Item
from yole.assessment.bank.readability import sentences, words
from yole.assessment.framework import FRAMEWORKS, load_framework, load_topics
from yole.kernel.text import fold, straight

STEM_WORDS = 25
SENTENCE_AIM, SENTENCE_LIMIT = 15, 20
SECONDS = (5, 300)
ANSWERS = (2, 4)
# Balance of a whole bank: judged from this many questions on.
ENOUGH = 20
LONGEST_SHARE = 0.45
POSITION_MARGIN = 0.10

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADDRESS = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|fr|info|eu|mq|io)\b", re.IGNORECASE)
_OFFICIAL = re.compile(r"(?:^|\.)gouv\.fr$", re.IGNORECASE)
_NEGATIVE = re.compile(r"\b(?:ne|n['’])\s?[\w’']+(?:-\w+)?\s(?:pas|jamais|plus)\b|\bsauf\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`severity` is error or warning; `row` counts questions from 1, 0 for the bank as a whole; `place` is the field; texts are French."""

    severity: str
    code: str
    row: int
    item: str
    place: str
    message: str
    remedy: str

    def one_line(self) -> str:
        where = f"question {self.row} « {self.item} »" if self.row else "banque"
        return f"{where}, {self.place} : {self.message}. {self.remedy}."


class _Findings:
    """Collects the findings of one question."""

    def __init__(self, row: int, item: Item) -> None:
        self.row, self.item, self.found = row, item, list[Finding]()

    def error(self, code: str, place: str, message: str, remedy: str) -> None:
        self.found.append(Finding("error", code, self.row, self.item.id, place, message, remedy))

    def warn(self, code: str, place: str, message: str, remedy: str) -> None:
        self.found.append(Finding("warning", code, self.row, self.item.id, place, message, remedy))


def check_bank(items: Sequence[Item], *, drawings: Path | None = None) -> list[Finding]:
    """All findings, in the order of questions, those of the bank as a whole last; `drawings` is the folder where pictures must be found."""
    found: list[Finding] = []
    first: dict[str, int] = {}
    stems: dict[str, int] = {}
    for row, item in enumerate(items, start=1):
        one = _Findings(row, item)
        if item.id in first:
            one.error("id-repeated", "id", f"identifiant déjà pris par la question {first[item.id]}", "Donnez un identifiant à chacune")
        first.setdefault(item.id, row)
        same = fold(item.text) + "|" + "|".join(sorted(fold(option.text) for option in item.options))
        if item.text and same in stems:
            one.error("item-repeated", "stem.text", f"même question que la question {stems[same]}", "Gardez une seule des deux")
        stems.setdefault(same, row)
        _check_identity(one)
        _check_words(one)
        _check_answers(one)
        _check_pictures(one, drawings)
        found += one.found
    known = set(first)
    for row, item in enumerate(items, start=1):
        for enemy in item.enemies:
            if enemy not in known or enemy == item.id:
                found.append(
                    Finding("error", "enemy-unknown", row, item.id, "enemies", f"question « {enemy} » absente", "Corrigez l’identifiant")
                )
    return sorted(found, key=lambda finding: finding.row) + list(_balance(items))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _check_identity(one: _Findings) -> None:
    item = one.item
    if not _ID.fullmatch(item.id):
        one.error("id-form", "id", f"identifiant « {item.id} » impossible", "Utilisez des minuscules, des chiffres et des tirets")
    if item.status not in STATUSES:
        one.error("status", "status", f"état « {item.status} » inconnu", f"Choisissez parmi {', '.join(STATUSES)}")
    if not item.competence:
        one.error("competence-missing", "frameworks", "aucune compétence du CRCN", "Donnez au moins un code, comme 2.1")
    for framework, version, code in item.codes:
        if (framework, version) not in FRAMEWORKS:
            one.error("framework-unknown", "frameworks", f"cadre « {framework} {version} » inconnu", "Utilisez CRCN 2019")
        elif framework == "CRCN" and code not in {entry.code for entry in load_framework(version, framework).competences}:
            one.error("competence-unknown", "frameworks", f"compétence « {code} » inconnue du CRCN", "Choisissez un code de 1.1 à 5.2")
    known = {topic.id for topic in load_topics()}
    for topic in item.topics:
        if topic not in known:
            one.error("topic-unknown", "topics", f"thème « {topic} » inconnu", "Choisissez un thème de la liste")
    if not item.topics:
        one.warn("topic-missing", "topics", "aucun thème", "Donnez au moins un thème")
    if item.level is None or not LEVELS[0] <= item.level <= LEVELS[1]:
        shown = "absent" if item.level is None else f"« {item.level:g} »"
        one.error("level", "expert_level", f"niveau {shown}", "Donnez un niveau de 1 à 8")
    elif item.level * 2 % 1:
        one.warn("level-step", "expert_level", f"niveau « {item.level:g} » trop fin", "Arrondissez au demi-niveau")
    if not SECONDS[0] <= item.seconds <= SECONDS[1]:
        one.error("seconds", "seconds", f"durée de {item.seconds} secondes", f"Donnez une durée de {SECONDS[0]} à {SECONDS[1]} secondes")
    if unknown := [mode for mode in item.modes if mode not in MODES]:
        one.error("mode-unknown", "modes", f"mode « {unknown[0]} » inconnu", f"Choisissez parmi {', '.join(MODES)}")
    if not item.modes:
        one.error("mode-missing", "modes", "aucun mode", f"Choisissez parmi {', '.join(MODES)}")
    if item.needs_sight and "oral" in item.modes:
        one.error("oral-sight", "modes", "la question demande de voir, et se pose à l’oral", "Retirez « oral » des modes")
    for place, value in (("written", item.written), ("reviewed.on", item.reviewed_on)):
        if value and not _DATE.fullmatch(value):
            one.error("date", place, f"date « {value} » impossible", "Écrivez AAAA-MM-JJ")
    if item.status == "live" and not (item.reviewed_by and item.reviewed_on):
        one.error("live-unreviewed", "reviewed", "question en service sans relecture", "Faites relire, puis notez le rôle et la date")
    for place, value in (("author", item.author), ("licence", item.licence)):
        if not value:
            one.warn("origin", place, "origine incomplète", "Notez le rôle de l’auteur et la licence")


def _shown(item: Item) -> Iterator[tuple[str, str]]:
    """(field, text) of everything that a person reads."""
    yield "stem.text", item.text
    for option in item.options:
        yield f"options.{option.id}.text", option.text
        if option.feedback:
            yield f"options.{option.id}.feedback", option.feedback
    yield "feedback", item.feedback


def _check_words(one: _Findings) -> None:
    item = one.item
    if not item.text:
        one.error("stem-empty", "stem.text", "question vide", "Écrivez la question")
    count = len(words(item.text))
    if count > STEM_WORDS:
        one.error("stem-long", "stem.text", f"{count} mots", f"Restez à {STEM_WORDS} mots au plus")
    if not item.feedback:
        one.error("feedback-missing", "feedback", "aucune explication", "Écrivez une ou deux phrases qui apprennent quelque chose")
    for place, text in _shown(item):
        for sentence in sentences(text):
            length = len(words(sentence))
            if length > SENTENCE_LIMIT:
                one.error("sentence-long", place, f"phrase de {length} mots", f"Coupez-la : {SENTENCE_AIM} mots au plus")
            elif length > SENTENCE_AIM:
                one.warn("sentence-long", place, f"phrase de {length} mots", f"Essayez {SENTENCE_AIM} mots au plus")
        if "'" in text:
            one.warn("apostrophe", place, "apostrophe droite", "Écrivez l’apostrophe courbe : ’")
        for match in _ADDRESS.finditer(text):
            if not _OFFICIAL.search(match.group(0)):
                one.warn("real-address", place, f"adresse « {match.group(0)} » peut-être réelle", "Utilisez un nom en .example")
    asked = sentences(item.text)
    if asked and _NEGATIVE.search(asked[-1]):
        one.warn("negative", "stem.text", "question à la forme négative", "Demandez ce qui est juste")


def _check_answers(one: _Findings) -> None:
    item = one.item
    if item.kind == "task":
        if not item.task or not isinstance(item.task.get("simulator"), str):
            one.error("task-simulator", "task", "tâche sans simulateur", "Nommez le simulateur de la tâche")
        return
    if not ANSWERS[0] <= len(item.options) <= ANSWERS[1]:
        one.error("answers-count", "options", f"{len(item.options)} réponses", f"Proposez de {ANSWERS[0]} à {ANSWERS[1]} réponses")
    right = len(item.right)
    if right == 0:
        one.error("no-right-answer", "options", "aucune réponse juste", "Donnez le score 1 à la bonne réponse")
    elif right == len(item.options):
        one.error("constant", "options", "toutes les réponses sont justes", "Ajoutez une réponse fausse et plausible")
    elif item.kind == "choice" and right > 1:
        one.error("several-right", "options", f"{right} réponses justes", "Gardez-en une, ou choisissez la sorte « multi »")
    elif item.kind == "multi":
        if right < 2:
            one.error("multi-one-right", "options", "une seule réponse juste", "Ajoutez-en une, ou choisissez la sorte « choice »")
        if str(right) not in item.text:
            one.error("multi-unsaid", "stem.text", "le nombre de réponses attendu n’est pas dit", f"Ajoutez : Cochez {right} réponses")
    seen_ids: set[str] = set()
    seen: dict[str, str] = {}
    for option in item.options:
        place = f"options.{option.id}"
        if option.id in seen_ids:
            one.error("answer-id", place, "identifiant de réponse répété", "Donnez une lettre à chaque réponse")
        seen_ids.add(option.id)
        if not option.text:
            one.error("answer-empty", place, "réponse vide", "Écrivez la réponse")
        text = straight(option.text).rstrip(" .")
        if text and text in seen:
            one.error("same-answers", place, f"même texte que la réponse {seen[text]}", "Changez l’une des deux")
        seen.setdefault(text, option.id)
        if text == "je ne sais pas":
            one.error("dont-know", place, "« Je ne sais pas » est ajouté par l’écran", "Retirez cette réponse")
    lengths = [len(option.text) for option in item.options if option.text]
    if len(lengths) > 1 and max(lengths) > 2.2 * min(lengths) + 12:
        one.warn("answer-lengths", "options", f"réponses de {min(lengths)} à {max(lengths)} signes", "Rapprochez leurs longueurs")


def _check_pictures(one: _Findings, folder: Path | None) -> None:
    item = one.item
    named = [("stem.image", item.picture)] + [(f"options.{option.id}.image", option.picture) for option in item.options]
    for place, picture in named:
        if picture is None:
            continue
        if not picture.alt:
            one.error("picture-alt", place, "image sans texte", "Décrivez ce que montre l’image")
        if "/" in picture.src or not picture.src.endswith(".svg"):
            one.error("picture-name", place, f"image « {picture.src} » impossible", "Nommez un dessin .svg du dossier des dessins")
        elif folder is not None and not (folder / picture.src).is_file():
            one.error("picture-missing", place, f"image « {picture.src} » introuvable", "Ajoutez le dessin ou corrigez son nom")
    if item.needs_sight and not item.pictures:
        one.warn("sight-unneeded", "needs_sight", "la question demande de voir, sans image", "Ajoutez l’image ou retirez la marque")


def _balance(items: Sequence[Item]) -> Iterator[Finding]:
    """Habits that give answers away over a whole bank: the right answer at one place, or the longest."""
    judged = [item for item in items if item.kind == "choice" and len(item.right) == 1 and len(item.options) >= 2]
    if len(judged) < ENOUGH:
        return
    longest = 0
    places = [0] * ANSWERS[1]
    expected = [0.0] * ANSWERS[1]
    for item in judged:
        at = next(rank for rank, option in enumerate(item.options) if option.right)
        others = max(len(option.text) for rank, option in enumerate(item.options) if rank != at)
        longest += len(item.options[at].text) > others
        if at < ANSWERS[1]:
            places[at] += 1
        for rank in range(min(len(item.options), ANSWERS[1])):
            expected[rank] += 1.0 / len(item.options)
    share = longest / len(judged)
    if share > LONGEST_SHARE:
        message = f"la réponse juste est la plus longue dans {100 * share:.0f} % des questions"
        yield Finding("warning", "longest-right", 0, "", "options", message, "Allongez des réponses fausses ou abrégez les justes")
    for rank, (count, hoped) in enumerate(zip(places, expected, strict=True)):
        if (count - hoped) / len(judged) > POSITION_MARGIN:
            message = f"la réponse juste est à la place {rank + 1} dans {100 * count / len(judged):.0f} % des questions"
            yield Finding("warning", "position", 0, "", "options", message, "Changez l’ordre de certaines réponses")
