"""Finding somebody, making a card, the page of a person."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.base.answers import FORM, as_file
from yole.base.errors import Refused
from yole.base.permissions import staff_page
from yole.base.registries import journey
from yole.organisations.requests import account_of
from yole.people import documents, permissions, retention, selectors, services, services_consent, services_pairs, wording
from yole.people.engine.identity import masked_phone
from yole.people.enums import Access, AgeBand
from yole.people.forms import AboutForm, CodeForm, FollowForm, MotiveForm, NamedForm, QuickCardForm, SearchForm, SheetForm
from yole.people.models import AccessLog, Consent, Person
from yole.people.views_common import form_page, menu, person_or_404
from yole.territory.selectors import today


@staff_page(permissions.SEE)
@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = SearchForm(request.GET or None, auto_id="q_%s")
    query, mine = ("", False)
    if form.is_bound and form.is_valid():
        query, mine = form.cleaned_data["q"], form.cleaned_data["mine"]
    found = selectors.search(account, query, mine=mine)
    page = Paginator(found[: selectors.SHOWN_MAX], selectors.PAGE).get_page(request.GET.get("page"))
    bands = dict(AgeBand.choices)
    cards = [
        {"card": selectors.card(person), "band": bands[selectors.band_on(person, person.last_contact_on)]} for person in page.object_list
    ]
    context = {"form": form, "page": page, "cards": cards, "query": query, "mine": mine, "account": account, **menu(account)}
    return render(request, "people/list.html", context)


@staff_page(permissions.NEW_ANONYMOUS)
@require_http_methods(FORM)
def new_card(request: HttpRequest) -> HttpResponse:
    """Two taps: gender if it is said, then the age, which saves."""
    form = QuickCardForm(request.POST or None, initial={"form_key": uuid.uuid4(), "gender": "non_communique"}, auto_id="c_%s")
    if form.is_bound and form.is_valid():
        try:
            person = services.create_anonymous(account_of(request), form.about(), uuid=form.cleaned_data["form_key"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("people:card-made", pk=person.pk)
    return form_page(request, "people/new_card.html", form, bands=AgeBand.choices)


@staff_page(permissions.NEW_ANONYMOUS)
@require_safe
def card_made(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The code of a card just made: whoever may make one may print it."""
    person = _printable(request, pk)
    return render(request, "people/card_made.html", {"person": person, "code": selectors.code_shown(person)})


def _printable(request: HttpRequest, pk: UUID) -> Person:
    account = account_of(request)
    person = Person.objects.filter(pk=pk, structure=account.structure, created_by=account, sealed__isnull=True).first()
    return person or person_or_404(request, pk)


@staff_page(permissions.NEW_ANONYMOUS)
@require_safe
def card_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = _printable(request, pk)
    if person.code is None:
        raise Refused("Cette carte a été effacée : elle n’a plus de code.", code="erased")
    if person.is_followed:
        services.note_access(account_of(request), person, Access.PRINTED)
    return as_file(documents.cards_pdf([person]), f"carte-{selectors.code_shown(person)}.pdf")


@staff_page(permissions.NEW_ANONYMOUS)
@require_http_methods(FORM)
def card_sheet(request: HttpRequest) -> HttpResponse:
    """A sheet of cards without name, made beforehand, to hand out where there is no network."""
    form = SheetForm(request.POST or None, initial={"form_key": uuid.uuid4(), "count": 10}, auto_id="s_%s")
    if form.is_bound and form.is_valid():
        key = form.cleaned_data["form_key"]
        account = account_of(request)
        people = [services.create_anonymous(account, uuid=uuid.uuid5(key, str(number))) for number in range(form.cleaned_data["count"])]
        return as_file(documents.cards_pdf(people), "cartes.pdf")
    return form_page(request, "people/card_sheet.html", form)


@staff_page(permissions.FOLLOW)
@require_http_methods(FORM)
def new_person(request: HttpRequest) -> HttpResponse:
    return _follow(request, None)


