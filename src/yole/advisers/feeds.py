"""Calendars (RFC 5545): half-days of a course, those of one adviser with the interviews. Nothing in them names a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core import signing
from django.utils.translation import gettext as _
from icalendar import Event

from yole.advisers.enums import OPEN, InterviewState, TrainingState
from yole.advisers.models import Candidate, Course, CourseSlot, Enrolment, Host, Interview
from yole.base.addresses import site_address, site_host
from yole.base.calendars import clean, new_calendar
from yole.base.scope import system_scope

_SALT = "yole.advisers.calendar"
_SHOWN = (InterviewState.PROPOSED, InterviewState.ACCEPTED, InterviewState.REPLACED, InterviewState.CANCELLED, InterviewState.DONE)
Owner = Candidate | Host | Course


def address(of: Owner) -> str:
    """The address of a calendar to follow: a signature names it; it shows no code and opens nothing else."""
    token = signing.Signer(salt=_SALT).sign(f"{type(of).__name__.lower()}-{of.pk}")
    return site_address("advisers:calendar-feed", token)


@system_scope()  # the signature is the right to read: this calendar alone
def of_token(token: str) -> bytes | None:
    """The calendar of an address, None for one that is not ours."""
    try:
        kind, pk = signing.Signer(salt=_SALT).unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    slots = CourseSlot.objects.select_related("course__syllabus", "course__territory")
    all_meetings = Interview.objects.filter(state__in=_SHOWN).select_related("relation__post__host", "relation__round__territory")
    if kind == "course":
        return calendar_of(slots.filter(course=int(pk)), (), _("Formation – Yole"))
    if kind == "candidate":
        followed = Enrolment.objects.filter(candidate=int(pk)).exclude(state__in=[TrainingState.LEFT, TrainingState.WAITING])
        mine = slots.filter(course__in=followed.values("course"))
        meetings = all_meetings.filter(relation__candidate=int(pk))
        return calendar_of(mine, meetings, _("Mes formations et entretiens – Yole"))
    meetings = all_meetings.filter(relation__post__host=int(pk))
    return calendar_of((), meetings, _("Mes entretiens – Yole"))


def calendar_of(slots: Iterable[CourseSlot], meetings: Iterable[Interview], name: str) -> bytes:
    """Identifiers are stable; what is cancelled stays, marked, so that a calendar already synchronised is corrected."""
    made = new_calendar("Conseillers", name)
    for slot in slots:
        made.add_component(_half_day(slot))
    for one in meetings:
        made.add_component(_meeting(one))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(uid: str, starts: datetime, ends: datetime, title: str, changed: datetime, *, cancelled: bool, sequence: int) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{site_host()}")
    event.add("dtstamp", changed)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", clean(_("Annulé : %(title)s") % {"title": title} if cancelled else title))
    return event


def _half_day(slot: CourseSlot) -> Event:
    course, zone = slot.course, ZoneInfo(slot.course.territory.time_zone)
    starts, ends = (datetime.combine(slot.day, at, zone) for at in (slot.starts, slot.ends))
    off = bool(course.cancelled)
    event = _event(f"formation-{slot.pk}", starts, ends, course.syllabus.title, course.changed_at, cancelled=off, sequence=int(off))
    event.add("location", clean(course.place))
    event.add("description", clean(course.cancelled or _("Avec %(who)s") % {"who": course.trainer_name}))
    return event


def _meeting(one: Interview) -> Event:
    zone = ZoneInfo(one.relation.round.territory.time_zone)
    starts = one.starts_at.astimezone(zone)
    closed = one.state != InterviewState.DONE and one.relation.state not in OPEN
    off = closed or one.state in (InterviewState.REPLACED, InterviewState.CANCELLED)
    title = _("Entretien : %(host)s") % {"host": one.relation.post.host.name}
    ends = starts + timedelta(minutes=one.minutes)
    event = _event(f"entretien-{one.pk}", starts, ends, title, one.changed_at, cancelled=off, sequence=one.sequence)
    if one.state == InterviewState.PROPOSED and not off:
        event["status"] = "TENTATIVE"
    if one.where:
        event.add("location", clean(one.where))
    event.add("description", str(one.get_mode_display()))
    return event
