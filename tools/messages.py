"""Translation catalogues: extracts what inhabitants read, updates the .po files keeping translations, compiles the .mo files.

    python tools/messages.py           update and compile; lists the strings without English, with their place; exit 1 when there are any
    python tools/messages.py --check   change nothing; exit 1 when a catalogue is not what the sources say

French is the language of the sources. The French catalogue holds plurals alone: without it, zero would take the English plural.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "yole"
LOCALE = SOURCE / "locale"
# What inhabitants read. Whole rooms, since a desk page simply does not call gettext.
ROOMS = (
    "base", "territory", "journal", "organisations", "people", "places", "bookings", "workshops",
    "events", "debates", "assessment", "activities", "rights", "passport", "advisers", "deployment", "roadmap", "reference", "web", "api",
)  # fmt: skip
LANGUAGES = ("en", "gcf", "fr")
COMPLETE = ("en",)  # languages in which every string must be translated
PLURALS = {
    "en": (2, "(n != 1)"),
    "gcf": (2, "(n > 1)"),
    "fr": (2, "(n > 1)"),
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "NavigationEntry": None,  # its first argument is the label of a menu
}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")


@dataclass
class Entry:
    """One string of the sources: `key` is (context, singular, plural), `places` are « file:line »."""

    key: tuple[str, str, str]
    places: list[str] = field(default_factory=list)

    @property
    def message_id(self) -> str | tuple[str, str]:
        _, singular, plural = self.key
        return (singular, plural) if plural else singular


def _pseudo_python(path: Path) -> str:
    """A source that the Python extractor reads; templates go through Django's own converter, margins removed."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from django.utils.translation.template import templatize

    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))


def source_files(root: Path = SOURCE) -> list[Path]:
    files = [path for room in ROOMS for pattern in ("*.py", "*.html", "*.txt") for path in (root / room).rglob(pattern)]
    kept = [p for p in files if p.suffix == ".py" or "templates" in p.parts]
    return sorted(p for p in kept if "migrations" not in p.parts and "static" not in p.parts)


def _found(path: Path) -> Iterator[tuple[int, tuple[str, str, str]]]:
    stream = io.BytesIO(_pseudo_python(path).encode("utf-8"))
    for line, function, messages, _comments in extract_python(stream, list(KEYWORDS), [], {"encoding": "utf-8"}):
        parts = [m for m in (messages if isinstance(messages, tuple) else (messages,)) if m is not None]
        spec = KEYWORDS[function or "_"]
        context = parts.pop(0) if spec and isinstance(spec[0], tuple) and parts else ""
        plural = parts[1] if function and "ngettext" in function.replace("npgettext", "ngettext") and len(parts) > 1 else ""
        if parts and parts[0]:
            yield line, (context, parts[0], plural)


def extract(root: Path = SOURCE) -> list[Entry]:
    """Every translatable string of the listed rooms, in a stable order. Raises SystemExit on one string with and without plural."""
    entries: dict[tuple[str, str], Entry] = {}
    for path in source_files(root):
        for line, key in _found(path):
            entry = entries.setdefault(key[:2], Entry(key))
            if entry.key != key:
                if entry.key[2] and key[2]:
                    raise SystemExit(f"« {key[1]} » a deux pluriels : {entry.places[0]} et {path}:{line}")
                entry.key = max(entry.key, key)
            entry.places.append(f"{path.relative_to(root.parent.parent)}:{line}")
    return sorted(entries.values(), key=lambda entry: entry.key)


def _empty(entry: Entry) -> str | tuple[str, ...]:
    return ("", "") if entry.key[2] else ""


def _translation(entry: Entry, language: str, known: dict[tuple[str, str], Message]) -> str | tuple[str, ...]:
    if language == "fr":
        return (entry.key[1], entry.key[2])
    old = known.get(entry.key[:2])
    if old is None or isinstance(old.string, tuple) != bool(entry.key[2]):
        forms = ("",) * PLURALS[language][0]
        return forms if entry.key[2] else ""
    return tuple(old.string) if isinstance(old.string, (tuple, list)) else old.string


def read(language: str, folder: Path = LOCALE) -> Catalog | None:
    path = folder / language / "LC_MESSAGES" / "django.po"
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return read_po(stream, locale=None, domain="django")


def build(language: str, entries: list[Entry], old: Catalog | None) -> Catalog:
    """The catalogue of a language: exactly the strings of the sources, with the translations already known."""
    known = {(str(m.context or ""), m.id[0] if isinstance(m.id, tuple | list) else m.id): m for m in old or () if m.id}
    catalog = Catalog(project="Yole", charset="utf-8", fuzzy=False)
    for entry in entries:
        if language == "fr" and not entry.key[2]:
            continue
        # Files without lines: a line added above a string would otherwise rewrite the catalogue.
        files = sorted({place.rpartition(":")[0] for place in entry.places})
        catalog.add(
            entry.message_id, _translation(entry, language, known), context=entry.key[0] or None, locations=[(name, None) for name in files]
        )
    return catalog


def po_bytes(language: str, catalog: Catalog) -> bytes:
    count, rule = PLURALS[language]
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, include_lineno=False, sort_output=False)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals={count}; plural={rule};\\n"\n\n'
    )
    return header.encode() + body.getvalue().rstrip(b"\n") + b"\n"


def mo_bytes(po: bytes) -> bytes:
    body = io.BytesIO()
    catalog = read_po(io.BytesIO(po), domain="django")
    # The header of a compiled catalogue carries a date; a fixed one keeps the file equal to its source on every day.
    catalog.creation_date = catalog.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    write_mo(body, catalog)
    return body.getvalue()


def strings(message: Message) -> list[str]:
    """The translations of a message, one per plural form."""
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def problems(language: str, catalog: Catalog, entries: list[Entry]) -> list[str]:
    """What is missing or wrong in a catalogue, each with the place of the string in the sources."""
    places = {entry.key[:2]: entry.places[0] for entry in entries}
    found = []
    for message in catalog:
        if not message.id:
            continue
        ids = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
        where = places.get((str(message.context or ""), ids[0]), "?")
        written = strings(message)
        if not all(written):
            if language in COMPLETE:
                found.append(f"{where} : sans traduction ({language}) : « {ids[0]} »")
            continue
        for i, text in enumerate(written):
            wanted = set(PLACEHOLDER.findall(ids[min(i, len(ids) - 1)]))
            if set(PLACEHOLDER.findall(text)) != wanted and not (i == 0 and len(ids) > 1):
                found.append(f"{where} : variables différentes ({language}) : « {text} » pour « {ids[0]} »")
    return found


def main(arguments: list[str]) -> int:
    entries = extract()
    wrong: list[str] = []
    for language in LANGUAGES:
        folder = LOCALE / language / "LC_MESSAGES"
        catalog = build(language, entries, read(language))
        po = po_bytes(language, catalog)
        for path, content in ((folder / "django.po", po), (folder / "django.mo", mo_bytes(po))):
            if path.is_file() and path.read_bytes() == content:
                continue
            if "--check" in arguments:
                wrong.append(f"{path.relative_to(ROOT)} n'est pas à jour : lancez python tools/messages.py")
            else:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        wrong += problems(language, catalog, entries)
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(entries)} chaînes, {len(wrong)} à voir")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
