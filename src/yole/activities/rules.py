"""Rules of a report (practice.md § 4.1): from what a form, a device or a file says to typed values, or the reasons why not.

No database here: the service adds what only it can know (that a place is of the territory, that a person may be linked).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yole.activities.enums import (
    MAX_COUNT,
    MAX_MINUTES,
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
from yole.activities.reading import Problem, Reader
from yole.people.enums import AgeBand, Gender, SocialStatus

FIRST_DAY = date(2015, 1, 1)
TITLE_MAX, DETAILS_MAX, NOTES_MAX, TAG_MAX, TAGS_MAX = 150, 280, 5000, 40, 10
ADMINISTRATIVE = Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES.value


@dataclass(slots=True)
class Link:
    """A person of the report. `already_known` None: to be found out."""

    person: uuid.UUID
    already_known: bool | None = None


@dataclass(slots=True)
class Values:
    """A report whose words are right. Counts in the order of the enumerations."""

    kind: str = ""
    one_off: bool = False
    date: date = FIRST_DAY
    minutes: int | None = None
    place_kind: str = ""
    place: int | None = None
    commune: str = ""
    session: int | None = None
    materials: list[str] = field(default_factory=list)
    level: str = ""
    autonomy: str = ""
    redirection: str = ""
    oriented_to_structure: bool | None = None
    themes: list[str] = field(default_factory=list)
    admin_themes: list[str] = field(default_factory=list)
    procedure_details: str = ""
    workshop_title: str = ""
    tags: list[str] = field(default_factory=list)
    notes: str = ""
    people: list[Link] = field(default_factory=list)
    anonymous_count: int = 0
    already_known: int = 0
    gender_counts: list[int] = field(default_factory=list)
    age_counts: list[int] | None = None
    status_counts: list[int] = field(default_factory=list)
    v1_age_counts: list[int] | None = None
    version: int | None = None
    confirmed: bool = False


def check(data: Mapping[str, Any], *, today: date, schema: str = Schema.YOLE) -> tuple[Values, list[Problem]]:
    """Typed values and everything wrong with them, in the order of the form.

    `data`, the shape that forms, devices and files send (all keys optional but the first five and `themes`):
    kind, date (day, or its ISO text), minutes, place_kind, place (key) or commune (code) as the kind of place asks, session (key),
    one_off, materials, level, autonomy, redirection, oriented_to_structure, themes, admin_themes, procedure_details, workshop_title,
    tags, notes; `people`: list of {"person": uuid, "already_known": true, false or absent}; `group`: {"total", "already_known",
    "gender": {value: count}, "age": {…}, "status": {…}, "v1_age": {…}}; `version`: of the report that is corrected;
    `confirmed`: true when the notes may hold the word about health or the account number that was asked about.
    """
    read = Reader(data)
    values = Values(kind=read.choice("kind", ActivityKind.values, required="Dites si l’aide est individuelle ou collective."))
    values.one_off = bool(read.boolean("one_off"))
    values.date = read_day(read, today)
    _minutes(read, values, schema)
    _where(read, values, schema)
    _content(read, values, schema)
    _who(read, values, schema)
    values.version = read.key("version")
    values.confirmed = bool(read.boolean("confirmed"))
    return values, read.problems


def read_day(read: Reader, today: date) -> date:
    raw = read.data.get("date")
    if raw is None or raw == "":
        read.wrong("date", "La date manque.", "Donnez le jour de l’activité.", "missing")
        return FIRST_DAY
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        read.wrong("date", f"« {str(raw)[:40]} » n’est pas un jour.", "Attendu : AAAA-MM-JJ, par exemple 2026-11-23.", "date")
        return FIRST_DAY
    if day > today:
        read.wrong("date", "Cette date est dans l’avenir.", "Une activité se saisit le jour même ou après.", "future")
    elif day < FIRST_DAY:
        read.wrong("date", "Cette date est trop ancienne.", f"Le premier jour possible est le {FIRST_DAY:%d/%m/%Y}.", "old")
    return day


def _minutes(read: Reader, values: Values, schema: str) -> None:
    raw = read.data.get("minutes")
    before = len(read.problems)
    values.minutes = read.integer("minutes", raw, most=MAX_MINUTES, what="la durée en minutes")
    if values.minutes is None and len(read.problems) == before and schema != Schema.CNFS:
        read.wrong("minutes", "La durée manque.", "Choisissez une durée.", "missing")


def _where(read: Reader, values: Values, schema: str) -> None:
    values.place_kind = read.choice("place_kind", PlaceKind.values, required="Dites où l’aide a eu lieu.")
    values.place, values.session = read.key("place"), read.key("session")
    values.commune = read.text("commune", 5).upper()
    if values.place is not None and values.place_kind not in ("", PlaceKind.ACTIVITY_PLACE):
        read.wrong("place", "Un lieu va avec « Lieu d’activité ».", "Ôtez le lieu, ou choisissez « Lieu d’activité ».", "place")
    needs_place = schema == Schema.YOLE or (schema == Schema.COOP and not values.commune)
    if values.place_kind == PlaceKind.ACTIVITY_PLACE and needs_place and values.place is None and values.session is None:
        read.wrong("place", "Le lieu manque.", "Choisissez le lieu de l’activité.", "missing")
    if values.place_kind in (PlaceKind.HOME, PlaceKind.OTHER) and not values.commune and schema != Schema.CNFS:
        read.wrong("commune", "La commune manque.", "Dites dans quelle commune l’aide a eu lieu.", "missing")


def _content(read: Reader, values: Values, schema: str) -> None:
    group = values.kind == ActivityKind.GROUP
    values.themes = read.choices("themes", Theme.values)
    if not values.themes and schema != Schema.CNFS and not any(problem.field == "themes" for problem in read.problems):
        read.wrong("themes", "Le thème manque.", "Choisissez au moins un thème.", "missing")
    values.admin_themes = read.choices("admin_themes", AdministrativeTheme.values)
    values.procedure_details = read.text("procedure_details", DETAILS_MAX)
    if ADMINISTRATIVE not in values.themes:
        for name in ("admin_themes", "procedure_details"):
            if getattr(values, name):
                read.wrong(
                    name,
                    "Ce détail va avec « Aide aux démarches administratives ».",
                    "Choisissez aussi ce thème, ou ôtez le détail.",
                    "administrative",
                )
    values.materials = read.choices("materials", Material.values)
    if Material.NONE in values.materials and len(values.materials) > 1:
        read.wrong("materials", "« Pas de matériel » ne va pas avec un autre matériel.", "Choisissez l’un ou l’autre.", "materials")
    values.level = read.choice("level", Level.values)
    values.workshop_title = read.text("workshop_title", TITLE_MAX)
    for name in ("level", "workshop_title"):
        if getattr(values, name) and values.kind and not group:
            read.wrong(name, "Ce détail est celui d’une aide collective.", "Ôtez-le, ou choisissez « collectif ».", "group-only")
    values.autonomy = read.choice("autonomy", Autonomy.values)
    if values.autonomy and group:
        read.wrong("autonomy", "L’autonomie se note pour une aide individuelle.", "Ôtez-la, ou choisissez « individuel ».", "alone-only")
    values.redirection = read.choice("redirection", Redirection.values)
    values.oriented_to_structure = read.boolean("oriented_to_structure")
    values.notes = read.text("notes", NOTES_MAX, lines=True)
    values.tags = read_tags(read)


def read_tags(read: Reader) -> list[str]:
    raw = read.data.get("tags") or []
    if not isinstance(raw, list | tuple) or not all(isinstance(tag, str) for tag in raw):
        read.wrong("tags", "Les étiquettes sont une liste de textes.", "Séparez-les par des virgules.", "type")
        return []
    tags = list(dict.fromkeys(clean for tag in raw if (clean := " ".join(tag.replace("\x00", "").split()))))
    if len(tags) > TAGS_MAX:
        read.wrong("tags", f"{len(tags)} étiquettes, c’est trop.", f"Gardez-en {TAGS_MAX} au plus.", "long")
    if long := next((tag for tag in tags if len(tag) > TAG_MAX), ""):
        read.wrong("tags", f"L’étiquette « {long[:30]}… » est trop longue.", f"La limite est de {TAG_MAX} caractères.", "long")
    return tags


def _who(read: Reader, values: Values, schema: str) -> None:
    values.people = _people(read)
    group = read.data.get("group") or {}
    if not isinstance(group, Mapping):
        read.wrong("group", "Le groupe se dit par ses comptes.", "Donnez le nombre de personnes.", "type")
        group = {}
    before = len(read.problems)
    total = read.integer("group", group.get("total"), most=MAX_COUNT, what="le nombre de personnes") or 0
    known = read.integer("group", group.get("already_known"), most=MAX_COUNT, what="le nombre de personnes déjà venues") or 0
    if known > total:
        read.wrong("group", f"{known} personnes déjà venues pour un groupe de {total}.", "Corrigez l’un des deux nombres.", "margin")
    values.anonymous_count, values.already_known = total, known
    v1 = schema == Schema.CNFS
    values.gender_counts = _margin(read, group, "gender", Gender.values, total, "La répartition par genre")
    values.status_counts = _margin(read, group, "status", SocialStatus.values, total, "La répartition par statut")
    if v1:
        values.v1_age_counts = _margin(read, group, "v1_age", V1AgeBand.values, total, "La répartition par âge", rest=False)
    else:
        values.age_counts = _margin(read, group, "age", AgeBand.values, total, "La répartition par âge")
    if len(read.problems) > before:
        return
    everybody = total + len(values.people)
    if everybody == 0:
        read.wrong("group", "Personne n’est compté.", "Donnez au moins une personne, connue ou anonyme.", "nobody")
    elif everybody > MAX_COUNT:
        read.wrong("group", f"{everybody} personnes, c’est trop.", f"Le maximum est {MAX_COUNT}.", "large")
    elif everybody > 1 and values.kind == ActivityKind.INDIVIDUAL and not values.one_off and not v1:
        read.wrong("group", f"{everybody} personnes pour une aide individuelle.", "Choisissez « collectif » ou une personne.", "several")


def _people(read: Reader) -> list[Link]:
    raw = read.data.get("people") or []
    links: dict[uuid.UUID, Link] = {}
    try:
        for one in raw:
            said = one if isinstance(one, Mapping) else {"person": one}
            known = said.get("already_known")
            person = uuid.UUID(str(said["person"]))
            links[person] = Link(person, known if isinstance(known, bool) else None)
    except (KeyError, TypeError, ValueError):
        read.wrong("people", "Une personne n’est pas reconnue.", "Choisissez-la de nouveau dans la liste.", "person")
    return list(links.values())


def _margin(read: Reader, group: Mapping[str, Any], name: str, order: list[str], total: int, what: str, *, rest: bool = True) -> list[int]:
    """Counts in order. With `rest`, the last cell (« non communiqué ») is what remains of the total; given, it must be that."""
    said = group.get(name) or {}
    if not isinstance(said, Mapping):
        read.wrong("group", f"{what} n’est pas lisible.", "Donnez un nombre par ligne.", "type")
        return [0] * len(order)
    if unknown := next((key for key in said if key not in order), None):
        read.wrong("group", f"« {str(unknown)[:40]} » n’est pas dans la liste.", f"Attendu : {', '.join(order)}.", "unknown")
    counts = [read.integer("group", said.get(value), most=MAX_COUNT, what="chaque nombre") for value in order]
    told, last = counts[:-1] if rest else counts, counts[-1]
    some = sum(count or 0 for count in told)
    if some > total:
        read.wrong("group", f"{what} compte {some} personnes pour un groupe de {total}.", "Corrigez l’un des nombres.", "margin")
        return [0] * len(order)
    if not rest:
        return [count or 0 for count in counts]
    if last is not None and some + last != total:
        read.wrong("group", f"{what} compte {some + last} personnes pour un groupe de {total}.", "Corrigez l’un des nombres.", "margin")
    return [*(count or 0 for count in told), total - some]
