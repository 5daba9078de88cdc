"""Reports as the rows of a file, in the shapes of `formats`. Names are never in it; the cards of people only in the shape of Yole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

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
from yole.activities.formats import (
    AGE_COLUMNS,
    COOP_HEADER,
    GENDER_COLUMNS,
    HOUSE_HEADER,
    KEPT_COOP,
    LABELS,
    STATUS_COLUMNS,
    V1_AGE_COLUMNS,
    V1_CHANNELS,
    V1_HEADER,
    V1_STATUS,
    V1_STATUS_COLUMNS,
)
from yole.activities.models import Activity, Participation
from yole.people.enums import AgeBand, Gender, SocialStatus

SHAPES = {
    "coop": "La Coop, valeurs",
    "libelles": "La Coop, libellés",
    "cnfs-v1": "Conseiller numérique, première version",
    "yole": "Yole, tout",
}
_LABELLED = {
    "type": ActivityKind, "typeLieu": PlaceKind, "materiel": Material, "niveau": Level, "autonomie": Autonomy,
    "structureDeRedirection": Redirection,
}  # fmt: skip
_THEME_LABELS = {value: str(label) for value, label in (*AdministrativeTheme.choices, *Theme.choices)}
_V1_CHANNEL_OF = {value: word for word, value in V1_CHANNELS.items()}


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _yes(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"


def _added(counts: Sequence[int] | None, order: list[str], people: Iterable[str]) -> list[int]:
    """The margin of a group and of the people with a card, who have no column of their own in La Coop's shape."""
    total = list(counts or [0] * len(order))
    for value in people:
        total[order.index(value)] += 1
    return total


def coop_cells(row: Activity, people: Sequence[Participation], *, whole: bool = True) -> dict[str, str]:
    """A report in the columns of La Coop. `whole`: people with a card are added to the counts of the group, without name;
    otherwise the counts are those of the group alone (the shape of Yole lists the cards beside them)."""
    kept = row.original or {}
    linked = people if whole else []
    apart = int(kept.get("connus", 0)) if whole else 0
    genders = _added(row.gender_counts, Gender.values, (one.gender for one in linked))
    ages = _added(row.age_counts, AgeBand.values, (one.age_band for one in linked))
    statuses = _added(row.status_counts, SocialStatus.values, (one.social_status for one in linked))
    for counts in (genders, ages, statuses):
        counts[-1] = max(counts[-1] - apart, 0)
    cells = {
        "id": kept.get("id", str(row.pk)),
        "type": row.kind,
        "mediateurId": f"yole-{row.mediator_id}" if row.mediator_id else "",
        "date": row.date.isoformat(),
        "duree": _number(row.minutes),
        "typeLieu": row.place_kind,
        "structureId": row.place.source_id if row.place is not None else "",
        "lieuCodePostal": row.place.postcode if row.place is not None else "",
        "lieuCommune": row.commune.name if row.commune is not None else "",
        "lieuCodeInsee": row.commune_id or "",
        "structureEmployeuseId": f"yole-{row.structure_id}" if row.structure_id else "",
        "materiel": "|".join(row.materials),
        "thematiques": "|".join([*row.themes, *row.admin_themes]),
        "niveau": row.level,
        "autonomie": row.autonomy,
        "structureDeRedirection": row.redirection,
        "orienteVersStructure": _yes(row.oriented_to_structure),
        "precisionsDemarche": row.procedure_details,
        "titreAtelier": row.workshop_title,
        "tags": "|".join(row.tags),
        "notes": row.notes,
        "rdvServicePublicId": "",
        "accompagnementsCount": str(row.participants),
        "anonymesTotal": str(row.anonymous_count + len(linked) - apart),
        "anonymesDejaAccompagne": str(row.already_known + sum(one.already_known for one in linked)),
        **dict(zip(GENDER_COLUMNS.values(), map(str, genders), strict=True)),
        **dict(zip(AGE_COLUMNS.values(), map(str, ages), strict=True)),
        **dict(zip(STATUS_COLUMNS.values(), map(str, statuses), strict=True)),
        "creation": row.created_at.isoformat(),
        "modification": row.changed_at.isoformat(),
        "suppression": "",
        "v1CraId": "",
    }
    if row.import_batch_id is not None and row.schema == Schema.COOP:
        # What the other tool said of itself goes back as it came, absent columns too.
        cells |= {column: kept.get(column, "") for column in KEPT_COOP}
    return cells


