"""Activities of coordination on screen."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yole.activities import permissions, selectors, services_coordination
from yole.activities.enums import (
    PARTNER_KINDS,
    AnimationKind,
    AnimationTheme,
    CoordinationKind,
    EventKind,
    Initiative,
    Organiser,
    PartnershipNature,
    Scale,
)
from yole.activities.models import Coordination
from yole.activities.reading import ReportRefusedError
from yole.base.answers import FORM
from yole.base.components import Tab
from yole.base.errors import Refused
from yole.base.forms import DayField, PlainForm
from yole.base.permissions import staff_page
from yole.organisations.requests import account_of
from yole.territory import selectors as territory_selectors

PARTNERS = 3
"""Partner structures that an empty form offers; one that has more shows them all, and one line more."""
_CHECKS = forms.CheckboxSelectMultiple
_NUMBER = {"min": 0, "inputmode": "numeric"}


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, widget=forms.NumberInput(attrs=_NUMBER))


def _other(label: str = "Autre : laquelle ?") -> forms.CharField:
    return forms.CharField(label=label, max_length=services_coordination.OTHER_MAX, required=False)


class CoordinationForm(PlainForm):
    """What every kind asks; each kind adds its own."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="Titre", max_length=150, required=False)
    date = DayField(label="Jour")
    minutes = _count("Durée, en minutes")
    scale = forms.ChoiceField(label="Échelon", choices=[("", "Non noté"), *Scale.choices], required=False)
    tags = forms.CharField(label="Étiquettes", max_length=400, required=False, help_text="Séparées par des virgules.")
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.BooleanField(label="Garder ces mots dans les notes", required=False)

    def data_of(self, kind: str) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        lines = [name for name in self.fields if name.startswith("partner_") and not name.startswith("partner_kind_")]
        partners = [{"nom": said.pop(name), "type": said.pop(name.replace("partner_", "partner_kind_"))} for name in lines]
        return {**said, "kind": kind, "tags": said["tags"].split(","), "partners": partners}


class AnimationForm(CoordinationForm):
    animation_kind = forms.ChoiceField(label="Quelle animation ?", choices=AnimationKind.choices)
    animation_kind_other = _other()
    initiative = forms.ChoiceField(label="À l’initiative de qui ?", choices=Initiative.choices)
    animation_themes = forms.MultipleChoiceField(label="Thématiques", choices=AnimationTheme.choices, required=False, widget=_CHECKS)
    animation_themes_other = _other()
    mediators = _count("Médiateurs")
    structures = _count("Structures")
    other_actors = _count("Autres acteurs")


class EventForm(CoordinationForm):
    event_kind = forms.ChoiceField(label="Quel événement ?", choices=EventKind.choices)
    event_kind_other = _other()
    organisers = forms.MultipleChoiceField(label="Organisé par", choices=Organiser.choices, required=False, widget=_CHECKS)
    organisers_other = _other()
    participants = _count("Participants")


class PartnershipForm(CoordinationForm):
    natures = forms.MultipleChoiceField(label="Nature", choices=PartnershipNature.choices, required=False, widget=_CHECKS)
    natures_other = _other()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", "Choisir"), *((kind.value, kind.label) for kind in PARTNER_KINDS)]
        known = len(kwargs.get("initial", {}).get("partners") or ())
        for n in range(min(max(PARTNERS, known + 1), services_coordination.PARTNERS_MAX)):
            self.fields[f"partner_{n}"] = forms.CharField(label=f"Structure partenaire {n + 1}", max_length=150, required=False)
            self.fields[f"partner_kind_{n}"] = forms.ChoiceField(label=f"Type de la structure {n + 1}", choices=kinds, required=False)


FORMS: dict[str, type[CoordinationForm]] = {
    CoordinationKind.ANIMATION.value: AnimationForm,
    CoordinationKind.EVENT.value: EventForm,
    CoordinationKind.PARTNERSHIP.value: PartnershipForm,
}
FIRST = ("key", "version", "date", "title")
LAST = ("minutes", "scale", "tags", "notes")


@staff_page(permissions.COORDINATE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    rows = selectors.coordinations(account_of(request)).filter(deleted_at__isnull=True)
    page = Paginator(rows, selectors.PAGE).get_page(request.GET.get("page"))
    return render(request, "activities/coordinations.html", {"page": page, "kinds": CoordinationKind.choices})


def _initial(row: Coordination) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in (*services_coordination.EMPTY, "title", "date", "minutes", "scale", "notes", "version")}
    values |= {"key": row.pk, "tags": ", ".join(row.tags)}
    for n, partner in enumerate(row.partners):
        values |= {f"partner_{n}": partner["nom"], f"partner_kind_{n}": partner["type"]}
    return values


@staff_page(permissions.COORDINATE)
@require_http_methods(FORM)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise Http404
    initial = {"key": uuid.uuid4(), "date": territory_selectors.today()}
    return _form_page(request, FORMS[kind](request.POST or None, initial=initial), kind, None)


@staff_page(permissions.COORDINATE)
@require_http_methods(FORM)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = selectors.coordinations(account_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return _form_page(request, FORMS[row.kind](request.POST or None, initial=_initial(row)), row.kind, row)


def _form_page(request: HttpRequest, form: CoordinationForm, kind: str, row: Coordination | None) -> HttpResponse:
    conflict = False
    if form.is_bound and form.is_valid():
        key = row.pk if row is not None else form.cleaned_data["key"]
        try:
            services_coordination.save_coordination(account_of(request), form.data_of(kind), key)
        except ReportRefusedError as refusal:
            for problem in refusal.problems:
                field = "partner_0" if problem.field == "partners" else problem.field
                form.add_error(field if field in form.fields else None, f"{problem.reason} {problem.remedy}")
        except Refused as refusal:
            form.apply_refusal(refusal)
            conflict = row is not None and refusal.code == "conflict"
            if row is not None and conflict:
                answers = request.POST.copy()
                answers["version"] = str(row.version)  # saving again, once both were compared, keeps what was typed
                form.data = answers
        else:
            messages.success(request, "Activité de coordination enregistrée.")
            return redirect("activities:coordinations")
    middle = [name for name in form.fields if name not in (*FIRST, *LAST, "confirmed")]
    shown = [form[name] for name in ("date", *middle, "title", *LAST)]
    if "notes" in form.errors:
        shown.append(form["confirmed"])
    context = {
        "form": form,
        "shown": shown,
        "row": row,
        "tabs": [Tab(value, str(label), reverse("activities:coordination-new", args=[value])) for value, label in CoordinationKind.choices],
        "kind": kind,
        "conflict": conflict,
    }
    return render(request, "activities/coordination_form.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


@staff_page(permissions.COORDINATE)
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes away, or with « rétablir » puts back; the list that follows offers the other."""
    if not selectors.coordinations(account_of(request)).filter(pk=pk).exists():
        raise Http404
    back = request.POST.get("do") == "retablir"
    services_coordination.delete_coordination(account_of(request), pk, back=back)
    messages.success(request, "Activité rétablie." if back else "Activité supprimée.")
    return redirect("activities:coordinations") if back else redirect("activities:coordination-edit", pk=pk)
