"""A list of people pasted from a spreadsheet or a message: who is on it, and what is wrong, line by line."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from yole.kernel.text import fold

LINES_MAX = 200
NAME_MAX = 80
LINE_MAX = 400
_SPLIT = re.compile(r"[\t;]|,(?=\s*(?:[+0(]|\S+@))")
_HEADERS = {
    "nom",
    "prenom",
    "nom prenom",
    "prenom nom",
    "name",
    "nom et prenom",
    "noms",
    "prenoms",
    "nom de famille",
    "participant",
    "participants",
}
_LOOKS_PHONE = re.compile(r"^[+(]?\d[\d\s.\-/()]{5,24}$")
_INLINE_CONTACT = re.compile(r"^(?P<name>.*?\D)\s+(?P<contact>\S+@\S+|\+?\d[\d\s.\-/]{7,20})$")


@dataclass(frozen=True, slots=True)
class PastedPerson:
    """One line that can be enrolled. `line` counts from 1 in the pasted text; `contact` is what was typed, not yet checked."""

    line: int
    name: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class PastedError:
    """One line that cannot be used, and why (French)."""

    line: int
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class PastedList:
    people: tuple[PastedPerson, ...]
    errors: tuple[PastedError, ...]


def parse_pasted_list(text: str) -> PastedList:
    """One person per line: name, and a telephone or e-mail in any other column (tab, semicolon, or comma before a contact).

    Blank lines and a header line are passed over; first name and surname in two columns are joined. Errors: no name, a name longer than
    80 characters, two contacts, a line longer than 400 characters, the same person twice, and every line after the 200th person.
    """
    people: list[PastedPerson] = []
    errors: list[PastedError] = []
    seen: dict[tuple[str, str], int] = {}
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").lstrip("\ufeff").split("\n")
    read = 0
    for number, raw in enumerate(lines, 1):
        line = "".join(c if c == "\t" or unicodedata.category(c)[0] not in "CZ" else " " for c in raw)
        shown = " ".join(line.split())[:60]
        if not shown.strip(";, "):
            continue
        read += 1
        if len(raw) > LINE_MAX:
            errors.append(PastedError(number, shown, f"Ligne trop longue ({len(raw)} caractères, {LINE_MAX} au plus)."))
            continue
        cells = [" ".join(cell.split()).strip('"“”«» ') for cell in _SPLIT.split(line)]
        cells = [cell for cell in cells if cell]
        if read == 1 and cells and all(fold(cell) in _HEADERS or fold(cell) in _CONTACT_HEADERS for cell in cells):
            continue
        if len(people) >= LINES_MAX:
            errors.append(PastedError(number, shown, f"Plus de {LINES_MAX} personnes : collez la suite dans une autre liste."))
            continue
        contacts = [cell for cell in cells if _is_contact(cell)]
        names = [cell for cell in cells if not _is_contact(cell)]
        name = " ".join(names)
        if not contacts and (inline := _INLINE_CONTACT.match(name)):
            name, contacts = inline["name"].strip(" ,;:-"), [inline["contact"]]
        if not any(c.isalpha() for c in name):
            errors.append(PastedError(number, shown, "Il manque un nom ou un prénom."))
        elif len(name) > NAME_MAX:
            errors.append(PastedError(number, shown, f"Nom trop long ({len(name)} caractères, {NAME_MAX} au plus)."))
        elif len(contacts) > 1:
            errors.append(PastedError(number, shown, "Deux contacts sur la ligne : gardez-en un seul."))
        else:
            contact = contacts[0] if contacts else ""
            key = (fold(name), re.sub(r"[\s.\-/()]+", "", contact).lower())
            if key in seen:
                errors.append(PastedError(number, shown, f"Déjà à la ligne {seen[key]}."))
            else:
                seen[key] = number
                people.append(PastedPerson(number, name, contact))
    return PastedList(tuple(people), tuple(errors))


_CONTACT_HEADERS = {
    "telephone",
    "tel",
    "portable",
    "mobile",
    "mail",
    "e mail",
    "email",
    "courriel",
    "contact",
    "adresse mail",
    "adresse e mail",
    "numero",
}


def _is_contact(cell: str) -> bool:
    return ("@" in cell and " " not in cell) or bool(_LOOKS_PHONE.match(cell))
