"""Desk: the list of cafés, preparation, texts to read, sentences to vote on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.components import Tab
from yole.base.errors import Refused
from yole.base.permissions import may, staff_page
from yole.debates import documents, kit, permissions, selectors, services_prepare, services_statements, services_texts
from yole.debates.enums import MOST_STATEMENTS, CafeState, ContributionKind, Pillar
from yole.debates.forms import CafeForm, CancelForm, FilterForm, ProposeForm, RoomTextForm, themes_of
from yole.debates.guards import may_host
from yole.debates.models import Cafe
from yole.organisations.requests import account_of

PAGE = 25


def cafe_or_404(request: HttpRequest, pk: int) -> Cafe:
    found = selectors.desk_cafe(account_of(request), pk)
    if found is None:
        raise Http404
    return found


def own_cafe(request: HttpRequest, pk: int) -> Cafe:
    """A café that the account runs. Raises Http404 in another territory, Refused for another structure's."""
    cafe = cafe_or_404(request, pk)
    if not may_host(account_of(request), cafe):
        raise Refused(
            "Ce café est animé par une autre structure.", remedy="Demandez à la personne qui l’anime.", code="forbidden", status=403
        )
    return cafe


def tabs_of(cafe: Cafe) -> list[Tab]:
    """The pages of a café, in the order of the day."""
    pages = (
        ("preparer", "Préparer", "debates:desk-cafe", None),
        ("animer", "Animer", "debates:desk-run", None),
        ("textes", "Textes", "debates:desk-texts", len(selectors.to_read(cafe)) or None),
        ("phrases", "Phrases au vote", "debates:desk-statements", None),
        ("bulletins", "Papier", "debates:ballots", None),
        ("suites", "Suites", "debates:desk-after", None),
    )
    return [Tab(key, label, reverse(name, args=[cafe.pk]), count) for key, label, name, count in pages]


def page_of(request: HttpRequest, cafe: Cafe, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"cafe": cafe, "where": selectors.where(cafe), "tabs": tabs_of(cafe), **context}, status=status)


def attempt(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Does an act of a button: says that it is done, or why not. A refusal about rights or existence stays a page of its own."""
    try:
        act()
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, f"{refusal.reason} {refusal.remedy}".strip())
        return False
    if done:
        messages.success(request, done)
    return True


def number(request: HttpRequest, name: str) -> int:
    """A key sent by a button. Raises Http404 when it is none."""
    text = request.POST.get(name, "")
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


@staff_page(permissions.SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = FilterForm(request.GET or None, auto_id="f_%s")
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = selectors.desk_cafes(account, text=chosen.get("q", ""), state=chosen.get("etat", ""), mine=bool(chosen.get("miens")))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "filtered": any(chosen.values()), "may_host": may(account, permissions.HOST)}
    return render(request, "debates/desk/list.html", context)


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = CafeForm(account, request.POST or None, auto_id="p_%s")
    if form.is_bound and form.is_valid():
        try:
            made = services_prepare.create_cafe(account, account.territory, form.plan())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le café est préparé. Annoncez-le quand la date est sûre.")
            return redirect("debates:desk-cafe", pk=made.pk)
    return render(request, "debates/desk/form.html", {"form": form, "cafe": None}, status=422 if form.is_bound else 200)


@staff_page(permissions.SEE)
@require_safe
def cafe_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Preparation: what the kit says, the sheets to print, the next step."""
    cafe = cafe_or_404(request, pk)
    return page_of(
        request, cafe, "debates/desk/cafe.html",
        steps=kit.steps(cafe.people_expected),
        tables=documents.table_words(cafe.people_expected),
        pillars=[(Pillar(code).label, kit.PILLARS[code]) for code in cafe.pillars],
        themes=themes_of(cafe),
        may_host=may_host(account_of(request), cafe),
        address=documents.room_address(cafe),
    )  # fmt: skip


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    account, cafe = account_of(request), own_cafe(request, pk)
    form = CafeForm(account, request.POST or None, cafe=cafe, auto_id="p_%s")
    if form.is_bound and form.is_valid():
        try:
            services_prepare.change_cafe(account, pk, form.plan())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "C’est changé.")
            return redirect("debates:desk-cafe", pk=pk)
    return render(request, "debates/desk/form.html", {"form": form, "cafe": cafe}, status=422 if form.is_bound else 200)


