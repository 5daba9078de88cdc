"""Sheets from files: our own TOML, and the official « lecomarquage » XML (alone or in a ZIP), read with tolerance and without entities."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError  # types alone: parsing is done by defusedxml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yole.kernel.errors import InputError
from yole.kernel.files import BAD_ZIP, read_bytes
from yole.kernel.tables import read_table
from yole.kernel.text import fold
from yole.reference import official

DATA = Path(__file__).parent / "data"
MOST_BYTES = 8 * 1024 * 1024  # of one sheet
MOST_ARCHIVE, MOST_SHEETS = 600 * 1024 * 1024, 20_000
LONGEST_SECTION = 250  # words
_DC = "{http://purl.org/dc/elements/1.1/}"
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})")
_TITLED = {"Chapitre", "SousChapitre", "Situation", "Cas", "BlocCas", "Avertissement", "ASavoir", "ANoter", "Attention", "Rappel"}
_BLOCKS = {"Paragraphe", "Item", "Cellule", "Texte", "Titre", "Chapitre", "SousChapitre", "Situation", "Cas", "Liste", "Rangée", "Tableau"}
_ASIDE = {"Reference", "ServiceEnLigne", "VoirAussi", "OuSAdresser", "PourEnSavoirPlus", "Partenaire", "FilDAriane", "SousThemePere",
          "DossierPere", "SousDossierPere", "QuestionReponse", "Definition", "Abreviation", "Actualite", "CommentFaireSi"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """A sheet as a file gives it. `sections` are (titles from the top, text)."""

    code: str
    title: str
    sections: tuple[tuple[tuple[str, ...], str], ...]
    theme: str = ""
    url: str = ""
    benefits: tuple[str, ...] = ()
    held_on: date | None = None
    dated: date | None = None
    checksum: str = field(default="", compare=False)


def read_own(folder: Path = DATA) -> list[Record]:
    """The sheets written for the project, in the order of the files. Raises InputError for a file that is not what it must be."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        name = str(path)
        try:
            content = tomllib.loads(read_bytes(path).decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"TOML illisible ({error})", file=name) from None
        for number, one in enumerate(content.get("sheet", []), 1):
            found.append(_own(one, content, name, number))
    return found


def _own(one: dict[str, Any], content: dict[str, Any], name: str, number: int) -> Record:
    try:
        code, title = one["code"], one["title"]
        sections = tuple(((title, part["title"]), part["text"].strip()) for part in one["section"])
        if not sections or not all(text for _path, text in sections):
            raise KeyError("section.text")
        record = Record(
            code,
            title,
            sections,
            theme=content["theme"],
            url=one.get("url", "") or official.sheet_url(code),
            benefits=tuple(one.get("benefits", ())),
            held_on=one.get("held"),
            dated=content["written_on"],
        )
    except KeyError as missing:
        raise InputError("champ absent", file=name, row=number, column=str(missing).strip("'"), expected="code, title, section") from None
    return _sealed(record)


def _sealed(record: Record) -> Record:
    """With the checksum of what is shown: title, date and text."""
    shown = json.dumps([record.title, str(record.dated), record.sections], ensure_ascii=False).encode()
    return Record(
        **{name: getattr(record, name) for name in Record.__slots__ if name != "checksum"}, checksum=hashlib.sha256(shown).hexdigest()
    )


def read_synonyms(path: Path = DATA / "synonyms.csv") -> list[tuple[str, str, bool]]:
    """(everyday, official, reviewed). Raises InputError for a line without one of the two."""
    table = read_table(path, required=("everyday", "official", "reviewed"))
    rows = []
    for number, record in enumerate(table.records(), 1):
        everyday, term = record["everyday"].strip(), record["official"].strip()
        if not everyday or not term:
            raise InputError("mot absent", file=table.name, row=number, expected="everyday et official")
        rows.append((everyday, term, record["reviewed"].strip().lower() in {"1", "oui", "true"}))
    return rows


def read_official(path: Path) -> Iterator[Record]:
    """Sheets of an official file: one XML, or a ZIP of them. What is not a `Publication` with text is passed over.

    Raises InputError for a file that is neither, a broken archive, an XML that does not parse or declares entities, one too large.
    """
    name = str(path)
    with path.open("rb") if path.is_file() else io.BytesIO() as stream:
        head = stream.read(4)
    if head != b"PK\x03\x04":
        record = parse_publication(read_bytes(path, limit=MOST_BYTES), name)
        if record is None:
            raise InputError("ce n'est pas une fiche : pas de Publication avec un numéro, un titre et un texte", file=name)
        yield record
        return
    yield from _archive(path, name)