@staff_page(permissions.FOLLOW)
@require_http_methods(FORM)
def name_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Gives a name to an anonymous card: its code and what was done with it stay."""
    person = person_or_404(request, pk)
    if person.is_followed or person.anonymised_at is not None:
        raise Refused("Cette carte ne peut pas recevoir de nom.", code="kind")
    return _follow(request, person)


def _follow(request: HttpRequest, person: Person | None) -> HttpResponse:
    account = account_of(request)
    if request.method != "POST":
        form = FollowForm.blank(person.pk if person else None, **(AboutForm.initial_of(person) if person else {}))
        return form_page(request, "people/new_person.html", form, person=person, notice=wording.notice())
    sent = request.POST.copy()
    form = FollowForm(sent, auto_id="f_%s")
    likely: list[services_pairs.Likeness] = []
    if form.is_valid():
        try:
            made = services.checked_identity(form.identity(), confirmed=form.cleaned_data["confirmed"])
            likely = [] if _saved(form) else services_pairs.perhaps_known(account, made, form.about())
            shown = " ".join(str(one.card.person.pk) for one in likely)
            if likely and form.cleaned_data["seen"] != shown:
                sent["seen"] = shown
                services.note_accesses(account, [one.card.person for one in likely], Access.COMPARED)
            else:
                saved = services.create_followed(
                    account,
                    form.identity(),
                    form.agreed(),
                    form.about(),
                    confirmed=form.cleaned_data["confirmed"],
                    uuid=person.pk if person else form.cleaned_data["form_key"],
                )
                messages.success(request, "La fiche est créée. Imprimez la carte pour la personne.")
                return redirect("people:person", pk=saved.pk)
        except Refused as refusal:
            form.apply_refusal(refusal)
    return form_page(request, "people/new_person.html", form, person=person, likely=likely, notice=wording.notice())


def _saved(form: FollowForm) -> bool:
    """Whether this displayed form was already sent and done."""
    return Person.objects.filter(pk=form.cleaned_data["form_key"], sealed__isnull=False).exists()


@staff_page(permissions.SEE)
@require_safe
def person_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = person_or_404(request, pk)
    if person.pk != pk:
        return redirect("people:person", pk=person.pk)
    services.note_access(account_of(request), person, Access.SEEN)
    return render(request, "people/person.html", _page_of(request, person))


def _page_of(request: HttpRequest, person: Person) -> dict[str, Any]:
    account = account_of(request)
    card = selectors.card(person)
    settings = selectors.settings_of(account.territory)
    own = person.structure_id == account.structure_id
    visible = selectors.visible(account)
    merged = [selectors.card(row) for row in visible.filter(pk__in=selectors.group(person.pk)[1:])]
    here = selectors.cards_here(person)
    consents = _consents(here)
    due = retention.due_days([person], settings)[person.pk]
    day = today()
    return {
        "person": person,
        "card": card,
        "code": selectors.code_shown(person),
        "own": own,
        "band": dict(AgeBand.choices)[selectors.band_on(person, day)],
        "journey": [html for section in journey() if (html := section(request, person.pk))],
        "consents": consents,
        "first_consent": min((one for one in consents if one.withdrawn_at is None), key=lambda one: one.given_at, default=None),
        "notice": person.notices.order_by("-given_at").first(),
        "agreements": selectors.shared_with(person),
        "accesses": AccessLog.objects.filter(person__in=here).select_related("account", "structure").order_by("-at")[:20],
        "due": due,
        "due_is_near": person.is_followed and (due - day).days <= settings.notice_days,
        "days_since": (day - person.last_contact_on).days,
        "notice_days": settings.notice_days,
        "phone": masked_phone(card.identity.phone),
        "merged": merged,
    }


def _consents(cards: list[UUID]) -> list[Consent]:
    """What the person agreed to on their cards here: each purpose that holds once, then what was withdrawn."""
    rows = Consent.objects.filter(person__in=cards).select_related("by").order_by("withdrawn_at", "given_at")
    live = {one.purpose: one for one in reversed(rows) if one.withdrawn_at is None}
    return [one for one in rows if one.withdrawn_at is not None or live[one.purpose].pk == one.pk]


@staff_page(permissions.SEE)
@require_http_methods(FORM)
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole number and address, after a reason that is noted on the card."""
    person = person_or_404(request, pk)
    form = MotiveForm(request.POST or None, auto_id="m_%s")
    card = selectors.card(person)
    shown = False
    if form.is_bound and form.is_valid():
        services.note_access(account_of(request), person, Access.CONTACT_SHOWN, form.cleaned_data["motive"])
        shown = True
    return form_page(request, "people/contact.html", form, person=person, card=card, shown=shown)


@staff_page(permissions.FOLLOW)
@require_http_methods(FORM)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    account, person = account_of(request), person_or_404(request, pk)
    card = selectors.card(person)
    kind = NamedForm if person.is_followed else AboutForm
    initial = {**AboutForm.initial_of(person), **card.identity.to_dict()}
    form = kind(request.POST or None, initial=initial, auto_id="e_%s")
    if form.is_bound and form.is_valid():
        try:
            if isinstance(form, NamedForm):
                services.change(account, person.pk, form.about(), form.identity(), confirmed=form.cleaned_data["confirmed"])
            else:
                services.change(account, person.pk, form.about())
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("people:person", pk=person.pk)
    return form_page(request, "people/edit.html", form, person=person, card=card)


@staff_page(permissions.SHARE)
@require_http_methods(FORM)
def open_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST or None, auto_id="o_%s")
    if form.is_bound and form.is_valid():
        try:
            person = services_consent.open_by_code(account_of(request), form.cleaned_data["code"], form.cleaned_data["how"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            return redirect("people:person", pk=person.pk)
    return form_page(request, "people/open_code.html", form)


@staff_page(permissions.SEE)
@require_POST
def met(request: HttpRequest, pk: UUID) -> HttpResponse:
    """« Je l’ai vue aujourd’hui »: the delay starts again."""
    person = person_or_404(request, pk)
    services.touch([person.pk], timezone.localdate())
    messages.success(request, "Contact noté aujourd’hui.")
    return redirect("people:person", pk=person.pk)