def yole_cells(row: Activity, people: Sequence[Participation]) -> dict[str, str]:
    """A report with everything Yole knows of it: cards by their key, bands of the first version, words kept."""
    v1_ages: Sequence[int | None] = row.v1_age_counts or [None] * len(V1AgeBand)
    return {
        **coop_cells(row, people, whole=False),
        "ponctuel": _yes(row.one_off),
        "personnes": "|".join(sorted(str(one.person_id) for one in people if one.person_id is not None)),
        "schema": row.schema,
        **dict(zip(V1_AGE_COLUMNS.values(), map(_number, v1_ages), strict=True)),
        "origine": json.dumps(row.original, ensure_ascii=False, sort_keys=True) if row.original else "",
    }


def v1_cells(row: Activity) -> dict[str, str]:
    """A report of the first version as it was written; what was corrected since is as it is now."""
    kept = dict(row.original or {})
    if row.version > 1:
        counts = [*row.status_counts[:-1], row.status_counts[-1]] if row.status_counts else [0] * len(V1_STATUS)
        kept |= {
            "canal": _V1_CHANNEL_OF[row.place_kind],
            "activite": "ponctuel" if row.one_off else row.kind,
            "nbParticipants": str(row.anonymous_count),
            "nbParticipantsRecurrents": str(row.already_known),
            **dict(zip(V1_AGE_COLUMNS.values(), map(str, row.v1_age_counts or []), strict=False)),
            **dict(zip(V1_STATUS_COLUMNS.values(), map(str, counts), strict=True)),
            "duree": _number(row.minutes),
            "duree_minutes": "",
        }
    return {**kept, "id": kept.get("id", str(row.pk)), "dateAccompagnement": row.date.isoformat(), "annotation": row.notes}


def _labelled(cells: dict[str, str]) -> dict[str, str]:
    shown = dict(cells)
    for column, enumeration in _LABELLED.items():
        words = {value: str(label) for value, label in enumeration.choices}
        shown[column] = "|".join(words.get(value, value) for value in cells[column].split("|"))
    shown["thematiques"] = "|".join(_THEME_LABELS.get(value, value) for value in cells["thematiques"].split("|"))
    shown["orienteVersStructure"] = {"true": "Oui", "false": "Non"}.get(cells["orienteVersStructure"], "")
    return shown


def header_of(shape: str) -> list[str]:
    """The first line of a file. Raises KeyError for an unknown shape."""
    columns = {"coop": COOP_HEADER, "libelles": COOP_HEADER, "cnfs-v1": V1_HEADER, "yole": HOUSE_HEADER}[shape]
    return [LABELS.get(column, column) if shape == "libelles" else column for column in columns]


def rows_of(shape: str, rows: Iterable[Activity]) -> Iterator[list[str]]:
    """The lines of a file. Archives of the first version are in their own shape and in that of Yole alone: their age bands have no
    column elsewhere. `rows` come with place, commune and participations."""
    for row in rows:
        archive = row.schema == Schema.CNFS
        if (shape == "cnfs-v1") != archive and shape != "yole":
            continue
        people = sorted(row.participations.all(), key=lambda one: one.pk)
        if shape == "cnfs-v1":
            cells, columns = v1_cells(row), V1_HEADER
        elif shape == "yole":
            cells, columns = yole_cells(row, people), HOUSE_HEADER
        else:
            cells, columns = coop_cells(row, people), COOP_HEADER
        if shape == "libelles":
            cells = _labelled(cells)
        yield [cells.get(column, "") for column in columns]
