"""Attendance by half-day, corrections in sight, the sheet to sign, opinions counted on paper, statistics, exports."""

from __future__ import annotations

import uuid
from datetime import UTC, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of
from yole.territory import selectors as territory_selectors
from yole.workshops import documents, files, indicators, permissions, selectors_desk, services_attendance
from yole.workshops.desk_common import own_territory, reader, session_or_404
from yole.workshops.enums import AttendanceKind, HalfDay, PresenceState
from yole.workshops.forms_desk import PeriodForm, TallyForm
from yole.workshops.models import Session
from yole.workshops.selectors_desk import Sheet, SheetLine
from yole.workshops.services_attendance import Act

_KINDS = {"p": AttendanceKind.ARRIVAL, "a": AttendanceKind.ABSENT, "e": AttendanceKind.EXCUSED, "u": AttendanceKind.UNDO}
_LETTERS = {PresenceState.PRESENT.value: "p", PresenceState.ABSENT.value: "a", PresenceState.EXCUSED.value: "e"}
_LABELS = dict(HalfDay.choices)


def _who(line: SheetLine) -> str:
    """The name of a line in the form: « b12 » or « w » and the key of a walk-in."""
    return f"b{line.booking.pk}" if line.booking is not None else f"w{line.walk_in}"


def _letter(line: SheetLine, half: str) -> str:
    mark = line.marks.get(half)
    return _LETTERS.get(mark.state, "") if mark is not None else ""


def _acts(request: HttpRequest, sheet: Sheet, session: Session, key: uuid.UUID) -> list[Act]:
    """The marks that the form changed. A mark that somebody else changed meanwhile is left alone: each line says what it showed."""
    now = timezone.now().astimezone(UTC)
    everybody = request.POST.get("do") == "tous"
    undone = request.POST.get("undo", "")
    acts: list[Act] = []
    for line in sheet.lines:
        for half in session.half_days:
            name = f"{_who(line)}-{half}"
            shown, present = request.POST.get(f"was-{name}", ""), _letter(line, half)
            chosen = request.POST.get(name, shown)
            if undone == name:
                chosen = "u"
            elif everybody and not present and not chosen and line.booking is not None:
                chosen = "p"
            if chosen in _KINDS and chosen not in (shown, present):
                acts.append(
                    Act(
                        uuid=uuid.uuid5(key, f"{name}-{chosen}"),
                        half_day=half,
                        kind=_KINDS[chosen],
                        device="desk",
                        sequence=len(acts),
                        device_time=now,
                        booking_id=line.booking.pk if line.booking is not None else None,
                        walk_in=line.walk_in,
                        walk_in_label=line.name if line.walk_in else "",
                    )
                )
    label = request.POST.get("walk_in", "").strip()
    if label:
        wanted = request.POST.get("walk_in_half") or session.half_days[0]
        person = uuid.uuid5(key, f"walk-in {label}")
        acts.append(
            Act(
                uuid=uuid.uuid5(person, wanted),
                half_day=wanted,
                kind=AttendanceKind.ARRIVAL,
                device="desk",
                sequence=len(acts),
                device_time=now,
                walk_in=person,
                walk_in_label=label[:80],
            )
        )
    return acts


