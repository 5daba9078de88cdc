"""Rows of a list of beneficiaries (columns of La Coop), with what is wrong and the repair that is proposed.

Spreadsheets drop the 0 that starts a telephone or a commune code: such a cell is refused with its repair, never guessed in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yole.kernel.text import fold
from yole.people.engine.screening import HEALTH, scan

COLUMNS = (
    "nom", "prenom", "anneeNaissance", "numeroTelephone", "communeCodeInsee", "communeNom", "communeCodePostal", "email", "genre",
    "notesSupplementaires",
)  # fmt: skip
NEEDED = ("nom", "prenom")
GENDERS = ("masculin", "feminin", "non_communique")
_FOLDED = {fold(name): name for name in COLUMNS} | {
    "annee naissance": "anneeNaissance", "annee de naissance": "anneeNaissance", "telephone": "numeroTelephone",
    "numero de telephone": "numeroTelephone", "commune code insee": "communeCodeInsee", "code insee": "communeCodeInsee",
    "commune nom": "communeNom", "commune": "communeNom", "commune code postal": "communeCodePostal", "code postal": "communeCodePostal",
    "notes supplementaires": "notesSupplementaires", "notes": "notesSupplementaires", "e mail": "email", "courriel": "email",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell; `repair` is the value proposed, empty when there is none."""

    column: str
    found: str
    message: str
    repair: str = ""


@dataclass(slots=True)
class Line:
    """One row: its number in the file (the header is row 1), its values by column, and what is wrong with it."""

    number: int
    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    @property
    def repairable(self) -> bool:
        return bool(self.problems) and all(problem.repair for problem in self.problems)

    def repaired(self) -> Line:
        """The row with every proposed repair applied."""
        return Line(self.number, {**self.values, **{problem.column: problem.repair for problem in self.problems if problem.repair}})


def column_names(header: Sequence[str]) -> dict[int, str]:
    """Position -> column, for the columns that are known; case, accents and spaces do not matter."""
    found: dict[int, str] = {}
    for position, title in enumerate(header):
        name = _FOLDED.get(fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title))) or _FOLDED.get(fold(title))
        if name and name not in found.values():
            found[position] = name
    return found


def read_line(number: int, values: Mapping[str, str], this_year: int, communes: Mapping[str, str]) -> Line:
    """Checks one row. `communes`: code -> folded name of those of the territory."""
    line = Line(number, {name: " ".join(values.get(name, "").split()) for name in COLUMNS})
    _check_names(line)
    _check_year(line, this_year)
    _check_phone(line)
    _check_commune(line, communes)
    gender = line.values["genre"]
    if gender and gender not in GENDERS:
        folded = fold(gender)
        repair = {"femme": "feminin", "f": "feminin", "homme": "masculin", "m": "masculin", "h": "masculin"}.get(folded, "")
        repair = repair or (folded if folded in GENDERS else "")
        line.problems.append(Problem("genre", gender, "genre inconnu : masculin, feminin ou non_communique", repair))
    email = line.values["email"]
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        line.problems.append(Problem("email", email, "adresse e-mail incomplète"))
    for found in scan(line.values["notesSupplementaires"]):
        what = "un mot de santé" if found.kind == HEALTH else found.label
        line.problems.append(Problem("notesSupplementaires", found.text, f"la note contient {what} : effacez ce passage"))
    return line


def _check_names(line: Line) -> None:
    if not line.values["nom"] and not line.values["prenom"]:
        line.problems.append(Problem("nom", "", "il manque un nom ou un prénom"))
    for column in NEEDED:
        if len(line.values[column]) > 80:
            line.problems.append(Problem(column, line.values[column][:20] + "…", "80 caractères au plus"))


def _check_year(line: Line, this_year: int) -> None:
    typed = line.values["anneeNaissance"]
    if not typed:
        return
    if re.fullmatch(r"\d{4}\.0+", typed):
        typed = line.values["anneeNaissance"] = typed[:4]
    if not re.fullmatch(r"\d{4}", typed):
        inside = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", typed)
        repair = inside[0] if len(inside) == 1 and 1900 <= int(inside[0]) <= this_year else ""
        line.problems.append(Problem("anneeNaissance", typed, "l’année de naissance a 4 chiffres", repair))
    elif not 1900 <= int(typed) <= this_year:
        line.problems.append(Problem("anneeNaissance", typed, f"l’année de naissance va de 1900 à {this_year}"))


def _check_phone(line: Line) -> None:
    typed = line.values["numeroTelephone"]
    if not typed:
        return
    kept = re.sub(r"[\s.\-/()\u00a0\u202f]", "", typed)
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+\d+", kept):
        line.problems.append(Problem("numeroTelephone", typed, "le tableur a arrondi ce numéro : recopiez-le en texte"))
    elif re.fullmatch(r"[1-9]\d{8}", kept):
        line.problems.append(Problem("numeroTelephone", typed, "9 chiffres : le 0 du début a disparu", f"0{kept}"))
    elif not re.fullmatch(r"0[1-9]\d{8}|(?:\+|00)\d{8,15}", kept):
        line.problems.append(Problem("numeroTelephone", typed, "un numéro a 10 chiffres"))


def _check_commune(line: Line, communes: Mapping[str, str]) -> None:
    code, name = line.values["communeCodeInsee"], line.values["communeNom"]
    if re.fullmatch(r"\d{4}", code):
        line.problems.append(Problem("communeCodeInsee", code, "4 chiffres : le 0 du début a disparu", f"0{code}"))
        return
    if code and not re.fullmatch(r"(?:\d{2}|2[AB])\d{3}", code):
        line.problems.append(Problem("communeCodeInsee", code, "un code Insee a 5 signes"))
        return
    if code:
        # A commune outside the territory is left out of the card: its code is right, and the name would single the person out.
        return
    if name:
        matches = [known for known, folded in communes.items() if folded == fold(name)]
        if len(matches) == 1:
            line.values["communeCodeInsee"] = matches[0]
