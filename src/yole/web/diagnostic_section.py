"""On the result of a diagnosis: the next workshops that teach what is to be learnt next, with their enrolment."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from yole.assessment.models import Sitting
from yole.assessment.words import AREAS
from yole.workshops import selectors
from yole.workshops.selectors import Filters, SessionRow

SHOWN = 3


def wanted_areas(sitting: Sitting) -> list[int]:
    """Areas from the weakest measured one; those without enough answers come last."""
    rows = sitting.result.areas
    return [row["area"] for row in sorted(rows, key=lambda row: (row["theta"] is None, row["theta"] or 0.0))]


def workshops_to_learn(request: HttpRequest, sitting: Sitting) -> str:
    """Safe HTML; says so, with a way to a person, when no workshop is planned."""
    found: list[tuple[SessionRow, object]] = []
    seen: set[int] = set()
    for area in wanted_areas(sitting):
        for theme in AREAS[area].themes:
            rows = selectors.public_sessions(sitting.territory, Filters(theme=theme), size=SHOWN).rows
            for row in rows:
                if row.programme_id not in seen and len(found) < SHOWN:
                    seen.add(row.programme_id)
                    found.append((row, AREAS[area].name))
    return render_to_string("web/_workshops_to_learn.html", {"found": found}, request=request)
