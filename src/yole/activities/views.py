"""Reports on screen: the quick form, the list, one report, its acts."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.activities import permissions, selectors, services, services_attendance
from yole.activities.enums import ActivityKind, Theme, V1AgeBand
from yole.activities.forms import ReportForm, duration_words, initial_of
from yole.activities.models import Activity
from yole.activities.reading import Problem, ReportRefusedError
from yole.activities.selectors import Defaults
from yole.activities.views_common import activity_or_404, filters_of, query_of
from yole.base.answers import FORM
from yole.base.components import Tab
from yole.base.errors import Refused
from yole.base.memo import remember
from yole.base.permissions import may, staff_page
from yole.organisations.requests import account_of
from yole.people import selectors as people
from yole.people.enums import AgeBand, Gender, SocialStatus
from yole.territory import selectors as territory_selectors
from yole.workshops import selectors as workshop_selectors

_CHOICES_SECONDS = 20.0  # what the filters of a list offer; the list itself is always fresh
_SEARCHES = ("chercher-lieu", "chercher-personne")


def _prefilled(request: HttpRequest, usual: Defaults) -> dict[str, Any]:
    """The data that a new report starts from: a session, a copy, the last report, a person; else the usual place alone."""
    account = account_of(request)
    today = territory_selectors.today()
    asked = request.GET
    if (session := asked.get("seance", "")).isdecimal() and len(session) < 16:
        found = workshop_selectors.session(account.territory, int(session))
        if found is not None:
            return services_attendance.from_attendance(account, found) | {"key": services_attendance.report_key(account, found)}
    source: Activity | None = None
    if asked.get("comme") == "derniere":
        source = selectors.last_activity(account)
    elif copy := asked.get("copie"):
        try:
            source = selectors.activity(account, UUID(copy))
        except ValueError:
            source = None
    if source is not None:
        data = selectors.data_of(source)
        group = data["group"] if data["group"]["total"] else {"total": source.participants}
        return data | {"date": today, "people": [], "notes": "", "session": None, "version": None, "group": group}
    data = {"date": today, "place": usual.place.pk if usual.place is not None else None, "commune": usual.commune}
    if person := asked.get("personne"):
        data |= {"kind": ActivityKind.INDIVIDUAL.value, "people": [{"person": person}]}
    return data


@staff_page(permissions.REPORT)
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    """Five taps: who, where, how long, what for, save. Sent twice, it is one report."""
    account = account_of(request)
    if request.method == "POST":
        return _received(request, ReportForm(request.POST, account=account), None)
    usual = selectors.defaults(account)
    data = _prefilled(request, usual)
    initial = initial_of(data, usual.durations) | {"key": data.get("key") or uuid.uuid4()}
    return _form_page(request, ReportForm(initial=initial, account=account, usual=usual), None)


@staff_page(permissions.REPORT)
@require_http_methods(FORM)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    account, row = account_of(request), activity_or_404(request, pk)
    services.require_correct(account, row)
    chosen = {str(one.person_id): "Fiche" for one in row.participations.all() if one.person_id is not None}
    if request.method == "POST":
        return _received(request, ReportForm(request.POST, account=account, chosen=chosen), row)
    usual = selectors.defaults(account)
    initial = initial_of(selectors.data_of(row), usual.durations) | {"key": row.pk}
    return _form_page(request, ReportForm(initial=initial, account=account, usual=usual, chosen=chosen), row)


def _received(request: HttpRequest, form: ReportForm, row: Activity | None) -> HttpResponse:
    if request.POST.get("do") in _SEARCHES:
        # Without a script, a search is a page: what was answered stays, nothing is judged yet.
        answers = {name: request.POST.getlist(name) for name in request.POST if name not in ("do", "csrfmiddlewaretoken")}
        multiple = ("themes", "people", "admin_themes", "materials")
        initial = {name: values if name in multiple else values[-1] for name, values in answers.items()}
        again = ReportForm(initial=initial, account=form.account, chosen=dict(form.linked))
        return _form_page(request, again, row, searched=request.POST["do"])
    if form.is_valid():
        try:
            saved = services.save_activity(form.account, form.data_of(), row.pk if row is not None else form.cleaned_data["key"])
        except ReportRefusedError as refusal:
            form.take(refusal.problems)
        except Refused as refusal:
            form.take([refusal_as_problem(refusal)])
            if row is not None and refusal.code == "conflict":
                return _conflict(request, form, row)
        else:
            messages.success(request, f"Activité enregistrée : {summary(saved.activity)}." if saved.changed else "Déjà enregistrée.")
            return (
                redirect("activities:detail", pk=saved.activity.pk)
                if row is not None
                else redirect("activities:saved", pk=saved.activity.pk)
            )
    return _form_page(request, form, row)


def _conflict(request: HttpRequest, form: ReportForm, row: Activity) -> HttpResponse:
    """Somebody corrected it meanwhile: their version beside what was typed; saving again keeps what was typed, knowingly."""
    theirs = activity_or_404(request, row.pk)
    answers = request.POST.copy()
    answers["version"] = str(theirs.version)
    form.data = answers
    return _form_page(request, form, row, theirs=theirs)


def refusal_as_problem(refusal: Refused) -> Problem:
    return Problem(refusal.field or "", refusal.reason, refusal.remedy, refusal.code)


def _form_page(
    request: HttpRequest, form: ReportForm, row: Activity | None, *, searched: str = "", theirs: Activity | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"theirs": theirs} if theirs is None else _facts(request, theirs) | {"theirs": theirs}
    context |= {
        "form": form,
        "row": row,
        "searched": searched,
        "has_last": row is None and not form.is_bound and bool(form.defaults.last),
        "back": reverse("activities:detail", args=[row.pk]) if row is not None else reverse("activities:list"),
    }
    return render(request, "activities/form.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


def summary(row: Activity) -> str:
    """« individuel, 30 min, E-mail »."""
    themes = ", ".join(str(Theme(theme).label) for theme in row.themes[:2]) or "autre"
    minutes = f", {duration_words(row.minutes)}" if row.minutes is not None else ""
    return f"{selectors.kind_words(row).lower()}{minutes}, {themes}"


@staff_page(permissions.REPORT)
@require_safe
def saved(request: HttpRequest, pk: UUID) -> HttpResponse:
    """After a new report: what was kept, and the next one at one tap."""
    return render(request, "activities/saved.html", {"row": activity_or_404(request, pk), "day": day_summary(request)})


def day_summary(request: HttpRequest) -> dict[str, int]:
    """How many reports and people the account has today."""
    rows = selectors.day_reports(account_of(request), territory_selectors.today())
    return {"reports": len(rows), "people": sum(row.participants for row in rows)}


@staff_page(permissions.SEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    account, filters = account_of(request), filters_of(request)
    page = selectors.page(account, filters, after=request.GET.get("apres", ""), before=request.GET.get("avant", ""))
    tabs = [Tab("moi", "Les miennes", f"?{query_of(request, vue='moi')}")]
    if account.structure_id is not None:
        tabs.append(Tab("structure", "Ma structure", f"?{query_of(request, vue='structure')}"))
    context = {
        **_lists(request),
        "page": page,
        "filters": filters,
        "tabs": tabs,
        "older": query_of(request, apres=page.older) if page.older else "",
        "newer": query_of(request, avant=page.newer) if page.newer else "",
        "query": query_of(request),
        "filtered": any(
            (filters.first, filters.last, filters.kind, filters.theme, filters.place, filters.person, filters.tag, filters.words)
        ),
        "deleted": _deleted(request),
        "person": _person_words(request, filters.person),
    }
    return render(request, "activities/list.html", context)


def _deleted(request: HttpRequest) -> Activity | None:
    try:
        row = selectors.activity(account_of(request), UUID(request.GET.get("supprimee", "")))
    except ValueError:
        return None
    return row if row is not None and row.deleted_at is not None else None


def _person_words(request: HttpRequest, key: UUID | None) -> str:
    found = people.get(account_of(request), key) if key is not None else None
    return people.card(found).title if found is not None else ""


def _lists(request: HttpRequest) -> dict[str, Any]:
    account = account_of(request)
    return {
        "kinds": [*ActivityKind.choices, ("ponctuel", "Ponctuel")],
        "themes": Theme.choices,
        "places": remember(("activities.places", account.pk), _CHOICES_SECONDS, lambda: selectors.usual_places(account)),
        "tags": remember(("activities.tags", account.structure_id, account.pk), _CHOICES_SECONDS, lambda: selectors.tags_of(account)),
        "may_coordinate": may(account, permissions.COORDINATE),
        "may_import": may(account, permissions.IMPORT),
        "may_report": may(account, permissions.REPORT),
    }


@staff_page(permissions.SEE)
@require_safe
def listing_print(request: HttpRequest) -> HttpResponse:
    """The list to print, 400 reports at most."""
    account, filters = account_of(request), filters_of(request)
    page = selectors.page(account, filters, size=400)
    return render(
        request, "activities/list_print.html", {"page": page, "filters": filters, "account": account, "today": territory_selectors.today()}
    )


@staff_page(permissions.SEE)
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    account, row = account_of(request), activity_or_404(request, pk)
    mine = row.mediator_id == account.pk or (row.structure_id == account.structure_id and may(account, permissions.CORRECT))
    context = _facts(request, row) | {
        "row": row,
        "may_change": mine and may(account, permissions.REPORT),
        "printed": "imprimer" in request.GET,
    }
    return render(request, "activities/detail_print.html" if context["printed"] else "activities/detail.html", context)


def _facts(request: HttpRequest, row: Activity) -> dict[str, Any]:
    """What a page says of a report besides its columns."""
    account = account_of(request)
    readable = set(people.visible(account).filter(pk__in=[one.person_id for one in row.participations.all()]).values_list("pk", flat=True))
    linked = [
        {"row": one, "name": people.card(one.person).title if one.person is not None and one.person_id in readable else ""}
        for one in row.participations.all()
    ]
    return {
        "linked": linked,
        "kind": selectors.kind_words(row),
        "themes": [str(Theme(theme).label) for theme in row.themes],
        "margins": _margin_lines(row),
    }


def _margin_lines(row: Activity) -> list[tuple[str, list[tuple[str, int]]]]:
    """The group by gender, age and status, « non communiqué » last; margins that say nothing are left out."""
    found = []
    for words, order, counts in (
        ("Genre", Gender, row.gender_counts),
        ("Âge", AgeBand, row.age_counts),
        ("Âge (tranches de la première version)", V1AgeBand, row.v1_age_counts),
        ("Statut", SocialStatus, row.status_counts),
    ):
        told = [(str(label), count) for label, count in zip(order.labels, counts or [], strict=False) if count]
        if told and [label for label, _ in told] != ["Non communiqué"]:
            found.append((words, told))
    return found


@staff_page(permissions.REPORT)
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes away at once; the list that follows offers to put back."""
    activity_or_404(request, pk)
    services.delete(account_of(request), pk)
    return redirect(f"{reverse('activities:list')}?supprimee={pk}")


@staff_page(permissions.REPORT)
@require_POST
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    activity_or_404(request, pk)
    services.restore(account_of(request), pk)
    messages.success(request, "Activité rétablie.")
    return redirect("activities:detail", pk=pk)


@staff_page(permissions.REPORT)
@require_http_methods(FORM)
def preferences(request: HttpRequest) -> HttpResponse:
    """The four durations of the quick form."""
    account = account_of(request)
    refused = ""
    if request.method == "POST":
        typed = [text for text in request.POST.getlist("duree") if text.strip()]
        try:
            if not all(text.strip().isdecimal() for text in typed):
                raise Refused("Une durée est un nombre de minutes.", remedy="Exemple : 45.", field="durations", status=422)
            services.choose_durations(account, [int(text) for text in typed])
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, "Durées gardées.")
            return redirect("activities:new")
    shown = [*selectors.defaults(account).durations, None, None, None, None][:4]
    context = {"durations": shown, "refused": refused}
    return render(request, "activities/preferences.html", context, status=422 if refused else 200)
