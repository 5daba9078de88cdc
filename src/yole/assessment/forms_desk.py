"""Forms of the desk."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from yole.assessment import selectors_desk
from yole.assessment.enums import Mode, Purpose, SittingState
from yole.assessment.services_desk import Wanted
from yole.base.components import Choice
from yole.base.forms import PlainForm
from yole.organisations.models import Account
from yole.people.enums import AgeBand, Gender

_UNKNOWN = "non_communique"

# (name of the question, what is said, its answers): the words are spoken by the mediator, who taps what is understood.
TRIAGE = (
    ("equipment", "Qu’avez-vous pour aller sur Internet, chez vous ou dans la poche ?", (
        ("none", "Rien, ou un téléphone sans Internet"), ("phone", "Un téléphone avec Internet"),
        ("computer", "Un ordinateur ou une tablette"),
    )),
    ("connection", "Et Internet, ça passe bien ?", (
        ("none", "Pas de connexion"), ("limited", "Un peu : petit forfait, réseau faible"), ("yes", "Oui, sans souci"),
    )),
    ("reading", "Ce papier : on le lit ensemble, ou vous préférez le lire tranquillement ?", (
        ("together", "On le lit ensemble"), ("slowly", "Lecture lente, avec des questions"), ("alone", "Lecture seule, sans peine"),
    )),
    ("mailbox", "Vous avez une adresse e-mail ? Vous l’ouvrez comment ?", (
        ("none", "Pas d’adresse e-mail"), ("helped", "Quelqu’un l’ouvre avec elle ou lui"), ("alone", "Ouverte sans aide"),
    )),
    ("procedure", "Cette année, avez-vous fait une démarche en ligne ?", (
        ("never", "Non"), ("helped", "Oui, avec quelqu’un"), ("alone", "Oui, sans aide"),
    )),
    ("need", "Qu’est-ce qui vous amène aujourd’hui ?", (
        ("today", "Une démarche à faire aujourd’hui"), ("procedure", "Une démarche, sans urgence"), ("job", "Le travail, un CV"),
        ("device", "Un appareil en panne ou neuf"), ("learn", "Apprendre"), ("other", "Autre chose"),
    )),
)  # fmt: skip


class TriageForm(PlainForm):
    """Six questions asked aloud; the person does not see this screen."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    person = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words, choices in TRIAGE:
            self.fields[name] = forms.ChoiceField(
                label=f"« {words} »", choices=choices, widget=forms.RadioSelect, error_messages={"required": "Cette réponse manque."}
            )

    def answers(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name, _, _ in TRIAGE}


class SittingsForm(PlainForm):
    code = forms.CharField(label="Code", required=False, max_length=12)
    state = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), *(one for one in SittingState.choices if one[0] != SittingState.EXPIRED)]
    )
    purpose = forms.ChoiceField(label="Raison", required=False, choices=[("", "Toutes"), *Purpose.choices])
    mode = forms.ChoiceField(label="Support", required=False, choices=[("", "Tous"), *Mode.choices])
    group = forms.ChoiceField(label="Groupe", required=False)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(one.pk), one.name) for one in selectors_desk.groups(account)[:200]]
        self.fields["group"].choices = [("", "Tous"), *rows]  # type: ignore[attr-defined]  # a ChoiceField

    def filters(self) -> selectors_desk.Filters:
        if not self.is_valid():
            return selectors_desk.Filters()
        data = self.cleaned_data
        group = int(data["group"]) if data["group"] else None
        return selectors_desk.Filters(data["code"], data["state"], data["purpose"], data["mode"], group)


class GiveForm(PlainForm):
    """A sitting for somebody at the desk."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    person = forms.UUIDField(widget=forms.HiddenInput, required=False)
    purpose = forms.ChoiceField(label="Pourquoi", choices=Purpose.choices, widget=forms.RadioSelect)
    group = forms.ChoiceField(label="Groupe", required=False, help_text="Pour un avant et un après.")
    before_code = forms.CharField(
        label="Code du diagnostic « avant »", required=False, max_length=12, help_text="Pour un après, sauf si la personne est suivie."
    )
    supervised = forms.ChoiceField(
        label="Où la personne répond",
        choices=[
            ("yes", Choice("Ici, devant quelqu’un de l’équipe", hint="Le résultat peut compter pour un passeport.")),
            ("no", Choice("Où elle veut, avec son code", hint="Le résultat ne compte pas pour un passeport.")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    age_band = forms.ChoiceField(
        label="Âge", choices=AgeBand.choices, required=False, help_text="Pour vérifier que les questions sont justes."
    )
    gender = forms.ChoiceField(label="Genre", choices=Gender.choices, required=False)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        rows = [(str(one.pk), one.name) for one in selectors_desk.groups(account)[:200]]
        self.fields["group"].choices = [("", "Aucun"), *rows]  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("age_band", "gender"):
            self.fields[name].initial = _UNKNOWN

    def wanted(self, *, mode: str = Mode.ONLINE) -> Wanted:
        data = self.cleaned_data
        group = selectors_desk.groups(self.account).filter(pk=int(data["group"])).first() if data["group"] else None
        known = {name: "" if data[name] == _UNKNOWN else data[name] for name in ("age_band", "gender")}
        return Wanted(
            purpose=data["purpose"],
            group=group,
            person=data["person"],
            before_code=data["before_code"],
            supervised=data["supervised"] == "yes",
            mode=mode,
            **known,
        )


class GroupForm(PlainForm):
    name = forms.CharField(label="Nom du groupe", max_length=150, help_text="Par exemple : « Bureautique, printemps ».")
