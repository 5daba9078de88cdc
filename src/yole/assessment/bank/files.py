"""The JSON source of questions, read with the place of every fault and written so that a change shows in a diff.

A file is {"format": "yole-items", "format_version": 1, …defaults…, "items": […]}; lang, author, licence, written, reviewed and status given
beside the list hold for each question that does not give its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from yole.assessment.bank.model import KINDS, MODES, Calibrated, Item, ItemBank, Option, Picture
from yole.assessment.engine.model import METRIC
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.tables import decode

FORMAT, FORMAT_VERSION = "yole-items", 1
LIMIT = 50 * 1024 * 1024
_DEFAULTS = ("lang", "author", "licence", "written", "reviewed", "status")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds: the questions understood, and for each other one the reason why it is refused, in the file's order."""

    items: tuple[Item, ...]
    refused: tuple[InputError, ...] = ()
    notes: tuple[str, ...] = ()

    def or_raise(self) -> tuple[Item, ...]:
        """The questions, or the first reason of refusal raised."""
        if self.refused:
            raise self.refused[0]
        return self.items


class _Reader:
    """Takes typed values out of one entry; a fault names the file, the rank of the question and the field."""

    def __init__(self, entry: Mapping[str, Any], file: str, row: int, place: str = "") -> None:
        self.entry, self.file, self.row, self.place = entry, file, row, place

    def fail(self, message: str, key: str, expected: str, found: object = None) -> NoReturn:
        raise InputError(message, file=self.file, row=self.row, column=self.place + key, found=found, expected=expected)

    def take(self, key: str, kinds: type | tuple[type, ...], expected: str, default: Any = _MISSING) -> Any:
        value = self.entry.get(key, default)
        if value is _MISSING:
            self.fail("champ absent", key, expected)
        if value is default:
            return value
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            self.fail("valeur impossible", key, expected, "null" if value is None else value)
        return value

    def text(self, key: str, default: Any = "") -> str:
        return str(self.take(key, str, "un texte", default)).strip()

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        values = self.take(key, list, "une liste de textes", default)
        if not all(isinstance(value, str) for value in values):
            self.fail("valeur impossible", key, "une liste de textes", values)
        return tuple(values)

    def inside(self, key: str) -> _Reader | None:
        value = self.take(key, dict, "un objet", None)
        return None if value is None else _Reader(value, self.file, self.row, f"{self.place}{key}.")

    def list_of(self, key: str, *, needed: bool) -> list[_Reader]:
        values = self.take(key, list, "une liste d’objets", _MISSING if needed else [])
        for rank, value in enumerate(values):
            if not isinstance(value, dict):
                self.fail("valeur impossible", f"{key}[{rank}]", "un objet", value)
        return [_Reader(value, self.file, self.row, f"{self.place}{key}[{rank}].") for rank, value in enumerate(values)]


def read_items(path: Path | str) -> Imported:
    """Reads a JSON bank. Raises InputError when the file itself cannot be read; a faulty question is among `refused`."""
    return parse_items(read_bytes(path, limit=LIMIT), str(path))


