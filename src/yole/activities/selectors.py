"""Reads of reports: what the desk lists, one report whole, and the data by which it is written again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yole.activities.durations import usual
from yole.activities.enums import ActivityKind, V1AgeBand
from yole.activities.models import Activity, Coordination, ImportBatch, Participation, Preference
from yole.kernel.text import fold
from yole.organisations.models import Account
from yole.people.enums import AgeBand, Gender, SocialStatus
from yole.places.models import Place
from yole.territory import selectors as territory_selectors

PAGE = 25
NEAR = 31  # days read first for a page
# What a line of a list shows: 25 whole reports with their places would be some 3,000 values read for nothing.
_LISTED = (
    "date", "created_at", "kind", "one_off", "minutes", "place_kind", "themes", "tags", "workshop_title", "participants", "schema",
    "place__name", "commune__name", "mediator__name",
)  # fmt: skip
_MARGINS = (("gender", "gender_counts", Gender), ("age", "age_counts", AgeBand), ("status", "status_counts", SocialStatus))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list keeps. `scope`: « moi » or « structure ». Empty means everything. Days are included."""

    scope: str = "moi"
    first: date | None = None
    last: date | None = None
    kind: str = ""
    theme: str = ""
    place: int | None = None
    person: UUID | None = None
    tag: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, newest first. `older` and `newer`: cursors of the neighbours, empty at an end."""

    rows: list[Activity]
    older: str = ""
    newer: str = ""


def visible(account: Account) -> QuerySet[Activity]:
    """The reports that an account may read: its own, and those of its structure."""
    mine = Q(mediator_id=account.pk)
    if account.structure_id is not None:
        mine |= Q(structure_id=account.structure_id)
    return Activity.objects.filter(mine, territory_id=account.territory_id)


def filtered(account: Account, filters: Filters) -> QuerySet[Activity]:
    """Living reports that the account may read and the filters keep, in no order."""
    rows = Activity.objects.filter(deleted_at__isnull=True)
    if filters.scope == "structure" and account.structure_id is not None:
        rows = rows.filter(structure_id=account.structure_id)
    else:
        rows = rows.filter(mediator_id=account.pk)
    if filters.first:
        rows = rows.filter(date__gte=filters.first)
    if filters.last:
        rows = rows.filter(date__lte=filters.last)
    if filters.kind == "ponctuel":
        rows = rows.filter(one_off=True)
    elif filters.kind:
        rows = rows.filter(kind=filters.kind, one_off=False)
    if filters.theme:
        rows = rows.filter(Q(themes__contains=[filters.theme]) | Q(admin_themes__contains=[filters.theme]))
    if filters.place:
        rows = rows.filter(place_id=filters.place)
    if filters.person:
        rows = rows.filter(pk__in=Participation.objects.filter(person_id=filters.person).values("activity_id"))
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag])
    for word in fold(filters.words).split()[:6]:
        rows = rows.filter(title_key__contains=word)
    return rows


def _cursor(row: Activity) -> str:
    text = json.dumps([row.date.isoformat(), row.created_at.isoformat(), str(row.pk)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[date, datetime, UUID] | None:
    """Where a cursor points; None for one that was cut or invented: the list then starts at its beginning."""
    try:
        day, moment, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return date.fromisoformat(day), datetime.fromisoformat(moment), UUID(key)
    except (ValueError, TypeError, AttributeError):
        return None


def _moved(day: date, days: int) -> date:
    """Some days later or earlier; the end of the calendar for a day that was typed beyond any use."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def page(account: Account, filters: Filters, *, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """One page by position, never by number: page 400 costs what page 1 costs. Two queries at most.

    A month is read first, and nearly always holds the page: under row policies PostgreSQL expects few rows and sorts all that it finds,
    which would be every report ever made.
    """
    rows = filtered(account, filters).select_related("place", "commune", "mediator").only(*_LISTED)
    position = _position(after or before) if after or before else None
    backwards = bool(before) and position is not None
    if position is not None:
        day, moment, key = position
        sign = "gt" if backwards else "lt"
        same_day = Q(**{f"created_at__{sign}": moment}) | Q(created_at=moment, **{f"id__{sign}": key})
        # The bound on the day alone lets the index skip; the rest decides among reports of one day.
        rows = rows.filter(**{f"date__{sign}e": day}).filter(Q(**{f"date__{sign}": day}) | Q(date=day) & same_day)
    rows = rows.order_by("date", "created_at", "id") if backwards else rows.order_by("-date", "-created_at", "-id")
    start = position[0] if position is not None else filters.last or territory_selectors.today()
    near = rows.filter(date__lte=_moved(start, NEAR)) if backwards else rows.filter(date__gte=_moved(start, -NEAR))
    found = list(near[: size + 1])
    if len(found) <= size:
        found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    older = _cursor(found[-1]) if more or backwards else ""
    newer = _cursor(found[0]) if (position is not None and not backwards) or (backwards and more) else ""
    return Page(found, older, newer)


def activity(account: Account, pk: UUID) -> Activity | None:
    """A report that the account may read, deleted ones too, with what its page shows; None otherwise."""
    return (
        visible(account)
        .select_related("place", "commune", "mediator", "structure", "session__programme", "import_batch")
        .prefetch_related("participations__person", "participations__commune")
        .filter(pk=pk)
        .first()
    )


def counts_of(row: Activity) -> dict[str, dict[str, int]]:
    """Margins of the group, {"gender": {value: count}, …}, without the « non communiqué » that follows from the total."""
    found = {}
    for name, column, order in _MARGINS:
        counts = getattr(row, column)
        if counts:
            found[name] = {value: count for value, count in zip(order.values[:-1], counts[:-1], strict=True) if count}
    if row.v1_age_counts:
        found["v1_age"] = {value: count for value, count in zip(V1AgeBand.values, row.v1_age_counts, strict=True) if count}
    return {name: said for name, said in found.items() if said}


def data_of(row: Activity) -> dict[str, Any]:
    """The data by which `services.save_activity` writes this very report again."""
    people = [
        {"person": str(one.person_id), "already_known": one.already_known}
        for one in sorted(row.participations.all(), key=lambda one: one.pk)
        if one.person_id is not None
    ]
    return {
        "kind": row.kind,
        "one_off": row.one_off,
        "date": row.date,
        "minutes": row.minutes,
        "place_kind": row.place_kind,
        "place": row.place_id,
        "commune": row.commune_id or "",
        "session": row.session_id,
        "materials": list(row.materials),
        "level": row.level,
        "autonomy": row.autonomy,
        "redirection": row.redirection,
        "oriented_to_structure": row.oriented_to_structure,
        "themes": list(row.themes),
        "admin_themes": list(row.admin_themes),
        "procedure_details": row.procedure_details,
        "workshop_title": row.workshop_title,
        "tags": list(row.tags),
        "notes": row.notes,
        "people": people,
        "group": {"total": row.anonymous_count, "already_known": row.already_known, **counts_of(row)},
        "version": row.version,
    }


def day_reports(account: Account, day: date) -> list[Activity]:
    """The reports of an account on one day, newest first: what the day screen lists. One query."""
    mine = Activity.objects.filter(mediator_id=account.pk, date=day, deleted_at__isnull=True)
    return list(mine.select_related("place").defer("original", "notes").order_by("-created_at"))


def reported_sessions(account: Account, sessions: Iterable[int]) -> dict[int, UUID]:
    """Session -> the report already made of it, among those the account may read."""
    rows = visible(account).filter(session_id__in=list(sessions), deleted_at__isnull=True)
    return {session: pk for session, pk in rows.values_list("session_id", "pk") if session is not None}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the quick form proposes. `last`: the values of « comme la dernière fois »; `durations`: minutes, shortest first."""

    durations: list[int]
    place: Place | None = None
    places: list[Place] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)
    commune: str = ""


