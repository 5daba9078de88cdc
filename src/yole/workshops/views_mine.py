"""What one person does with their code or with a link of a message: see, answer, change, cancel, give an opinion."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.bookings.enums import Need, State
from yole.bookings.models import Booking
from yole.bookings.wording import wrong_code
from yole.territory.requests import territory_of
from yole.workshops import documents, feeds, links, mine, services_attendance, services_enrolment, throttle
from yole.workshops.forms import ChangeForm, CodeForm, EvaluationForm
from yole.workshops.selectors import SessionRow
from yole.workshops.selectors_person import MyBooking, booking_by_code, my_booking
from yole.workshops.views import access_words

ALIVE = (State.BOOKED, State.CONFIRMED, State.OFFERED, State.WAITING)


@never_cache
@require_http_methods(FORM)
def code_page(request: HttpRequest) -> HttpResponse:
    """« J’ai un code ». A wrong code is told with what is wrong in its writing, never with what exists."""
    if request.method != "POST":
        return render(request, "workshops/code.html", {"form": CodeForm(auto_id="c_%s"), "open": mine.remembered(request)})
    form = CodeForm(request.POST, auto_id="c_%s")
    status = 422
    if form.is_valid():
        try:
            throttle.CODES.check(request)
            found = booking_by_code(form.cleaned_data["code"])
            if found is not None and found.booking.erased_at is None:
                mine.remember(request, found.booking)
                return redirect("workshops:mine")
            throttle.CODES.count(request)
            form.add_error("code", wrong_code(form.cleaned_data["code"]))
        except Refused as refusal:
            form.apply_refusal(refusal)
            status = refusal.status
    return render(request, "workshops/code.html", {"form": form}, status=status)


def _open(request: HttpRequest) -> Booking | HttpResponse:
    """The enrolment opened with a code, or the way to type it again."""
    found = mine.remembered(request)
    if found is None:
        messages.info(request, _("Écrivez votre code pour voir votre inscription."))
        return redirect("workshops:code")
    return found


def _render(request: HttpRequest, template: str, booking: Booking, **more: object) -> HttpResponse:
    view = my_booking(booking)
    context = {"view": view, "booking": booking, "row": next_of(view), "alive": booking.state in ALIVE, **more}
    return render(request, template, context, status=422 if more.get("wrong") else 200)


def next_of(view: MyBooking) -> SessionRow | None:
    """The next session of an enrolment, else its last."""
    coming = [row for row in view.sessions if row.ends_at > timezone.now()]
    return coming[0] if coming else (view.sessions[-1] if view.sessions else None)


@never_cache
@require_safe
def confirmation(request: HttpRequest) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    return _render(request, "workshops/confirmation.html", booking, calendar_url=feeds.booking_address(booking))


@never_cache
@require_safe
def mine_page(request: HttpRequest) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    view = my_booking(booking)
    present = {p.session_id for p in view.presences if p.state == "présent"}
    session = documents.session_of(next_of(view), territory_of(request)) if next_of(view) else None
    context = {
        "calendar_url": feeds.booking_address(booking),
        "certificates": [row for row in view.sessions if row.pk in present],
        "to_evaluate": _to_evaluate(view),
        "access": access_words(session.place, session.stop) if session else "",
        "needs_words": ". ".join(_(Need(code).label) for code in booking.needs),
    }
    return _render(request, "workshops/mine.html", booking, **context)


def _to_evaluate(view: MyBooking) -> list[SessionRow]:
    """Sessions that began, at which the person was not noted absent."""
    missed = {p.session_id for p in view.presences if p.state in ("absent", "excusé")}
    if view.booking.state in (State.CANCELLED, State.WAITING, State.OFFERED):
        return []
    return [row for row in view.sessions if row.starts_at <= timezone.now() and row.pk not in missed and row.state != "cancelled"][-3:]


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """« J’ai fini »: the next person at this computer sees nothing."""
    mine.forget(request)
    return redirect("workshops:list")


def _answer(request: HttpRequest, booking: Booking) -> None:
    if request.POST.get("answer") == "oui":
        services_enrolment.accept_by_person(booking)
        messages.success(request, _("C’est noté : vous venez. Votre place est gardée."))
    elif request.POST.get("answer") == "non":
        services_enrolment.refuse_by_person(booking)
        messages.success(request, _("C’est noté : vous ne venez pas. La place va à une autre personne."))
    else:
        raise Refused(_("Choisissez oui ou non."), code="missing", status=422)


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    _answer(request, booking)
    return redirect("workshops:mine")


@never_cache
@require_http_methods(FORM)
def change(request: HttpRequest) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    before = {
        "size": booking.size,
        "contact": booking.email or booking.phone,
        "no_contact": booking.no_contact,
        "needs": booking.needs,
        "needs_note": booking.needs_note,
    }
    if request.method != "POST":
        return _render(request, "workshops/change.html", booking, form=ChangeForm(initial=before, auto_id="m_%s"))
    form = ChangeForm(request.POST, auto_id="m_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            services_enrolment.change_by_person(
                booking,
                size=data["size"],
                contact=data["contact"],
                no_contact=data["no_contact"],
                needs=data["needs"],
                needs_note=data["needs_note"],
            )
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Vos changements sont notés."))
            return redirect("workshops:mine")
    return _render(request, "workshops/change.html", booking, form=form, wrong=True)


@never_cache
@require_http_methods(FORM)
def cancel_mine(request: HttpRequest) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    if request.method == "POST":
        services_enrolment.cancel_by_person(booking)
        messages.success(request, _("Votre inscription est annulée. Merci de nous avoir prévenus."))
        return redirect("workshops:mine")
    return _render(request, "workshops/cancel.html", booking, back=reverse("workshops:mine"))


# Links of messages: they name the enrolment by a signature, without its code.


def _of_link(token: str) -> Booking:
    booking = links.read_token(token)
    if booking is None or booking.erased_at is not None:
        raise Http404
    return booking


@never_cache
@require_http_methods(FORM)
def cancel_link(request: HttpRequest, token: str) -> HttpResponse:
    """One step: the page says what will be cancelled, one button does it."""
    booking = _of_link(token)
    if request.method == "POST":
        booking = services_enrolment.cancel_by_person(booking)
        return _render(request, "workshops/cancel.html", booking, done=True)
    return _render(request, "workshops/cancel.html", booking, back=reverse("workshops:list"))


@never_cache
@require_http_methods(FORM)
def offer_link(request: HttpRequest, token: str) -> HttpResponse:
    """The offered place, yes or no."""
    booking = _of_link(token)
    if request.method == "POST":
        _answer(request, booking)
        return redirect("workshops:offer", token=token)
    return _render(request, "workshops/offer.html", booking, offered=booking.state == State.OFFERED)


# Opinion, certificate, calendar


@never_cache
@require_http_methods(FORM)
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    view = my_booking(booking)
    row = next((one for one in view.sessions if one.pk == pk), None)
    session = documents.session_of(row, territory_of(request)) if row else None
    if session is None:
        raise Http404
    form = EvaluationForm(request.POST or None, auto_id="a_%s", initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            services_attendance.evaluate(
                session,
                smiley=int(form.cleaned_data["smiley"]),
                line=form.cleaned_data["line"],
                key=form.cleaned_data["key"] or uuid.uuid4(),
                booking=booking,
            )
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Merci. Votre avis aide à faire mieux."))
            return redirect("workshops:mine")
    return render(request, "workshops/evaluation.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    view = my_booking(booking)
    row = next((one for one in view.sessions if one.pk == pk), None)
    if row is None:
        raise Http404
    return as_file(documents.certificate(booking, row, view.presences, territory_of(request)), f"attestation-{row.day:%Y-%m-%d}.pdf")


@never_cache
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    booking = _open(request)
    if isinstance(booking, HttpResponse):
        return booking
    view = my_booking(booking)
    return as_file(documents.card(booking, view.sessions), "inscription.pdf")
