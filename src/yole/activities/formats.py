"""Columns of the files of reports, and cells to data and back. Published in docs/guides/activites.md.

Three shapes: `coop-2026` and `yole` share the names of La Coop, `cnfs-v1` has its own. A list is joined by `|`.
Values may be those of the API or their French labels; both are read, whatever the case and the accents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

from yole.activities.enums import (
    ActivityKind,
    AdministrativeTheme,
    Autonomy,
    Level,
    Material,
    PlaceKind,
    Redirection,
    Schema,
    Theme,
    V1AgeBand,
)
from yole.kernel.text import fold
from yole.people.enums import AgeBand, Gender, SocialStatus

EXCEL_DAY_ZERO = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 40179, 73050  # 2010-01-01, 2099-12-31: a smaller number may be a year or a duration


def _camel(prefix: str, value: str) -> str:
    return prefix + "".join(part.capitalize() for part in value.split("_"))


GENDER_COLUMNS = {value: _camel("genre", value) for value in Gender.values}
AGE_COLUMNS = {value: _camel("trancheAge", value) for value in AgeBand.values}
STATUS_COLUMNS = {value: _camel("statutSocial", value) for value in SocialStatus.values}
COUNTERS = ("anonymesTotal", "anonymesDejaAccompagne", *GENDER_COLUMNS.values(), *AGE_COLUMNS.values(), *STATUS_COLUMNS.values())
COOP_HEADER = (
    *("id", "type", "mediateurId", "date", "duree", "typeLieu", "structureId", "lieuCodePostal", "lieuCommune", "lieuCodeInsee"),
    *("structureEmployeuseId", "materiel", "thematiques", "niveau", "autonomie", "structureDeRedirection", "orienteVersStructure"),
    *("precisionsDemarche", "titreAtelier", "tags", "notes", "rdvServicePublicId", "accompagnementsCount", *COUNTERS),
    *("creation", "modification", "suppression", "v1CraId"),
)
KEPT_COOP = ("mediateurId", "structureId", "lieuCodePostal", "lieuCommune", "structureEmployeuseId", "rdvServicePublicId", "creation",
             "modification", "v1CraId")  # fmt: skip
V1_AGE_COLUMNS = {value: f"age_{value}" for value in V1AgeBand.values}
HOUSE_HEADER = (*COOP_HEADER, "ponctuel", "personnes", "schema", *V1_AGE_COLUMNS.values(), "origine")
V1_STATUS = {"etudiant": "scolarise", "sansEmploi": "sans_emploi", "enEmploi": "en_emploi", "retraite": "retraite", "heterogene": ""}
V1_STATUS_COLUMNS = {word: f"statut_{word}" for word in V1_STATUS}
V1_HEADER = (
    *("id", "dateAccompagnement", "canal", "activite", "codePostal", "nomCommune", "codeCommune", "nbParticipants"),
    *("nbParticipantsRecurrents", *V1_AGE_COLUMNS.values(), *V1_STATUS_COLUMNS.values(), "themes", "sousThemes", "duree"),
    *("duree_minutes", "accompagnement_individuel", "accompagnement_atelier", "accompagnement_redirection", "organismes", "annotation"),
)
V1_CHANNELS = {"rattachement": "lieu_activite", "autre lieu": "autre", "distance": "a_distance", "domicile": "domicile"}
V1_THEMES = {
    "equipement informatique": "prendre_en_main_du_materiel", "smartphone": "prendre_en_main_du_materiel",
    "internet": "navigation_sur_internet", "courriel": "email", "traitement texte": "bureautique",
    "contenus numeriques": "gere_ses_contenus_numeriques", "echanger": "reseaux_sociaux", "trouver emploi": "insertion_professionnelle",
    "tpe/pme": "entrepreneuriat", "accompagner enfant": "parentalite", "scolaire": "scolarite_et_numerique",
    "demarche en ligne": "aide_aux_demarches_administratives", "securite": "securite_numerique",
    "fraude et harcelement": "securite_numerique", "sante": "sante", "budget": "banque_et_achats_en_ligne",
    "diagnostic": "diagnostic_numerique", "vocabulaire": "culture_numerique", "autre": "",
}  # fmt: skip
V1_MOST = 100
MIXED = "ce fichier mêle des dates de tableur et des jours écrits : le tableur a pu échanger le jour et le mois"
V1_RANGES = {"0-30": 15, "30-60": 45}
"""Middle of the band, so that it falls in no other; the words are kept."""
LABELS = {
    "id": "Identifiant", "type": "Type d’activité", "mediateurId": "Médiateur", "date": "Date", "duree": "Durée",
    "typeLieu": "Type de lieu", "structureId": "Lieu d’activité", "lieuCodePostal": "Code postal", "lieuCommune": "Commune",
    "lieuCodeInsee": "Code Insee", "materiel": "Matériel", "thematiques": "Thématiques", "niveau": "Niveau", "autonomie": "Autonomie",
    "structureDeRedirection": "Structure de redirection", "orienteVersStructure": "Orienté vers une structure",
    "precisionsDemarche": "Précisions de la démarche", "titreAtelier": "Titre de l’atelier", "tags": "Étiquettes", "notes": "Notes",
    "accompagnementsCount": "Nombre d’accompagnements", "anonymesTotal": "Participants anonymes",
    "anonymesDejaAccompagne": "Déjà accompagnés",
}  # fmt: skip


@dataclass(slots=True)
class Wrong:
    """A cell that cannot be read: the column of the file, why, what to write."""

    column: str
    reason: str
    remedy: str


@dataclass(slots=True)
class Read:
    """A row read: the data of `rules.check`, what is kept as it was written, the identifier given, and what is wrong.

    `shape` is that of the file; `schema` that of the report: a file of Yole holds reports of every schema.
    """

    data: dict[str, Any] = field(default_factory=dict)
    original: dict[str, str] = field(default_factory=dict)
    identifier: str = ""
    shape: str = Schema.COOP
    schema: str = Schema.COOP
    wrong: list[Wrong] = field(default_factory=list)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How the days of a file are read: see `read_day`."""

    zone: ZoneInfo
    serials: bool = False
    american: bool = False
    mixed: bool = False


