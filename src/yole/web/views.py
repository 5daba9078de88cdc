"""The home page, and the entry of the professional space."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from yole.base.memo import remember
from yole.places import pages, selectors
from yole.places.criteria import Criteria
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory
from yole.territory.requests import territory_of
from yole.web import public_life
from yole.workshops import selectors as workshop_selectors

PLACES_SHOWN, STOPS_SHOWN, SESSIONS_SHOWN = 5, 3, 3
BUS_DAYS = 21
KEPT_SECONDS = 10.0
PUBLIC_LIFE_SECONDS = 120.0


def _start(territory: Territory) -> Criteria:
    """Where the list of the home page starts from before anybody said anything: the most populous commune."""
    communes = territory_selectors.communes()
    largest = max(communes, key=lambda commune: commune.population or 0, default=None)
    return Criteria(where=largest.name, commune=largest.code) if largest else Criteria()


def _shown(territory: Territory) -> dict[str, object]:
    """What the home page shows: real places with their map, the next stops of the bus, the next workshops."""
    moment = selectors.local_now()
    result = selectors.search(territory, _start(territory), moment, page_size=PLACES_SHOWN)
    title = gettext("Carte des lieux de la liste")
    passages = [p for p in selectors.buses_near(territory, moment.date(), BUS_DAYS) if p.day > moment.date() or p.ends > moment.time()]
    return {
        "communes": pages.suggested_communes(),
        "result": result,
        "view": pages.results_map(result.rows, territory, key="carte", title=title, centre=result.centre, others=result.closed),
        "passages": passages[:STOPS_SHOWN],
        "public_life": remember(
            ("home.public-life", territory.pk, get_language()), PUBLIC_LIFE_SECONDS, lambda: public_life.cards(territory)
        ),
        "sessions": workshop_selectors.upcoming_sessions(territory, SESSIONS_SHOWN) if territory.pk else [],
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search first. The page is the same for everybody, so what it shows is read again every few seconds only."""
    territory: Territory = territory_of(request)
    shown = remember(("home", territory.pk, get_language()), KEPT_SECONDS, lambda: _shown(territory))
    return render(request, "web/home.html", {"criteria": Criteria(), **shown})
