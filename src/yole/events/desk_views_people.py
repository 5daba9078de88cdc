"""Proposals to read and decide; people registered, one by one or from a list; waiting lists."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.bookings import selectors as bookings
from yole.bookings.enums import Need, State
from yole.events import (
    contacts,
    mine,
    permissions,
    selectors_desk,
    selectors_public,
    services_call,
    services_messages,
    services_registration,
)
from yole.events.desk_common import attempt, edition_or_404, form_page, page
from yole.events.enums import OPEN_PROPOSALS, ProposalState
from yole.events.forms import RegisterForm
from yole.events.forms_desk import DecisionForm, GroupForm, PriorityForm, ReviewForm
from yole.events.models import Edition, Registration, Slot
from yole.events.selectors_desk import ProposalRow
from yole.kernel.tables import write_french_sheet
from yole.organisations.requests import account_of
from yole.people.sealing import UnreadableError

PAGE = 50


# Proposals


@staff_page(permissions.REVIEW)
@require_safe
def proposals(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    state = request.GET.get("etat", "")
    rows = selectors_desk.proposals(of, account_of(request), state=state if state in ProposalState.values else "")
    return page(request, "proposals", of, rows=rows, states=ProposalState.choices, state=state)


@staff_page(permissions.REVIEW)
@require_http_methods(FORM)
def proposal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A proposal with its reviews. `act` says which form was sent: `review` or `decide`."""
    of = edition_or_404(request, slug)
    account = account_of(request)
    row = selectors_desk.proposal(of, account, pk)
    if row is None:
        raise Http404
    act = request.POST.get("act", "")
    seen = row.mine
    given = {"score": str(seen.score or ""), "comment": seen.comment, "conflict": seen.conflict} if seen else {}
    review = ReviewForm(request.POST if act == "review" else None, initial=given, auto_id="w_%s")
    decision = DecisionForm(request.POST if act == "decide" else None, initial={"answer": row.proposal.answer}, auto_id="d_%s")

    def reviewed() -> object:
        data = review.cleaned_data
        score = int(data["score"]) if data["score"] else None
        return services_call.review(account, row.proposal, score=score, comment=data["comment"], conflict=data["conflict"])

    def decided() -> object:
        return services_call.decide(account, row.proposal, decision.cleaned_data["state"], answer=decision.cleaned_data["answer"])

    if attempt(review, reviewed) is not None:
        messages.success(request, "Votre avis est noté.")
        return redirect("events:desk-proposal", slug=slug, pk=pk)
    if attempt(decision, decided) is not None:
        messages.success(request, "La décision est notée.")
        return redirect("events:desk-proposal", slug=slug, pk=pk)
    wrong = review if review.is_bound else decision if decision.is_bound else None
    return page(
        request,
        "proposal",
        of,
        status=422 if wrong else 200,
        row=row,
        proposal=row.proposal,
        review=review,
        decision=decision,
        wrong=wrong,
        open=row.proposal.state in OPEN_PROPOSALS,
        decidable=row.proposal.state not in (ProposalState.WITHDRAWN, ProposalState.CONFIRMED) and not row.hidden,
        author=_author(row) if may(account, permissions.DECIDE) else "",
        link=mine.proposal_link(row.proposal) if may(account, permissions.DECIDE) else "",
        told=row.proposal.messages.filter(cancelled_at__isnull=True).order_by("-pk").first(),
    )


def _author(row: ProposalRow) -> str:
    """The contact of whoever proposed, for those who answer."""
    author = next((one for one in row.proposal.speakers.all() if one.contact_sealed is not None), None)
    if author is None:
        return ""
    try:
        return f"{author.name} : {contacts.read(author)}"
    except UnreadableError:
        return f"{author.name} : contact illisible sur ce serveur"


# Registrations


