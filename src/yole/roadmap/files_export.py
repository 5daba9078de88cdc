"""Writing the tables: everything of a territory, what is public alone, or what the State's tool knows. Same rows, same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.db import models

from yole.base.commandline import to_json
from yole.kernel.tables import write_table
from yole.roadmap.files_cells import written
from yole.roadmap.files_tables import BEARERS, BEARERS_HEADER, LOST, STATE_TABLES, TABLES, Table
from yole.roadmap.models import (
    Change,
    CoFunding,
    Commitment,
    FundingRequest,
    Governance,
    Indicator,
    Member,
    Milestone,
    Reading,
    Review,
    ReviewDecision,
    Roadmap,
    Takeaway,
)
from yole.territory.models import Territory

FORMAT, VERSION = "yole-roadmap", 1
Rows = dict[str, tuple[list[str], list[list[str]]]]
"""Table -> (header, rows of texts)."""

_EPOCH = (2020, 1, 1, 0, 0, 0)
_PUBLIC = models.Q(published_at__isnull=False)


def _shown(model: type[models.Model], public: bool) -> models.Q:
    """Which rows a public file holds: what hangs on a public commitment, and proposals with what was said."""
    if not public:
        return models.Q()
    by_owner = models.Q(commitment__published_at__isnull=False)
    known: dict[type[models.Model], models.Q] = {
        Roadmap: _PUBLIC, Commitment: _PUBLIC, Milestone: by_owner, Change: by_owner, FundingRequest: by_owner, CoFunding: by_owner,
        ReviewDecision: by_owner, Indicator: by_owner | models.Q(objective__axis__roadmap__published_at__isnull=False),
        Reading: models.Q(indicator__commitment__published_at__isnull=False)
        | models.Q(indicator__objective__axis__roadmap__published_at__isnull=False),
        Takeaway: models.Q(proposals__isnull=False), Review: models.Q(roadmap__published_at__isnull=False),
        Governance: models.Q(pk__isnull=True), Member: models.Q(pk__isnull=True),
    }  # fmt: skip
    return known.get(model, models.Q())


def _one(table: Table, territory: Territory, public: bool) -> list[models.Model]:
    rows: Any = table.model._default_manager.filter(_shown(table.model, public), territory_id=territory.pk)
    links = [cell.attribute for cell in table.cells if cell.kind in ("link", "structure")]
    return list(rows.select_related(*links).order_by("pk").distinct() if links else rows.order_by("pk").distinct())


def _texts(table: Table, row: Any, kept: set[str] | None) -> list[str]:
    found = []
    for cell in table.cells:
        if cell.kind == "siret":
            found.append(row.structure.siret)
        elif cell.kind == "links" and cell.attribute == "commitments" and kept is not None:
            # A public file names no commitment in preparation.
            found.append(" | ".join(uid for uid in row.commitments.order_by("pk").values_list("uid", flat=True) if uid in kept))
        else:
            found.append(written(row, cell))
    return found


def tables(territory: Territory, *, public: bool = False) -> Rows:
    """Every table of a territory, or what is public."""
    kept = set(Commitment.objects.filter(_PUBLIC, territory_id=territory.pk).values_list("uid", flat=True)) if public else None
    return {one.name: (one.header, [_texts(one, row, kept) for row in _one(one, territory, public)]) for one in TABLES}


def state_tables(territory: Territory) -> Rows:
    """The tables of the State's tool. The private note of the governance is in none."""
    found: Rows = {one.name: (one.header, [_texts(one, row, None) for row in _one(one, territory, False)]) for one in STATE_TABLES}
    bearers: list[list[str]] = []
    for commitment in Commitment.objects.filter(territory_id=territory.pk).select_related("responsible").order_by("pk"):
        first = [commitment.responsible.name] if commitment.responsible is not None else []
        bearers += [[commitment.uid, name] for name in (*first, *commitment.copilots.order_by("pk").values_list("name", flat=True))]
    found[BEARERS] = (BEARERS_HEADER, bearers)
    return found


def losses(territory: Territory) -> list[tuple[str, int]]:
    """What the State's tool has no place for: (what, how many)."""
    counts = [(label, model._default_manager.filter(territory_id=territory.pk).count()) for label, model in LOST]
    return [(label, count) for label, count in counts if count]


def as_zip(rows: Rows) -> bytes:
    """One CSV per table, empty ones too, with fixed dates: the same tables give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, (header, lines) in rows.items():
            info = zipfile.ZipInfo(f"{name}.csv", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, write_table(header, lines))
    return out.getvalue()


def as_json(rows: Rows) -> bytes:
    """The same cells as objects, one list per table."""
    content = {name: [dict(zip(header, line, strict=True)) for line in lines] for name, (header, lines) in rows.items()}
    return to_json({"format": FORMAT, "version": VERSION, "tables": content})