@cache
def column_names() -> dict[str, str]:
    """Folded name or label -> name of the column."""
    names = {fold(column): column for column in (*HOUSE_HEADER, *V1_HEADER)}
    return {fold(label): column for column, label in LABELS.items()} | names


def columns_of(header: tuple[str, ...]) -> dict[str, str]:
    """Column of the file -> name known here; a column that nobody knows keeps its own name."""
    found: dict[str, str] = {}
    for column in header:
        known = column if column in HOUSE_HEADER or column in V1_HEADER else column_names().get(fold(column), column)
        found[column] = column if known in found.values() else known
    return found


def schema_of(columns: Mapping[str, str]) -> str | None:
    """Which shape a file has, by the columns that only it has; None when it is none of them."""
    names = set(columns.values())
    if {"dateAccompagnement", "activite", "canal"} <= names:
        return Schema.CNFS
    if {"type", "date", "duree", "typeLieu", "thematiques"} <= names:
        return Schema.YOLE if "schema" in names else Schema.COOP
    return None


@cache
def _words(enumeration: type[TextChoices]) -> dict[str, str]:
    known = {fold(str(label)): value for value, label in enumeration.choices}
    return known | {fold(value): value for value in enumeration.values}


def value_of(enumeration: type[TextChoices], text: str) -> str | None:
    """The value that a value or a label stands for; None when it is neither."""
    return _words(enumeration).get(fold(text))


