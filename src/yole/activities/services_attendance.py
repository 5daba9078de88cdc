"""A report made from the attendance sheet of a session: already filled, left to the person to read and save."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from yole.activities import permissions
from yole.activities.enums import ActivityKind, AdministrativeTheme, PlaceKind, Theme
from yole.activities.rules import ADMINISTRATIVE
from yole.activities.selectors import reported_sessions
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.organisations.models import Account
from yole.people import selectors as people
from yole.workshops import selectors_desk
from yole.workshops.enums import Kind, PresenceState
from yole.workshops.models import Session

_KEYS = uuid.UUID("0b1d3c55-6d0c-4a4c-8a3b-2f4f6f5a9f10")


def report_key(account: Account, session: Session) -> uuid.UUID:
    """The key of the report of a session by an account: two devices that make it make the same one."""
    return uuid.uuid5(_KEYS, f"{account.pk}-{session.pk}")


def from_attendance(account: Account, session: Session) -> dict[str, Any]:
    """What `services.save_activity` takes, from a session and who came: linked people where the enrolment has a card that the account may
    read, the others as an anonymous group. Nothing is written.

    Raises Refused: right, another territory, nobody marked present, a report already made.
    """
    require(account, permissions.REPORT)
    if session.territory_id != account.territory_id:
        raise Refused("Cette séance est celle d’un autre territoire.", code="forbidden", status=403)
    if session.pk in reported_sessions(account, [session.pk]):
        raise Refused("Cette séance a déjà son compte rendu.", remedy="Ouvrez-le pour le corriger.", code="reported")
    sheet = selectors_desk.session_sheet(session)
    here = [line for line in sheet.lines if any(mark.state == PresenceState.PRESENT for mark in line.marks.values())]
    if not here:
        raise Refused("Aucune présence n’est notée.", remedy="Pointez d’abord les personnes venues.", code="nobody")
    cards = {line.booking.person_id for line in here if line.booking is not None and line.booking.person_id is not None}
    readable = set(people.visible(account).filter(pk__in=cards, anonymised_at__isnull=True).values_list("pk", flat=True))
    # A household counts as many people as it has; its card stands for one of them.
    linked = [key for key in dict.fromkeys(line.booking.person_id for line in here if line.booking is not None) if key in readable]
    zone = ZoneInfo(session.territory.time_zone)
    alone = session.kind == Kind.APPOINTMENT and sheet.present == 1
    programme = session.programme
    themes = [theme for theme in programme.themes if theme in Theme.values]
    administrative = [theme for theme in programme.themes if theme in AdministrativeTheme.values]
    return {
        "kind": ActivityKind.INDIVIDUAL.value if alone else ActivityKind.GROUP.value,
        "one_off": False,
        "date": session.starts_at.astimezone(zone).date(),
        "minutes": min(round((session.ends_at - session.starts_at).total_seconds() / 60), 1439),
        "place_kind": (PlaceKind.ACTIVITY_PLACE if session.place_id or session.stop_id else PlaceKind.REMOTE).value,
        "place": session.place_id or (session.stop.place_id if session.stop is not None else None),
        "commune": session.stop.insee_code if session.stop is not None else "",
        "session": session.pk,
        "themes": themes if ADMINISTRATIVE in themes or not administrative else [*themes, ADMINISTRATIVE],
        "admin_themes": administrative,
        "level": "" if alone else programme.level,
        "workshop_title": "" if alone else programme.title,
        "people": [{"person": str(key)} for key in linked],
        "group": {"total": sheet.present - len(linked)},
    }
