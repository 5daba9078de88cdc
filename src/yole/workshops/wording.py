"""How a session is said in words: when, where, how many places are left. The same words on pages, feeds and documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yole.base import typography
from yole.base.components import Tab
from yole.workshops.enums import ALL_THEMES, Audience, Kind, Level, SessionState
from yole.workshops.selectors import SessionRow

LANGUAGES = {
    "fr": "français",
    "gcf": "créole",
    "en": "anglais",
    "es": "espagnol",
    "pt": "portugais",
    "ht": "créole haïtien",
    "fsl": "langue des signes",
}
_THEMES = dict(ALL_THEMES)


def _language() -> str:
    return get_language() or "fr"


def hours_of(row: SessionRow) -> str:
    """« de 9 h à 11 h »."""
    names = {"start": typography.clock(row.starts_at.time(), _language()), "end": typography.clock(row.ends_at.time(), _language())}
    return _("de %(start)s à %(end)s") % names


def when(row: SessionRow) -> str:
    """« jeudi 26 novembre, de 9 h à 11 h », with the year when it is not the present one."""
    year = row.starts_at.year != datetime.now(row.starts_at.tzinfo).year
    return f"{typography.day(row.day, _language(), year=year)}, {hours_of(row)}"


def moment(value: datetime) -> str:
    """« jeudi 26 novembre à 9 h » of an instant already in local time."""
    names = {"day": typography.day(value.date(), _language()), "hour": typography.clock(value.time(), _language())}
    return _("%(day)s à %(hour)s") % names


def where(row: SessionRow) -> str:
    """« Bus numérique, Godissard, Fort-de-France, salle 2 »; what is not known is left out, what is said twice is said once."""
    said: list[str] = []
    for part in (row.place, row.commune, row.room):
        if part and not any(part.lower() in before.lower() for before in said):
            said.append(part)
    return ", ".join(said)


def places(row: SessionRow) -> str:
    """Places left in words: « Il reste 3 places sur 10. » or « Complet. 4 personnes attendent. »"""
    if row.state == SessionState.CANCELLED:
        return _("Séance annulée.")
    if row.seats is None:
        return _("Sans inscription. Venez quand vous voulez.")
    if not row.open_to_public:
        return _("Les inscriptions sont fermées.")
    if row.is_full:
        if not row.waiting:
            return _("Complet. Personne n’attend encore.")
        return ngettext(
            "Complet. %(n)d inscription attend avant vous.", "Complet. %(n)d inscriptions attendent avant vous.", row.waiting
        ) % {"n": row.waiting}
    words = ngettext("Il reste %(left)d place sur %(seats)d.", "Il reste %(left)d places sur %(seats)d.", row.left or 0)
    return words % {"left": row.left, "seats": row.seats}


def short_places(row: SessionRow) -> tuple[str, str, str]:
    """(kind of tag, words, icon) for a list."""
    if row.state == SessionState.CANCELLED:
        return "error", _("Annulé"), "cross"
    if row.seats is None:
        return "ok", _("Sans inscription"), "check-circle"
    if not row.open_to_public:
        return "", _("Inscriptions fermées"), "lock"
    if row.is_full:
        return "warning", _("Complet, liste d’attente"), "waiting"
    return "ok", ngettext("%(n)d place", "%(n)d places", row.left or 0) % {"n": row.left}, "check-circle"


def theme(code: str) -> str:
    return _THEMES.get(code, code)


def themes(codes: Iterable[str]) -> str:
    return ", ".join(theme(code) for code in codes)


def audiences(codes: Iterable[str]) -> str:
    known = dict(Audience.choices)
    return ", ".join(str(known.get(code, code)) for code in codes)


def level(code: str) -> str:
    return str(dict(Level.choices).get(code, code))


def languages(codes: Iterable[str]) -> str:
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


def kind(code: str) -> str:
    return str(dict(Kind.choices).get(code, code))


def spans(base: str, query: str, day: date, labels: tuple[str, str, str, str], list_url: str) -> list[Tab]:
    """The tabs day, week, month, list of a calendar. `query` is what is kept of the address, ending with « & » or empty."""
    keys = ("jour", "semaine", "mois")
    tabs = [Tab(key, label, f"{base}?{query}vue={key}&jour={day:%Y-%m-%d}") for key, label in zip(keys, labels[:3], strict=True)]
    return [*tabs, Tab("liste", labels[3], list_url)]
