"""Calendars (iCalendar, RFC 5545) per programme and per enrolment, and the RSS feed of new sessions. Nothing here names a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.syndication.views import Feed
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Alarm, Event

from yole.base.addresses import site_address, site_host
from yole.base.answers import as_file
from yole.base.calendars import clean, new_calendar
from yole.base.scope import open_booking
from yole.base.typography import french
from yole.bookings.enums import State
from yole.bookings.models import Booking
from yole.territory.models import Territory
from yole.territory.requests import territory_of
from yole.workshops import selectors, wording
from yole.workshops.enums import SessionState
from yole.workshops.selectors import SessionRow
from yole.workshops.selectors_person import my_booking

_SALT = "yole.workshops.calendar"


def booking_address(booking: Booking) -> str:
    """The address of one enrolment's calendar: a signature names it, so that it neither shows the code nor cancels anything."""
    return site_address("workshops:booking-ics", signing.Signer(salt=_SALT).sign(str(booking.pk)))


def calendar_of(rows: Iterable[SessionRow], name: str, *, alarm: bool = False, tentative: bool = False, cancelled: bool = False) -> bytes:
    """The sessions as an iCalendar file. Identifiers are stable; a cancelled session stays, as CANCELLED, with a greater SEQUENCE.

    `tentative`: the person waits for a place; `cancelled`: the person gave the place back. `alarm`: a reminder one day before.
    """
    made = new_calendar("Ateliers", name)
    for row in rows:
        made.add_component(_event(row, alarm=alarm, tentative=tentative, cancelled=cancelled))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(row: SessionRow, *, alarm: bool, tentative: bool, cancelled: bool) -> Event:
    event = Event()
    event.add("uid", f"{row.uid}@{site_host()}")
    event.add("dtstamp", row.changed_at)
    event.add("last-modified", row.changed_at)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("sequence", row.sequence + int(cancelled))
    off = cancelled or row.state == SessionState.CANCELLED
    event.add("status", "CANCELLED" if off else "TENTATIVE" if tentative else "CONFIRMED")
    event.add("summary", clean(french(_("Annulé : %(title)s") % {"title": row.title}) if off else row.title))
    place = ", ".join(dict.fromkeys(filter(None, [row.place, row.address, row.commune, row.room])))
    if place:
        event.add("location", clean(place))
    if row.lat is not None and row.lon is not None:
        event.add("geo", (row.lat, row.lon))
    lines = [row.summary, row.state_reason]
    if tentative:
        lines.insert(0, _("Vous êtes sur la liste d’attente."))
    event.add("description", clean("\n".join(filter(None, lines))))
    event.add("url", site_address("workshops:session", row.pk))
    if row.themes:
        event.add("categories", [wording.theme(code) for code in row.themes])
    if alarm and not off:
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", clean(row.title))
        reminder.add("trigger", timedelta(days=-1))
        event.add_component(reminder)
    return event


@require_safe
def programme_ics(request: HttpRequest, slug: str) -> HttpResponse:
    programme = selectors.programme(territory_of(request), slug)
    if programme is None:
        raise Http404
    rows = selectors.sessions_of_programme(programme, limit=400)
    return as_file(calendar_of(rows, f"{programme.title} – Yole"), f"{programme.slug}.ics", cache="no-cache")


@require_safe
def session_ics(request: HttpRequest, pk: int) -> HttpResponse:
    row = selectors.session_row(territory_of(request), pk)
    if row is None or not row.published:
        raise Http404
    return as_file(calendar_of([row], row.title, alarm=True), f"atelier-{row.day:%Y-%m-%d}.ics", cache="no-cache")


@require_safe
def booking_ics(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of one enrolment, to follow from a telephone: sessions, moves, cancellations. No name, no code."""
    try:
        pk = int(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    open_booking(pk)
    booking = Booking.objects.select_related("capacity").filter(pk=pk).first()
    if booking is None:
        raise Http404
    view = my_booking(booking)
    content = calendar_of(
        view.sessions,
        _("Mes ateliers – Yole"),
        alarm=not booking.no_contact,
        tentative=booking.state in (State.WAITING, State.OFFERED),
        cancelled=booking.state == State.CANCELLED,
    )
    return as_file(content, "mes-ateliers.ics", cache="private, no-cache")


class NewSessions(Feed):  # type: ignore[type-arg]  # the class takes no arguments when the site runs
    """The last sessions that were published, for feed readers."""

    def get_object(self, request: HttpRequest) -> Territory:
        return territory_of(request)

    def title(self, territory: Territory) -> str:
        return french(_("Nouveaux ateliers : %(name)s") % {"name": territory.name})

    def link(self, territory: Territory) -> str:
        return site_address("workshops:list")

    def feed_url(self, territory: Territory) -> str:
        return site_address("workshops:rss")

    def description(self, territory: Territory) -> str:
        return _("Les dernières dates ouvertes. Inscription sans compte.")

    def feed_extra_kwargs(self, obj: Territory) -> dict[str, str]:
        self.language = get_language() or "fr"
        return {}

    def items(self, territory: Territory) -> list[SessionRow]:
        return selectors.new_sessions(territory)

    def item_title(self, item: SessionRow) -> str:
        return clean(f"{item.title}, {wording.when(item)}")

    def item_description(self, item: SessionRow) -> str:
        return clean(" ".join(filter(None, [item.summary, f"{wording.where(item)}." if wording.where(item) else "", wording.places(item)])))

    def item_link(self, item: SessionRow) -> str:
        return site_address("workshops:session", item.pk)

    def item_guid(self, item: SessionRow) -> str:
        return f"urn:uuid:{item.uid}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: SessionRow) -> Any:
        return item.changed_at

    def item_categories(self, item: SessionRow) -> list[str]:
        return [wording.theme(code) for code in item.themes]
