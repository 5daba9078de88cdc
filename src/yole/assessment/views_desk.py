"""The desk: sittings of the structure, one given to somebody, its result for a professional, groups before and after."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yole.assessment import permissions, selectors, selectors_desk, services_desk
from yole.assessment.enums import Purpose, SittingState
from yole.assessment.forms_desk import GiveForm, GroupForm, SittingsForm
from yole.assessment.models import Group, Sitting
from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.htmlpdf import pdf
from yole.base.permissions import may, staff_page
from yole.kernel.codes import show_code
from yole.kernel.tables import write_table
from yole.organisations.models import Account
from yole.organisations.requests import account_of
from yole.people import permissions as people_acts
from yole.people import selectors as people

EXPORT_MAX = 20_000


@staff_page(permissions.SEE)
@require_safe
def sittings(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = SittingsForm(account, request.GET or None, auto_id="f_%s")
    filters = form.filters() if form.is_bound else selectors_desk.Filters()
    page = Paginator(selectors_desk.sittings(account, filters), selectors_desk.PAGE).get_page(request.GET.get("page"))
    titles = selectors_desk.person_titles(account, [one.person_id for one in page.object_list])
    rows = [
        {
            "sitting": one,
            "code": show_code(one.code),
            "person": titles.get(one.person_id, ""),
            "level": one.result.level + 1 if one.state == SittingState.FINISHED else None,
        }
        for one in page.object_list
    ]
    query = "&".join(f"{key}={value}" for key, value in request.GET.items() if key != "page")
    return render(request, "assessment/desk/sittings.html", {"form": form, "page": page, "rows": rows, "query": query})


@staff_page(permissions.SEE)
@require_safe
def sittings_csv(request: HttpRequest) -> HttpResponse:
    """The sittings that the filters keep, one a row, without any name."""
    account = account_of(request)
    form = SittingsForm(account, request.GET or None)
    found = selectors_desk.sittings(account, form.filters() if form.is_bound else selectors_desk.Filters())
    return as_file(_table(list(found[:EXPORT_MAX])), "diagnostics.csv")


def _table(rows: list[Sitting]) -> bytes:
    header = [
        *("code", "debut", "fin", "etat", "raison", "support", "devant_l_equipe", "avec_aide", "groupe", "niveau", "probabilite"),
        *("theta", "erreur", "reponses", *(f"domaine_{k}" for k in range(1, 6))),
    ]
    lines = []
    for one in rows:
        result = one.result if one.state == SittingState.FINISHED else None
        areas = {row["area"]: row["theta"] for row in result.areas} if result else {}
        measured = (
            [result.level + 1, *(f"{x:.3f}" for x in (result.probability, result.theta, result.se)), result.answered]
            if result
            else [""] * 5
        )
        lines.append(
            [
                one.code, one.started_at.isoformat(timespec="minutes"),
                one.finished_at.isoformat(timespec="minutes") if one.finished_at else "",
                one.get_state_display(), str(one.get_purpose_display()), one.get_mode_display(), "oui" if one.supervised else "non",
                "oui" if one.assisted else "non", one.group.name if one.group else "", *measured,
                *("" if areas.get(k) is None else f"{areas[k]:.3f}" for k in range(1, 6)),
            ]
        )  # fmt: skip
    return write_table(header, lines)


@staff_page(permissions.GIVE)
@require_http_methods(FORM)
def give(request: HttpRequest) -> HttpResponse:
    """Starts a sitting for somebody: anonymous, or for a person of the structure found by name."""
    account = account_of(request)
    person = asked_person(request, account)
    initial = {
        "form_key": uuid.uuid4(),
        "person": person,
        "purpose": request.GET.get("raison") if request.GET.get("raison") in Purpose.values else Purpose.PLACEMENT,
        "group": request.GET.get("groupe", ""),
        "supervised": "yes",
    }
    form = GiveForm(account, request.POST or None, initial=initial, auto_id="g_%s")
    if form.is_bound and form.is_valid():
        try:
            sitting = services_desk.give(account, form.wanted(), uuid=form.cleaned_data["form_key"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("assessment:desk-sitting", sitting.pk)
    typed = request.GET.get("qui", "")
    finds = account.structure_id is not None and may(account, people_acts.SEE)
    context = {
        "form": form,
        "person": selectors_desk.person_title(account, person),
        "typed": typed,
        "finds": finds,
        "found": people.person_choices(account, typed) if finds and typed else [],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "assessment/desk/give.html", context, status=status)


def asked_person(request: HttpRequest, account: Account) -> UUID | None:
    """The person that the address or the form names, when the account may see them."""
    try:
        asked = UUID(request.GET.get("personne", "") or request.POST.get("person", ""))
    except ValueError:
        return None
    found = people.get(account, asked) if may(account, people_acts.SEE) else None
    return found.pk if found is not None else None


def _sitting(request: HttpRequest, pk: UUID) -> Sitting:
    found = selectors_desk.sitting(account_of(request), pk)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An open sitting: its code, to hand over. A finished one: the result for a professional."""
    account, found = account_of(request), _sitting(request, pk)
    context = {"sitting": found, "code": show_code(found.code), "person": selectors_desk.person_title(account, found.person_id)}
    if found.state != SittingState.FINISHED:
        address = request.build_absolute_uri(reverse("assessment:question", args=[found.code]))
        answered = len(selectors.answers(found))
        return render(request, "assessment/desk/sitting_open.html", {**context, "address": address, "answered": answered})
    context |= {"report": selectors_desk.report(found), "change": selectors_desk.change_up_to(found)}
    return render(request, "assessment/desk/sitting.html", context)


@staff_page(permissions.SEE)
@require_safe
def sitting_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    account, found = account_of(request), _sitting(request, pk)
    if found.state != SittingState.FINISHED:
        raise Refused("Ce diagnostic n’est pas terminé.", code="open", status=409)
    context = {
        "sitting": found,
        "code": show_code(found.code),
        "person": selectors_desk.person_title(account, found.person_id),
        "report": selectors_desk.report(found),
        "change": selectors_desk.change_up_to(found),
    }
    return as_file(pdf("assessment/desk/sitting_sheet.html", context), f"diagnostic-{found.code}.pdf")


@staff_page(permissions.SEE)
@require_http_methods(FORM)
def groups(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    may_create = may(account, permissions.GROUPS)
    form = GroupForm(request.POST or None, auto_id="n_%s")
    if request.method == "POST" and form.is_valid():
        try:
            made = services_desk.create_group(account, form.cleaned_data["name"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Groupe créé.")
            return redirect("assessment:desk-group", made.pk)
    page = Paginator(selectors_desk.groups(account), selectors_desk.PAGE).get_page(request.GET.get("page"))
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "assessment/desk/groups.html", {"page": page, "form": form, "may_create": may_create}, status=status)


@staff_page(permissions.SEE)
@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    account = account_of(request)
    found = selectors_desk.groups(account).filter(pk=pk).first()
    if not isinstance(found, Group):
        raise Http404
    report = selectors_desk.group_report(account, found)
    people = [*(one.after.person_id for one in report.changes), *(one.person_id for one in report.missing)]
    titles = selectors_desk.person_titles(account, people)
    changes = [{"change": one, "code": show_code(one.after.code), "person": titles.get(one.after.person_id, "")} for one in report.changes]
    missing = [{"sitting": one, "code": show_code(one.code), "person": titles.get(one.person_id, "")} for one in report.missing]
    context = {"group": found, "report": report, "changes": changes, "missing": missing}
    return render(request, "assessment/desk/group.html", context)
