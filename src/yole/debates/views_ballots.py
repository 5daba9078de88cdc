"""Desk: paper ballots of a café, from the printer to the count."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.debates import ballot_sheets, permissions, scan, selectors, services_ballots
from yole.debates.enums import CafeState, SheetState
from yole.debates.forms_ballots import CHOICES, CellsForm, PrintForm, ReceiveForm, SheetForm
from yole.debates.models import Cafe
from yole.debates.models_ballots import BallotForm, BallotSheet
from yole.debates.views_desk import attempt, own_cafe, page_of
from yole.organisations.requests import account_of

_WORDS = dict(CHOICES)


def _context(cafe: Cafe) -> dict[str, Any]:
    sheets = list(BallotSheet.objects.filter(form__cafe=cafe).select_related("form").order_by("form__made_at", "page"))
    waiting = [sheet for sheet in sheets if sheet.state != SheetState.COUNTED]
    return {
        "printed": list(cafe.ballot_forms.order_by("-made_at", "-pk")),
        "waiting": waiting,
        "ready": sum(sheet.state == SheetState.READY for sheet in waiting),
        "counted": len(sheets) - len(waiting),
        "may_scan": scan.available(),
        "open": cafe.state == CafeState.OPEN,
        "statements": selectors.statements_of(cafe),
    }


def _main(request: HttpRequest, cafe: Cafe, print_form: PrintForm, receive_form: ReceiveForm) -> HttpResponse:
    status = 422 if print_form.is_bound or receive_form.is_bound else 200
    return page_of(
        request, cafe, "debates/ballots/ballots.html", status=status, print_form=print_form, receive_form=receive_form, **_context(cafe)
    )


def _print_form(data: Any = None) -> PrintForm:
    return PrintForm(data, auto_id="i_%s")


def _receive_form(data: Any = None, files: Any = None) -> ReceiveForm:
    return ReceiveForm(data, files, auto_id="l_%s")


@staff_page(permissions.HOST)
@require_safe
def ballots(request: HttpRequest, pk: int) -> HttpResponse:
    """What was printed, what was read, what waits for a person."""
    cafe = own_cafe(request, pk)
    form = _print_form()
    form.fields["ballots"].initial = cafe.people_counted or cafe.people_expected
    return _main(request, cafe, form, _receive_form())


@staff_page(permissions.HOST)
@require_POST
def print_form(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = own_cafe(request, pk)
    form = _print_form(request.POST)
    if form.is_valid():
        try:
            made = services_ballots.print_form(account_of(request), pk, form.cleaned_data["ballots"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, f"Les bulletins {made.code} sont prêts à imprimer.")
            return redirect("debates:ballots", pk=pk)
    return _main(request, cafe, form, _receive_form())


@staff_page(permissions.HOST)
@require_safe
def sheets_pdf(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    cafe = own_cafe(request, pk)
    form = BallotForm.objects.filter(cafe=cafe, code=code).first()
    if form is None:
        raise Http404
    words = _words(cafe)
    if set(form.statements) - set(words):
        raise Refused("Les phrases du café ont changé.", remedy="Imprimez de nouveaux bulletins.", code="outdated")
    statements = [words[key] for key in form.statements]
    made = ballot_sheets.ballots_pdf(form.code, cafe.title, statements, services_ballots.pages_of(form))
    return as_file(made, f"bulletins-{form.code}.pdf")


def _words(cafe: Cafe) -> dict[int, str]:
    return {one.pk: one.version.wording for one in selectors.statements_of(cafe)}


@staff_page(permissions.HOST)
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads the files sent. Images are not kept: only the doubtful rows, until somebody has looked."""
    cafe = own_cafe(request, pk)
    form = _receive_form(request.POST, request.FILES)
    if not form.is_valid():
        return _main(request, cafe, _print_form(), form)
    try:
        done = services_ballots.receive(account_of(request), pk, form.cleaned_data["sheets"])
    except Refused as refusal:
        form.apply_refusal(refusal)
        return _main(request, cafe, _print_form(), form)
    for problem in done.refused[:20]:
        messages.warning(request, problem)
    if done.ready:
        messages.success(request, f"Feuilles lues : {len(done.ready)}.")
    if done.doubtful:
        messages.info(request, f"Feuilles à regarder : {len(done.doubtful)}. Une marque n’est pas nette.")
    return redirect("debates:ballots", pk=pk)


def _sent(request: HttpRequest) -> Any:
    """What was sent, an empty form too; None when the page is only read."""
    return request.POST if request.method == "POST" else None


def _sheet_or_404(cafe: Cafe, sheet: int, state: SheetState) -> BallotSheet:
    found = BallotSheet.objects.select_related("form").filter(pk=sheet, form__cafe=cafe, state=state).first()
    if found is None:
        raise Http404
    return found


