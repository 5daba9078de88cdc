"""Registration by somebody themselves, and what they do with their code: see, take or give back a seat, answer an offer, cancel."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.bookings.enums import LIVING, Need, State
from yole.bookings.models import Booking
from yole.bookings.wording import wrong_code
from yole.events import mine, selectors_public, services_registration, throttle
from yole.events.enums import LIVE_STATUSES
from yole.events.forms import CodeForm, RegisterForm
from yole.events.models import Registration
from yole.events.selectors_public import my_registration
from yole.events.views import edition_or_404

ALIVE = (State.BOOKED, State.CONFIRMED, State.OFFERED, State.WAITING)


@never_cache
@require_http_methods(FORM)
def register(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    slots = selectors_public.limited_open(of)
    places = selectors_public.places_of(of)
    initial = {"slots": request.GET.getlist("seance"), "invitation": request.GET.get("invitation", "")}
    form = RegisterForm(request.POST or None, slots=slots, auto_id="r_%s", initial=initial)
    if form.is_bound and form.is_valid():
        try:
            outcome = services_registration.register(of, form.to_form())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            if outcome.registration is None:
                # Neither code nor state: whoever types a name and a telephone would learn who comes.
                mine.forget(request)
                return redirect("events:noted", slug=slug)
            mine.remember(request, outcome.registration)
            return redirect("events:confirmation")
    context = {
        "edition": of,
        "form": form,
        "places": places,
        "open": places is not None and not places.closed,
        "public": of.status in LIVE_STATUSES,
        "consent": services_registration.consent_text(),
    }
    return render(request, "events/register.html", context, status=422 if form.is_bound else 200)


@require_safe
def noted(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer to somebody who already is on the list: the same words as for anybody, without a code."""
    return render(request, "events/noted.html", {"edition": edition_or_404(request, slug)})


@never_cache
@require_http_methods(FORM)
def code_page(request: HttpRequest) -> HttpResponse:
    """« J’ai un code », of a registration or of a proposal. A wrong one is told with what is wrong in its writing, not with what exists."""
    form = CodeForm(request.POST or None, auto_id="c_%s")
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                return _opened(request, form)
            except Refused as refusal:
                form.apply_refusal(refusal)
                status = refusal.status
    return render(request, "events/code.html", {"form": form, "open": mine.remembered(request)}, status=status)


def _opened(request: HttpRequest, form: CodeForm) -> HttpResponse:
    throttle.CODES.check(request)
    typed = form.cleaned_data["code"]
    registration = selectors_public.registration_by_code(typed)
    if registration is not None:
        mine.remember(request, registration)
        return redirect("events:mine")
    proposal = selectors_public.proposal_by_code(typed)
    if proposal is not None:
        mine.remember_proposal(request, proposal)
        return redirect("events:proposal")
    throttle.CODES.count(request)
    raise Refused(wrong_code(typed), field="code", code="unknown", status=422)


def _open(request: HttpRequest) -> Registration | HttpResponse:
    """The registration opened with a code, or the way to type it again."""
    found = mine.remembered(request)
    if found is None:
        messages.info(request, _("Écrivez votre code pour voir votre inscription."))
        return redirect("events:code")
    return found


def _render(request: HttpRequest, template: str, registration: Registration, **more: object) -> HttpResponse:
    view = my_registration(registration)
    living = [row for row in view.seats if row[0].booking.state in LIVING]
    held = {row[0].slot_id for row in living}
    could = [
        (slot, left)
        for slot, left in selectors_public.limited_open(registration.edition)
        if slot.number not in _numbers(registration, held)
    ]
    context = {
        "edition": registration.edition,
        "view": view,
        "booking": view.booking,
        "seats": living,
        "alive": view.booking.state in ALIVE,
        "could": could if view.booking.holds_place and registration.edition.status in LIVE_STATUSES else [],
        "follows": selectors_public.follows_of(registration) if _may_be_told(view.booking) else [],
        "needs_words": ". ".join(_(Need(code).label) for code in view.booking.needs),
        "cancel_url": mine.cancel_link(registration),
        "new_key": uuid.uuid4(),
        **more,
    }
    return render(request, template, context)


