"""Reads of the coordinator's desk: lists, queue, one place with its history, counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, DateField, DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, Least, TruncDate

from yole.kernel.tables import write_table
from yole.kernel.text import fold
from yole.places.columns import FIELDS, HEADER
from yole.places.desk_fields import EDITED, label, words
from yole.places.desk_quality import Quality, quality
from yole.places.desk_services_pairs import candidates
from yole.places.enums import FieldGroup, Kind, ReportState
from yole.places.freshness import Freshness
from yole.places.models import Confirmation, Place, PlaceChange, PlaceSource, Report
from yole.places.selectors import export_row
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory

PAGE_SIZE = 25
HISTORY = 50
FRESHNESS = {"a-verifier": "À vérifier", "jamais": "Jamais vérifié", "perime": "Périmé", "a-jour": "À jour"}
STATES = {"ouvert": "Ouvert au public", "ferme": "Fermé", "tous": "Tous"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is asked for: words, INSEE code, kind, freshness, state, source; '' leaves a filter out."""

    text: str = ""
    commune: str = ""
    kind: str = ""
    fresh: str = ""
    state: str = "ouvert"
    source: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filters:
        """Reads an address; values that do not exist are left out."""

        def one_of(name: str, known: Iterable[str], default: str = "") -> str:
            value = given.get(name, default)
            return value if value in known else default

        return cls(
            text=" ".join(given.get("q", "").replace("\x00", " ").split())[:120],
            commune=given.get("commune", "")[:5].replace("\x00", ""),
            kind=one_of("genre", Kind.values),
            fresh=one_of("fraicheur", FRESHNESS),
            state=one_of("etat", STATES, "ouvert"),
            source=given.get("source", "")[:120].replace("\x00", ""),
        )


def _latest(group: str) -> Subquery:
    rows = Confirmation.objects.filter(place=OuterRef("pk"), group=group).order_by("-confirmed_on").values("confirmed_on")[:1]
    return Subquery(rows, output_field=DateField())


def with_freshness(places: QuerySet[Place]) -> QuerySet[Any]:
    """Adds `verified_on` (latest confirmation, None: never) and `fresh_on` (the least fresh of the three groups)."""
    known = [Greatest(F("updated_on"), Coalesce(_latest(group), F("updated_on"))) for group in FieldGroup.values]
    last = Confirmation.objects.filter(place=OuterRef("pk")).order_by().values("place").annotate(day=Max("confirmed_on")).values("day")
    return places.annotate(verified_on=Subquery(last, output_field=DateField()), fresh_on=Least(*known))


def place_list(territory: Territory, filters: Filters, today: date) -> QuerySet[Any]:
    """The places of a territory that answer the filters, least fresh first; merged ones are left out."""
    places = with_freshness(Place.objects.filter(territory=territory, merged_into__isnull=True))
    for word in fold(filters.text).split():
        places = places.filter(Q(sort_key__contains=word) | Q(address_key__contains=word) | Q(telephone__contains=word) | Q(postcode=word))
    if filters.commune:
        places = places.filter(insee_code=filters.commune)
    if filters.kind:
        places = places.filter(kind=filters.kind)
    if filters.source:
        places = places.filter(source=filters.source)
    if filters.state != "tous":
        places = places.filter(closed_on__isnull=filters.state == "ouvert")
    check, stale = (today - timedelta(days=days) for days in (territory.place_check_days, territory.place_stale_days))
    if filters.fresh == "a-verifier":
        places = places.filter(Q(fresh_on__lt=check) | Q(verified_on__isnull=True))
    elif filters.fresh == "jamais":
        places = places.filter(verified_on__isnull=True)
    elif filters.fresh == "perime":
        places = places.filter(fresh_on__lt=stale)
    elif filters.fresh == "a-jour":
        places = places.filter(fresh_on__gte=check, verified_on__isnull=False)
    return places.order_by(F("verified_on").asc(nulls_first=True), "fresh_on", "sort_key", "id")


def page_of(found: QuerySet[Any], number: str | None, size: int = PAGE_SIZE) -> Page[Any]:
    return Paginator(found, size).get_page(number)


def sources(territory: Territory) -> list[str]:
    return list(Place.objects.filter(territory=territory).order_by("source").values_list("source", flat=True).distinct())


def communes_with_places(territory: Territory) -> list[tuple[str, str]]:
    """(code, name) of the communes that have a place, by name."""
    codes = Place.objects.filter(territory=territory, merged_into__isnull=True).values_list("insee_code", flat=True).distinct()
    known = ((code, territory_selectors.place(code)) for code in codes if code)
    return sorted(((code, found.name if found else code) for code, found in known), key=lambda pair: fold(pair[1]))


def selection_csv(found: QuerySet[Any]) -> bytes:
    """The rows of a selection: the 32 columns of the national schema, then what the desk knows of freshness and closure."""
    header = [*HEADER, "verifie_le", "ferme_le", "raison_fermeture"]
    rows = ([*export_row(one, None).values(), *(_day(d) for d in (one.verified_on, one.closed_on)), one.closed_reason] for one in found)
    return write_table(header, rows)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


