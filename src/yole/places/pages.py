"""What the public pages of places share: maps, chips of filters, words for services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, hypot, pi, sin
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yole.base.maps import MapLabel, MapMarker, MapView
from yole.base.typography import day as day_words
from yole.places.criteria import (
    AUDIENCE_WORDS,
    CARE_OFFERED,
    CARE_WORDS,
    LANGUAGE_NAMES,
    SERVICE_KEYS,
    SERVICE_WORDS,
    Criteria,
)
from yole.places.engine.schema import ENUMERATIONS
from yole.places.models import Place
from yole.places.search import Centre, Row
from yole.territory import memory
from yole.territory.maps import IslandMap, island_map
from yole.territory.models import Territory

SUGGESTED_COMMUNES = 120  # beyond, a list of suggestions would weigh more than the page
_LEAST_WIDTH, _ASPECT = 290.0, 0.93
_KEY_OF_SERVICE = {label: key for key, label in SERVICE_KEYS.items()}
_ICONS = {
    "demarches": "document",
    "quotidien": "mobile",
    "emploi": "person",
    "securite": "shield",
    "parents": "group",
    "loisirs": "sound",
    "comprendre": "help",
    "acces": "computer",
    "materiel": "euro",
}
_PLAIN_WORDS: dict[str, Any] = {
    "Jeunes": _("Jeunes"),
    "Étudiants": _("Étudiants"),
    "Familles et/ou enfants": _("Familles et enfants"),
    "Seniors": _("Seniors"),
    "Femmes": _("Femmes"),
    "Surdité": _("Surdité"),
    "Handicaps moteurs": _("Handicap moteur"),
    "Handicaps mentaux": _("Handicap mental"),
    "Illettrisme": _("Difficultés à lire"),
    "Langues étrangères (anglais)": _("Anglais"),
    "Langues étrangères (autres)": _("D’autres langues"),
    "Déficience visuelle": _("Déficience visuelle"),
    "Gratuit": _("Gratuit"),
    "Gratuit sous condition": _("Gratuit sous condition"),
    "Payant": _("Payant"),
    "Se présenter": _("Venez sans prévenir"),
    "Téléphoner": _("Téléphonez"),
    "Contacter par mail": _("Écrivez un e-mail"),
    "Prendre un RDV en ligne": _("Prenez rendez-vous en ligne"),
    "Ce lieu n'accueille pas de public": _("Ce lieu ne reçoit pas de public"),
    "Envoyer un mail avec une fiche de prescription": _("Un professionnel vous oriente par e-mail"),
    "En autonomie": _("Vous faites seul, du matériel est prêté"),
    "Accompagnement individuel": _("Une personne vous aide"),
    "Dans un atelier collectif": _("En atelier, avec d’autres"),
    "À distance": _("À distance"),
}


def plain(labels: Iterable[str]) -> list[str]:
    """Labels of the national schema in an inhabitant's words, translated."""
    return [str(_PLAIN_WORDS.get(label, label)) for label in labels]


@dataclass(frozen=True, slots=True)
class ServiceTile:
    icon: str
    words: str


def service_tiles(labels: Iterable[str]) -> list[ServiceTile]:
    """The services of a place with an icon, in an inhabitant's words."""
    known = [(_KEY_OF_SERVICE[label]) for label in labels if label in _KEY_OF_SERVICE]
    return [ServiceTile(_ICONS[key], str(SERVICE_WORDS[key])) for key in known]


@dataclass(frozen=True, slots=True)
class Access:
    """How a place receives: the care of the schema that is not a language."""

    care: list[str]
    languages: list[str]
    wheelchair: bool


def access_of(place: Place) -> Access:
    """What is known of access; nothing is guessed."""
    tongues = [label for label in place.special_care if label.startswith("Langues")]
    care = [label for label in place.special_care if label not in tongues]
    names = [str(LANGUAGE_NAMES.get(code, code)) for code in place.languages]
    return Access(plain(care), list(dict.fromkeys([*names, *plain(tongues)])), "Handicaps moteurs" in care)


# Maps


