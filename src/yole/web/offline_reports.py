"""Reports, corrections of reports and anonymous cards made without a network: what they do when they are delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yole.activities import selectors as activity_selectors
from yole.activities.enums import PlaceKind, Theme
from yole.activities.models import Activity
from yole.activities.services import save_activity
from yole.base.deliveries import Answer, Conflict, Envelope
from yole.base.errors import Refused
from yole.organisations.models import Account
from yole.people.enums import AgeBand, Gender
from yole.people.services import About, create_anonymous
from yole.web.offline_acts import strict
from yole.workshops.selectors import zone_of

FIELDS = (
    *("kind", "minutes", "place_kind", "place", "commune", "session", "one_off", "materials", "themes", "admin_themes"),
    *("group", "people", "tags", "workshop_title", "level", "autonomy"),
)
"""What a device may say of a report; the day comes from its clock, corrected. No free text: it would stay in the queue of a tablet."""


def report_data(payload: Mapping[str, Any], account: Account, at: datetime) -> dict[str, Any]:
    """The report as `activities.services.save_activity` takes it; the day is the local day of `at`. Without place it was remote help."""
    data = {name: payload[name] for name in FIELDS if name in payload}
    data.setdefault("place_kind", PlaceKind.ACTIVITY_PLACE if data.get("place") else PlaceKind.REMOTE)
    if "group" not in data and not data.get("people"):
        data["group"] = {"total": payload.get("count", 1)}
    return data | {"date": at.astimezone(zone_of(account.territory)).date()}


@strict
def report(account: Account, envelope: Envelope) -> Answer:
    """`{kind, themes, minutes, place, count…}` (FIELDS). The envelope's uuid is the report's."""
    save_activity(account, report_data(envelope.payload, account, envelope.at), envelope.uuid)
    return Answer()


@strict
def correction(account: Account, envelope: Envelope) -> Answer:
    """`{activity, version, changes}`: some fields of a report, corrected on the version that the device had.

    When somebody corrected it meanwhile, a person chooses `mine` (these fields over the new version) or `theirs`.
    """
    payload = envelope.payload
    changes = {name: value for name, value in dict(payload["changes"]).items() if name in FIELDS}
    if envelope.decision == "theirs":
        return Answer({"code": "theirs"})
    row = activity_selectors.activity(account, UUID(str(payload["activity"])))
    if row is None:
        raise Refused("Cette activité n’existe plus.", code="unknown", status=404)
    version = row.version if envelope.decision == "mine" else int(payload["version"])
    try:
        save_activity(account, activity_selectors.data_of(row) | changes | {"version": version}, row.pk)
    except Refused as refusal:
        if refusal.code != "conflict":
            raise
        raise Conflict("changed", refusal.reason, {"theirs": summary(row)}) from refusal
    return Answer()


def summary(row: Activity) -> str:
    """A report in a few words that name nobody: « E-mail, 30 min, 1 personne »."""
    themes = ", ".join(Theme(theme).label for theme in row.themes) or "Activité"
    people = "1 personne" if row.participants == 1 else f"{row.participants} personnes"
    return f"{themes}, {row.minutes} min, {people}" if row.minutes is not None else f"{themes}, {people}"


@strict
def person(account: Account, envelope: Envelope) -> Answer:
    """`{age_band, gender, commune}`: an anonymous card. The envelope's uuid is the card's."""
    payload = envelope.payload
    about = About(
        age_band=str(payload.get("age_band") or AgeBand.UNKNOWN),
        gender=str(payload.get("gender") or Gender.UNKNOWN),
        commune=str(payload.get("commune") or ""),
    )
    made = create_anonymous(
        account,
        about,
        uuid=envelope.uuid,
        day=envelope.at.astimezone(zone_of(account.territory)).date(),
        is_fictional=account.is_fictional,
    )
    return Answer({"card": made.code})