def read_day(text: str, reading: Reading) -> tuple[date | None, str]:
    """A day, or why not. ISO, dd/mm/yyyy, an Excel day when `serials`; `american`: the file has days that only fit
    mm/dd, so others may be too; `mixed`: it holds days of a spreadsheet beside days written with bars."""
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](.+))?", text)
    try:
        if iso:
            if not iso[4]:
                return date.fromisoformat(text), ""
            moment = datetime.fromisoformat(text)
            # Midnight is a day that a program wrote as an instant, whatever the zone.
            if moment.time() == datetime.min.time() or moment.tzinfo is None:
                return moment.date(), ""
            return moment.astimezone(reading.zone).date(), ""
        if slash := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
            first, second, year = int(slash[1]), int(slash[2]), int(slash[3])
            if reading.mixed:
                return None, MIXED
            if reading.american:
                return None, "des dates de ce fichier sont en mois/jour : celle-ci peut se lire de deux façons"
            return date(year, second, first), ""
    except ValueError:
        return None, "ce jour n’existe pas"
    if re.fullmatch(r"\d{5}", text):
        serial = int(text)
        if reading.mixed:
            return None, MIXED
        if reading.serials and FIRST_SERIAL <= serial <= LAST_SERIAL:
            return EXCEL_DAY_ZERO + timedelta(days=serial), ""
        return None, "un nombre seul peut se lire de plusieurs façons"
    if re.fullmatch(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}", text):
        return None, "l’année a deux chiffres"
    return None, "ce n’est pas une date"


_SLASH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def looks_american(text: str) -> bool:
    slash = _SLASH.fullmatch(text)
    return slash is not None and int(slash[1]) <= 12 < int(slash[2]) <= 31


def is_written(text: str) -> bool:
    """Whether a day is written day/month/year, as a person does."""
    return _SLASH.fullmatch(text) is not None


def read_minutes(text: str) -> tuple[int | None, str]:
    """Minutes of « 45 », « 45 min », « 1 h 30 », « 01:30 »; or why not."""
    bare = re.sub(r"[\s\u00a0\u202f]+", "", text.lower())
    if not bare:
        return None, ""
    if bare.startswith("-"):
        return None, "la durée est négative"
    if found := re.fullmatch(r"(\d{1,6})(?:min|mn|minutes?)?", bare):
        return int(found[1]), ""
    if found := re.fullmatch(r"(\d{1,3})(?:h|heures?)(\d{1,2})?(?:min|mn)?", bare):
        return int(found[1]) * 60 + int(found[2] or 0), ""
    if found := re.fullmatch(r"(\d{1,2}):([0-5]\d)(?::00)?", bare):
        return int(found[1]) * 60 + int(found[2]), ""
    return None, "ce n’est pas une durée"


