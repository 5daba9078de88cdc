"""Planning: programmes, cohorts, sessions, drop-in and appointment slots; moving, cancelling, changing places; settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yole.base import typography
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import may, staff_page
from yole.organisations.requests import account_of
from yole.workshops import permissions, selectors, selectors_desk, services_planning, services_programmes
from yole.workshops.desk_common import clash_words, note_sent, own_territory, programme_or_404, sent_before, session_or_404
from yole.workshops.enums import Kind
from yole.workshops.forms_desk import (
    AppointmentsForm,
    CancelForm,
    CohortForm,
    MoveForm,
    PlacesForm,
    ProgrammeForm,
    SessionForm,
    SettingsForm,
    WhereForm,
)
from yole.workshops.models import Programme


@staff_page(permissions.SEE)
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    found = selectors.programmes(own_territory(request), public=False)
    return render(request, "workshops/desk/programmes.html", {"programmes": found, "may_plan": may(request.user, permissions.PROGRAMME)})


@staff_page(permissions.SEE)
@require_safe
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    found = programme_or_404(request, pk)
    rows = selectors.sessions_of_programme(found)
    context = {
        "programme": found,
        "rows": rows,
        "cohorts": selectors.cohorts_of_programme(found),
        "clash": clash_words([row.pk for row in rows]),
        "opinions": selectors_desk.opinions(found),
        "may_plan": may(request.user, permissions.PLAN),
        "may_programme": may(request.user, permissions.PROGRAMME),
    }
    return render(request, "workshops/desk/programme.html", context)


def _form_page(
    request: HttpRequest,
    form: PlainForm,
    heading: str,
    back: str,
    *,
    label: str = "Enregistrer",
    template: str = "workshops/desk/form.html",
    **more: Any,
) -> HttpResponse:
    return render(
        request, template, {"form": form, "heading": heading, "back": back, "label": label, **more}, status=422 if form.is_bound else 200
    )


def _try(form: PlainForm, act: Callable[[], Any]) -> Any:
    """What the act returns; None when the form or the service refuses, and then the form says why."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refusal:
        form.apply_refusal(refusal)
        return None


@staff_page(permissions.PROGRAMME)
@require_http_methods(FORM)
def programme_new(request: HttpRequest) -> HttpResponse:
    territory, account = own_territory(request), account_of(request)
    form = ProgrammeForm(
        request.POST or None, territory=territory, initial={"structure": account.structure_id, "languages": ["fr"], "audiences": ["tous"]}
    )
    made = _try(form, lambda: services_programmes.create_programme(account, territory, **form.fields_of())) if form.is_bound else None
    if made is not None:
        messages.success(request, "Programme créé. Ajoutez ses séances.")
        return redirect("workshops:desk-programme", pk=made.pk)
    return _form_page(request, form, "Nouveau programme", reverse("workshops:desk-programmes"))


@staff_page(permissions.PROGRAMME)
@require_http_methods(FORM)
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found, account = programme_or_404(request, pk), account_of(request)
    form = ProgrammeForm(request.POST or None, territory=found.territory, initial=ProgrammeForm.initial_of(found))
    if form.is_bound and _try(form, lambda: services_programmes.change_programme(account, found, **form.fields_of())) is not None:
        messages.success(request, "Programme changé.")
        return redirect("workshops:desk-programme", pk=pk)
    return _form_page(
        request,
        form,
        f"Modifier : {ProgrammeForm.initial_of(programme_or_404(request, pk))['title']}",
        reverse("workshops:desk-programme", args=[pk]),
    )


def _days(days: Iterable[date]) -> str:
    return ", ".join(typography.day(day, year=True) for day in days)


def _tell_planned(request: HttpRequest, planned: services_planning.Planned, zone: ZoneInfo) -> None:
    """How many were made, which days were skipped, and when the person who leads already is elsewhere."""
    count = len(planned.sessions)
    messages.success(request, f"{count} séances créées." if count > 1 else f"{count} séance créée.")
    if planned.skipped:
        messages.info(request, f"Jours sautés (fériés ou vacances) : {_days(planned.skipped)}.")
    if planned.refused:
        starts: list[datetime] = [start.astimezone(zone) for start in planned.refused]
        words = ", ".join(f"{typography.day(start.date())} à {typography.clock(start.time())}" for start in starts)
        messages.warning(request, f"Non créées, la personne anime déjà ailleurs : {words}.")


def _plan(
    request: HttpRequest, found: Programme, form: WhereForm, make: Callable[[], services_planning.Planned], heading: str, **more: Any
) -> HttpResponse:
    """Shows a planning form, or does it once and comes back to the programme."""
    back = reverse("workshops:desk-programme", args=[found.pk])
    if form.is_bound:
        if form.is_valid() and sent_before(request, form):
            messages.info(request, "Ce formulaire a déjà été envoyé : rien n’a été créé deux fois.")
            return redirect(back)
        planned = _try(form, make)
        if planned is not None:
            note_sent(request, form)
            _tell_planned(request, planned, ZoneInfo(found.territory.time_zone))
            return redirect(back)
    return _form_page(request, form, heading, back, label="Créer", **more)


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def session_new(request: HttpRequest, pk: int) -> HttpResponse:
    found, account = programme_or_404(request, pk), account_of(request)
    form = SessionForm(request.POST or None, territory=found.territory, initial={"mediator": account.pk})

    def make() -> services_planning.Planned:
        data = form.cleaned_data
        kind = Kind(data["kind"])
        common: dict[str, Any] = {"where": form.where(), "kind": kind, "capacity": data["capacity"], "mediator": data["mediator"]}
        if data["until"]:
            return services_planning.create_series(
                account,
                found,
                first=data["day"],
                last=data["until"],
                pattern=form.pattern(),
                skip_school_holidays=data["skip_school_holidays"],
                **common,
            )
        starts_at, ends_at = form.instants()
        return services_planning.Planned(
            (services_planning.create_session(account, found, starts_at=starts_at, ends_at=ends_at, **common),), (), ()
        )

    return _plan(request, found, form, make, f"Nouvelle séance : {found.title}")


