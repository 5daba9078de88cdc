"""What a person asks of the search: read from an address, checked, written back. Unknown values are named, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yole.places.engine.schema import ENUMERATIONS

WHERE_LIMIT = 120
DAYS_AHEAD = 92
SERVICES, AUDIENCES = ENUMERATIONS["services"], ENUMERATIONS["publics_specifiquement_adresses"]
SPECIAL_CARE = ENUMERATIONS["prise_en_charge_specifique"]
# Short words for the address bar: the labels of the schema are long and have accents.
SERVICE_KEYS: dict[str, str] = dict(
    zip(("demarches", "quotidien", "emploi", "securite", "parents", "loisirs", "comprendre", "acces", "materiel"), SERVICES, strict=True)
)
AUDIENCE_KEYS: dict[str, str] = dict(zip(("jeunes", "etudiants", "familles", "seniors", "femmes"), AUDIENCES, strict=True))
CARE_KEYS: dict[str, str] = dict(
    zip(("surdite", "moteur", "mental", "illettrisme", "anglais", "langues", "vue"), SPECIAL_CARE, strict=True)
)
CARE_OFFERED = ("moteur", "vue", "surdite", "mental", "illettrisme")
LANGUAGE_NAMES: dict[str, Any] = {
    "gcf": _("Créole martiniquais"),
    "en": _("Anglais"),
    "es": _("Espagnol"),
    "ht": _("Créole haïtien"),
    "pt": _("Portugais"),
    "lsf": _("Langue des signes française"),
}
SERVICE_WORDS: dict[str, Any] = {
    "demarches": _("Faire une démarche en ligne"),
    "quotidien": _("Se servir d’un ordinateur ou d’un téléphone"),
    "emploi": _("Chercher un emploi en ligne"),
    "securite": _("Se protéger des arnaques"),
    "parents": _("Accompagner ses enfants"),
    "loisirs": _("Créer et se divertir"),
    "comprendre": _("Comprendre le numérique"),
    "acces": _("Avoir un ordinateur ou internet sur place"),
    "materiel": _("Acheter du matériel à petit prix"),
}
AUDIENCE_WORDS: dict[str, Any] = {
    "jeunes": _("Jeunes"),
    "etudiants": _("Étudiants"),
    "familles": _("Familles et enfants"),
    "seniors": _("Seniors"),
    "femmes": _("Femmes"),
}
CARE_WORDS: dict[str, Any] = {
    "moteur": _("Handicap moteur"),
    "vue": _("Déficience visuelle"),
    "surdite": _("Surdité"),
    "mental": _("Handicap mental"),
    "illettrisme": _("Difficultés à lire"),
}
_NUMBER = re.compile(r"^-?\d{1,3}(?:\.\d{1,12})?$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Criteria:
    """A search. `services`, `audiences`, `care` hold short keys; a position is two numbers or none."""

    where: str = ""
    commune: str = ""
    lat: float | None = None
    lon: float | None = None
    services: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    care: tuple[str, ...] = ()
    free: bool = False
    open_now: bool = False
    day: date | None = None
    language: str = ""
    page: int = 1

    @property
    def has_position(self) -> bool:
        return self.lat is not None and self.lon is not None

    @property
    def filters(self) -> int:
        """How many filters are set, the place where the person is apart."""
        return (
            len(self.services) + len(self.audiences) + len(self.care) + sum(map(bool, (self.free, self.open_now, self.day, self.language)))
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address of this search, in a fixed order; defaults are left out."""
        found: list[tuple[str, str]] = []
        for name, value in (("ou", self.where), ("commune", self.commune)):
            if value:
                found.append((name, value))
        if self.has_position:
            found += [("lat", f"{self.lat:g}"), ("lon", f"{self.lon:g}")]
        found += (
            [("aide", key) for key in self.services] + [("public", key) for key in self.audiences] + [("accueil", key) for key in self.care]
        )
        found += [(name, "1") for name, on in (("gratuit", self.free), ("ouvert", self.open_now)) if on]
        if self.day:
            found.append(("jour", self.day.isoformat()))
        if self.language:
            found.append(("langue", self.language))
        if self.page > 1:
            found.append(("page", str(self.page)))
        return found

    def query(self) -> str:
        return urlencode(self.pairs())

    def without(self, name: str, key: str = "") -> Criteria:
        """The same search with one filter taken away, from its first page."""
        current = getattr(self, name)
        if isinstance(current, tuple):
            value: Any = tuple(k for k in current if k != key)
        else:
            value = next(f.default for f in fields(self) if f.name == name)
        return replace(self, **{name: value}, page=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter that was not understood: its name in the address, and what to do, in words."""

    parameter: str
    message: str


@dataclass(slots=True)
class Read:
    """What was read: the search that can be done, and what was left aside."""

    criteria: Criteria
    problems: list[Problem] = field(default_factory=list)


def _position(parameters: Mapping[str, Sequence[str]], problems: list[Problem]) -> tuple[float | None, float | None]:
    texts = [(parameters.get(name) or [""])[-1].strip() for name in ("lat", "lon")]
    if not any(texts):
        return None, None
    if all(_NUMBER.match(text) for text in texts):
        lat, lon = (float(text) for text in texts)
        if -90 <= lat <= 90 and -180 <= lon <= 180:
            return lat, lon
    problems.append(Problem("lat", gettext("Cette position n’existe pas. Écrivez le nom de votre commune.")))
    return None, None


def _keys(
    parameters: Mapping[str, Sequence[str]], name: str, known: Mapping[str, Any], what: str, problems: list[Problem]
) -> tuple[str, ...]:
    wanted = [text.strip() for text in parameters.get(name) or [] if text.strip()]
    if any(key not in known for key in wanted):
        problems.append(Problem(name, what))
    return tuple(key for key in known if key in wanted)


def _flag(parameters: Mapping[str, Sequence[str]], name: str) -> bool:
    return (parameters.get(name) or [""])[-1].strip() in {"1", "on", "oui", "true"}


def read_criteria(parameters: Mapping[str, Sequence[str]], today: date) -> Read:
    """Reads a search from parameters (name -> values). Never raises: what cannot be used becomes a problem in words."""
    problems: list[Problem] = []
    where = " ".join((parameters.get("ou") or [""])[-1].replace("\x00", " ").split())
    if len(where) > WHERE_LIMIT:
        problems.append(Problem("ou", gettext("Ce texte est trop long. Écrivez seulement votre commune ou votre code postal.")))
        where = ""
    commune = (parameters.get("commune") or [""])[-1].strip()
    if commune and not re.fullmatch(r"[0-9AB]{5}", commune):
        problems.append(Problem("commune", gettext("Cette commune n’est pas connue. Écrivez son nom.")))
        commune = ""
    lat, lon = _position(parameters, problems)
    day = _day(parameters, today, problems)
    language = (parameters.get("langue") or [""])[-1].strip()
    if language and language not in LANGUAGE_NAMES:
        problems.append(Problem("langue", gettext("Cette langue n’est pas dans la liste.")))
        language = ""
    page_text = (parameters.get("page") or ["1"])[-1].strip() or "1"
    page = int(page_text) if page_text.isascii() and page_text.isdigit() and len(page_text) <= 4 and int(page_text) > 0 else 0
    if page == 0:
        problems.append(Problem("page", gettext("Cette page n’existe pas. Voici la première.")))
        page = 1
    criteria = Criteria(
        where=where,
        commune=commune,
        lat=lat,
        lon=lon,
        services=_keys(parameters, "aide", SERVICE_KEYS, gettext("Une des aides demandées n’existe pas dans la liste."), problems),
        audiences=_keys(parameters, "public", AUDIENCE_KEYS, gettext("Un des publics demandés n’existe pas dans la liste."), problems),
        care=_keys(parameters, "accueil", CARE_KEYS, gettext("Un des accueils demandés n’existe pas dans la liste."), problems),
        free=_flag(parameters, "gratuit"),
        open_now=_flag(parameters, "ouvert"),
        day=day,
        language=language,
        page=page,
    )
    return Read(criteria, problems)


def _day(parameters: Mapping[str, Sequence[str]], today: date, problems: list[Problem]) -> date | None:
    text = (parameters.get("jour") or [""])[-1].strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        day = None
    if day is None:
        problems.append(Problem("jour", gettext("Ce jour n’existe pas. Choisissez un jour du calendrier.")))
        return None
    if not today <= day <= today + timedelta(days=DAYS_AHEAD):
        problems.append(Problem("jour", gettext("Choisissez un jour entre aujourd’hui et dans 3 mois.")))
        return None
    return day
