"""Desk: the room while it runs, and what comes after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.debates import debrief, documents, kit, permissions, selectors, services_after, services_room
from yole.debates.enums import CafeState, Moderation, Phase
from yole.debates.forms import CountForm, OrientationForm, PhaseForm
from yole.debates.views_desk import attempt, number, own_cafe, page_of
from yole.debates.views_room import vote_state
from yole.organisations.requests import account_of


@staff_page(permissions.HOST)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Phase and time, people counted, vote, tablets, end."""
    cafe = own_cafe(request, pk)
    keys = list(Phase.values)
    at = keys.index(cafe.phase) if cafe.phase in keys else -1
    people = cafe.people_counted or cafe.people_expected
    return page_of(
        request, cafe, "debates/desk/run.html",
        steps=kit.steps(people), at=at, next_phase=keys[at + 1] if 0 <= at < len(keys) - 1 else "",
        next_label=Phase(keys[at + 1]).label if 0 <= at < len(keys) - 1 else "",
        phase_label=Phase(cafe.phase).label if cafe.phase else "",
        vote=vote_state(cafe), address=documents.room_address(cafe), statements=cafe.statements.count(),
        tablets=cafe.tablets.filter(closed_at__isnull=True).count(),
        to_read=cafe.contributions.filter(moderation=Moderation.TO_READ).count(),
        count_form=CountForm(initial={"people": cafe.people_counted}, auto_id="n_%s"),
        phase_form=PhaseForm(initial={"phase": cafe.phase}, auto_id="h_%s"),
        startable=cafe.state in (CafeState.DRAFT, CafeState.ANNOUNCED), open=cafe.state == CafeState.OPEN,
    )  # fmt: skip


@staff_page(permissions.HOST)
@require_POST
def run_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """A button of the running room."""
    own_cafe(request, pk)
    account = account_of(request)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "ouvrir": (lambda: services_room.open_room(account, pk), "La salle est ouverte."),
        "etape": (lambda: _set_phase(request, pk), ""),
        "temps": (lambda: services_room.more_time(account, pk, 5), "5 minutes de plus."),
        "compter": (lambda: _count(request, pk), "La salle est comptée."),
        "ouvrir-vote": (lambda: services_room.open_vote(account, pk), "Le vote est ouvert."),
        "fermer-vote": (lambda: services_room.close_vote(account, pk), "Le vote est fermé. Le résultat est sur l’écran de la salle."),
        "fermer-tablettes": (lambda: services_room.close_tablets(account, pk), "Les tablettes sont fermées."),
        "terminer": (lambda: services_room.close_cafe(account, pk), "Le café est terminé. Sa page dit ce que la salle a dit."),
    }
    if act not in acts:
        raise Http404
    do, done = acts[act]
    ended = attempt(request, do, done) and act == "terminer"
    return redirect("debates:desk-after" if ended else "debates:desk-run", pk=pk)


def _set_phase(request: HttpRequest, pk: int) -> None:
    form = PhaseForm(request.POST)
    if not form.is_valid():
        raise Refused("Choisissez une étape, et de 1 à 120 minutes.", code="phase")
    services_room.set_phase(account_of(request), pk, form.cleaned_data["phase"], form.cleaned_data["minutes"])


def _count(request: HttpRequest, pk: int) -> None:
    form = CountForm(request.POST)
    if not form.is_valid():
        raise Refused("Donnez un nombre de personnes, de 1 à 600.", code="people")
    services_room.count_people(account_of(request), pk, form.cleaned_data["people"])


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def restart(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then throws every ballot away."""
    cafe = own_cafe(request, pk)
    if request.method == "POST":
        attempt(
            request,
            lambda: services_room.restart_vote(account_of(request), pk),
            "Les bulletins sont effacés. Ouvrez le vote quand vous êtes prêt.",
        )
        return redirect("debates:desk-run", pk=pk)
    return render(request, "debates/desk/restart.html", {"cafe": cafe})


@staff_page(permissions.HOST)
@require_POST
def tablet(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens a tablet and shows its address once: on the tablet, read the square."""
    cafe = own_cafe(request, pk)
    opened: list[str] = []
    if not attempt(request, lambda: opened.append(services_room.open_tablet(account_of(request), pk)), ""):
        return redirect("debates:desk-run", pk=pk)
    address = request.build_absolute_uri(reverse("debates:tablet-open", args=[cafe.room_code, opened[0]]))
    return page_of(request, cafe, "debates/desk/tablet.html", tablet_address=address)


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def after(request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided, who is told, what goes to the roadmap."""
    cafe = own_cafe(request, pk)
    form = OrientationForm(request.POST or None, auto_id="o_%s")
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            services_room.add_orientation(account_of(request), pk, data["what"], data["who"], data["due_on"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("debates:desk-after", pk=pk)
    result = selectors.room_result(cafe)
    sent = selectors.sent_from(cafe)
    return page_of(
        request, cafe, "debates/desk/after.html", status=422 if form.is_bound else 200,
        form=form, orientations=list(cafe.orientations.all()), contacts=selectors.contacts(cafe), result=result,
        votes=[(row, sent.get(("statement", row.pk))) for row in (result.rows if result is not None else ())],
        texts=[(one, sent.get(("text", one.pk))) for one in selectors.published_texts(cafe)],
        open=cafe.state == CafeState.OPEN, closed=cafe.state == CafeState.CLOSED, published=debrief.published(cafe),
        may_send=may(account_of(request), permissions.ROADMAP),
    )  # fmt: skip


@staff_page(permissions.HOST)
@require_POST
def after_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """`retirer` a decision, `prevenir` those who left an address, `envoyer` an idea to the roadmap, `reprendre` it."""
    own_cafe(request, pk)
    account = account_of(request)
    if act == "retirer":
        key = number(request, "suite")
        attempt(request, lambda: services_room.remove_orientation(account, pk, key), "")
    elif act == "prevenir":
        attempt(request, lambda: services_after.ask_to_tell(account, pk), "Les messages partent dans les minutes qui viennent.")
    elif act == "envoyer":
        given = {
            name: number(request, field)
            for name, field in (("contribution_id", "texte"), ("statement_id", "phrase"))
            if field in request.POST
        }
        attempt(request, lambda: services_after.send_idea(account, pk, **given), "L’idée est à la feuille de route.")
    elif act == "reprendre":
        key = number(request, "envoi")
        attempt(request, lambda: services_after.withdraw_idea(account, pk, key), "L’idée est reprise.")
    else:
        raise Http404
    return redirect("debates:desk-after", pk=pk)


@staff_page(permissions.HOST)
@require_safe
def votes_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Votes without names, for `yole debates analyse`."""
    cafe = own_cafe(request, pk)
    return as_file(debrief.votes_csv(cafe), f"cafe-ia-{pk}-votes.csv")