def _may_be_told(booking: Booking) -> bool:
    return booking.state in ALIVE and not booking.no_contact and bool(booking.email or booking.phone)


def _numbers(registration: Registration, slot_ids: set[int]) -> set[int]:
    return set(registration.edition.slots.filter(pk__in=slot_ids).values_list("number", flat=True))


@never_cache
@require_safe
def confirmation(request: HttpRequest) -> HttpResponse:
    found = _open(request)
    return found if isinstance(found, HttpResponse) else _render(request, "events/confirmation.html", found)


@never_cache
@require_safe
def mine_page(request: HttpRequest) -> HttpResponse:
    found = _open(request)
    return found if isinstance(found, HttpResponse) else _render(request, "events/mine.html", found)


@never_cache
@require_safe
def mine_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a message opens the registration, without its code."""
    found = mine.read_link(token)
    if found is None:
        raise Http404
    mine.remember(request, found)
    return redirect("events:mine")


@require_POST
def seat(request: HttpRequest) -> HttpResponse:
    """Takes a place in one more slot, gives one back, or answers an offer: `act` is `take`, `leave`, `accept`; `event` for the edition.

    `follow`, `unfollow`: to be told about a free-entry slot, or no longer."""
    found = _open(request)
    if isinstance(found, HttpResponse):
        return found
    act, target = request.POST.get("act", ""), request.POST.get("seat", "")
    if act == "take" and target.isascii() and target.isdigit():
        _take(request, found, int(target))
    elif act in ("follow", "unfollow") and target.isascii() and target.isdigit() and len(target) < 9:
        if act == "follow":
            services_registration.follow(found, int(target))
            messages.success(request, _("C’est noté : nous vous préviendrons si cette séance change."))
        else:
            services_registration.unfollow(found, int(target))
            messages.success(request, _("C’est noté : nous ne vous préviendrons plus pour cette séance."))
    elif act == "accept" and target == "event":
        services_registration.accept_by_person(found)
        messages.success(request, _("C’est noté : votre place est gardée."))
    elif act in ("accept", "leave") and target.isascii() and target.isdigit():
        row = next((one for one, _slot, _rank in my_registration(found).seats if one.pk == int(target)), None)
        if row is None:
            raise Http404
        if act == "accept":
            services_registration.accept_seat(row)
            messages.success(request, _("C’est noté : votre place est gardée."))
        else:
            services_registration.leave_seat(row)
            messages.success(request, _("Votre place est rendue. Une autre personne l’aura."))
    else:
        raise Refused(_("Choisissez une séance."), code="missing", status=422)
    return redirect("events:mine")


def _take(request: HttpRequest, registration: Registration, number: int) -> None:
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    made = services_registration.add_seat(registration, number, key)
    waits = made.booking.state == State.WAITING
    messages.success(request, _("Vous êtes sur la liste d’attente.") if waits else _("C’est noté : votre place est gardée."))


@never_cache
@require_http_methods(FORM)
def cancel_mine(request: HttpRequest) -> HttpResponse:
    found = _open(request)
    if isinstance(found, HttpResponse):
        return found
    if request.method == "POST":
        services_registration.cancel_by_person(found)
        return _render(request, "events/cancel.html", found, done=True)
    return _render(request, "events/cancel.html", found, back=reverse("events:mine"))


@never_cache
@require_http_methods(FORM)
def cancel_link(request: HttpRequest, token: str) -> HttpResponse:
    """One step: the page says what will be cancelled, one button does it."""
    found = mine.read_link(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        services_registration.cancel_by_person(found)
        return _render(request, "events/cancel.html", found, done=True)
    return _render(request, "events/cancel.html", found, back=reverse("events:list"))


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """« J’ai fini »: the next person at this computer sees nothing."""
    mine.forget(request)
    return redirect("events:list")
