"""The programme editor: a form per slot, the grid, conflicts, publishing, speakers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.events import contacts, permissions, selectors_programme, services_changes, services_programme
from yole.events.desk_common import attempt, edition_or_404, form_page, page
from yole.events.engine.conflicts import Conflict
from yole.events.forms_desk import CancelForm, PlaceForm, PublishForm, SlotForm, SpeakerForm
from yole.events.models import Edition, Room, Slot, Speaker
from yole.events.selectors_programme import PublicSlot
from yole.organisations.requests import account_of
from yole.people.sealing import UnreadableError

STEP = 30  # minutes between two lines of the grid


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the grid: a local hour and, room by room, the slots that begin in its half hour."""

    at: time
    cells: list[tuple[Room, list[PublicSlot]]]


@dataclass(frozen=True, slots=True)
class Grid:
    """One day of conference."""

    rank: int
    day: date
    lines: list[Line]


def grids(of: Edition, slots: list[PublicSlot], rooms: list[Room]) -> list[Grid]:
    """The programme as days × half hours × rooms. A slot outside the hours of the day widens its grid."""
    zone = ZoneInfo(of.time_zone)
    found = []
    for rank, day in enumerate(selectors_programme.days_of(of), 1):
        hours = selectors_programme.hours_of(of, rank)
        if hours is None:
            continue
        here = [slot for slot in slots if slot.day == rank and slot.starts_at is not None and slot.room_guid]
        starts = [slot.starts_at for slot in here if slot.starts_at is not None]
        first = _floor(min([hours[0], *starts]))
        last = max([hours[1], *(start + timedelta(minutes=1) for start in starts)])
        lines = []
        at = first
        while at < last:
            after = at + timedelta(minutes=STEP)
            cells = [
                (
                    room,
                    [
                        slot
                        for slot in here
                        if slot.room_guid == str(room.guid) and slot.starts_at is not None and at <= slot.starts_at < after
                    ],
                )
                for room in rooms
            ]
            lines.append(Line(at.astimezone(zone).time(), cells))
            at = after
        found.append(Grid(rank, day, lines))
    return found


def _floor(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % STEP, second=0, microsecond=0)


def words_by_slot(clashes: list[Conflict]) -> dict[str, list[str]]:
    """Guid of a slot -> what is said about it."""
    found: dict[str, list[str]] = {}
    for clash in clashes:
        for guid in clash.slots:
            found.setdefault(guid, []).append(clash.words)
    return found


@staff_page(permissions.SEE)
@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    slots = selectors_programme.read(of, published=False)
    rooms = selectors_programme.rooms_of(of)
    clashes = selectors_programme.conflicts_of(of)
    alive = [slot for slot in slots if not slot.cancelled]
    return page(
        request,
        "programme",
        of,
        grids=grids(of, alive, rooms),
        rooms=rooms,
        to_place=[slot for slot in alive if slot.starts_at is None or not slot.room],
        cancelled=[slot for slot in slots if slot.cancelled],
        total=len(alive),
        clashes=clashes,
        about=words_by_slot(clashes),
        blocking={guid for clash in clashes if clash.blocking for guid in clash.slots},
        form=PublishForm(auto_id="u_%s"),
        reach=services_changes.reach_of_publishing(of),
        version=selectors_programme.last_version(of),
        proposals=of.proposals.filter(state__in=("acceptée", "confirmée"), slots__isnull=True).order_by("title"),
    )


@staff_page(permissions.EDIT)
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    form = PublishForm(request.POST)
    form.is_valid()
    data = form.cleaned_data
    made = services_programme.publish(account_of(request), of, note_text=data.get("note") or "", tell=bool(data.get("tell")))
    messages.success(request, f"La version {made.number} est publiée. {len(made.changes)} créneaux ont bougé.")
    return redirect("events:desk-programme", slug=slug)


def _slot(of: Edition, number: int) -> Slot:
    return get_object_or_404(of.slots.select_related("edition", "room", "track", "capacity", "proposal"), number=number)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def slot(request: HttpRequest, slug: str, number: int = 0) -> HttpResponse:
    """The form of one slot. « Enregistrer et publier » is a live change: readers see it at once."""
    of = edition_or_404(request, slug)
    row = _slot(of, number) if number else None
    form = SlotForm(request.POST or None, of=of, slot=row, auto_id="z_%s")
    back = reverse("events:desk-programme", args=[slug])
    done = attempt(form, lambda: services_programme.save_slot(account_of(request), of, row, **form.given()))
    if done is not None:
        messages.success(request, f"« {done.title} » est enregistré.")
        if "publish" in request.POST:
            made = services_programme.publish(account_of(request), of, tell=form.cleaned_data["tell"])
            messages.success(request, f"La version {made.number} est publiée.")
        _warn(request, of, done)
        return redirect(back)
    heading = f"Modifier : {row.title}" if row else "Nouveau créneau"
    clashes = [one for one in selectors_programme.conflicts_of(of) if row and str(row.guid) in one.slots]
    return form_page(request, form, heading, back, of=of, template="slot", slot=row, clashes=clashes)