def _row_words(cafe: Cafe, form: BallotForm, page: int) -> list[str]:
    words = _words(cafe)
    return [words.get(key, "Phrase retirée du vote") for key in services_ballots.rows_of(form, page)]


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def look(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    """Doubtful rows of a sheet with their images."""
    cafe = own_cafe(request, pk)
    found = _sheet_or_404(cafe, sheet, SheetState.DOUBTFUL)
    words = _row_words(cafe, found.form, found.page)
    rows = [(row, words[row]) for row, value in enumerate(found.votes) if value == services_ballots.LOOK]
    form = CellsForm(rows, _sent(request), auto_id="c_%s")
    if form.is_bound and form.is_valid():
        services_ballots.look(account_of(request), pk, sheet, form.cells())
        messages.success(request, f"La feuille {found.page} est prête.")
        return redirect("debates:ballots", pk=pk)
    images = {cut.row: f"data:image/png;base64,{base64.b64encode(bytes(cut.image)).decode()}" for cut in found.cuts.all()}
    lines = [(form[f"row{row}"], images.get(row, "")) for row, _words in rows]
    return page_of(request, cafe, "debates/ballots/look.html", status=422 if form.is_bound else 200, form=form, sheet=found, lines=lines)


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def type_in(request: HttpRequest, pk: int) -> HttpResponse:
    """First which sheet, then its rows."""
    cafe = own_cafe(request, pk)
    printed = list(cafe.ballot_forms.order_by("-made_at", "-pk"))
    if not printed:
        messages.warning(request, "Aucun bulletin n’est imprimé pour ce café.")
        return redirect("debates:ballots", pk=pk)
    asked = request.POST if request.method == "POST" else request.GET
    choose = SheetForm(printed, asked if "code" in asked else None, auto_id="f_%s")
    form, chosen, page = None, None, 0
    if choose.is_bound and choose.is_valid():
        chosen = next(one for one in printed if one.code == choose.cleaned_data["code"])
        page = choose.cleaned_data["page"]
        if page not in services_ballots.pages_of(chosen):
            choose.add_error("page", f"La feuille {page} n’a pas été imprimée.")
            chosen = None
    if chosen is not None:
        rows = list(enumerate(_row_words(cafe, chosen, page)))
        form = CellsForm(rows, _sent(request), auto_id="c_%s")
        if form.is_bound and form.is_valid():
            cells = [form.cells()[row] for row, _words in rows]
            if attempt(
                request,
                lambda: services_ballots.type_in(account_of(request), pk, chosen.code, page, cells),
                f"La feuille {page} est tapée.",
            ):
                return redirect("debates:ballots", pk=pk)
    wrong = (choose.is_bound and not choose.is_valid()) or (form is not None and form.is_bound)
    return page_of(
        request, cafe, "debates/ballots/type.html", status=422 if wrong else 200,
        choose=choose, form=form, chosen=chosen, page=page, lines=[form[f"row{row}"] for row in form.rows] if form else [],
    )  # fmt: skip


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def settle(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    """What two people typed differently, side by side; the paper decides."""
    cafe = own_cafe(request, pk)
    found = _sheet_or_404(cafe, sheet, SheetState.DIFFERS)
    words = _row_words(cafe, found.form, found.page)
    differences = services_ballots.differences(found)
    form = CellsForm([(row, words[row]) for row, _one, _other in differences], _sent(request), auto_id="c_%s")
    if form.is_bound and form.is_valid():
        services_ballots.settle(account_of(request), pk, sheet, form.cells())
        messages.success(request, f"La feuille {found.page} est prête.")
        return redirect("debates:ballots", pk=pk)
    lines = [(form[f"row{row}"], _WORDS[one], _WORDS[other]) for row, one, other in differences]
    return page_of(request, cafe, "debates/ballots/settle.html", status=422 if form.is_bound else 200, form=form, sheet=found, lines=lines)


@staff_page(permissions.HOST)
@require_POST
def discard(request: HttpRequest, pk: int, sheet: int) -> HttpResponse:
    own_cafe(request, pk)
    attempt(request, lambda: services_ballots.discard(account_of(request), pk, sheet), "La feuille est oubliée : elle peut être relue.")
    return redirect("debates:ballots", pk=pk)


@staff_page(permissions.HOST)
@require_POST
def count(request: HttpRequest, pk: int) -> HttpResponse:
    own_cafe(request, pk)
    counted: list[services_ballots.Counted] = []
    incomplete = request.POST.get("incomplets") == "oui"
    if attempt(request, lambda: counted.append(services_ballots.count(account_of(request), pk, incomplete=incomplete)), ""):
        done = counted[0]
        words = [f"Bulletins comptés : {done.ballots}."]
        words += [f"Bulletins sans réponse, non comptés : {done.blank}."] if done.blank else []
        words += [f"Il manque une feuille à {done.waiting} bulletin{'s' * (done.waiting > 1)}."] if done.waiting else []
        messages.info(request, " ".join(words))
    return redirect("debates:ballots", pk=pk)