# One place


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of one act of the history, old and new in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    at: datetime
    why: str
    who: str
    created: bool
    changes: list[Changed]
    undo: int | None = None  # key of the act when it can be taken back here: a correction made at the desk


def changes_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """What an act changed, field by field, in words. Keys that begin with `_` belong to undo and are not shown."""
    names = [name for name in dict.fromkeys([*before, *after]) if not name.startswith("_")]
    return [Changed(label(name), words(name, before.get(name)), words(name, after.get(name))) for name in names]


def history(one: Place) -> list[HistoryLine]:
    """The last acts on a place, newest first."""
    found = PlaceChange.objects.filter(place=one).select_related("by_account").order_by("-at", "-id")[:HISTORY]
    lines = []
    for c in found:
        own = c.batch_id is None and not c.created and any(name in EDITED for name in c.after)
        who = c.by_account.name if c.by_account else ""
        lines.append(HistoryLine(c.at, c.why, who, c.created, changes_of(c.before, c.after), c.pk if own else None))
    return lines


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One column, what Yole publishes, and what each source says."""

    column: str
    published: str
    said: list[str]
    differs: bool


def sources_side_by_side(one: Place) -> tuple[list[PlaceSource], list[SourceLine]]:
    """The sources of a place and of those merged into it, and the columns that one of them fills in."""
    known = list(PlaceSource.objects.filter(Q(place=one) | Q(place__merged_into=one)).order_by("-seen_at", "source", "source_id"))
    published = export_row(one, None)
    lines = []
    for column in [*HEADER, *sorted({name for s in known for name in s.raw} - set(HEADER))]:
        said = [str(s.raw.get(column, "")) for s in known]
        mine = published.get(column, "")
        if any(said) or mine:
            lines.append(SourceLine(column, mine, said, column in published and any(text and text != mine for text in said)))
    return known, lines


def confirmed_by(one: Place) -> dict[str, str]:
    """Name of who gave the latest confirmation of each group."""
    rows = Confirmation.objects.filter(place=one).select_related("by_account").order_by("group", "-confirmed_on", "-id").distinct("group")
    return {c.group: c.by_account.name if c.by_account else "" for c in rows}


def place_quality(one: Place, freshness: Mapping[str, Freshness], today: date) -> Quality:
    days = [f.confirmed_on for f in freshness.values() if f.confirmed_on]
    return quality({name: getattr(one, name) for name in FIELDS}, max([one.updated_on, *days]), today)


def open_reports(one: Place) -> QuerySet[Report]:
    return Report.objects.filter(place=one, state=ReportState.NEW).order_by("created_at")


# The queue


def queue(territory: Territory, today: date, skipped: Iterable[int] = ()) -> QuerySet[Any]:
    """Places to verify, the most useful first: reported since they were verified, never verified, oldest."""
    reports = Report.objects.filter(place=OuterRef("pk"), state=ReportState.NEW).order_by()
    reported = reports.values("place").annotate(last=Max("created_at")).values("last")
    check = today - timedelta(days=territory.place_check_days)
    shown = Place.objects.filter(territory=territory, merged_into__isnull=True, closed_on__isnull=True).exclude(pk__in=list(skipped))
    places = with_freshness(shown).annotate(reported_at=Subquery(reported, output_field=DateTimeField()))
    doubtful = Q(reported_at__isnull=False) & (Q(verified_on__isnull=True) | Q(verified_on__lt=TruncDate("reported_at")))
    waiting: QuerySet[Any] = (
        places.filter(doubtful | Q(verified_on__isnull=True) | Q(fresh_on__lt=check))
        .annotate(is_reported=Exists(reports))
        .order_by("-is_reported", F("verified_on").asc(nulls_first=True), "fresh_on", "sort_key", "id")
    )
    return waiting


# Reports


def reports(territory: Territory, state: str) -> QuerySet[Report]:
    """The reports of a state: those to handle oldest first, the others newest first."""
    found = Report.objects.filter(place__territory=territory, state=state).select_related("place", "handled_by")
    return found.order_by("created_at", "id") if state == ReportState.NEW else found.order_by("-handled_at", "-id")


def report_counts(territory: Territory) -> dict[str, int]:
    rows = Report.objects.filter(place__territory=territory).values("state").annotate(n=Count("pk")).values_list("state", "n")
    return dict.fromkeys(ReportState.values, 0) | dict(rows)


# Counters of the desk


@dataclass(frozen=True, slots=True)
class Counters:
    """What waits at the desk of places."""

    shown: int
    to_verify: int
    never_verified: int
    open_reports: int
    pairs: int


def counters(territory: Territory, today: date) -> Counters:
    """The numbers of the desk home, each the length of the list that its link opens."""
    shown = place_list(territory, Filters(), today)
    return Counters(
        pairs=len(candidates(territory)[1]),
        shown=shown.count(),
        to_verify=queue(territory, today).count(),
        never_verified=place_list(territory, Filters(fresh="jamais"), today).count(),
        open_reports=Report.objects.filter(place__territory=territory, state=ReportState.NEW).count(),
    )
