"""The room on a telephone, on the big screen and on a lent tablet. No account; nothing of a vote is shown before the host closes it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import View
from yole.debates import devices, documents, kit, selectors, services_after, services_texts, services_votes
from yole.debates.engine.room import order_for
from yole.debates.enums import CafeState, Phase
from yole.debates.forms import ContactForm, VoteForm, WriteForm
from yole.debates.models import Cafe, CafeStatement
from yole.debates.services_prepare import clean_room_code
from yole.territory.requests import territory_of


def private(view: View) -> View:
    """A page of one device: no copy is kept, so that « back » on a lent tablet shows nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def room_or_404(request: HttpRequest, code: str) -> Cafe:
    found = selectors.by_room_code(territory_of(request), clean_room_code(code))
    if found is None:
        raise Http404
    return found


def vote_state(cafe: Cafe) -> str:
    """`waiting`, `open` or `closed`."""
    if cafe.vote_closed_at is not None:
        return "closed"
    return "open" if cafe.vote_opened_at is not None and cafe.state == CafeState.OPEN else "waiting"


def _phase(cafe: Cafe) -> dict[str, Any]:
    return {"phase": Phase(cafe.phase).label, "phase_words": kit.PHASES[cafe.phase][0]} if cafe.phase else {}


@never_cache
@require_safe
def room(request: HttpRequest, code: str) -> HttpResponse:
    cafe = room_or_404(request, code)
    return render(request, "debates/room.html", {"cafe": cafe, "vote": vote_state(cafe), **_phase(cafe)})