def _archive(path: Path, name: str) -> Iterator[Record]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith(".xml") and not one.is_dir()]
            if not members:
                raise InputError("aucun fichier XML dans l'archive", file=name)
            if len(members) > MOST_SHEETS or sum(one.file_size for one in members) > MOST_ARCHIVE:
                raise InputError("archive trop grande", file=name, expected=f"au plus {MOST_SHEETS} fiches, {MOST_ARCHIVE // 2**20} Mo")
            for one in members:
                if one.file_size > MOST_BYTES:
                    raise InputError("fiche trop grande", file=f"{name}:{one.filename}", expected=f"au plus {MOST_BYTES // 2**20} Mo")
                record = parse_publication(archive.read(one), f"{name}:{one.filename}")
                if record is not None:
                    yield record
    except BAD_ZIP as error:
        raise InputError(f"archive illisible ({error.__class__.__name__})", file=name) from None


def parse_publication(data: bytes, name: str) -> Record | None:
    """One official sheet, or None for another kind of document (menus and lists have no text). Raises InputError for bad XML."""
    try:
        root = fromstring(data)
    except DefusedXmlException:
        raise InputError("le fichier déclare des entités XML : il est refusé", file=name) from None
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(f"XML illisible ({error})", file=name) from None
    code = (root.get("ID") or "").strip()
    title = _flat(root.find(f"{_DC}title"))
    if root.tag != "Publication" or not official.is_number(code) or not title:
        return None
    sections: list[tuple[tuple[str, ...], str]] = []
    introduction = root.find("Introduction")
    if introduction is not None:
        _walk(introduction, (title, "Introduction"), sections)
    for child in root:
        if child.tag in {"Texte", "ListeSituations"}:
            _walk(child, (title,), sections)
    merged = tuple(piece for path, text in sections for piece in _cut(path, text))
    if not merged:
        return None
    return _sealed(
        Record(
            code,
            title[:300],
            merged,
            theme=_flat(root.find(f"{_DC}subject"))[:80],
            url=root.get("spUrl", "")[:300] if root.get("spUrl", "").startswith("https://") else official.sheet_url(code),
            dated=_dated(root),
        )
    )


def _dated(root: Element) -> date | None:
    found = _DATE.search(_flat(root.find(f"{_DC}date")))
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def _flat(element: Element | None) -> str:
    """All the text of an element on one line."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _walk(element: Element, path: tuple[str, ...], out: list[tuple[tuple[str, ...], str]]) -> None:
    """Sections under an element, in document order: a new one at each titled part, paragraphs and items one per line."""
    lines: list[str] = []

    def flush() -> None:
        if lines:
            out.append((path, "\n".join(lines)))
            lines.clear()

    for child in element:
        if child.tag in _ASIDE or child.tag == "Titre":
            continue
        heading = _flat(child.find("Titre"))
        if child.tag in _TITLED and heading:
            flush()
            _walk(child, (*path, heading[:300]), out)
        elif any(inner.tag in _TITLED for inner in child.iter() if inner is not child):
            flush()
            _walk(child, path, out)
        elif any(inner.tag in _BLOCKS for inner in child):
            lines.extend(text for inner in child.iter() if inner.tag in {"Paragraphe", "Cellule"} if (text := _flat(inner)))
        elif text := _flat(child):
            lines.append(text)
    flush()


def _cut(path: tuple[str, ...], text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """A long section as several, cut between its lines."""
    kept: list[str] = []
    size = 0
    for line in text.split("\n"):
        words = len(line.split())
        if kept and size + words > LONGEST_SECTION:
            yield path, "\n".join(kept)
            kept, size = [], 0
        kept.append(line)
        size += words
    if kept:
        yield path, "\n".join(kept)


def read_plain_words(path: Path = DATA / "plain_words.csv") -> dict[str, str]:
    """{administrative words, folded: usual words}, longest first so that a phrase goes before its words."""
    table = read_table(path, required=("hard", "usual"))
    pairs = {fold(record["hard"]): record["usual"].strip() for record in table.records()}
    return dict(sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair[0])))
