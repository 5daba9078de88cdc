"""The questions, the results, the rules: open to everybody. Answers travel in the page, signed; nothing is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM
from yole.base.memo import remember
from yole.base.permissions import may
from yole.rights import client, permissions, results, state, wording
from yole.rights.catalog import benefits, links
from yole.rights.engine.explain import short
from yole.rights.forms import AnswerForm, FollowForm
from yole.rights.help import near
from yole.rights.state import State
from yole.territory.requests import territory_of
from yole.territory.selectors import today

DONT_KNOW, BACK, RESULTS, RECEIVED = "ne-sais-pas", "avant", "resultats", "recues"
_FIRST_KEPT = 3600.0


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "rights/home.html", {"count": len(benefits())})


@require_http_methods(FORM)
def question(request: HttpRequest) -> HttpResponse:
    """One question per screen. GET begins; POST brings the answers so far with the last one."""
    try:
        if request.method != "POST":
            return ask(request, State(f"{today():%Y-%m}"))
        return _answered(request)
    except state.ExpiredError:
        return too_late(request)
    except client.UnavailableError as problem:
        return unavailable(request, str(problem))


def _answered(request: HttpRequest) -> HttpResponse:
    so_far = state.load(request.POST.get("etat", ""))
    name, action = request.POST.get("champ", ""), request.POST.get("action", "")
    if action == RESULTS:
        return _results(request, so_far)
    if action == RECEIVED:
        received = [each for each in request.POST.getlist("recue") if each in benefits()]
        return _results(request, so_far.with_answer(state.RECEIVED, received))
    if action == BACK:
        before, last = so_far.without(state.RECEIVED).without_last()
        if not last:
            return redirect("rights:home")
        form = _form(last, before)
        return _question_page(request, before, last, form, [])
    if name not in _known_fields():
        raise state.ExpiredError
    if action == DONT_KNOW:
        return ask(request, so_far.with_answer(name, state.SKIPPED))
    form = _form(name, so_far, request.POST)
    if not form.is_valid():
        return _question_page(request, so_far, name, form, [], status=422)
    try:
        return ask(request, so_far.with_answer(name, form.given))
    except client.RejectedError:
        form.add_error(None, _("Cette réponse ne va pas avec une autre. Vérifiez-la, ou revenez à la question d’avant."))
        return _question_page(request, so_far, name, form, [], status=422)


def _known_fields() -> frozenset[str]:
    from yole.rights.engine.household import FIELDS

    return frozenset(FIELDS)


def _form(name: str, so_far: State, data: Any = None) -> AnswerForm:
    return AnswerForm(name, data, children=int(so_far.value("children_count") or 1), auto_id="d_%s")


def ask(request: HttpRequest, so_far: State) -> HttpResponse:
    """The question still worth asking that was not passed over, else the results."""
    if so_far.given:
        step = client.step(so_far.situation())
    else:
        step = remember(("rights", "first", so_far.month), _FIRST_KEPT, lambda: client.step(so_far.situation()))
    following = step["next"]
    offered = [each for each in (following["question"], *following["alternatives"]) if each and each["field"] not in so_far.skipped]
    if not offered:
        return _results(request, so_far, step["result"])
    name = offered[0]["field"]
    return _question_page(request, so_far, name, _form(name, so_far), offered[0]["benefits"], amount_only=offered[0]["amount_only"])


def _question_page(
    request: HttpRequest, so_far: State, name: str, form: AnswerForm, moved: list[str], *, amount_only: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "field": name,
        "etat": state.dump(so_far),
        "number": len(so_far.given) + 1,
        "moved": [benefits()[each].label for each in moved],
        "amount_only": amount_only,
        "sensitive": name == "other_situations" or short(name) in ("pregnant", "disability_rate", "work_restriction"),
        "title": form.fields[next(iter(form.fields))].label if len(form.fields) == 1 else _(wording.question(name)),
    }
    return private(render(request, "rights/question.html", context, status=status))


def _results(request: HttpRequest, so_far: State, result: dict[str, Any] | None = None) -> HttpResponse:
    situation = so_far.situation()
    complete = client.step(situation, explained=True)["result"] if result is None or not result["unknown"] else result
    return private(render(request, "rights/results.html", results_context(request, so_far, complete)))


def results_context(request: HttpRequest, so_far: State, result: dict[str, Any]) -> dict[str, Any]:
    """What the page of results shows; the desk's acts are there for who may do them."""
    found = results.grouped(results.entries(result))
    following = [*found["check"], *found["unknown"]]
    staff = may(request.user, permissions.FOLLOW)
    return {
        "etat": state.dump(so_far),
        "answers": sum(value is not state.SKIPPED for name, value in so_far.given if name != state.RECEIVED),
        "skipped": len(so_far.skipped),
        "found": found,
        "local": [each for each in result["local"] if each["verdict"] != "no"],
        "links": links(),
        "assumed": result["assumed"],
        "engine": result["engine"],
        "result_date": today(),
        "help": near(territory_of(request), so_far.value("commune") or ""),
        "staff": staff,
        "follow": FollowForm([(entry.benefit.id, entry.benefit.label) for entry in following], auto_id="f_%s")
        if staff and following
        else None,
    }


def too_late(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("Cette page était ouverte depuis longtemps. On recommence."))
    return redirect("rights:home")


def unavailable(request: HttpRequest, why: str) -> HttpResponse:
    return private(render(request, "rights/unavailable.html", {"why": why}, status=503))


def private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def results_page(request: HttpRequest) -> HttpResponse:
    """The results so far, from the answers of the page."""
    try:
        return _results(request, state.load(request.POST.get("etat", "")))
    except state.ExpiredError:
        return too_late(request)
    except (client.UnavailableError, client.RejectedError) as problem:
        return unavailable(request, str(problem))


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """How the calculation works, how fresh its rules are, how to contest: what the law wants said of an algorithm, and more."""
    try:
        states = remember(("rights", "freshness", today()), 600.0, client.freshness)
        why = ""
    except client.UnavailableError as problem:
        states, why = [], str(problem)
    lines = [{"benefit": benefits()[each["id"]], **each} for each in states if each["id"] in benefits()]
    return render(request, "rights/rules.html", {"lines": lines, "why": why})