class _Row:
    """One row of a file, read cell by cell."""

    def __init__(self, cells: Mapping[str, str], schema: str) -> None:
        self.cells = cells
        self.read = Read(shape=schema, schema=schema, identifier=cells.get("id", ""))

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def wrong(self, column: str, reason: str, remedy: str) -> None:
        self.read.wrong.append(Wrong(column, reason, remedy))

    def one(self, column: str, enumeration: type[TextChoices]) -> str:
        text = self.text(column)
        if not text:
            return ""
        value = value_of(enumeration, text)
        if value is None:
            self.wrong(column, f"« {text[:40]} » n’est pas dans la liste", f"Attendu : {', '.join(enumeration.values)}.")
        return value or ""

    def many(self, column: str, *enumerations: type[TextChoices]) -> list[list[str]]:
        """The values of a list, sorted into each enumeration."""
        found: list[list[str]] = [[] for _ in enumerations]
        for part in re.split(r"[|;]", self.text(column)):
            text = part.strip()
            if not text:
                continue
            for rank, enumeration in enumerate(enumerations):
                value = value_of(enumeration, text)
                if value is not None:
                    found[rank].append(value)
                    break
            else:
                known = ", ".join(value for enumeration in enumerations for value in enumeration.values)
                self.wrong(column, f"« {text[:40]} » n’est pas dans la liste", f"Attendu, séparés par | : {known}.")
        return found

    def count(self, column: str) -> int | None:
        text = self.text(column)
        if not text:
            return None
        if text.startswith("-"):
            self.wrong(column, f"{text[:12]} est négatif", "Écrivez un nombre : zéro ou plus.")
            return None
        if not (text.isascii() and text.isdecimal()):
            self.wrong(column, f"« {text[:20]} » n’est pas un nombre entier", "Écrivez un nombre en chiffres.")
            return None
        return int(text) if len(text) < 12 else 10**11

    def day(self, column: str, reading: Reading) -> date | None:
        text = self.text(column)
        if not text:
            return None
        day, why = read_day(text, reading)
        if day is None:
            self.wrong(column, f"« {text[:40]} » : {why}", "Attendu : 2026-11-23 ou 23/11/2026.")
        return day

    def minutes(self, column: str) -> int | None:
        minutes, why = read_minutes(self.text(column))
        if why:
            self.wrong(column, f"« {self.text(column)[:20]} » : {why}", "Attendu : un nombre de minutes, par exemple 45.")
        return minutes

    def yes_no(self, column: str) -> bool | None:
        text = fold(self.text(column))
        if text in ("true", "vrai", "oui", "1"):
            return True
        if text in ("false", "faux", "non", "0"):
            return False
        if text:
            self.wrong(column, f"« {self.text(column)[:20]} » n’est ni oui ni non", "Attendu : true ou false.")
        return None

    def texts(self, column: str) -> dict[str, str]:
        """A JSON object of texts, as the export of Yole writes what it kept."""
        raw = self.text(column)
        try:
            found = json.loads(raw) if raw else {}
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
            self.wrong(column, "cette cellule n’est pas celle que Yole a écrite", "Videz-la, ou reprenez l’export.")
            return {}
        return found

    def insee(self, column: str) -> str:
        text = self.text(column).upper()
        if re.fullmatch(r"\d{4}", text):
            self.wrong(column, f"« {text} » n’a que quatre chiffres", f"Le tableur a ôté un zéro : écrivez 0{text}, en texte.")
            return ""
        if text and not re.fullmatch(r"([013-9]\d|2[AB1-9])\d{3}", text):
            self.wrong(column, f"« {text[:20]} » n’est pas un code Insee", "Attendu : cinq caractères, par exemple 97224.")
            return ""
        return text


def read_coop(cells: Mapping[str, str], schema: str, reading: Reading) -> Read:
    """A row of La Coop, or of Yole."""
    row = _Row(cells, schema)
    if schema == Schema.YOLE:
        row.read.schema = row.one("schema", Schema) or Schema.YOLE.value
        row.read.original |= row.texts("origine")
    v1 = row.read.schema == Schema.CNFS
    themes, administrative = row.many("thematiques", Theme, AdministrativeTheme)
    total, everybody = row.count("anonymesTotal"), row.count("accompagnementsCount")
    people = [key for key in row.text("personnes").split("|") if key] if schema == Schema.YOLE else []
    known = 0
    if total is None:
        total = max((everybody or 0) - len(people), 0)
    elif everybody is not None and everybody > total + len(people):
        # People known by name in the other tool: here they are counted without one, and nothing is known of them.
        known = everybody - total - len(people)
        row.read.original["connus"] = str(known)
    group: dict[str, Any] = {"total": total + known, "already_known": row.count("anonymesDejaAccompagne")}
    if v1:
        group["v1_age"] = {value: count for value, column in V1_AGE_COLUMNS.items() if (count := row.count(column)) is not None}
    for name, columns in (("gender", GENDER_COLUMNS), ("age", AGE_COLUMNS), ("status", STATUS_COLUMNS)):
        if v1 and name == "age":
            continue
        counts = {value: row.count(column) for value, column in columns.items()}
        untold = counts["non_communique"]
        group[name] = {value: count for value, count in counts.items() if count is not None}
        if untold is not None:
            group[name]["non_communique"] = untold + known
    row.read.data = {
        "kind": row.one("type", ActivityKind),
        "one_off": bool(row.yes_no("ponctuel")),
        "date": row.day("date", reading),
        "minutes": row.minutes("duree"),
        "place_kind": row.one("typeLieu", PlaceKind),
        "commune": row.insee("lieuCodeInsee"),
        "materials": row.many("materiel", Material)[0],
        "themes": themes,
        "admin_themes": administrative,
        "level": row.one("niveau", Level),
        "autonomy": row.one("autonomie", Autonomy),
        "redirection": row.one("structureDeRedirection", Redirection),
        "oriented_to_structure": row.yes_no("orienteVersStructure"),
        "procedure_details": row.text("precisionsDemarche"),
        "workshop_title": row.text("titreAtelier"),
        "tags": [tag for tag in row.text("tags").split("|") if tag.strip()],
        "notes": row.text("notes"),
        "people": [{"person": key} for key in people],
        "group": group,
        "confirmed": True,
    }
    row.read.deleted = bool(row.text("suppression"))
    row.read.original |= {column: row.text(column) for column in KEPT_COOP if row.text(column)}
    row.read.original |= {column: text for column, text in cells.items() if column not in HOUSE_HEADER and text}
    return row.read