@private
@require_http_methods(FORM)
def write(request: HttpRequest, code: str) -> HttpResponse:
    """A fear, a hope, an idea or a question: its author says which."""
    cafe = room_or_404(request, code)
    held = devices.read(request, devices.TEXTS, cafe)
    already = int(held.get("n", 0))
    form = WriteForm(cafe, request.POST or None, auto_id="w_%s")
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            services_texts.write(cafe.pk, data["kind"], data["text"], data["theme"], already=already)
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            response = redirect(reverse("debates:write", args=[cafe.room_code]) + "?merci=1")
            devices.write(response, devices.TEXTS, cafe, {"n": already + 1})
            return response
    context = {"cafe": cafe, "form": form, "thanks": "merci" in request.GET and not form.is_bound, "already": already}
    return render(request, "debates/write.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def texts(request: HttpRequest, code: str) -> HttpResponse:
    """What the others wrote, once a person has read it."""
    cafe = room_or_404(request, code)
    return render(request, "debates/texts.html", {"cafe": cafe, "clouds": selectors.clouds(cafe)})


@dataclass(frozen=True, slots=True)
class Turn:
    """Where somebody is in the statements: `steps` says which are answered, in their own order."""

    statement: CafeStatement | None
    number: int
    steps: Sequence[bool]
    before: int | None
    chosen: int | None


def turn_of(cafe: Cafe, token: str, asked: str = "") -> Turn:
    """The statement to answer now: the one asked for, else the first not answered in the order of this ballot."""
    ordered = order_for(token, selectors.statements_of(cafe))
    answers = selectors.answers_of(cafe, devices.digest(token)) if token else {}
    keys = [one.pk for one in ordered]
    at = next((i for i, key in enumerate(keys) if key not in answers), len(keys))
    if asked.isdecimal() and int(asked) in keys and (int(asked) in answers or keys.index(int(asked)) <= at):
        at = keys.index(int(asked))
    done = [key in answers for key in keys]
    here = ordered[at] if at < len(ordered) else None
    return Turn(here, at + 1, done, keys[at - 1] if at else None, answers.get(here.pk) if here is not None else None)


def _vote_form(turn: Turn) -> VoteForm:
    initial = {"statement": turn.statement.pk if turn.statement is not None else None, "value": turn.chosen}
    return VoteForm(initial=initial, auto_id="v_%s")


@private
@require_http_methods(FORM)
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """One statement after the other. The ballot belongs to the device: a random token in its cookie."""
    cafe = room_or_404(request, code)
    token = str(devices.read(request, devices.VOTE, cafe).get("t", ""))
    if request.method == "POST":
        if not token:
            raise Refused(
                _("Votre appareil n’a pas gardé votre bulletin."),
                remedy=_("Acceptez les cookies de ce site et rouvrez la page, ou demandez la tablette."),
                code="no-cookie",
            )
        form = VoteForm(request.POST, auto_id="v_%s")
        if form.is_valid():
            services_votes.vote(cafe.pk, token, form.cleaned_data["statement"], form.cleaned_data["value"])
            return redirect("debates:vote", code=cafe.room_code)
        turn = turn_of(cafe, token, str(request.POST.get("statement", "")))
        return _vote_page(request, cafe, turn, form, status=422)
    new = not token
    token = token or devices.new_token()
    turn = turn_of(cafe, token, request.GET.get("phrase", ""))
    response = _vote_page(request, cafe, turn, _vote_form(turn))
    if new and vote_state(cafe) == "open":
        devices.write(response, devices.VOTE, cafe, {"t": token})
    return response


def _vote_page(request: HttpRequest, cafe: Cafe, turn: Turn, form: VoteForm, status: int = 200) -> HttpResponse:
    context = {"cafe": cafe, "vote": vote_state(cafe), "turn": turn, "form": form, "total": len(turn.steps)}
    return render(request, "debates/vote.html", context, status=status)


@private
@require_http_methods(FORM)
def contact(request: HttpRequest, code: str) -> HttpResponse:
    """An address, by consent, to hear what came of the café. It leads to no text and no vote."""
    cafe = room_or_404(request, code)
    form = ContactForm(request.POST or None, auto_id="c_%s")
    if form.is_bound and form.is_valid():
        try:
            services_after.leave_contact(cafe.pk, form.cleaned_data["contact"], agreed=form.cleaned_data["agreed"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect(reverse("debates:contact", args=[cafe.room_code]) + "?merci=1")
    context = {"cafe": cafe, "form": form, "thanks": "merci" in request.GET and not form.is_bound, "open": cafe.state == CafeState.OPEN}
    return render(request, "debates/contact.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The big screen of the room: where we are, how to join, what was published, the result once the vote is closed."""
    cafe = room_or_404(request, code)
    shown = [Phase.CLOUDS, Phase.READING, Phase.DISCUSSION, Phase.ORIENTATIONS]
    clouds = selectors.clouds(cafe) if cafe.phase in shown and cafe.vote_closed_at is None else []
    context = {
        "cafe": cafe,
        "vote": vote_state(cafe),
        "clouds": clouds,
        "result": selectors.room_result(cafe),
        "orientations": list(cafe.orientations.all()),
        "address": documents.room_address(cafe),
        **_phase(cafe),
    }
    seen = (cafe.phase, cafe.phase_ends_at, cafe.ballots_cast, cafe.people_counted, context["vote"], cafe.state)
    words = [(one.pk, one.count, one.theme) for _theme, group in clouds for one in group]
    marks = [one.pk for one in context["orientations"]]
    context["follow"] = hashlib.sha256(repr((seen, words, marks)).encode()).hexdigest()[:16]
    return render(request, "debates/screen.html", context)


# --- the lent tablet -------------------------------------------------------------------------------------------------------------------


@private
@require_safe
def tablet_open(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The address that the host shows to the tablet: the device keeps it, then takes one person after another."""
    cafe = room_or_404(request, code)
    if not services_votes.tablet_is_open(cafe, token):
        raise Refused(
            _("Cette adresse de tablette ne sert plus."), remedy=_("Demandez-en une autre à la personne qui anime."), code="tablet-closed"
        )
    response = redirect("debates:tablet", code=cafe.room_code)
    devices.write(response, devices.TABLET, cafe, {"t": token})
    return response


@private
@require_http_methods(FORM)
def tablet(request: HttpRequest, code: str) -> HttpResponse:
    """Hand-over, then one statement after the other; at the end the turn is forgotten and the next person begins a new ballot."""
    cafe = room_or_404(request, code)
    held = devices.read(request, devices.TABLET, cafe)
    token, turn_token = str(held.get("t", "")), str(held.get("turn", ""))
    if not token or not services_votes.tablet_is_open(cafe, token):
        raise Refused(_("Cette tablette n’est plus ouverte."), remedy=_("Rendez-la à la personne qui anime."), code="tablet-closed")
    if request.method == "POST":
        return _tablet_act(request, cafe, token, turn_token)
    if not turn_token:
        full = cafe.ballots_cast >= (cafe.people_counted or 0)
        context = {"cafe": cafe, "vote": vote_state(cafe), "thanks": "merci" in request.GET, "full": full}
        return render(request, "debates/tablet.html", context)
    turn = turn_of(cafe, turn_token, request.GET.get("phrase", ""))
    return _tablet_page(request, cafe, turn_token, turn, _vote_form(turn))


def _tablet_page(request: HttpRequest, cafe: Cafe, turn_token: str, turn: Turn, form: VoteForm, status: int = 200) -> HttpResponse:
    context = {
        "cafe": cafe,
        "vote": vote_state(cafe),
        "turn": turn,
        "form": form,
        "total": len(turn.steps),
        "mark": devices.digest(turn_token)[:12],
    }
    return render(request, "debates/tablet_vote.html", context, status=status)


def _tablet_act(request: HttpRequest, cafe: Cafe, token: str, turn_token: str) -> HttpResponse:
    act = request.POST.get("act", "")
    here = reverse("debates:tablet", args=[cafe.room_code])
    if act == "tour":
        response = redirect(here)
        devices.write(response, devices.TABLET, cafe, {"t": token, "turn": devices.new_token()})
        return response
    if act == "fin":
        response = redirect(here + "?merci=1")
        devices.write(response, devices.TABLET, cafe, {"t": token})
        return response
    # A page of the person before, still open or brought back, must not write into the ballot of the next one.
    if not turn_token or request.POST.get("mark") != devices.digest(turn_token)[:12]:
        raise Refused(_("Cette page est celle d’un autre tour."), remedy=_("Touchez « C’est mon tour » pour commencer."), code="other-turn")
    form = VoteForm(request.POST, auto_id="v_%s")
    if not form.is_valid():
        turn = turn_of(cafe, turn_token, str(request.POST.get("statement", "")))
        return _tablet_page(request, cafe, turn_token, turn, form, status=422)
    services_votes.vote_on_tablet(cafe.pk, token, turn_token, form.cleaned_data["statement"], form.cleaned_data["value"])
    if turn_of(cafe, turn_token).statement is None:
        response = redirect(here + "?merci=1")
        devices.write(response, devices.TABLET, cafe, {"t": token})
        return response
    return redirect(here)
