"""What the home page says of public life: the next edition, the next café, what the promises come to."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from yole.base import typography
from yole.debates import selectors as debates
from yole.events import selectors_programme as events
from yole.roadmap import selectors as roadmap
from yole.roadmap.engine.status import Status
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory


@dataclass(frozen=True, slots=True)
class Card:
    """One line of public life: what, when or how much, where to read more."""

    title: str
    words: str
    url: str
    link: str


def cards(territory: Territory) -> list[Card]:
    """What is coming and what was promised, at most three cards; a room with nothing to say has none."""
    if territory.pk is None:  # a site that is not set up yet
        return []
    return [card for card in (_edition(territory), _cafe(territory), _promises(territory)) if card is not None]


def _edition(territory: Territory) -> Card | None:
    today = territory_selectors.today()
    coming = [one for one in events.editions(territory, public=True) if one.ends_on >= today]
    if not coming:
        return None
    one = min(coming, key=lambda edition: edition.starts_on)
    words = typography.day(one.starts_on, get_language() or "fr", year=True).capitalize()
    return Card(one.title, words, reverse("events:programme", args=[one.slug]), gettext("Le programme"))


def _cafe(territory: Territory) -> Card | None:
    one = debates.upcoming(territory).first()
    if one is None:
        return None
    day = typography.day(debates.local_day(one), get_language() or "fr").capitalize()
    words = ", ".join(filter(None, [day, debates.where(one)]))
    return Card(f"Café IA : {one.title}", words, reverse("debates:cafe", args=[one.pk]), gettext("Venir"))


def _promises(territory: Territory) -> Card | None:
    found = roadmap.roadmap(territory, public=True)
    if found is None:
        return None
    counts = dict(roadmap.totals(roadmap.lines(found, public=True)))
    total, kept = sum(counts.values()), counts[Status.KEPT]
    if not total:
        return None
    words = ngettext("%(n)s engagement", "%(n)s engagements", total) % {"n": total}
    held = ngettext("%(n)s tenu", "%(n)s tenus", kept) % {"n": kept}
    return Card(gettext("Ce qui est promis"), f"{words}, {held}", reverse("roadmap:home"), gettext("La feuille de route"))
