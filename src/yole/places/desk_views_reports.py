"""The desk: what people reported of places."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.components import Tab
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.places import desk_selectors
from yole.places import desk_services as desk
from yole.places.desk_forms import ReportDecisionForm
from yole.places.desk_views_common import here, page
from yole.places.enums import ReportState
from yole.places.models import Report
from yole.places.permissions import EDIT, HANDLE_REPORTS
from yole.places.retention import CONTACT_KEPT


@staff_page(HANDLE_REPORTS)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    territory = here(request)
    asked = request.GET.get("etat", "")
    state = asked if asked in ReportState.values else ReportState.NEW.value
    counts = desk_selectors.report_counts(territory)
    context = {
        "state": state,
        "states": [Tab(value, label, f"?etat={value}", counts[value]) for value, label in ReportState.choices],
        "page": desk_selectors.page_of(desk_selectors.reports(territory, state), request.GET.get("page")),
    }
    return page(request, "reports.html", "reports", context)


def _wanted(request: HttpRequest, pk: int) -> Report:
    found = Report.objects.select_related("place", "handled_by").filter(pk=pk, place__territory=here(request)).first()
    if found is None:
        raise Http404
    return found


@staff_page(HANDLE_REPORTS)
@require_http_methods(FORM)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    one = _wanted(request, pk)
    form = ReportDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            desk.handle_report(one, state=form.cleaned_data["state"], answer=form.cleaned_data["answer"], by=request.user)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le signalement est traité.")
            return redirect("places:desk-reports")
    erased_on = one.handled_at + CONTACT_KEPT if one.handled_at else None
    context = {"report": one, "form": form, "may_edit": may(request.user, EDIT), "erased_on": erased_on}
    return page(request, "report.html", "reports", context, 400 if form.is_bound else 200)


@staff_page(HANDLE_REPORTS)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    desk.reopen_report(_wanted(request, pk), by=request.user)
    messages.success(request, "Le signalement est de nouveau à traiter.")
    return redirect("places:desk-report", pk)