@staff_page(permissions.HOST)
@require_POST
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    own_cafe(request, pk)
    attempt(request, lambda: services_prepare.announce(account_of(request), pk), "Le café est annoncé sur le site.")
    return redirect("debates:desk-cafe", pk=pk)


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = own_cafe(request, pk)
    form = CancelForm(request.POST or None, auto_id="a_%s")
    if form.is_bound and form.is_valid():
        try:
            services_prepare.cancel(account_of(request), pk, form.cleaned_data["reason"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "Le café est annulé. Sa page dit pourquoi.")
            return redirect("debates:desk-cafe", pk=pk)
    return render(request, "debates/desk/cancel.html", {"form": form, "cafe": cafe}, status=422 if form.is_bound else 200)


@staff_page(permissions.SEE)
@require_safe
def kit_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = cafe_or_404(request, pk)
    return as_file(documents.kit_sheet(cafe), f"cafe-ia-{pk}-kit.pdf")


@staff_page(permissions.HOST)
@require_safe
def poster_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    cafe = own_cafe(request, pk)
    return as_file(documents.poster(cafe), f"cafe-ia-{pk}-affiche.pdf")


# --- texts -----------------------------------------------------------------------------------------------------------------------------


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def texts(request: HttpRequest, pk: int) -> HttpResponse:
    """What waits to be read, what looks alike, what is published; and texts on paper, typed here."""
    cafe = own_cafe(request, pk)
    form = RoomTextForm(cafe, request.POST or None, auto_id="t_%s")
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            services_texts.write_for_the_room(account_of(request), pk, data["kind"], data["text"], data["theme"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "La phrase est publiée.")
            return redirect("debates:desk-texts", pk=pk)
    return page_of(
        request, cafe, "debates/desk/texts.html", status=422 if form.is_bound else 200,
        form=form, to_read=selectors.to_read(cafe), refused=selectors.refused(cafe), published=selectors.published_texts(cafe),
        alike=services_texts.alike(cafe), themes=themes_of(cafe), open=cafe.state == CafeState.OPEN,
        writable=cafe.state in (CafeState.OPEN, CafeState.CLOSED),
    )  # fmt: skip


@staff_page(permissions.HOST)
@require_POST
def text_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """`publier`, `ecarter`, `fusionner`, `defaire` one text."""
    own_cafe(request, pk)
    account = account_of(request)
    acts: dict[str, tuple[Callable[[int], Any], str]] = {
        "publier": (lambda one: services_texts.publish(account, pk, one, request.POST.get("theme")), "La phrase est publiée."),
        "ecarter": (lambda one: services_texts.refuse(account, pk, one, request.POST.get("reason", "")), "La phrase est écartée."),
        "fusionner": (lambda one: services_texts.merge(account, pk, one, number(request, "into")), "Les deux phrases comptent ensemble."),
        "defaire": (lambda one: services_texts.undo_merge(account, pk, one), "Les deux phrases comptent à part."),
    }
    if act not in acts:
        raise Http404
    do, done = acts[act]
    key = number(request, "texte")
    attempt(request, lambda: do(key), done)
    return redirect("debates:desk-texts", pk=pk)


# --- statements ------------------------------------------------------------------------------------------------------------------------


@staff_page(permissions.HOST)
@require_http_methods(FORM)
def statements(request: HttpRequest, pk: int) -> HttpResponse:
    """The sentences put to the vote, and where they come from."""
    cafe = own_cafe(request, pk)
    form = ProposeForm(request.POST or None, auto_id="s_%s", initial={"kind": ContributionKind.IDEA})
    if form.is_bound and form.is_valid():
        try:
            services_statements.propose(account_of(request), pk, form.cleaned_data["kind"], form.cleaned_data["text"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("debates:desk-statements", pk=pk)
    used = selectors.statements_of(cafe)
    origins = {one.version.origin_id for one in used}
    return page_of(
        request, cafe, "debates/desk/statements.html", status=422 if form.is_bound else 200,
        form=form, used=used, most=MOST_STATEMENTS, changeable=cafe.vote_opened_at is None and cafe.state != CafeState.CLOSED,
        candidates=[one for one in selectors.published_texts(cafe) if one.pk not in origins], reusable=selectors.reusable(cafe),
    )  # fmt: skip


@staff_page(permissions.HOST)
@require_POST
def statement_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """`choisir`, `reprendre`, `reformuler`, `retirer`, `monter`, `descendre` one sentence."""
    own_cafe(request, pk)
    account = account_of(request)
    acts: dict[str, Callable[[int], Any]] = {
        "choisir": lambda one: services_statements.choose(account, pk, one),
        "reprendre": lambda one: services_statements.reuse(account, pk, one),
        "reformuler": lambda one: services_statements.reword(account, pk, one, request.POST.get("text", "")),
        "retirer": lambda one: services_statements.remove(account, pk, one),
        "monter": lambda one: services_statements.move(account, pk, one, up=True),
        "descendre": lambda one: services_statements.move(account, pk, one, up=False),
    }
    if act not in acts:
        raise Http404
    key = number(request, "phrase")
    attempt(request, lambda: acts[act](key), "")
    return redirect("debates:desk-statements", pk=pk)