@staff_page(permissions.PROGRAMME)
@require_http_methods(FORM)
def cohort_new(request: HttpRequest, pk: int) -> HttpResponse:
    found, account = programme_or_404(request, pk), account_of(request)
    form = CohortForm(request.POST or None, territory=found.territory, initial={"mediator": account.pk})

    def make() -> services_planning.Planned:
        data = form.cleaned_data
        _cohort, planned = services_planning.create_cohort(
            account,
            found,
            name=data["name"],
            first=data["first"],
            last=data["last"],
            pattern=form.pattern(),
            capacity=data["capacity"],
            where=form.where(),
            mediator=data["mediator"],
            skip_school_holidays=data["skip_school_holidays"],
        )
        return planned

    return _plan(request, found, form, make, f"Nouveau parcours : {found.title}", template="workshops/desk/cohort_form.html")


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def appointments_new(request: HttpRequest, pk: int) -> HttpResponse:
    found, account = programme_or_404(request, pk), account_of(request)
    form = AppointmentsForm(request.POST or None, territory=found.territory, initial={"mediator": account.pk})

    def make() -> services_planning.Planned:
        data = form.cleaned_data
        return services_planning.create_appointments(
            account,
            found,
            day=data["day"],
            starts=data["starts"],
            ends=data["ends"],
            minutes=data["minutes"],
            pause=data["pause"] or 0,
            where=form.where(),
            mediator=data["mediator"],
        )

    return _plan(request, found, form, make, f"Rendez-vous individuels : {found.title}")


# One session


def _told_words(told: int) -> str:
    return "Personne n’est à prévenir." if not told else f"{told} personnes sont prévenues." if told > 1 else "Une personne est prévenue."


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves a session; who will be told is on the page before anything is done."""
    session, row = session_or_404(request, pk)
    account, back = account_of(request), reverse("workshops:desk-session", args=[pk])
    form = MoveForm(request.POST or None, territory=session.territory, initial=MoveForm.initial_of(session))

    def act() -> Any:
        starts_at, ends_at = form.instants()
        # Only what changes is given: a session that began keeps its hours when its room alone changes.
        same = (starts_at, ends_at) == (session.starts_at, session.ends_at)
        return services_planning.move_session(
            account,
            pk,
            starts_at=None if same else starts_at,
            ends_at=None if same else ends_at,
            where=form.where(),
            mediator=form.cleaned_data["mediator"],
            reason=form.cleaned_data["reason"],
        )

    done = _try(form, act) if form.is_bound else None
    if done is not None:
        messages.success(request, f"La séance a changé. {_told_words(done[1])}")
        return redirect(back)
    return _form_page(
        request,
        form,
        "Déplacer ou changer la séance",
        back,
        label="Changer et prévenir",
        template="workshops/desk/change_session.html",
        row=row,
        told=selectors_desk.who_is_told(session),
    )


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    session, row = session_or_404(request, pk)
    account, back = account_of(request), reverse("workshops:desk-session", args=[pk])
    form = CancelForm(request.POST or None)
    done = _try(form, lambda: services_planning.cancel_session(account, pk, reason=form.cleaned_data["reason"])) if form.is_bound else None
    if done is not None:
        messages.success(request, f"La séance est annulée. {_told_words(done[1])}")
        return redirect(back)
    told = selectors_desk.who_is_told(session)
    return _form_page(
        request,
        form,
        "Annuler la séance",
        back,
        label="Annuler la séance et prévenir",
        template="workshops/desk/change_session.html",
        row=row,
        told=told,
        cancelling=True,
    )


@staff_page(permissions.PLAN)
@require_http_methods(FORM)
def places(request: HttpRequest, pk: int) -> HttpResponse:
    session, row = session_or_404(request, pk)
    account, back = account_of(request), reverse("workshops:desk-session", args=[pk])
    target = session.cohort if session.cohort is not None else session
    capacity = target.capacity
    if capacity is None:
        raise Refused("Cette séance est sans inscription.", code="drop-in")
    form = PlacesForm(request.POST or None, initial={"capacity": capacity.capacity, "overbooking_percent": capacity.overbooking_percent})

    def act() -> Any:
        return services_planning.change_places(
            account, target, form.cleaned_data["capacity"], overbooking_percent=form.cleaned_data["overbooking_percent"]
        )

    if form.is_bound and _try(form, act) is not None:
        messages.success(request, "Le nombre de places a changé. Les places libres sont proposées à la liste d’attente.")
        return redirect(back)
    return _form_page(request, form, f"Places : {row.title}", back)


@staff_page(permissions.SETTINGS)
@require_http_methods(FORM)
def settings_page(request: HttpRequest) -> HttpResponse:
    territory, account = own_territory(request), account_of(request)
    form = SettingsForm(request.POST or None, initial=SettingsForm.initial_of(services_programmes.settings_of(territory)))
    if form.is_bound and _try(form, lambda: services_programmes.change_settings(account, territory, **form.cleaned_data)) is not None:
        messages.success(request, "Réglages changés. Ils valent pour les séances créées à partir de maintenant.")
        return redirect("workshops:desk-agenda")
    return _form_page(request, form, "Réglages des ateliers", reverse("workshops:desk-agenda"))
