"""Pages of the team: the one-page questionnaire, follow-ups, lists, figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import may, staff_page
from yole.kernel.tables import write_safe_table
from yole.organisations.models import Account
from yole.organisations.requests import account_of
from yole.rights import batch, client, indicators, permissions, selectors, services, state
from yole.rights.enums import Answer, Step
from yole.rights.forms import CloseForm, DayForm, ExpertForm, FollowForm, OfficeAnswerForm, ReviewForm, ScreenForm
from yole.rights.models import FollowUp
from yole.rights.results import entries
from yole.rights.state import State
from yole.rights.views_public import results_context, unavailable
from yole.territory.selectors import today

PAGE = 25
MOST_LIST_BYTES = 1024 * 1024
MOST_LIST_ROWS = 500


def menu(account: Account) -> dict[str, bool]:
    return {
        "may_see": may(account, permissions.SEE),
        "may_screen": may(account, permissions.SCREEN),
        "may_figures": may(account, permissions.FIGURES),
    }


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    step = request.GET.get("etape", "")
    page = Paginator(selectors.follow_ups(account, step=step), PAGE).get_page(request.GET.get("page"))
    lines = [(selectors.label(row.benefit), row) for row in page.object_list]
    context = {"page": page, "lines": lines, "steps": Step.choices, "step": step, "due": selectors.due(account, today()), "today": today()}
    return render(request, "rights/desk/list.html", {**context, **menu(account)})


@staff_page(permissions.SEE)
@require_http_methods(FORM)
def expert(request: HttpRequest) -> HttpResponse:
    """Every question at once, verdicts below, refreshed at each sending."""
    account = account_of(request)
    form = ExpertForm(request.POST or None, auto_id="x_%s")
    context: dict[str, Any] = {"form": form, **menu(account)}
    if form.is_bound and form.is_valid():
        so_far = State(f"{today():%Y-%m}", tuple(form.given))
        try:
            step = client.step(so_far.situation(), explained=True)
        except client.RejectedError as refusal:
            form.add_error(None, str(refusal))
        except client.UnavailableError as problem:
            return unavailable(request, str(problem))
        else:
            context |= results_context(request, so_far, step["result"]) | {"next": step["next"]["question"]}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "rights/desk/expert.html", context, status=status)


@staff_page(permissions.FOLLOW)
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Opens follow-ups from a page of results, computed again here: the page's own figures are not trusted."""
    account = account_of(request)
    try:
        so_far = state.load(request.POST.get("etat", ""))
        result = client.step(so_far.situation())["result"]
    except state.ExpiredError:
        raise Refused("Cette page était ouverte depuis longtemps.", remedy="Reposez les questions.", code="expired", status=400) from None
    except client.RejectedError as refusal:
        raise Refused(str(refusal), code="rejected", status=400) from None
    except client.UnavailableError as problem:
        return unavailable(request, str(problem))
    offered = [(entry.benefit.id, entry.benefit.label) for entry in entries(result) if entry.group in ("check", "unknown")]
    form = FollowForm(offered, request.POST, auto_id="f_%s")
    if form.is_valid():
        try:
            made = services.open_follow_ups(
                account,
                form.cleaned_data["code"],
                form.cleaned_data["chosen"],
                result,
                inputs_hash=so_far.digest(),
                commune=so_far.value("commune") or "",
                agreed=form.cleaned_data["agreed"],
            )
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le suivi est ouvert. Les réponses ne sont pas gardées.")
            return redirect("rights:follow-up", pk=made[0].pk)
    context = {**results_context(request, so_far, result), "follow": form, **menu(account)}
    return render(request, "rights/desk/follow.html", context, status=422)


def _row_or_404(request: HttpRequest, pk: UUID) -> FollowUp:
    found = selectors.follow_up(account_of(request), pk)
    if found is None:
        raise Http404
    return found


@staff_page(permissions.SEE)
@require_safe
def follow_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _row_or_404(request, pk)
    return _follow_up_page(request, row)


