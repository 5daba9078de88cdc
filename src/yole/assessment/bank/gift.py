"""GIFT, the text format of Moodle for questions: written and read back without loss, read from elsewhere as drafts.

What GIFT cannot say (level, topics, text read aloud, drawings…) travels in a comment that other readers skip.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yole.assessment.bank.exchange import extra, identifier, rebuild
from yole.assessment.bank.files import LIMIT, Imported
from yole.assessment.bank.model import Item
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.tables import decode

_SPECIAL = "\\~=#{}:"
_CARRIED = "// yole: "
_GIVEN_ID = re.compile(r"\[id:([^\]]+)\]")
_FORMAT = re.compile(r"\[(html|plain|markdown|moodle)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"%(-?\d+(?:[.,]\d+)?)%")
_TAG = re.compile(r"<[^>]*>")
_TRUE_FALSE = re.compile(r"(?:T|TRUE|F|FALSE)\s*(?:#|$)", re.IGNORECASE)


def write_gift(items: Iterable[Item]) -> tuple[bytes, list[str]]:
    """(GIFT text, identifiers left out): tasks have no GIFT form."""
    lines = ["// Questions du diagnostic. L’écran ajoute « Je ne sais pas » à chaque question.", ""]
    left_out: list[str] = []
    category = None
    for item in items:
        if item.kind == "task":
            left_out.append(item.id)
            continue
        if item.competence != category:
            category = item.competence
            lines += [f"$CATEGORY: crcn/{category}", ""]
        tags = " ".join(f"[tag:{tag}]" for tag in (f"CRCN {item.competence}", *item.topics))
        lines.append(f"// [id:{item.id}] {tags}")
        lines.append(_CARRIED + json.dumps(extra(item), ensure_ascii=False, sort_keys=True))
        lines.append(f"::{_escape(item.id)}::[plain]{_escape(item.text)} {{")
        weight = 100.0 / max(1, len(item.right))
        for option in item.options:
            mark = "=" if option.right else "~"
            if item.kind == "multi":
                mark = f"~%{weight if option.right else -weight:.5g}%"
            elif _WEIGHT.match(option.text):
                # « %50% » at the start of an answer would be read as its weight.
                mark += "%100%" if option.right else "%0%"
            mark += "[plain]" if _FORMAT.match(option.text) else ""
            lines.append("\t" + mark + _escape(option.text) + (f"#{_escape(option.feedback)}" if option.feedback else ""))
        lines += [f"\t####{_escape(item.feedback)}"] if item.feedback else []
        lines += ["}", ""]
    return "\n".join(lines).encode("utf-8"), left_out


def _escape(text: str) -> str:
    return "".join("\\" + c if c in _SPECIAL else "\\n" if c == "\n" else c for c in text)


def _plain(text: str, *, marked_up: bool = False) -> str:
    """Text without escapes, on one line; tags dropped and entities read when the question is in HTML."""
    out: list[str] = []
    rest = iter(text)
    for c in rest:
        if c == "\\":
            following = next(rest, "")
            out.append(" " if following == "n" else following if following in _SPECIAL else c + following)
        else:
            out.append(c)
    whole = "".join(out)
    return " ".join((html.unescape(_TAG.sub(" ", whole)) if marked_up else whole).split())


@dataclass(frozen=True, slots=True)
class _Block:
    """A question's own text, with the line where it starts, and what its comments carry."""

    text: str
    line: int
    category: str
    given_id: str
    carried: str | None
    carried_line: int


def read_gift(path: Path | str) -> Imported:
    """Reads a GIFT file. Raises InputError when the file cannot be read; a question that is not understood is among `refused`, by line."""
    return parse_gift(decode(read_bytes(path, limit=LIMIT), str(path)), str(path))


def parse_gift(text: str, name: str) -> Imported:
    """`read_gift` on text."""
    if "\x00" in text:
        raise InputError("le fichier contient des octets nuls", file=name, expected="un fichier GIFT en UTF-8")
    items: list[Item] = []
    refused: list[InputError] = []
    notes: list[str] = []
    taken: set[str] = set()
    for block in _blocks(text):
        try:
            item = _question(block, name, taken)
        except InputError as error:
            refused.append(error)
            continue
        if block.carried is None:
            notes.append(f"question « {item.id} », ligne {block.line} : brouillon, niveau et thème à donner")
        items.append(item)
    if not items and not refused:
        raise InputError("aucune question", file=name, expected="des questions au format GIFT")
    return Imported(tuple(items), tuple(refused), tuple(notes))


def _blocks(text: str) -> Iterator[_Block]:
    """Questions are separated by blank lines; comments and categories hold until the next question."""
    category, given, carried, carried_line = "", "", None, 0
    lines: list[str] = []
    start = 0
    for number, line in enumerate([*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""], start=1):
        bare = line.strip()
        if bare.startswith("//"):
            if bare.startswith(_CARRIED.strip()):
                carried, carried_line = bare[len(_CARRIED.strip()) :].strip(), number
            elif match := _GIVEN_ID.search(bare):
                given = match.group(1).strip()
        elif bare.startswith("$CATEGORY:"):
            category = bare.partition(":")[2].strip()
        elif bare:
            if not lines:
                start = number
            lines.append(line)
        elif lines:
            yield _Block("\n".join(lines), start, category, given, carried, carried_line)
            lines, given, carried = [], "", None


