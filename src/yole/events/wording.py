"""How slots and registrations are said in words, the same on every page."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yole.base import typography
from yole.events.models import Edition
from yole.events.selectors_programme import PublicSlot
from yole.events.selectors_public import Places

LANGUAGES = {"fr": "français", "gcf": "créole", "en": "anglais", "es": "espagnol", "pt": "portugais", "fsl": "langue des signes"}


def _language() -> str:
    return get_language() or "fr"


def hours(slot: PublicSlot) -> str:
    """« de 9 h à 10 h », empty for a slot still to place."""
    start, end = slot.local_start, slot.local_end
    if start is None or end is None:
        return ""
    names = {"start": typography.clock(start.time(), _language()), "end": typography.clock(end.time(), _language())}
    return _("de %(start)s à %(end)s") % names


def day(value: date | datetime) -> str:
    return typography.day(value.date() if isinstance(value, datetime) else value, _language())


def when(slot: PublicSlot) -> str:
    """« samedi 12 décembre, de 9 h à 10 h »."""
    start = slot.local_start
    return f"{day(start)}, {hours(slot)}" if start else _("Heure à venir")


def where(slot: PublicSlot) -> str:
    return ", ".join(filter(None, [slot.room, slot.venue]))


def access(slot: PublicSlot) -> list[str]:
    """What is known of the room's access, one sentence each."""
    found = [_("Accès de plain-pied.") if slot.room_step_free else _("Accès avec des marches.")] if slot.room else []
    if slot.room_induction_loop:
        found.append(_("Boucle magnétique."))
    if slot.room_sign_language:
        found.append(_("Langue des signes."))
    return found


def language(code: str) -> str:
    return _(LANGUAGES[code]) if code in LANGUAGES else code


def days(of: Edition) -> str:
    """« samedi 12 décembre 2026 », « du 11 au 12 décembre 2026 »."""
    last = typography.day(of.ends_on, _language(), year=True)
    if of.starts_on == of.ends_on:
        return last
    return _("du %(first)s au %(last)s") % {"first": typography.day(of.starts_on, _language()), "last": last}


def places(slot: PublicSlot, left: Places | None) -> tuple[str, str, str]:
    """(kind of tag, words, icon) about the places of a slot."""
    if slot.cancelled:
        return "error", _("Annulé"), "cross"
    if left is None:
        return "ok", _("Entrée libre"), "check-circle"
    if left.closed:
        return "", _("Inscriptions fermées"), "lock"
    if left.left <= 0:
        if left.waiting:
            return "warning", _("Liste d’attente : %(n)d") % {"n": left.waiting}, "waiting"
        return "warning", _("Complet"), "waiting"
    return "ok", ngettext("%(n)d place", "%(n)d places", left.left) % {"n": left.left}, "check-circle"
