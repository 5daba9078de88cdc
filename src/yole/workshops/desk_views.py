"""The desk: agenda, one session, one enrolment."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import may, require, staff_page
from yole.base.registries import SESSION_ACTS
from yole.bookings import selectors as booking_selectors
from yole.bookings.enums import Need, State
from yole.bookings.models import Booking
from yole.organisations.models import Account, Structure
from yole.organisations.requests import account_of
from yole.territory import selectors as territory_selectors
from yole.workshops import documents, files, permissions, selectors, selectors_desk, services_enrolment, wording
from yole.workshops.desk_common import booking_or_refused, clash_words, own_territory, reader, reads_all, session_or_404
from yole.workshops.forms_desk import ContactForm, LeaveForm, PriorityForm, SizeForm
from yole.workshops.models import Session
from yole.workshops.selectors import Filters
from yole.workshops.views import SPANS, calendar_context, page_number, pages_of, read_day

_LABELS = ("Jour", "Semaine", "Mois", "Liste")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _filters(request: HttpRequest) -> tuple[Filters, dict[str, str]]:
    """What the agenda is narrowed to, and the part of the address that keeps it. Without choice: the account's structure."""
    account = account_of(request)
    structure = request.GET.get("structure")
    if structure is None:
        structure = str(account.structure_id or "")
    mediator = request.GET.get("animateur", "")
    kept = {"structure": structure, "animateur": mediator}
    return Filters(structure_id=_number(structure), mediator_id=_number(mediator)), kept


@staff_page(permissions.SEE)
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    territory, account = own_territory(request), account_of(request)
    chosen, kept = _filters(request)
    vue = request.GET.get("vue", "semaine")
    today = territory_selectors.today()
    day = read_day(request.GET.get("jour", ""), today)
    base, query = reverse("workshops:desk-agenda"), urlencode(kept) + "&"
    list_url = f"{base}?{query}vue=liste"
    context: dict[str, Any] = {
        "desk": True,
        "day": day,
        "vue": vue,
        "kept": kept,
        "structures": Structure.objects.filter(territory=territory).order_by("sort_key"),
        "leaders": Account.objects.filter(territory=territory, is_active=True).order_by("name"),
        "tabs": wording.spans(base, query, day, _LABELS, list_url),
        "may_plan": may(account, permissions.PROGRAMME),
        "may_numbers": may(account, permissions.INDICATORS),
        "may_settings": may(account, permissions.SETTINGS),
        "csv_url": f"{reverse('workshops:desk-sessions-csv')}?{query}jour={day:%Y-%m-%d}",
    }
    if vue == "liste":
        found = selectors.desk_sessions(territory, chosen, first=day, page=page_number(request))
        context |= {"found": found, "page": pages_of(found), "clash": clash_words([row.pk for row in found.rows])}
    else:
        span = SPANS.get(vue, "week")
        days = selectors.calendar(territory, span, day, public=False, chosen=chosen)
        context |= calendar_context(days, span, day, base, query)
        context["clash"] = clash_words([row.pk for one in days for row in one.rows])
    return render(request, "workshops/desk/agenda.html", context)


@staff_page(permissions.SEE)
@require_safe
def sessions_csv(request: HttpRequest) -> HttpResponse:
    """Sessions of the shown month, with counts; nobody is named."""
    chosen, _kept = _filters(request)
    day = read_day(request.GET.get("jour", ""), territory_selectors.today())
    first, last = selectors.bounds("month", day)
    found = selectors.desk_sessions(own_territory(request), chosen, first=first, last=last, size=2000)
    return files.sessions_csv(found.rows, f"seances-{day:%Y-%m}.csv")


@staff_page(permissions.SEE)
@require_safe
def session_page(request: HttpRequest, pk: int) -> HttpResponse:
    session, row = session_or_404(request, pk)
    account = account_of(request)
    sheet = selectors_desk.session_sheet(session)
    reads = reader(account, session)
    needs = dict(Need.choices)

    def shown(booking: Booking) -> dict[str, Any]:
        return {"booking": booking, "reads": reads(booking), "needs": ", ".join(str(needs.get(n, n)) for n in booking.needs)}

    calls = [call for call in selectors_desk.call_list(session.territory) if call.session.pk == session.pk and reads(call.booking)]
    context = {
        "session": session,
        "row": row,
        "sheet": sheet,
        "enrolled": [{**shown(line.booking), "line": line} for line in sheet.lines if line.booking is not None],
        "offers": [shown(line.booking) for line in sheet.lines if line.booking is not None and line.booking.state == State.OFFERED],
        "waiting": [{**shown(queued.booking), "rank": queued.rank} for queued in sheet.waiting],
        "cancelled_bookings": [shown(booking) for booking in sheet.cancelled],
        "reads_all": reads_all(account, session),
        "calls": calls,
        "clash": clash_words([session.pk]),
        "capacity": session.cohort.capacity if session.cohort is not None else session.capacity,
        "may_plan": may(account, permissions.PLAN),
        "may_enrol": may(account, permissions.ENROL),
        "may_prescribe": may(account, permissions.PRESCRIBE),
        "more_acts": [one for one in SESSION_ACTS if may(account, one.act)],
        "opinions": selectors_desk.opinions(session.programme, session_id=session.pk),
        "over": row.ends_at < territory_selectors.now(),
    }
    return render(request, "workshops/desk/session.html", context)