def read_v1(cells: Mapping[str, str], reading: Reading) -> Read:
    """A row of the first tool of conseillers numériques. Age bands stay its own; every word is kept as it was written."""
    row = _Row(cells, Schema.CNFS)
    activity, channel = fold(row.text("activite")), fold(row.text("canal"))
    if activity not in ("individuel", "collectif", "ponctuel"):
        row.wrong("activite", f"« {row.text('activite')[:20]} » n’est pas dans la liste", "Attendu : individuel, collectif, ponctuel.")
    if channel not in V1_CHANNELS:
        row.wrong("canal", f"« {row.text('canal')[:20]} » n’est pas dans la liste", f"Attendu : {', '.join(V1_CHANNELS)}.")
    words = [fold(word) for word in re.split(r"[|;]", row.text("themes")) if word.strip()]
    known = {fold(word): theme for word, theme in V1_THEMES.items()}
    if not words or any(word not in known for word in words):
        strange = next((word for word in words if word not in known), "")
        row.wrong("themes", f"« {strange[:30]} » n’est pas dans la liste", f"Attendu, séparés par | : {', '.join(V1_THEMES)}.")
    duration = row.text("duree_minutes") or row.text("duree")
    minutes = V1_RANGES.get(duration) if duration in V1_RANGES else row.minutes("duree_minutes" if row.text("duree_minutes") else "duree")
    for column in ("nbParticipants", "nbParticipantsRecurrents", *V1_AGE_COLUMNS.values(), *V1_STATUS_COLUMNS.values()):
        if (count := row.count(column)) is not None and count > V1_MOST:
            row.wrong(column, f"{count} est trop grand", f"Le maximum est {V1_MOST}.")
    status = {value: row.count(V1_STATUS_COLUMNS[word]) for word, value in V1_STATUS.items() if value}
    for column in ("accompagnement_individuel", "accompagnement_atelier", "accompagnement_redirection"):
        row.count(column)
    row.read.data = {
        "kind": "individuel" if activity == "ponctuel" else activity,
        "one_off": activity == "ponctuel",
        "date": row.day("dateAccompagnement", reading),
        "minutes": minutes,
        "place_kind": V1_CHANNELS.get(channel, ""),
        "commune": row.insee("codeCommune"),
        "themes": list(dict.fromkeys(theme for word in words if (theme := known.get(word)))),
        "notes": row.text("annotation"),
        "group": {
            "total": row.count("nbParticipants"),
            "already_known": row.count("nbParticipantsRecurrents"),
            "status": {value: count for value, count in status.items() if count is not None},
            "v1_age": {value: count for value, column in V1_AGE_COLUMNS.items() if (count := row.count(column)) is not None},
        },
        "confirmed": True,
    }
    row.read.original = {column: text for column, text in cells.items() if text and column != "annotation"}
    return row.read