def _crop(points: Sequence[tuple[float, float]], full: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A box around points, with a margin, not smaller than what keeps labels readable; the whole map when it would be nearly that."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width = max(_LEAST_WIDTH, (max(xs) - min(xs)) * 1.15 + 50, ((max(ys) - min(ys)) * 1.15 + 50) / _ASPECT)
    if width > full[2] * 0.85:
        return full
    height = width * _ASPECT
    left, top = (max(xs) + min(xs)) / 2 - width / 2, (max(ys) + min(ys)) / 2 - height / 2
    return (round(left), round(top), round(width), round(height))


_RING = tuple((round(radius * cos(step * pi / 4)), round(radius * sin(step * pi / 4))) for radius in (23, 46) for step in range(8))


def _apart(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points, those that would cover another one moved aside: numbers stay readable, the list has the true address."""
    placed: list[tuple[float, float]] = []
    for x, y in points:
        free = next(
            ((x + dx, y + dy) for dx, dy in ((0, 0), *_RING) if all(hypot(x + dx - px, y + dy - py) >= 22 for px, py in placed)), (x, y)
        )
        placed.append(free)
    return placed


def _labels(codes: Iterable[str], drawn: IslandMap, taken: Sequence[tuple[float, float]]) -> list[MapLabel]:
    """Names of communes, first ones first; a name that would cover a marker or another name is moved, or left out."""
    known = memory.names().by_code
    found: list[MapLabel] = []
    for code in dict.fromkeys(codes):
        place = known.get(code)
        if place is None or place.lat is None or place.lon is None or len(found) >= 6:
            continue
        x, at = drawn.xy(place.lat, place.lon)
        half = len(place.name) * 4 + 8  # half the width of the text, in units of the map
        for y in (at - 18, at + 30, at - 36, at + 48, at - 54):
            covers_marker = any(abs(px - x) < half + 12 and -20 < py - y < 14 for px, py in taken)
            covers_name = any(abs(label.x - x) < half + len(label.text) * 4 and abs(label.y - y) < 17 for label in found)
            if not covers_marker and not covers_name:
                found.append(MapLabel(x, y, place.name, minor=bool(found)))
                break
    return found


def results_map(
    rows: Sequence[Row], territory: Territory, *, key: str, title: str, centre: Centre | None = None, others: Sequence[Row] = ()
) -> MapView | None:
    """A map whose numbers are those of the list; None when no row has a position. `others`: closed places of the list, hollow."""
    placed = [(row, row.lat, row.lon) for row in rows if row.lat is not None and row.lon is not None]
    if not placed:
        return None
    drawn = island_map(territory)
    points: list[tuple[float, float]] = [drawn.xy(lat, lon) for _, lat, lon in placed]
    hollow = [(row, drawn.xy(row.lat, row.lon)) for row in others if row.lat is not None and row.lon is not None]
    spread = _apart([*points, *(point for _, point in hollow)])
    markers = [MapMarker(x, y, label=str(row.number)) for (row, _, _), (x, y) in zip(placed, spread, strict=False)]
    markers += [MapMarker(x, y, label=str(row.number), kind="pt-m") for (row, _), (x, y) in zip(hollow, spread[len(placed) :], strict=True)]
    if centre is not None:
        here = drawn.xy(centre.lat, centre.lon)
        points.append(here)
        if not centre.commune:
            markers.insert(0, MapMarker(*here, kind="here", radius=7))
    view = drawn.view(key=key, title=title, description=gettext("Les numéros sont ceux de la liste."))
    box = _crop([*points, *spread], view.view_box)
    codes = [*([centre.commune] if centre and centre.commune else []), *(row.insee_code for row, _, _ in placed)]
    return replace(view, markers=markers, labels=_labels(codes, drawn, spread), view_box=box, island=box == view.view_box)


def place_map(place: Place, territory: Territory) -> MapView | None:
    """Where a place is in the island; None without a position."""
    if place.lat is None or place.lon is None:
        return None
    drawn = island_map(territory)
    x, y = drawn.xy(place.lat, place.lon)
    title = gettext("Où se trouve %(name)s") % {"name": place.name}
    view = drawn.view(
        key="lieu",
        title=title,
        description=gettext("Le point marque le lieu, dans la commune de %(commune)s.") % {"commune": place.commune_name},
    )
    home = memory.names().by_code.get(place.insee_code)
    labels = [MapLabel(x, y - 16, home.name)] if home else []
    return replace(
        view, markers=[MapMarker(x, y, kind="pt-s", radius=8)], labels=labels, view_box=_crop([(x, y)], view.view_box), island=False
    )


# The form of the search


@dataclass(frozen=True, slots=True)
class Option:
    """A box to tick: name and value in the address, words, whether it is ticked."""

    name: str
    value: str
    words: Any
    on: bool


def options(criteria: Criteria) -> dict[str, list[Option]]:
    """The boxes of the filters, by group."""
    return {
        "services": [Option("aide", key, words, key in criteria.services) for key, words in SERVICE_WORDS.items()],
        "audiences": [Option("public", key, words, key in criteria.audiences) for key, words in AUDIENCE_WORDS.items()],
        "care": [Option("accueil", key, CARE_WORDS[key], key in criteria.care) for key in CARE_OFFERED],
        "languages": [Option("langue", key, words, key == criteria.language) for key, words in LANGUAGE_NAMES.items()],
    }


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address of the same search without it."""

    words: str
    url: str


def chips(criteria: Criteria) -> list[Chip]:
    base = reverse("places:search")

    def chip(words: Any, name: str, key: str = "") -> Chip:
        return Chip(str(words), f"{base}?{criteria.without(name, key).query()}")

    found = [chip(SERVICE_WORDS[key], "services", key) for key in criteria.services]
    found += [chip(AUDIENCE_WORDS[key], "audiences", key) for key in criteria.audiences]
    found += [chip(CARE_WORDS.get(key, key), "care", key) for key in criteria.care]
    if criteria.free:
        found.append(chip(gettext("Gratuit"), "free"))
    if criteria.open_now:
        found.append(chip(gettext("Ouvert maintenant"), "open_now"))
    if criteria.day:
        found.append(chip(gettext("Ouvert %(day)s") % {"day": day_words(criteria.day)}, "day"))
    if criteria.language:
        found.append(chip(LANGUAGE_NAMES[criteria.language], "language"))
    return found


def suggested_communes() -> list[str]:
    """Names offered while typing; none where there are too many."""
    names = [place.name for place in memory.names().by_code.values()]
    return names if len(names) <= SUGGESTED_COMMUNES else []


def fee_words(place: Place) -> str:
    known = [label for label in ENUMERATIONS["frais_a_charge"] if label in place.fees]
    return ", ".join(plain(known))
