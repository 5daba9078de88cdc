"""Editions at the desk: list, home of one, its description, places, venues, rooms, themes, invitations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.permissions import staff_page
from yole.events import permissions, selectors_desk, selectors_programme, selectors_public, services_changes, services_editions
from yole.events.desk_common import attempt, edition_or_404, form_page, page
from yole.events.enums import LIVE_STATUSES, EditionStatus
from yole.events.forms_desk import CancelForm, EditionForm, InvitationForm, PlacesForm, RoomForm, TrackForm, VenueForm
from yole.events.models import Edition, Invitation, Room, Track, Venue
from yole.organisations.requests import account_of


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    found = selectors_programme.editions(account_of(request).territory, public=False)
    return page(request, "editions", editions=found)


@staff_page(permissions.SEE)
@require_safe
def edition_home(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    clashes = selectors_programme.conflicts_of(of)
    steps = [(value, EditionStatus(value).label) for value in services_editions.NEXT[EditionStatus(of.status)]]
    if of.cancelled_at is not None:
        steps = [one for one in steps if one[0] in (EditionStatus.CLOSED, EditionStatus.ARCHIVED)]
    return page(
        request,
        "edition",
        of,
        counts=selectors_desk.counts(of),
        places=selectors_public.places_of(of),
        blocking=[one for one in clashes if one.blocking],
        warnings=len([one for one in clashes if not one.blocking]),
        steps=steps,
        now=selectors_public.now_and_next(selectors_programme.published_slots(of), timezone.now()),
        left=selectors_public.places_of_slots(of),
        may_cancel=of.cancelled_at is None and of.status in (EditionStatus.CALL_OPEN, *LIVE_STATUSES),
    )


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def edition_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    initial = {"number": len(selectors_programme.editions(account.territory, public=False)) + 1, "day_starts": "08:00", "day_ends": "18:00"}
    form = EditionForm(request.POST or None, initial=initial, auto_id="e_%s")
    made = attempt(form, lambda: services_editions.create_edition(account, account.territory, **form.cleaned_data))
    if made is not None:
        messages.success(request, "L’édition est créée. Ajoutez son lieu et ses salles.")
        return redirect("events:desk-edition", slug=made.slug)
    return form_page(request, form, "Nouvelle édition", reverse("events:desk"))


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def edition_edit(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    form = EditionForm(request.POST or None, of=of, auto_id="e_%s")
    done = attempt(form, lambda: services_changes.change_edition(account_of(request), of, **form.cleaned_data))
    if done is not None:
        messages.success(request, "L’édition est modifiée.")
        _say_told(request, done[1])
        return redirect("events:desk-edition", slug=slug)
    reach = services_changes.reach_of(of)
    return form_page(request, form, "Modifier l’édition", _home(of), of=of, template="edition_form", reach=reach)


def _say_told(request: HttpRequest, told: int) -> None:
    if told:
        messages.info(request, f"Messages et appels à faire prévus : {told}.")


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def edition_cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """The event does not take place: for good, with the reason that the public reads."""
    of = edition_or_404(request, slug)
    form = CancelForm(request.POST or None, auto_id="a_%s")

    def act() -> int:
        return services_changes.cancel_edition(account_of(request), of, form.cleaned_data["reason"], tell=form.cleaned_data["tell"])

    gone = attempt(form, act)
    if gone is not None:
        messages.success(request, f"L’événement est annulé. Inscriptions annulées : {gone}.")
        return redirect("events:desk-edition", slug=slug)
    reach = services_changes.reach_of(of)
    return form_page(request, form, f"Annuler : {of.title}", _home(of), of=of, template="edition_cancel", reach=reach)


def _home(of: Edition) -> str:
    return reverse("events:desk-edition", args=[of.slug])


@staff_page(permissions.EDIT)
@require_POST
def status(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    changed = services_editions.set_status(account_of(request), of, request.POST.get("status", ""))
    messages.success(request, f"L’édition est maintenant : {EditionStatus(changed.status).label.lower()}.")
    return redirect("events:desk-edition", slug=slug)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def places(request: HttpRequest, slug: str) -> HttpResponse:
    """Opens registration, or changes the number of places."""
    of = edition_or_404(request, slug)
    held = of.capacity
    initial = {"capacity": held.capacity if held else 200, "overbooking_percent": held.overbooking_percent if held else 0}
    form = PlacesForm(request.POST or None, initial=initial, auto_id="n_%s")

    def act() -> Any:
        data = form.cleaned_data
        return services_editions.open_registration(
            account_of(request), of, data["capacity"], overbooking_percent=data["overbooking_percent"]
        )

    if attempt(form, act) is not None:
        messages.success(request, "Les places sont notées. Le public s’inscrit dès que le programme a paru.")
        return redirect("events:desk-edition", slug=slug)
    return form_page(request, form, "Places de l’événement", _home(of), of=of)


# Venues, rooms, themes


@staff_page(permissions.SEE)
@require_safe
def venues(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    found = of.venues.select_related("commune").prefetch_related("rooms").order_by("name")
    return page(request, "venues", of, venues=found, tracks=of.tracks.all())


def _venue(of: Edition, pk: int) -> Venue:
    return get_object_or_404(of.venues.select_related("commune"), pk=pk)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def venue(request: HttpRequest, slug: str, pk: int = 0) -> HttpResponse:
    of = edition_or_404(request, slug)
    row = _venue(of, pk) if pk else None
    form = VenueForm(request.POST or None, venue=row, auto_id="v_%s")
    done = attempt(form, lambda: services_changes.save_venue(account_of(request), of, row, **form.cleaned_data))
    if done is not None:
        messages.success(request, "Le lieu est enregistré.")
        _say_told(request, done[1])
        return redirect("events:desk-venues", slug=slug)
    return form_page(request, form, "Modifier le lieu" if row else "Ajouter un lieu", reverse("events:desk-venues", args=[slug]), of=of)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def room(request: HttpRequest, slug: str, venue_pk: int, pk: int = 0) -> HttpResponse:
    of = edition_or_404(request, slug)
    place = _venue(of, venue_pk)
    row = get_object_or_404(Room, venue=place, pk=pk) if pk else None
    form = RoomForm(request.POST or None, room=row, auto_id="s_%s")
    if attempt(form, lambda: services_editions.save_room(account_of(request), place, row, **form.cleaned_data)) is not None:
        messages.success(request, "La salle est enregistrée.")
        return redirect("events:desk-venues", slug=slug)
    heading = f"Modifier la salle {row.name}" if row else f"Ajouter une salle : {place.name}"
    return form_page(request, form, heading, reverse("events:desk-venues", args=[slug]), of=of)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def track(request: HttpRequest, slug: str, pk: int = 0) -> HttpResponse:
    of = edition_or_404(request, slug)
    row = get_object_or_404(Track, edition=of, pk=pk) if pk else None
    initial = {"name": row.name, "colour": row.colour} if row else {}
    form = TrackForm(request.POST or None, initial=initial, auto_id="t_%s")
    if attempt(form, lambda: services_editions.save_track(account_of(request), of, row, **form.cleaned_data)) is not None:
        messages.success(request, "Le thème est enregistré.")
        return redirect("events:desk-venues", slug=slug)
    return form_page(request, form, "Modifier le thème" if row else "Ajouter un thème", reverse("events:desk-venues", args=[slug]), of=of)


# Invitations


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    form = InvitationForm(request.POST or None, auto_id="i_%s", initial={"places": 10})
    made = attempt(form, lambda: services_editions.invite(account_of(request), of, **form.cleaned_data))
    if made is not None:
        messages.success(request, "L’invitation est prête : donnez son code à la structure.")
        return redirect("events:desk-invitations", slug=slug)
    rows = of.invitations.order_by("label", "pk")
    register_url = request.build_absolute_uri(reverse("events:register", args=[slug]))
    return page(request, "invitations", of, status=422 if form.is_bound else 200, form=form, invitations=rows, register_url=register_url)


@staff_page(permissions.EDIT)
@require_POST
def invitation_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    of = edition_or_404(request, slug)
    row = Invitation.objects.select_related("edition").filter(edition=of, pk=pk).first()
    if row is None:
        raise Http404
    services_editions.withdraw_invitation(account_of(request), row)
    messages.success(request, "L’invitation ne sert plus. Les personnes déjà inscrites le restent.")
    return redirect("events:desk-invitations", slug=slug)