def _find(text: str, marks: str, start: int = 0) -> int:
    """Rank of the first unescaped character among `marks`, −1 when there is none."""
    at = start
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] in marks:
            return at
        at += 1
    return -1


def _question(block: _Block, name: str, taken: set[str]) -> Item:
    text = block.text

    def fail(message: str, expected: str, at: int = 0, found: object = None) -> InputError:
        return InputError(message, file=name, row=block.line + text.count("\n", 0, at), found=found, expected=expected)

    title, begin = "", len(text) - len(text.lstrip())
    if text.startswith("::", begin):
        close = begin + 2
        while (close := _find(text, ":", close)) >= 0 and not text.startswith("::", close):
            close += 1
        if close < 0:
            raise fail("titre sans fin", "::titre:: puis la question", begin)
        title, begin = _plain(text[begin + 2 : close]), close + 2
    marked_up = False
    if form := _FORMAT.match(text, begin + len(text[begin:]) - len(text[begin:].lstrip())):
        marked_up, begin = form.group(1).lower() == "html", form.end()
    opening = _find(text, "{", begin)
    if opening < 0:
        raise fail("question sans réponses", "des réponses entre accolades { }", begin, text[begin:].strip().split("\n")[0])
    closing = _find(text, "}", opening + 1)
    if closing < 0:
        raise fail("accolade « } » absente", "une accolade fermante, sans ligne vide avant elle", opening)
    stem = _plain(text[begin:opening], marked_up=marked_up)
    if text[closing + 1 :].strip():
        raise fail("texte après les réponses", "une question entière avant l’accolade « { »", closing, text[closing + 1 :].strip())
    if not stem:
        raise fail("question vide", "un texte avant l’accolade « { »", opening)
    options, feedback = _answers(text[opening + 1 : closing], marked_up, lambda m, e, at, f=None: fail(m, e, opening + 1 + at, f))
    carried = _carried(block, name)
    many = sum(bool(option["score"]) for option in options) > 1 and any(option.pop("weighed") for option in options)
    for option in options:
        option.pop("weighed", None)
    own = carried.get("id") if carried else None
    return rebuild(
        carried,
        item_id=identifier(str(own or block.given_id or title), stem, taken),
        kind="multi" if many else "choice",
        text=stem,
        options=options,
        feedback=feedback,
        category=block.category,
        file=name,
        row=block.line,
    )


def _carried(block: _Block, name: str) -> dict[str, Any] | None:
    if block.carried is None:
        return None
    try:
        content = json.loads(block.carried)
    except (json.JSONDecodeError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InputError(
            "commentaire « yole » illisible",
            file=name,
            row=block.carried_line,
            found=block.carried,
            expected="un objet JSON, ou pas de commentaire",
        )
    return content


def _answers(body: str, marked_up: bool, fail: Any) -> tuple[list[dict[str, Any]], str]:
    """(answers, general explanation) of what stands between braces."""
    bare = body.strip()
    if not bare:
        raise fail("question à réponse libre", "une question à choix : =juste ~fausse", 0)
    if bare.startswith("#"):
        raise fail("question à réponse chiffrée", "une question à choix : =juste ~fausse", 0, bare)
    if _TRUE_FALSE.match(bare):
        raise fail("question vrai ou faux", "deux réponses écrites : =juste ~fausse", 0, bare)
    end, at = len(body), 0
    while (at := _find(body, "#", at)) >= 0:
        if body.startswith("####", at):
            end = at
            break
        at += 1
    feedback = _plain(body[end + 4 :], marked_up=marked_up) if end < len(body) else ""
    options: list[dict[str, Any]] = []
    at = _find(body[:end], "=~")
    if at < 0 or body[:at].strip():
        raise fail("réponses sans « = » ni « ~ »", "=juste ~fausse", 0, bare)
    wrong = 0
    while 0 <= at < end:
        following = _find(body[:end], "=~", at + 1)
        stop = end if following < 0 else following
        options.append(_answer(body, at, stop, marked_up, fail))
        wrong += body[at] == "~"
        at = stop
    if wrong == 0:
        message = "question d’association" if "->" in body else "question à réponse courte"
        raise fail(message, "une question à choix : =juste ~fausse", 0, bare)
    return options, feedback


def _answer(body: str, at: int, stop: int, marked_up: bool, fail: Any) -> dict[str, Any]:
    score, weighed, begin = int(body[at] == "="), False, at + 1
    if match := _WEIGHT.match(body, begin):
        score, weighed, begin = int(float(match.group(1).replace(",", ".")) > 0), body[at] == "~", match.end()
    mark = _find(body[:stop], "#", begin)
    text = _plain(body[begin : stop if mark < 0 else mark], marked_up=marked_up)
    if form := _FORMAT.match(text):
        text = _plain(text[form.end() :], marked_up=form.group(1).lower() == "html")
    if not text:
        raise fail("réponse vide", "un texte après « = » ou « ~ »", at)
    option: dict[str, Any] = {"text": text, "score": score, "weighed": weighed}
    if mark >= 0 and (said := _plain(body[mark + 1 : stop], marked_up=marked_up)):
        option["feedback"] = said
    return option