def _follow_up_page(request: HttpRequest, row: FollowUp, refused: tuple[str, PlainForm] | None = None) -> HttpResponse:
    account = account_of(request)
    forms: dict[str, PlainForm] = {
        "day": DayForm(initial={"day": today()}, auto_id="day_%s"),
        "answer": OfficeAnswerForm(initial={"day": today()}, auto_id="answer_%s"),
        "close": CloseForm(auto_id="close_%s"),
        "review": ReviewForm(auto_id="review_%s"),
    }
    if refused:
        forms[refused[0]] = refused[1]
    context = {
        "row": row,
        "label": selectors.label(row.benefit),
        "milestones": selectors.milestones(row),
        "forms": forms,
        "may_prepare": row.step == Step.IDENTIFIED,
        "may_file": row.step in (Step.IDENTIFIED, Step.PREPARED),
        "may_answer": row.step in (Step.FILED, Step.APPEAL),
        "may_appeal": row.step == Step.ANSWERED and row.answer == Answer.REFUSED,
        "may_close": row.step in (Step.IDENTIFIED, Step.PREPARED, Step.FILED),
        "may_contest": not row.contested_at or bool(row.reviewed_at),
        "may_review": bool(row.contested_at) and not row.reviewed_at and row.told_by_id != account.pk,
        "failed": refused[1] if refused else None,
        **menu(account),
    }
    return render(request, "rights/desk/follow_up.html", context, status=422 if refused else 200)


_ACTS: dict[str, tuple[str, type[PlainForm] | None, Callable[[Account, UUID, dict[str, Any]], FollowUp], str]] = {
    "preparer": ("day", DayForm, lambda who, pk, given: services.prepare(who, pk, given["day"]), "La demande est prête."),
    "deposer": ("day", DayForm, lambda who, pk, given: services.file_claim(who, pk, given["day"]), "La demande est déposée."),
    "repondre": ("answer", OfficeAnswerForm, lambda who, pk, given: services.note_answer(who, pk, **given), "La réponse est notée."),
    "recours": ("day", DayForm, lambda who, pk, given: services.appeal(who, pk, given["day"]), "Le recours est noté."),
    "clore": ("close", CloseForm, lambda who, pk, given: services.close(who, pk, **given), "Le suivi est clos."),
    "contester": ("", None, lambda who, pk, given: services.contest(who, pk), "Une autre personne va vérifier."),
    "verifier": ("review", ReviewForm, lambda who, pk, given: services.review(who, pk, given["words"]), "La vérification est notée."),
}


@staff_page(permissions.FOLLOW)
@require_POST
def follow_up_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    row = _row_or_404(request, pk)
    if act not in _ACTS:
        raise Http404
    kind, form_class, run, done = _ACTS[act]
    form = form_class(request.POST, auto_id=f"{kind}_%s") if form_class else None
    if form is not None and not form.is_valid():
        return _follow_up_page(request, row, (kind, form))
    try:
        run(account_of(request), pk, form.cleaned_data if form is not None else {})
    except Refused as refusal:
        if form is None:
            raise
        form.apply_refusal(refusal)
        return _follow_up_page(request, row, (kind, form))
    messages.success(request, done)
    return redirect("rights:follow-up", pk=pk)


@staff_page(permissions.SCREEN)
@require_http_methods(FORM)
def screen(request: HttpRequest) -> HttpResponse:
    """A pseudonymous list in, the conversations to offer out, as a file; neither is kept."""
    account = account_of(request)
    form = ScreenForm(request.POST or None, request.FILES or None, auto_id="l_%s")
    if form.is_bound and form.is_valid():
        try:
            return _screened(account, form)
        except client.RejectedError as refusal:
            form.add_error("file", str(refusal))
        except client.UnavailableError as problem:
            return unavailable(request, str(problem))
        except Refused as refusal:
            form.apply_refusal(refusal)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(
        request, "rights/desk/screen.html", {"form": form, "columns": ", ".join(batch.COLUMNS[:20]), **menu(account)}, status=status
    )


def _screened(account: Account, form: ScreenForm) -> HttpResponse:
    uploaded = form.cleaned_data["file"]
    if uploaded.size > MOST_LIST_BYTES:
        raise Refused("Ce fichier est trop grand.", field="file", code="too-large", remedy="Coupez-le en listes de 500 lignes.")
    try:
        text = uploaded.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("Ce fichier n’est pas en UTF-8.", field="file", code="not-utf8", remedy="Enregistrez-le en « CSV UTF-8 ».") from None
    if text.count("\n") > MOST_LIST_ROWS + 1:
        raise Refused("Cette liste a plus de 500 lignes.", field="file", code="too-many", remedy="Coupez-la, ou utilisez la commande.")
    rows = client.screen(text)
    worth = [row for row in rows if row[2] != "no"]
    services.note_screening(account, form.cleaned_data["purpose"], len({row[0] for row in rows}))
    return as_file(write_safe_table(batch.HEADER, worth), "entretiens-a-proposer.csv")


@staff_page(permissions.FIGURES)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    found = indicators.figures(account)
    return render(request, "rights/desk/figures.html", {"figures": found, "threshold": indicators.THRESHOLD, **menu(account)})