def _recent_places(account: Account, count: int) -> list[int]:
    """Keys of the places of the last `count` reports that have one, latest first. A month is read first, as in `page`."""
    rows = Activity.objects.filter(mediator_id=account.pk, deleted_at__isnull=True, place__isnull=False)
    places = rows.order_by("-date", "-created_at", "-id").values_list("place_id", flat=True)
    near = list(places.filter(date__gte=_moved(territory_selectors.today(), -NEAR))[:count])
    return [key for key in dict.fromkeys(near if len(near) == count else places[:count]) if key is not None]


def defaults(account: Account) -> Defaults:
    """From what the account did last; for a new account, usual durations and no place. Four queries at most."""
    preference = Preference.objects.select_related("place").filter(account=account).first()
    keys = _recent_places(account, 20)[:4]
    known = Place.objects.only("kind", "name", "commune_name", "closed_on", "merged_into").in_bulk(keys) if keys else {}
    shown = [place for place in (known[key] for key in keys) if place.closed_on is None and place.merged_into_id is None]
    if preference is None:
        return Defaults(usual([]), shown[0] if shown else None, shown)
    place = preference.place or (shown[0] if shown else None)
    if place is not None and place.pk not in keys:
        shown = [place, *shown][:4]
    last = dict(preference.last)
    return Defaults(preference.durations or usual([]), place, shown, last, str(last.get("commune") or ""))