# One enrolment

_ACTS: dict[str, tuple[str, type[PlainForm] | None]] = {
    "accept": (permissions.ENROL, None),
    "refuse": (permissions.ENROL, None),
    "priority": (permissions.PRIORITY, PriorityForm),
    "size": (permissions.ENROL, SizeForm),
    "contact": (permissions.ENROL, ContactForm),
    "cancel": (permissions.ENROL, LeaveForm),
}
_DONE = {
    "accept": "La place est acceptée.",
    "refuse": "La place est refusée : elle va à la personne suivante.",
    "priority": "Le rang a changé. Le motif est dans l’historique.",
    "size": "Le nombre de personnes a changé.",
    "contact": "Le contact a changé.",
    "cancel": "L’inscription est annulée.",
}


def _do(account: Account, booking: Booking, act: str, data: dict[str, Any]) -> None:
    if act == "accept":
        services_enrolment.accept_at_desk(account, booking.pk)
    elif act == "refuse":
        services_enrolment.refuse_at_desk(account, booking.pk)
    elif act == "priority":
        services_enrolment.set_priority(account, booking.pk, data["priority"], data["reason"])
    elif act == "size":
        services_enrolment.change_size_at_desk(account, booking.pk, data["size"])
    elif act == "contact":
        services_enrolment.change_contact_at_desk(account, booking.pk, data["contact"], no_contact=data["no_contact"])
    else:
        services_enrolment.cancel_at_desk(account, booking.pk, reason=data["reason"], by_service=data["by_service"])


@staff_page(permissions.SEE)
@require_http_methods(FORM)
def booking_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One enrolment: what it is, its history, and every act on it. `act` names the form that was sent."""
    booking, session = booking_or_refused(request, pk)
    account = account_of(request)
    forms = {
        "priority": PriorityForm(initial={"priority": booking.priority}, auto_id="p_%s"),
        "size": SizeForm(initial={"size": booking.size}, auto_id="s_%s"),
        "contact": ContactForm(initial={"contact": booking.email or booking.phone, "no_contact": booking.no_contact}, auto_id="t_%s"),
        "cancel": LeaveForm(auto_id="l_%s"),
    }
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in _ACTS:
            raise Refused("Acte inconnu.", code="unknown", status=422)
        allowed, form_class = _ACTS[act]
        require(account, allowed)
        form = form_class(request.POST, auto_id=forms[act].auto_id) if form_class is not None else None
        if form is None or form.is_valid():
            try:
                _do(account, booking, act, form.cleaned_data if form is not None else {})
            except Refused as refusal:
                if form is None:
                    raise
                form.apply_refusal(refusal)
            else:
                messages.success(request, _DONE[act])
                return redirect("workshops:desk-booking", pk=booking.pk)
        if form is not None:
            forms[act], status = form, 422
    return render(request, "workshops/desk/booking.html", _booking_context(request, booking, session, forms), status=status)


def _booking_context(request: HttpRequest, booking: Booking, session: Session, forms: dict[str, Any]) -> dict[str, Any]:
    account = account_of(request)
    needs = dict(Need.choices)
    return {
        "booking": booking,
        "session": session,
        "row": selectors.session_row(session.territory, session.pk),
        "rank": booking_selectors.rank_of(booking),
        "history": booking_selectors.history(booking.pk),
        "needs": ", ".join(str(needs.get(n, n)) for n in booking.needs),
        "forms": forms,
        "wrong": next((form for form in forms.values() if form.is_bound), None),
        "alive": booking.state in (State.BOOKED, State.CONFIRMED, State.OFFERED, State.WAITING),
        "may_enrol": may(account, permissions.ENROL),
        "may_priority": may(account, permissions.PRIORITY),
    }


@staff_page(permissions.ENROL)
@require_safe
def booking_card(request: HttpRequest, pk: int) -> HttpResponse:
    from yole.workshops.selectors_person import my_booking

    booking, _session = booking_or_refused(request, pk)
    return as_file(documents.card(booking, my_booking(booking).sessions), "inscription.pdf")