def _slot_of(of: Edition, request: HttpRequest) -> Slot | None:
    typed = request.GET.get("seance", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
        return None
    return of.slots.filter(number=int(typed), capacity__isnull=False).select_related("capacity").first()


@staff_page(permissions.REGISTER)
@require_safe
def registrations(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody, or those of one limited slot (`?seance=`), with its waiting list in order."""
    of = edition_or_404(request, slug)
    chosen = _slot_of(of, request)
    found = selectors_desk.registrations(of, slot=chosen)
    limited = of.slots.filter(capacity__isnull=False).select_related("capacity").order_by("starts_at", "number")
    queue = selectors_desk.queue_of(of, chosen)
    return page(
        request,
        "registrations",
        of,
        page=Paginator(found, PAGE).get_page(request.GET.get("page")),
        limited=limited,
        chosen=chosen,
        capacity=chosen.capacity if chosen else of.capacity,
        queue=queue,
        offers=selectors_desk.offers(of),
        calls=services_messages.to_call(of),
        registered={one.booking_id: one.pk for one in found} if not chosen else _by_seat(chosen),
    )


def _by_seat(slot: Slot) -> dict[int, int]:
    return dict(slot.seats.values_list("booking_id", "registration_id"))


@staff_page(permissions.REGISTER)
@require_http_methods(FORM)
def registration_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The team registers somebody: by telephone, or at the door."""
    of = edition_or_404(request, slug)
    form = RegisterForm(request.POST or None, slots=selectors_public.limited_open(of), auto_id="r_%s")
    outcome = attempt(form, lambda: services_registration.register_at_desk(account_of(request), of, form.to_form()))
    back = reverse("events:desk-registrations", args=[slug])
    if outcome is not None:
        if outcome.registration is None:
            messages.warning(request, "Cette personne est déjà inscrite avec ce contact.")
            return redirect(back)
        messages.success(request, "La personne est inscrite. Donnez-lui son code.")
        return redirect("events:desk-registration", slug=slug, pk=outcome.registration.pk)
    return form_page(request, form, "Inscrire quelqu’un", back, of=of, template="registration_new")


@staff_page(permissions.REGISTER)
@require_http_methods(FORM)
def group(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    form = GroupForm(request.POST or None, auto_id="g_%s")

    def act() -> object:
        data = form.cleaned_data
        return services_registration.register_group(
            account_of(request), of, data["text"], key=data["key"], consent=data["consent"], organisation=data["organisation"]
        )

    done = attempt(form, act)
    if done is not None:
        return page(request, "group_done", of, done=done)
    return form_page(request, form, "Inscrire un groupe", reverse("events:desk-registrations", args=[slug]), of=of)


@staff_page(permissions.REGISTER)
@require_http_methods(FORM)
def registration(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One registration. `act`: `cancel`, `priority`, `accept` (an offered place, `target` its booking), `called` (`target` a message)."""
    of = edition_or_404(request, slug)
    row = selectors_desk.registration(of, pk)
    if row is None:
        raise Http404
    act = request.POST.get("act", "")
    form = PriorityForm(request.POST if act == "priority" else None, initial={"priority": 5}, auto_id="y_%s")
    if request.method == "POST" and _done(request, of, row, act, form):
        return redirect("events:desk-registration", slug=slug, pk=pk)
    view = selectors_public.my_registration(row)
    return page(
        request,
        "registration",
        of,
        status=422 if form.is_bound else 200,
        row=row,
        view=view,
        booking=view.booking,
        form=form,
        needs=", ".join(str(Need(code).label) for code in view.booking.needs),
        history=bookings.history(view.booking.pk),
        alive=view.booking.state in (State.BOOKED, State.CONFIRMED, State.OFFERED, State.WAITING),
        waits=view.booking.state == State.WAITING or any(seat.booking.state == State.WAITING for seat, _slot, _rank in view.seats),
    )


def _done(request: HttpRequest, of: Edition, row: Registration, act: str, form: PriorityForm) -> bool:
    account = account_of(request)
    if act == "called":
        target = request.POST.get("target", "")
        services_messages.note_called(account, of, int(target) if target.isascii() and target.isdigit() and len(target) < 16 else 0)
        messages.success(request, "L’appel est noté.")
        return True
    if act == "cancel":
        services_registration.cancel_at_desk(account, row)
        messages.success(request, "L’inscription est annulée. Les places vont aux suivants.")
        return True
    targets = {str(row.booking_id): row.booking}
    targets |= {str(seat.booking_id): seat.booking for seat in row.seats.select_related("booking")}
    booking = targets.get(request.POST.get("target", ""))
    if booking is None:
        raise Refused("Choisissez ce qui change.", code="missing", status=422)
    if act == "accept":
        services_registration.accept_at_desk(account, booking, of)
        messages.success(request, "La place est gardée.")
        return True
    if act == "priority":
        data = form.cleaned_data if form.is_valid() else {}
        if attempt(form, lambda: services_registration.set_priority(account, booking, of, data["priority"], data["reason"])) is not None:
            messages.success(request, "Le rang a changé.")
            return True
        return False
    raise Refused("Choisissez ce qui change.", code="missing", status=422)


HEADERS = ("Nom", "Structure", "Personnes", "État", "Besoins", "Téléphone", "E-mail", "Séances")


@staff_page(permissions.REGISTER)
@require_safe
def registrations_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The list for the team."""
    of = edition_or_404(request, slug)
    rows = []
    for row in selectors_desk.registrations(of).prefetch_related("seats__slot", "seats__booking"):
        held = row.booking
        needs = ", ".join([*(str(Need(code).label) for code in held.needs), *filter(None, [held.needs_note])])
        seats = ", ".join(seat.slot.title for seat in row.seats.all() if seat.booking.state != State.CANCELLED)
        rows.append([held.name, row.organisation, held.size, held.get_state_display(), needs, held.phone, held.email, seats])
    return as_file(write_french_sheet(HEADERS, rows), f"inscriptions-{of.slug}.csv")


@staff_page(permissions.REGISTER)
@require_safe
def needs(request: HttpRequest, slug: str) -> HttpResponse:
    """How many people said each need: what the room must be ready for."""
    of = edition_or_404(request, slug)
    holding = [row.booking for row in selectors_desk.registrations(of) if row.booking.holds_place]
    counted = [(str(need.label), sum(need.value in one.needs for one in holding)) for need in Need]
    notes = [one.needs_note for one in holding if one.needs_note]
    return page(request, "needs", of, counted=[line for line in counted if line[1]], notes=notes)
