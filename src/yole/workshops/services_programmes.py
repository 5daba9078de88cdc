"""Writes on the settings of workshops and on programmes; and who may act.

`account` is the signed-in person; None is the house itself (demonstration, import).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from yole.base.errors import Refused
from yole.bookings.models import Capacity
from yole.kernel.text import sort_key
from yole.organisations.acting import allow
from yole.organisations.models import Account
from yole.territory.models import Territory
from yole.workshops import permissions
from yole.workshops.enums import ALL_THEMES, REMINDER_CHOICES, AdministrativeTheme, Audience, Level, Theme
from yole.workshops.models import Programme, WorkshopSettings

_PROGRAMME_FIELDS = {
    *("title", "summary", "aims", "themes", "level", "audiences", "languages", "material", "sessions_planned", "structure"),
    *("funder", "agreement_number", "agreement_until", "reminders", "published", "is_fictional"),
}


def settings_of(territory: Territory) -> WorkshopSettings:
    """The territory's choices, or the defaults (not stored)."""
    return WorkshopSettings.objects.filter(territory=territory).first() or WorkshopSettings(territory=territory)


@transaction.atomic
def change_settings(
    account: Account | None,
    territory: Territory,
    *,
    reminders: Sequence[str],
    offer_hours: int,
    offers_stop_hours: int,
    school_holidays: list[dict[str, str]] | None = None,
) -> WorkshopSettings:
    """Reminders (any of J-7, J-1, H-3), time to answer an offer, hours before the start when offers stop.

    Holds for sessions created from now on."""
    allow(account, permissions.SETTINGS, territory.pk)
    _check_reminders(reminders)
    if not (1 <= offer_hours <= 336 and 0 <= offers_stop_hours <= 336):
        raise Refused("Les heures vont de 1 à 336 (quatorze jours).", field="offer_hours", code="range")
    for entry in school_holidays or []:
        if date.fromisoformat(entry["to"]) < date.fromisoformat(entry["from"]):
            raise Refused("Des vacances finissent avant de commencer.", field="school_holidays", code="order")
    row = settings_of(territory)
    row.reminders, row.offer_hours, row.offers_stop_hours = list(reminders), offer_hours, offers_stop_hours
    if school_holidays is not None:
        row.school_holidays = school_holidays
    row.save()
    return row


def _check_reminders(reminders: Iterable[str] | None) -> None:
    known = {value for value, _ in REMINDER_CHOICES}
    for value in reminders or ():
        if value not in known:
            raise Refused("Un rappel est J-7, J-1 ou H-3.", field="reminders", code="unknown")


def _check_programme(programme: Programme) -> None:
    if not programme.title:
        raise Refused("Écrivez un titre.", field="title", code="missing")
    known = {value for value, _ in ALL_THEMES}
    if not programme.themes or set(programme.themes) - known:
        raise Refused("Choisissez au moins un thème de la liste.", field="themes", code="unknown")
    if set(programme.themes) & set(AdministrativeTheme.values) and Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES not in programme.themes:
        raise Refused("Un thème administratif va avec « Aide aux démarches administratives ».", field="themes", code="administrative")
    if programme.level not in Level.values:
        raise Refused("Choisissez un niveau de la liste.", field="level", code="unknown")
    if not programme.audiences or set(programme.audiences) - set(Audience.values):
        raise Refused("Choisissez au moins un public de la liste.", field="audiences", code="unknown")
    if programme.agreement_number and not programme.agreement_until:
        raise Refused("Une convention a une date de fin de conservation.", field="agreement_until", code="missing")
    _check_reminders(programme.reminders)


@transaction.atomic
def create_programme(account: Account | None, territory: Territory, **fields: Any) -> Programme:
    """Fields: title, themes, level, audiences (compulsory); summary, aims, languages, material, sessions_planned, structure, funder,
    agreement_number, agreement_until, reminders (None: those of the territory), published. Raises Refused with the field at fault."""
    allow(account, permissions.PROGRAMME, territory.pk)
    programme = Programme(territory=territory, **{name: value for name, value in fields.items() if name in _PROGRAMME_FIELDS})
    _prepare(programme)
    base = slugify(programme.title.replace("’", " ").replace("'", " "))[:70] or "atelier"
    taken = set(Programme.objects.filter(territory=territory, slug__startswith=base).values_list("slug", flat=True))
    programme.slug = next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
    programme.save()
    return programme


@transaction.atomic
def change_programme(account: Account | None, programme: Programme, **fields: Any) -> Programme:
    """Changes the given fields (see create_programme); the address of its page stays. Sessions to come follow the agreement's date."""
    allow(account, permissions.PROGRAMME, programme.territory_id)
    for name, value in fields.items():
        if name in _PROGRAMME_FIELDS:
            setattr(programme, name, value)
    _prepare(programme)
    programme.save()
    if "agreement_until" in fields:
        for relation in ("session__programme", "cohort__programme"):
            Capacity.objects.filter(**{relation: programme}).update(names_kept_until=programme.agreement_until)
    return programme


def _prepare(programme: Programme) -> None:
    programme.title = " ".join(programme.title.split())
    programme.sort_key = sort_key(programme.title)
    programme.themes = list(dict.fromkeys(programme.themes))
    programme.audiences = list(dict.fromkeys(programme.audiences))
    _check_programme(programme)