@staff_page(permissions.CHECK_IN)
@require_http_methods(FORM)
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap a person and half-day, one button to keep; works without JavaScript."""
    session, row = session_or_404(request, pk)
    sheet = selectors_desk.session_sheet(session)
    if request.method == "POST":
        try:
            key = uuid.UUID(request.POST.get("key", ""))
        except ValueError:
            key = uuid.uuid4()
        acts = _acts(request, sheet, session, key)
        received = services_attendance.record(account_of(request), pk, acts)
        if received.refused:
            raise Refused(next(iter(received.refused.values())), code="attendance", status=422)
        count = len(received.added)
        messages.success(request, f"{count} pointages gardés." if count > 1 else "Pointage gardé." if count else "Rien n’a changé.")
        return redirect("workshops:desk-attendance", pk=pk)
    reads = reader(account_of(request), session)
    lines = [
        {
            "line": line,
            "name": line.name if line.booking is None or reads(line.booking) else f"Inscription n° {line.number}",
            "halves": [
                {
                    "name": f"{_who(line)}-{half}",
                    "half": half,
                    "label": _LABELS[half],
                    "value": _letter(line, half),
                    "mark": line.marks.get(half),
                }
                for half in session.half_days
            ],
        }
        for line in sheet.lines
    ]
    context = {
        "session": session,
        "row": row,
        "sheet": sheet,
        "lines": lines,
        "halves": [(half, _LABELS[half]) for half in session.half_days],
        "key": uuid.uuid4(),
        "journal": [
            {"act": act, "name": _journal_name(act, reads), "half": _LABELS.get(act.half_day, act.half_day)}
            for act in selectors_desk.journal(pk)
        ],
    }
    return render(request, "workshops/desk/attendance.html", context)


def _journal_name(act: Any, reads: Any) -> str:
    if act.booking is None:
        return str(act.walk_in_label or "Venue sans inscription")
    return str(act.booking.name) if reads(act.booking) else "Inscription d’une autre structure"


@staff_page(permissions.CHECK_IN)
@require_safe
def sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    session, row = session_or_404(request, pk)
    content = documents.attendance_sheet(session, row, see=reader(account_of(request), session))
    return as_file(content, f"emargement-{row.day:%Y-%m-%d}.pdf")


@staff_page(permissions.CHECK_IN)
@require_safe
def certificate_pdf(request: HttpRequest, pk: int, booking: int) -> HttpResponse:
    """The certificate of one person, printed by the professional."""
    from django.http import Http404

    session, row = session_or_404(request, pk)
    sheet = selectors_desk.session_sheet(session)
    line = next((one for one in sheet.lines if one.booking is not None and one.booking.pk == booking), None)
    if line is None or line.booking is None:
        raise Http404
    if not reader(account_of(request), session)(line.booking):
        raise Refused(
            "Cette personne est inscrite par une autre structure.",
            remedy="Demandez à la structure qui organise.",
            code="forbidden",
            status=403,
        )
    content = documents.certificate(line.booking, row, list(line.marks.values()), session.territory)
    return as_file(content, f"attestation-{row.day:%Y-%m-%d}.pdf")


@staff_page(permissions.SEE)
@require_safe
def enrolments_csv(request: HttpRequest, pk: int) -> HttpResponse:
    session, row = session_or_404(request, pk)
    return files.enrolments_csv(
        selectors_desk.session_sheet(session), row, reader(account_of(request), session), f"inscriptions-{row.day:%Y-%m-%d}.csv"
    )


@staff_page(permissions.CHECK_IN)
@require_http_methods(FORM)
def tally(request: HttpRequest, pk: int) -> HttpResponse:
    """Opinions given on paper, counted; sending the page again adds nothing."""
    session, row = session_or_404(request, pk)
    form = TallyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            added = services_attendance.evaluate_from_paper(account_of(request), session, counts=form.counts, key=form.cleaned_data["key"])
        except Refused as refusal:
            refusal.field = None
            form.apply_refusal(refusal)
        else:
            messages.success(request, f"{added} avis ajoutés." if added > 1 else f"{added} avis ajouté.")
            return redirect("workshops:desk-tally", pk=pk)
    context = {
        "form": form,
        "heading": "Avis sur papier",
        "label": "Ajouter",
        "row": row,
        "opinions": selectors_desk.opinions(session.programme, session_id=pk),
        "back": reverse("workshops:desk-session", args=[pk]),
    }
    return render(request, "workshops/desk/tally.html", context, status=422 if form.is_bound else 200)


def _period(request: HttpRequest) -> tuple[PeriodForm, indicators.NoShow | None]:
    today = territory_selectors.today()
    data = {"du": request.GET.get("du") or (today - timedelta(days=182)).isoformat(), "au": request.GET.get("au") or today.isoformat()}
    form = PeriodForm(data)
    if not form.is_valid():
        return form, None
    return form, indicators.no_show(own_territory(request), form.cleaned_data["du"], form.cleaned_data["au"])


@staff_page(permissions.INDICATORS)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    form, found = _period(request)
    return render(request, "workshops/desk/statistics.html", {"form": form, "found": found})


@staff_page(permissions.INDICATORS)
@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponse:
    _form, found = _period(request)
    if found is None:
        raise Refused("Ces dates ne vont pas.", remedy="Choisissez un premier et un dernier jour.", code="period", status=422)
    return files.no_show_csv(found, f"absences-{found.first.isoformat()}-{found.last.isoformat()}.csv")
