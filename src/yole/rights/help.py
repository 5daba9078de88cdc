"""Where and when somebody helps with a claim: places and appointments near a commune. Only links to their own pages, which say nothing of
the person."""

from __future__ import annotations

from dataclasses import dataclass

from yole.places import selectors as places
from yole.places.criteria import Criteria
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory
from yole.workshops import selectors as workshops
from yole.workshops.enums import Kind, Theme

SERVICE = "demarches"  # help with an administrative procedure, in the words of the search of places
MOST = 3
REACH_KM = 30.0
_EXAMINED = 12


@dataclass(frozen=True, slots=True)
class Help:
    """The nearest places that help with procedures, and the next individual appointments and drop-in hours with room."""

    places: list[places.Row]
    sessions: list[workshops.SessionRow]


def near(territory: Territory, commune: str) -> Help:
    """Help near a commune by its code, or anywhere in the territory when the code is empty or unknown."""
    moment = places.local_now()
    found = places.search(territory, Criteria(commune=commune, services=(SERVICE,)), moment).rows
    at = territory_selectors.place(commune) if commune else None
    point = (at.lat, at.lon) if at is not None and at.lat is not None and at.lon is not None else None
    sessions = []
    for kind in (Kind.APPOINTMENT, Kind.DROP_IN):
        asked = workshops.Filters(kind=kind, theme=Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES, near=point, within_km=REACH_KM)
        page = workshops.public_sessions(territory, asked, size=_EXAMINED)
        sessions += [row for row in page.rows if row.state != "cancelled" and (row.left is None or row.left > 0)]
    sessions.sort(key=lambda row: row.starts_at)
    return Help(found[:MOST], sessions[:MOST])
