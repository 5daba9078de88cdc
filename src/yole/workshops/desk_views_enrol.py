"""Enrolling at the desk: one person, a pasted list, somebody sent by a partner; who was sent; calls to make."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.bookings.contacts import read_contact
from yole.bookings.engine.pasted import PastedError, PastedPerson, parse_pasted_list
from yole.organisations.requests import account_of
from yole.people import selectors as people
from yole.workshops import documents, permissions, selectors_desk, services_enrolment, services_messages
from yole.workshops.desk_common import own_territory, reader, session_or_404
from yole.workshops.enums import CallOutcome
from yole.workshops.forms_desk import DeskPersonForm, GroupForm, PrescriptionForm
from yole.workshops.models import OutboundMessage, Session
from yole.workshops.selectors_desk import Call
from yole.workshops.selectors_person import prescribed_by


def _page(request: HttpRequest, template: str, form: Any, pk: int, row: Any, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "row": row,
        "back": reverse("workshops:desk-session", args=[pk]),
        "consent": services_enrolment.consent_text(),
        **more,
    }
    return render(request, template, context, status=422 if form.is_bound and not form.is_valid() else 200)


@staff_page(permissions.ENROL)
@require_http_methods(FORM)
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """One person beside the professional: the page that follows has the code to print."""
    session, row = session_or_404(request, pk)
    account = account_of(request)
    form = DeskPersonForm(request.POST or None, auto_id="e_%s")
    person = None
    if form.is_bound and form.is_valid() and (code := form.cleaned_data["card"]):
        person = people.by_code(account, code)
        if person is None:
            form.add_error("card", "Cette carte n’est pas connue de votre structure. Vérifiez le code, ou laissez vide.")
    if form.is_bound and form.is_valid():
        details = form.to_form(consent=form.cleaned_data["consent"])
        try:
            outcome = services_enrolment.enrol_at_desk(account, session, details, person=person.pk if person is not None else None)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            if outcome.repeat == "person":
                messages.info(request, "Cette personne était déjà sur la liste : voici son inscription.")
            else:
                messages.success(request, "Inscription notée. Imprimez la carte, ou donnez le code.")
            return redirect("workshops:desk-booking", pk=outcome.booking.pk)
    return _page(request, "workshops/desk/enrol.html", form, pk, row, heading="Inscrire quelqu’un")


@staff_page(permissions.PRESCRIBE)
@require_http_methods(FORM)
def prescribe(request: HttpRequest, pk: int) -> HttpResponse:
    session, row = session_or_404(request, pk)
    form = PrescriptionForm(request.POST or None, auto_id="e_%s")
    if form.is_bound and form.is_valid():
        try:
            services_enrolment.prescribe(
                account_of(request), session, form.to_form(consent=form.cleaned_data["consent"]), agreed=form.cleaned_data["agreed"]
            )
        except Refused as refusal:
            # The service knows this field by another name.
            refusal.field = "agreed" if refusal.field == "prescriber_agreed" else refusal.field
            form.apply_refusal(refusal)
        else:
            messages.success(request, "C’est noté. Vous verrez ici si la personne est venue.")
            return redirect("workshops:desk-prescriptions")
    return _page(request, "workshops/desk/enrol.html", form, pk, row, heading="Orienter une personne")


@staff_page(permissions.PRESCRIBE)
@require_safe
def prescriptions(request: HttpRequest) -> HttpResponse:
    """« Est-elle venue ? »: the people whom this account sent, and nothing else of them."""
    return render(request, "workshops/desk/prescriptions.html", {"people": prescribed_by(account_of(request))})


def _check(text: str) -> tuple[list[PastedPerson], list[PastedError]]:
    """Lines that can be enrolled and lines that cannot, contacts read as enrolment reads them."""
    pasted = parse_pasted_list(text)
    right, wrong = [], list(pasted.errors)
    for person in pasted.people:
        try:
            read_contact(person.contact)
        except Refused as refusal:
            wrong.append(PastedError(person.line, person.name, str(refusal)))
        else:
            right.append(person)
    return right, sorted(wrong, key=lambda error: error.line)


@staff_page(permissions.ENROL)
@require_http_methods(FORM)
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """A pasted list: first what is right and wrong, line by line, the text kept; then the right lines are enrolled, the wrong ones stay."""
    session, row = session_or_404(request, pk)
    form = GroupForm(request.POST or None, auto_id="g_%s")
    if not form.is_bound or not form.is_valid():
        return _page(request, "workshops/desk/group.html", form, pk, row, session=session)
    text = form.cleaned_data["text"]
    right, wrong = _check(text)
    checked = {"right": right, "wrong": wrong, "session": session}
    if not right and not wrong:
        form.add_error("text", "La liste est vide : collez une personne par ligne.")
        return _page(request, "workshops/desk/group.html", form, pk, row, **checked)
    if not right or not form.cleaned_data["confirm"]:
        return _page(request, "workshops/desk/group.html", form, pk, row, checked=True, **checked)
    try:
        outcome = services_enrolment.enrol_group(
            account_of(request), session, text, key=form.cleaned_data["key"], consent=form.cleaned_data["consent"]
        )
    except Refused as refusal:
        form.apply_refusal(refusal)
        return _page(request, "workshops/desk/group.html", form, pk, row, **checked)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    left = "\n".join(lines[error.line - 1] for error in outcome.errors if error.line <= len(lines))
    again = GroupForm(auto_id="g_%s", initial={"text": left, "key": uuid.uuid4(), "consent": True})
    return _page(request, "workshops/desk/group.html", again, pk, row, outcome=outcome, wrong=list(outcome.errors), session=session)


# Calls


def _my_calls(request: HttpRequest) -> list[Call]:
    """Calls about people whom this account may read."""
    account = account_of(request)
    calls = selectors_desk.call_list(own_territory(request))
    sessions = Session.objects.select_related("programme").in_bulk({call.session.pk for call in calls})
    return [call for call in calls if reader(account, sessions[call.session.pk])(call.booking)]


@staff_page(permissions.CALL)
@require_http_methods(FORM)
def calls(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        outcome, _, number = request.POST.get("outcome", "").partition(":")
        if outcome not in CallOutcome.values or not number.isdigit():
            raise Refused("Choisissez ce que l’appel a donné.", code="unknown", status=422)
        if int(number) not in {call.message_id for call in _my_calls(request)}:
            raise Refused("Cet appel n’est plus à faire.", code="over")
        services_messages.note_call(account_of(request), int(number), CallOutcome(outcome))
        messages.success(request, f"C’est noté : {CallOutcome(outcome).label.lower()}.")
        return redirect("workshops:desk-calls")
    context = {"calls": _my_calls(request), "outcomes": CallOutcome.choices, "may_enrol": may(request.user, permissions.ENROL)}
    return render(request, "workshops/desk/calls.html", context)


@staff_page(permissions.CALL)
@require_safe
def calls_pdf(request: HttpRequest) -> HttpResponse:
    return as_file(documents.call_sheet(_my_calls(request), own_territory(request)), "appels.pdf")


# The outbox


@staff_page(permissions.SEE)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    account, territory = account_of(request), own_territory(request)
    state = request.GET.get("etat", "")
    number = request.GET.get("seance", "")
    only = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
    found = selectors_desk.outbox(territory, state if state in selectors_desk.OUTBOX_STATES else "", only)
    page = Paginator(found, 50).get_page(request.GET.get("page", 1))
    lines = [{"message": message, "reads": _reads(account, message)} for message in page.object_list]
    return render(
        request,
        "workshops/desk/outbox.html",
        {"lines": lines, "page": page, "states": selectors_desk.OUTBOX_STATES.items(), "state": state, "only": only},
    )


def _reads(account: Any, message: OutboundMessage) -> bool:
    return message.session is not None and reader(account, message.session)(message.booking)


@staff_page(permissions.SEE)
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of one message as it is, or would be, sent now."""
    from django.http import Http404

    from yole.workshops import messages as texts

    found = selectors_desk.outbox(own_territory(request)).filter(pk=pk).first()
    if found is None or found.session is None:
        raise Http404
    if not _reads(account_of(request), found):
        raise Refused(
            "Cette personne est inscrite par une autre structure.",
            remedy="Demandez à la structure qui organise.",
            code="forbidden",
            status=403,
        )
    erased = found.booking.erased_at is not None
    return render(request, "workshops/desk/message.html", {"message": found, "text": None if erased else texts.write(found)})