def usual_places(account: Account) -> list[tuple[int, str]]:
    """(key, name) of the places of the last reports of an account, latest first, at most eight: the filter of its list."""
    keys = _recent_places(account, 40)[:8]
    names = dict(Place.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return [(key, names[key]) for key in keys]


def last_activity(account: Account) -> Activity | None:
    """The latest report of an account, for « comme la dernière fois »."""
    return (
        Activity.objects.filter(mediator_id=account.pk, deleted_at__isnull=True)
        .order_by("-date", "-created_at", "-id")
        .prefetch_related("participations")
        .first()
    )


def of_person(person_ids: Iterable[UUID]) -> QuerySet[Participation]:
    """Participations of a person (every row that stands for them), newest first, with their activity."""
    rows = Participation.objects.filter(person_id__in=list(person_ids), activity__deleted_at__isnull=True)
    return rows.select_related("activity__place", "activity__mediator", "activity__structure").order_by("-activity__date", "-activity_id")


def tags_of(account: Account, limit: int = 30) -> list[str]:
    """Tags lately used in the structure of the account (its own reports when it has none), most recent first."""
    rows = visible(account).filter(deleted_at__isnull=True).exclude(tags=[]).order_by("-date", "-created_at", "-id")
    found = dict.fromkeys(tag for tags in rows.values_list("tags", flat=True)[:200] for tag in tags)
    return list(found)[:limit]


def batches(account: Account, limit: int = 50) -> list[ImportBatch]:
    """Imports of the account and of its structure, newest first."""
    mine = Q(account_id=account.pk)
    if account.structure_id is not None:
        mine |= Q(structure_id=account.structure_id)
    rows = ImportBatch.objects.filter(mine, territory_id=account.territory_id).select_related("account").defer("content", "refused")
    return list(rows.order_by("-created_at")[:limit])


def coordinations(account: Account) -> QuerySet[Coordination]:
    """Activities of coordination that an account may read: its own, and those of its structure; newest first."""
    mine = Q(coordinator_id=account.pk)
    if account.structure_id is not None:
        mine |= Q(structure_id=account.structure_id)
    rows = Coordination.objects.filter(mine, territory_id=account.territory_id).select_related("coordinator")
    return rows.order_by("-date", "-created_at", "-id")


def kind_words(row: Activity) -> str:
    """« Individuel », « Collectif » or « Ponctuel »."""
    return "Ponctuel" if row.one_off else ActivityKind(row.kind).label


def for_export(account: Account, filters: Filters) -> Iterator[Activity]:
    """Reports of a list with what a file says of them, oldest first, read by parts."""
    rows = filtered(account, filters).select_related("place", "commune").prefetch_related("participations")
    return rows.order_by("date", "created_at", "id").iterator(chunk_size=1000)
