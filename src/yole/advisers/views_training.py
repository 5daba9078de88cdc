"""Pages of training: programmes, courses, enrolments, hours, certificates, calendar, figures, export."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.activities import files as workbooks
from yole.advisers import (
    documents,
    feeds,
    forms_training,
    indicators,
    permissions,
    programmes,
    selectors_contracts,
    selectors_training,
    services_training,
)
from yole.advisers.engine.training import clock
from yole.advisers.enums import TrainingState
from yole.advisers.models import Course, Enrolment, Syllabus
from yole.advisers.views_contracts import form_page
from yole.advisers.views_desk import PAGE, show
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.base.scope import system_scope
from yole.kernel.periods import Kind, Period, first_day, month_index, month_name
from yole.organisations.requests import account_of
from yole.territory.selectors import today


@staff_page(permissions.TRAIN)
@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """Those in post with their hours, courses, programmes, figures of the year."""
    territory = account_of(request).territory
    year = Period(Kind.YEAR, date(today().year, 1, 1), date(today().year, 12, 31))
    people = Paginator(selectors_training.advisers(territory), PAGE).get_page(request.GET.get("conseillers"))
    rows = [
        (one, clock(one.initial_done), clock(one.initial_due), clock(one.continuing_done), clock(one.continuing_due))
        for one in people.object_list
    ]
    figures = [indicators.training_hours(territory, year), indicators.trained_share(territory, Period(Kind.FREE, today(), today()))]
    return show(
        request,
        "training",
        rows=rows,
        people=people,
        courses=Paginator(selectors_training.courses(territory), PAGE).get_page(request.GET.get("page")),
        syllabuses=[(one, clock(one.minutes)) for one in selectors_training.syllabuses(territory)],
        figures=figures,
        year=today().year,
    )


@staff_page(permissions.ADMIT)
@require_http_methods(FORM)
def rule(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    now = selectors_contracts.rule(account.territory)
    initial = {name: getattr(now, name) for name in ("initial_hours", "continuing_hours", "warn_months")}
    form = forms_training.RuleForm(request.POST or None, auto_id="g_%s", initial=initial)
    return form_page(
        request,
        form,
        lambda: services_training.save_rule(account, **form.cleaned_data),
        title="Règles de formation du territoire",
        label="Enregistrer les règles",
        back=reverse("advisers:training"),
        done="Les règles sont enregistrées.",
    )


@staff_page(permissions.TRAIN)
@require_http_methods(FORM)
def syllabus_new(request: HttpRequest) -> HttpResponse:
    form = forms_training.SyllabusForm(request.POST or None, auto_id="y_%s")
    return form_page(
        request,
        form,
        lambda: services_training.add_syllabus(account_of(request), form.given()),
        title="Nouveau programme",
        label="Ajouter le programme",
        back=reverse("advisers:training"),
        done="Le programme est ajouté.",
    )


@staff_page(permissions.TRAIN)
@require_POST
def syllabus_start(request: HttpRequest) -> HttpResponse:
    """The programmes of the house, to edit, for a territory that has none."""
    services_training.add_all(account_of(request), programmes.STARTING)
    messages.success(request, "Les programmes de départ sont ajoutés. Ouvrez-les pour les adapter.")
    return redirect("advisers:training")


@staff_page(permissions.TRAIN)
@require_http_methods(FORM)
def syllabus(request: HttpRequest, pk: int) -> HttpResponse:
    account = account_of(request)
    found = Syllabus.objects.filter(pk=pk, territory=account.territory).first()
    if found is None:
        raise Http404
    form = forms_training.SyllabusForm(request.POST or None, auto_id="y_%s", initial=forms_training.syllabus_initial(found))
    return form_page(
        request,
        form,
        lambda: services_training.change_syllabus(account, pk, form.given()),
        title=found.title,
        label="Enregistrer le programme",
        back=reverse("advisers:training"),
        done="Le programme est enregistré.",
    )


@staff_page(permissions.TRAIN)
@require_http_methods(FORM)
def course_new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = forms_training.CourseForm(account, request.POST or None, auto_id="w_%s")
    return form_page(
        request,
        form,
        lambda: services_training.open_course(account, form.given()),
        title="Nouveau cours",
        label="Ouvrir le cours",
        back=reverse("advisers:training"),
        done="Le cours est ouvert. Inscrivez les conseillers.",
    )


def _course_or_404(request: HttpRequest, pk: int) -> Course:
    found = selectors_training.course(account_of(request), pk)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, of: Course, form: forms_training.EnrolForm | None = None) -> HttpResponse:
    free = form or forms_training.EnrolForm(selectors_training.advisers(account_of(request).territory), of, auto_id="i_%s")
    rows = [(row, clock(row.done), clock(row.needed)) for row in selectors_training.enrolled(of)]
    context = {"course": of, "slots": list(of.slots.all()), "rows": rows, "form": free, "total": clock(of.syllabus.minutes)}
    return show(request, "course", 422 if form else 200, today=today(), feed=feeds.address(of), **context)


@staff_page(permissions.TRAIN)
@require_safe
def course(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _course_or_404(request, pk))


@staff_page(permissions.TRAIN)
@require_POST
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    account, of = account_of(request), _course_or_404(request, pk)
    form = forms_training.EnrolForm(selectors_training.advisers(account.territory), of, request.POST, auto_id="i_%s")
    if form.is_valid():
        try:
            made = services_training.enrol(account, pk, form.cleaned_data["candidate"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            waits = made.state == TrainingState.WAITING
            messages.success(request, "Complet : la personne est sur la liste d’attente." if waits else "L’inscription est faite.")
            return redirect("advisers:course", pk=pk)
    return _page(request, of, form)


@staff_page(permissions.TRAIN)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    services_training.cancel_course(account_of(request), pk, request.POST.get("reason", ""))
    messages.success(request, "Le cours est annulé.")
    return redirect("advisers:course", pk=pk)


@staff_page(permissions.TRAIN)
@require_POST
def places(request: HttpRequest, pk: int) -> HttpResponse:
    """More places, which go to those who wait, or fewer."""
    of, typed = _course_or_404(request, pk), request.POST.get("places", "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
        raise Refused("Écrivez un nombre de places, de 1 à 200.", field="places", code="capacity", status=422)
    services_training.change_places(account_of(request), of.pk, int(typed))
    messages.success(request, "Le nombre de places a changé.")
    return redirect("advisers:course", pk=pk)


@staff_page(permissions.TRAIN)
@require_http_methods(FORM)
def attendance(request: HttpRequest, pk: int, slot: int) -> HttpResponse:
    return attendance_page(request, _course_or_404(request, pk), slot, reverse("advisers:course", args=[pk]))


def attendance_page(request: HttpRequest, of: Course, slot: int, back: str) -> HttpResponse:
    """Minutes of each person at a half-day; those not noted yet are proposed as present. For the team, and for who trains."""
    half = of.slots.filter(pk=slot).first()
    if half is None:
        raise Http404
    with system_scope():  # who trains must call each by their name, whatever the role of the account
        people = [row for row in selectors_training.enrolled(of) if row.enrolment.state in services_training.PRESENT_STATES]
    error = ""
    if request.method == "POST":
        typed = {row.enrolment.pk: request.POST.get(f"m_{row.enrolment.pk}", "").strip() for row in people}
        try:
            if any(text and not (text.isascii() and text.isdigit() and len(text) <= 3) for text in typed.values()):
                raise Refused(f"Des minutes : un nombre de 0 à {half.minutes}, ou rien.", code="minutes")
            given = {key: int(text) if text else None for key, text in typed.items()}
            services_training.note_attendance(account_of(request), of.pk, slot, given)
        except Refused as refusal:
            error = refusal.reason
        else:
            messages.success(request, "Les présences sont notées.")
            return redirect(back)
    rows = [(row, row.minutes.get(slot, half.minutes)) for row in people]
    return show(request, "attendance", 422 if error else 200, course=of, slot=half, rows=rows, error=error, back=back)


@staff_page(permissions.TRAIN)
@require_http_methods(FORM)
def decide(request: HttpRequest, pk: int, enrolment: int) -> HttpResponse:
    account, of = account_of(request), _course_or_404(request, pk)
    row = next((one for one in selectors_training.enrolled(of) if one.enrolment.pk == enrolment), None)
    if row is None:
        raise Http404
    form = forms_training.DecideForm(request.POST or None, auto_id="q_%s")
    return form_page(
        request,
        form,
        lambda: services_training.decide(account, enrolment, **form.cleaned_data),
        title=f"{row.name} : {clock(row.done)} sur {clock(row.needed)}",
        label="Enregistrer la décision",
        back=reverse("advisers:course", args=[pk]),
        done="La décision est enregistrée.",
    )


@staff_page(permissions.TRAIN)
@require_safe
def certificate(request: HttpRequest, pk: int, enrolment: int) -> HttpResponse:
    of = _course_or_404(request, pk)
    rows = Enrolment.objects.select_related("candidate", "course__syllabus", "course__territory")
    found = rows.filter(pk=enrolment, course=of).first()
    if found is None:
        raise Http404
    return as_file(documents.certificate(found), f"attestation-{found.code}.pdf")


@staff_page(permissions.TRAIN)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The half-days of a month."""
    typed = request.GET.get("mois", "")
    try:
        month = month_index(date.fromisoformat(f"{typed}-01")) if typed else month_index(today())
        first, after = first_day(month), first_day(month + 1)
        before = first_day(month - 1)
    except ValueError:
        raise Http404 from None
    slots = selectors_training.slots_between(account_of(request).territory, first, after - timedelta(days=1))
    days = [(day, list(group)) for day, group in groupby(slots, key=lambda slot: slot.day)]
    return show(request, "calendar", days=days, month=month_name(month), before=f"{before:%Y-%m}", after=f"{after:%Y-%m}")


@staff_page(permissions.TRAIN)
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    rows = selectors_training.export_rows(account_of(request).territory)
    if kind not in ("csv", "xlsx"):
        raise Http404
    made = (workbooks.to_csv if kind == "csv" else workbooks.to_xlsx)(selectors_training.EXPORT_HEADER, rows)
    return as_file(made, f"formation-conseillers.{kind}")
