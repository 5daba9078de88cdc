"""The diagnosis as an inhabitant takes it: one question per screen, no timer, stop and take up again by a code. Works without scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.assessment import pages, selectors, services
from yole.assessment.enums import SittingState
from yole.assessment.models import CODE_LENGTH, Sitting
from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.scope import public_scope
from yole.kernel.codes import clean_code, show_code
from yole.organisations import throttle
from yole.territory.requests import territory_of

DONT_KNOW = "nsp"
WRONG_CODES = 10


def opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page whose visitor shows the code of a sitting: that sitting may be reached until the page is made."""

    @wraps(view)
    def with_code(request: HttpRequest, code: str) -> HttpResponse:
        with public_scope(code=clean_code(code)):
            return view(request, code)

    return with_code


def _sitting(code: str) -> Sitting:
    found = selectors.by_code(code)
    if found is None:
        raise Http404
    return found


def _context(sitting: Sitting) -> dict[str, Any]:
    return {"sitting": sitting, "code": show_code(sitting.code)}


@require_safe
def intro(request: HttpRequest) -> HttpResponse:
    return render(request, "assessment/intro.html", {"code_length": CODE_LENGTH})


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    sitting = services.start(territory_of(request))
    return redirect("assessment:question", sitting.code)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """A code typed by hand. Wrong ones are counted, so that nobody finds somebody's answers by trying."""
    address = throttle.client_address(request)
    typed = request.POST.get("code", "")
    if throttle.counted("diagnostic", address) >= WRONG_CODES:
        raise Refused(
            _("Trop de codes faux ont été essayés d’ici."), remedy=_("Attendez 15 minutes, ou appelez-nous."), code="throttled", status=429
        )
    found = selectors.by_code(typed)
    if found is not None:
        return redirect("assessment:question", found.code)
    throttle.count("diagnostic", address)
    length = len(clean_code(typed))
    error = (
        _("Nous ne trouvons pas ce code. Vérifiez chaque lettre, ou recommencez le diagnostic.")
        if length == CODE_LENGTH
        else _("Un code a %(wanted)d lettres et chiffres. Vous en avez écrit %(n)d.") % {"wanted": CODE_LENGTH, "n": length}
    )
    return render(request, "assessment/intro.html", {"code_length": CODE_LENGTH, "error": error, "typed": typed[:20]}, status=422)


@never_cache
@require_http_methods(FORM)
@opened
def question(request: HttpRequest, code: str) -> HttpResponse:
    """The question of now; its answer leads to the next one, or to the result."""
    sitting = _sitting(code)
    if sitting.state == SittingState.FINISHED:
        return redirect("assessment:result", sitting.code)
    error = ""
    if request.method == "POST":
        chosen = request.POST.getlist("r")
        if not chosen:
            error = _("Choisissez une réponse. Si vous hésitez, prenez « Je ne sais pas ».")
        else:
            return _answered(request, sitting, chosen)
    shown = pages.question(sitting, len(selectors.answers(sitting)))
    together = request.GET.get("ensemble") == "1" or request.POST.get("assisted") == "1"
    context = {**_context(sitting), "question": shown, "together": together, "error": error, "dont_know": DONT_KNOW}
    return render(request, "assessment/question.html", context, status=422 if error else 200)


def _answered(request: HttpRequest, sitting: Sitting, chosen: list[str]) -> HttpResponse:
    given = services.Given(
        response=() if DONT_KNOW in chosen else tuple(chosen),
        assisted=request.POST.get("assisted") == "1",
    )
    position = request.POST.get("position", "")
    try:
        services.answer(sitting, int(position) if position.isdecimal() and len(position) < 4 else 0, given)
    except Refused as refused:
        if refused.code not in {"answered", "finished"}:
            raise
        # Another device went on with this code: the page shows where the diagnosis is now.
        messages.info(request, refused.reason)
    return redirect("assessment:question", sitting.code)


@never_cache
@require_safe
@opened
def later(request: HttpRequest, code: str) -> HttpResponse:
    """« Finir plus tard » : the code to keep, on screen and on paper."""
    sitting = _sitting(code)
    address = request.build_absolute_uri(request.path.rsplit("plus-tard", 1)[0])
    return render(request, "assessment/later.html", {**_context(sitting), "address": address, "answered": len(selectors.answers(sitting))})


@require_POST
@opened
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """« J’arrête ici » : the result is made of what was answered."""
    sitting = services.stop(_sitting(code))
    if sitting.state != SittingState.FINISHED:
        messages.info(request, _("Le diagnostic est arrêté. Rien n’est gardé."))
        return redirect("assessment:intro")
    return redirect("assessment:result", sitting.code)


@require_POST
@opened
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """« Quelques questions de plus »: the sitting is taken up again after its result."""
    sitting = services.go_on(_sitting(code), request.POST.get("more", ""))
    return redirect("assessment:question", sitting.code)


@never_cache
@require_safe
@opened
def result(request: HttpRequest, code: str) -> HttpResponse:
    sitting = _sitting(code)
    if sitting.state != SittingState.FINISHED:
        return redirect("assessment:question", sitting.code)
    answers = selectors.answers(sitting)
    context = {
        **_context(sitting),
        "page": pages.result(sitting, sitting.result, answers),
        "result": sitting.result,
        "sections": [section(request, sitting) for section in pages.SECTIONS],
    }
    return render(request, "assessment/result.html", context)
