"""Activities of coordination as the rows of a file: names and values of La Coop (practice.md § 4.1), lists joined by `|`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yole.activities.enums import CoordinationKind
from yole.activities.models import Coordination

_ALWAYS = ("id", "type", "coordinateurId", "date", "duree", "titre", "echelonTerritorial", "tags", "notes")
_ANIMATION = (
    *("animationType", "animationTypeAutre", "initiative", "animationThematiques", "animationThematiquesAutre"),
    *("mediateurs", "structures", "autresActeurs"),
)
_EVENT = ("evenementType", "evenementTypeAutre", "organisateurs", "organisateursAutre", "participants")
_PARTNERSHIP = ("nature", "natureAutre", "structuresPartenaires", "structuresPartenairesTypes")
HEADER = (*_ALWAYS, *_ANIMATION, *_EVENT, *_PARTNERSHIP, "creation", "modification")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _of_kind(row: Coordination) -> dict[str, str]:
    if row.kind == CoordinationKind.ANIMATION:
        texts = (
            *(row.animation_kind, row.animation_kind_other, row.initiative, "|".join(row.animation_themes), row.animation_themes_other),
            *(_number(row.mediators), _number(row.structures), _number(row.other_actors)),
        )
        return dict(zip(_ANIMATION, texts, strict=True))
    if row.kind == CoordinationKind.EVENT:
        said = (row.event_kind, row.event_kind_other, "|".join(row.organisers), row.organisers_other, _number(row.participants))
        return dict(zip(_EVENT, said, strict=True))
    names, kinds = ("|".join(one[key].replace("|", " ") for one in row.partners) for key in ("nom", "type"))
    return dict(zip(_PARTNERSHIP, ("|".join(row.natures), row.natures_other, names, kinds), strict=True))


def rows_of(rows: Iterable[Coordination]) -> Iterator[list[str]]:
    """The lines of a file, in the order of HEADER; what a kind does not have is empty."""
    for row in rows:
        cells = {
            "id": str(row.pk),
            "type": row.kind,
            "coordinateurId": f"yole-{row.coordinator_id}" if row.coordinator_id else "",
            "date": row.date.isoformat(),
            "duree": _number(row.minutes),
            "titre": row.title,
            "echelonTerritorial": row.scale,
            "tags": "|".join(row.tags),
            "notes": row.notes,
            "creation": row.created_at.isoformat(),
            "modification": row.changed_at.isoformat(),
            **_of_kind(row),
        }
        yield [cells.get(column, "") for column in HEADER]