def parse_items(data: bytes, name: str) -> Imported:
    """`read_items` on bytes."""
    text = decode(data, name)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"JSON illisible, caractère {error.colno}", file=name, row=error.lineno, expected="un objet JSON") from None
    except RecursionError:
        raise InputError("JSON illisible, trop de niveaux", file=name, expected="un objet JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError("ce fichier n’est pas une banque de questions", file=name, column="format", expected=f'"format": "{FORMAT}"')
    if content.get("format_version") != FORMAT_VERSION:
        raise InputError(
            "version de format inconnue",
            file=name,
            column="format_version",
            found=content.get("format_version"),
            expected=str(FORMAT_VERSION),
        )
    entries = content.get("items")
    if not isinstance(entries, list) or not entries:
        raise InputError("aucune question", file=name, column="items", expected="une liste de questions")
    defaults = {key: content[key] for key in _DEFAULTS if key in content}
    items: list[Item] = []
    refused: list[InputError] = []
    for row, entry in enumerate(entries, start=1):
        try:
            items.append(item_from_json({**defaults, **entry} if isinstance(entry, dict) else entry, name, row))
        except InputError as error:
            refused.append(error)
    return Imported(tuple(items), tuple(refused))


def item_from_json(entry: Any, name: str = "", row: int = 1) -> Item:
    """One question from its JSON object. Raises InputError with file, rank and field."""
    if not isinstance(entry, dict):
        raise InputError("question qui n’est pas un objet", file=name, row=row, column="items", found=entry, expected="un objet JSON")
    read = _Reader(entry, name, row)
    kind = read.text("type", _MISSING)
    if kind not in KINDS:
        read.fail("sorte de question inconnue", "type", ", ".join(KINDS), kind)
    item_id = read.text("id", _MISSING)
    if not item_id:
        read.fail("question sans identifiant", "id", "un texte court, sans espace")
    stem = read.inside("stem") or read.fail("champ absent", "stem", "un objet")
    reviewed = read.inside("reviewed")
    return Item(
        id=item_id,
        kind=kind,
        text=stem.text("text", _MISSING),
        spoken=stem.text("spoken"),
        picture=_picture(stem),
        options=tuple(_option(option, rank) for rank, option in enumerate(read.list_of("options", needed=kind != "task"))),
        feedback=read.text("feedback"),
        codes=tuple(
            (code.text("framework", _MISSING), code.text("version", _MISSING), code.text("code", _MISSING))
            for code in read.list_of("frameworks", needed=False)
        ),
        topics=read.texts("topics"),
        level=_number(read, "expert_level"),
        status=read.text("status", "draft"),
        version=read.take("version", int, "un nombre entier", 1),
        lang=read.text("lang", "fr"),
        seconds=read.take("seconds", int, "un nombre entier de secondes", 30),
        modes=read.texts("modes", MODES),
        needs_sight=read.take("needs_sight", bool, "true ou false", False),
        exclusion_group=read.text("exclusion_group"),
        enemies=read.texts("enemies"),
        author=read.text("author"),
        licence=read.text("licence"),
        written=read.text("written"),
        reviewed_by=reviewed.text("by") if reviewed else "",
        reviewed_on=reviewed.text("on") if reviewed else "",
        calibrated=_calibrated(read),
        task=read.take("task", dict, "un objet", None),
    )


def _number(read: _Reader, key: str, default: Any = None) -> Any:
    value = read.take(key, (int, float), "un nombre", default)
    if value is None:
        return None
    # NaN compares false; an integer of 400 digits would not become a float.
    if not abs(value) < 1e9:
        read.fail("valeur impossible", key, "un nombre", value if isinstance(value, float) else "un nombre immense")
    return float(value)


def _picture(read: _Reader) -> Picture | None:
    image = read.inside("image")
    return None if image is None else Picture(image.text("src", _MISSING), image.text("alt"))


def _option(read: _Reader, rank: int) -> Option:
    score = read.take("score", int, "0 ou 1")
    if score not in (0, 1):
        read.fail("valeur impossible", "score", "0 ou 1", score)
    letter = "abcdefghijklmnopqrstuvwxyz"[rank % 26]
    return Option(read.text("id", letter), read.text("text", _MISSING), score, read.text("feedback"), read.text("spoken"), _picture(read))


def _calibrated(read: _Reader) -> Calibrated | None:
    irt = read.inside("irt")
    if irt is None:
        return None
    a, b = (_number(irt, key, _MISSING) for key in ("a", "b"))
    if not a > 0:
        irt.fail("pente impossible", "a", "un nombre au-dessus de 0", a)
    se_a, se_b = (_number(irt, key, 0.0) for key in ("se_a", "se_b"))
    return Calibrated(a, b, se_a, se_b, irt.take("n", int, "un nombre entier", 0), irt.text("calibrated"))


def item_to_json(item: Item) -> dict[str, Any]:
    """The complete JSON object of a question; `prior` is what the product computes from level and answers, for readers elsewhere."""
    entry: dict[str, Any] = {
        "id": item.id,
        "version": item.version,
        "status": item.status,
        "type": item.kind,
        "lang": item.lang,
        "frameworks": [{"framework": framework, "version": version, "code": code} for framework, version, code in item.codes],
        "topics": list(item.topics),
    }
    if item.level is not None:
        level = int(item.level) if item.level.is_integer() else item.level
        entry |= {"expert_level": level, "prior": {"a": item.prior_a, "b": round(item.prior_b, 4)}}
    entry |= {"seconds": item.seconds, "stem": {"text": item.text} | _spoken_and_picture(item.spoken, item.picture)}
    entry["options"] = [
        {"id": option.id, "text": option.text, "score": option.score}
        | ({"feedback": option.feedback} if option.feedback else {})
        | _spoken_and_picture(option.spoken, option.picture)
        for option in item.options
    ]
    entry |= {"feedback": item.feedback, "modes": list(item.modes), "needs_sight": item.needs_sight}
    entry |= {key: value for key, value in (("exclusion_group", item.exclusion_group), ("enemies", list(item.enemies))) if value}
    entry |= {"author": item.author, "licence": item.licence, "written": item.written}
    entry["reviewed"] = {"by": item.reviewed_by, "on": item.reviewed_on}
    if (fit := item.calibrated) is not None:
        entry["irt"] = {"a": fit.a, "b": fit.b, "se_a": fit.se_a, "se_b": fit.se_b, "n": fit.n, "calibrated": fit.on}
    if item.task is not None:
        entry["task"] = item.task
    return entry


def _spoken_and_picture(spoken: str, picture: Picture | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"spoken": spoken} if spoken else {}
    return entry | ({"image": {"src": picture.src, "alt": picture.alt}} if picture else {})


def write_items(items: Iterable[Item]) -> bytes:
    """A JSON bank with every field of every question."""
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, "items": [item_to_json(item) for item in items]}
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def write_parameters(items: Iterable[Item]) -> bytes:
    """ITEMS.json as the other commands of the room take it: a, b, d and area of every question that is not a task."""
    bank = ItemBank(tuple(item for item in items if item.kind != "task")).engine()
    areas = [] if bank.area is None else bank.area.tolist()
    entries = [
        {"id": item, "a": float(a), "b": float(b), "d": float(d), "area": str(int(area) + 1)}
        for item, a, b, d, area in zip(bank.ids, bank.a, bank.b, bank.d, areas, strict=True)
    ]
    content = {"model": "2pl", "metric": METRIC, "items": entries}
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")