def _warn(request: HttpRequest, of: Edition, row: Slot) -> None:
    for clash in selectors_programme.conflicts_of(of):
        if str(row.guid) in clash.slots:
            messages.warning(request, clash.words)


@staff_page(permissions.EDIT)
@require_POST
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Puts a slot on the grid, or takes it off: sent by the grid, by pointer or by keys."""
    of = edition_or_404(request, slug)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Refused("Ce déplacement n’est pas complet.", code="missing", status=422)
    row = of.slots.select_related("edition").filter(guid=form.guid()).first()
    if row is None:
        raise Http404
    data = form.cleaned_data
    rooms = {str(one.pk): one for one in selectors_programme.rooms_of(of)}
    services_programme.place_slot(account_of(request), row, room=rooms.get(data["room"]), day=data["day"], at=data["at"])
    row.refresh_from_db()
    messages.success(request, f"« {row.title} » est déplacé.")
    _warn(request, of, row)
    return redirect("events:desk-programme", slug=slug)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def cancel(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Cancels a slot that was published, or removes one that nobody has seen. « et publier » tells readers at once."""
    of = edition_or_404(request, slug)
    row = _slot(of, number)
    back = reverse("events:desk-programme", args=[slug])
    form = CancelForm(request.POST or None, auto_id="a_%s")
    if request.method == "POST" and row.first_version is None and not row.seats.exists():
        services_programme.delete_slot(account_of(request), row)
        messages.success(request, f"« {row.title} » est supprimé.")
        return redirect(back)

    def act() -> int:
        data = form.cleaned_data
        return services_programme.cancel_slot(account_of(request), row, data["reason"], tell=data["tell"])

    told = attempt(form, act)
    if told is not None:
        messages.success(request, f"« {row.title} » est annulé. Inscriptions annulées : {told}.")
        if row.first_version is not None:
            made = services_programme.publish(account_of(request), of)
            messages.success(request, f"La version {made.number} est publiée.")
        return redirect(back)
    more: dict[str, Any] = {"slot": row, "never": row.first_version is None}
    return form_page(request, form, f"Annuler : {row.title}", back, of=of, template="slot_cancel", **more)


@staff_page(permissions.EDIT)
@require_POST
def from_proposal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Makes the slot of an accepted proposal and opens its form."""
    of = edition_or_404(request, slug)
    proposal = of.proposals.select_related("edition", "track").filter(pk=pk).first()
    if proposal is None:
        raise Http404
    made = services_programme.slot_of_proposal(account_of(request), proposal)
    return redirect("events:desk-slot", slug=slug, number=made.number)


# Speakers


@staff_page(permissions.EDIT)
@require_safe
def speakers(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    rows = []
    for one in of.speakers.exclude(name="").order_by("name").prefetch_related("slots"):
        try:
            contact = contacts.read(one)
        except UnreadableError:
            contact = "illisible sur ce serveur"
        rows.append((one, contact))
    return page(request, "speakers", of, rows=rows)


def _speaker(of: Edition, pk: UUID) -> Speaker:
    return get_object_or_404(of.speakers.select_related("edition").exclude(name=""), pk=pk)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def speaker(request: HttpRequest, slug: str, pk: UUID | None = None) -> HttpResponse:
    of = edition_or_404(request, slug)
    row = _speaker(of, pk) if pk else None
    named = row is not None and row.publication_agreed_at is not None
    form = SpeakerForm(request.POST or None, speaker=row, auto_id="q_%s")
    done = attempt(form, lambda: services_programme.save_speaker(account_of(request), of, row, **form.cleaned_data))
    if done is not None:
        if named and done.publication_agreed_at is None:
            services_programme.withdraw_name(account_of(request), done)
            messages.success(request, "Le nom est retiré du programme publié.")
        messages.success(request, "La personne est enregistrée.")
        return redirect("events:desk-speakers", slug=slug)
    heading = f"Modifier : {row.name}" if row else "Ajouter une personne"
    return form_page(request, form, heading, reverse("events:desk-speakers", args=[slug]), of=of)
