"""Forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yole.base.forms import DayField, PlainForm
from yole.organisations.models import Account
from yole.passport import selectors
from yole.passport.enums import Colour, Decision, KeyEnd
from yole.passport.models import Level
from yole.passport.requirements import whole
from yole.passport.selectors_evidence import TASKS

_CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class CheckForm(PlainForm):
    """One of: a code, a text, a file. The last two fields serve passports of other issuers."""

    code = forms.CharField(label=_("Code du passeport"), required=False, max_length=40, widget=forms.TextInput(attrs=_CODE),
                           help_text=_("10 lettres ou chiffres, sous le carré noir et blanc."))  # fmt: skip
    file = forms.FileField(label=_("Fichier du passeport"), required=False, help_text=_("JSON, PNG ou SVG, tel que la personne l’a reçu."))
    text = forms.CharField(
        label=_("Texte du passeport ou du QR"), required=False, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
    )
    issuer_file = forms.FileField(label=_("Document did.json de l’émetteur"), required=False)
    list_file = forms.FileField(label=_("Liste d’état de l’émetteur"), required=False)


class ClaimForm(PlainForm):
    code = forms.CharField(label=_("Votre code"), max_length=40, widget=forms.TextInput(attrs=_CODE),
                           help_text=_("12 lettres ou chiffres, sur la feuille remise avec le passeport."))  # fmt: skip


class PrintForm(PlainForm):
    """What goes on paper. The name is printed and forgotten."""

    name = forms.CharField(label=_("Nom à imprimer"), required=False, max_length=80,
                           help_text=_("Il va sur le papier. Yole ne le garde pas."),
                           widget=forms.TextInput(attrs={"autocomplete": "name"}))  # fmt: skip


class JuryForm(PlainForm):
    title = forms.CharField(label="Intitulé", max_length=120, help_text="Exemple : Jury de juillet, mission locale.")
    held_on = DayField(label="Date du jury")
    scheme = forms.ChoiceField(label="Programme")
    cohort = forms.ChoiceField(label="Groupe", required=False, help_text="Ses inscrits deviennent les candidats.")
    evaluators = forms.MultipleChoiceField(label="Qui évalue", widget=forms.CheckboxSelectMultiple)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schemes = {str(one.pk): one for one in selectors.schemes(account.territory) if one.published}
        self.cohorts = {str(one.pk): one for one in selectors.cohorts(account.territory)}
        self.people = {str(one.pk): one for one in selectors.evaluators(account.territory)}
        for name, choices in (
            ("scheme", [(key, one.name) for key, one in self.schemes.items()]),
            (
                "cohort",
                [("", "Aucun : je saisis les candidats"), *((k, f"{one.programme.title} – {one.name}") for k, one in self.cohorts.items())],
            ),
            ("evaluators", [(key, one.name) for key, one in self.people.items()]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # choice fields

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "title": data["title"],
            "held_on": data["held_on"],
            "scheme": self.schemes[data["scheme"]],
            "cohort": self.cohorts.get(data["cohort"]),
            "evaluators": [self.people[key] for key in data["evaluators"]],
        }


class CandidateForm(PlainForm):
    person_code = forms.CharField(
        label="Code de la carte de la personne", required=False, max_length=40, widget=forms.TextInput(attrs=_CODE)
    )
    sitting_code = forms.CharField(label="Code de son diagnostic", required=False, max_length=40, widget=forms.TextInput(attrs=_CODE))


class SittingForm(PlainForm):
    code = forms.CharField(label="Code du diagnostic", max_length=40, widget=forms.TextInput(attrs=_CODE))


class ExceptionForm(PlainForm):
    motive = forms.CharField(label="Pourquoi personne d’autre ne peut évaluer", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text="Une autre personne signera. Cette phrase est gardée.")  # fmt: skip


class DecisionForm(PlainForm):
    decision = forms.ChoiceField(label="Décision", choices=Decision.choices, widget=forms.RadioSelect)
    level = forms.ChoiceField(label="Niveau attribué", required=False)
    motive = forms.CharField(label="Motif", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text="Demandé pour un refus, un report, ou un autre niveau que celui proposé. Sans nom.")  # fmt: skip
    to_work_on = forms.CharField(label="Ce qu’il faut travailler", required=False, max_length=1000,
                                 widget=forms.Textarea(attrs={"rows": 3}),
                                 help_text="Demandé pour un refus. La personne le lira.")  # fmt: skip

    def __init__(self, levels: list[Level], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", "Aucun"), *((one.code, one.name) for one in levels)]  # type: ignore[attr-defined]  # a ChoiceField


class ReasonForm(PlainForm):
    """A change of state of an award."""

    act = forms.ChoiceField(
        choices=[("suspend", "Suspendre"), ("lift", "Lever la suspension"), ("revoke", "Retirer pour toujours")], label="Acte"
    )
    reason = forms.CharField(
        label="Raison", max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text="Sans nom. Elle est gardée."
    )


class RotateForm(PlainForm):
    end = forms.ChoiceField(label="Ce qui arrive à l’ancienne clé", choices=KeyEnd.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="Raison", max_length=200)


class SchemeForm(PlainForm):
    name = forms.CharField(label="Nom", max_length=100, help_text="Exemple : Passeport numérique orange.")
    summary = forms.CharField(label="En une phrase", max_length=300, required=False)


class LevelForm(PlainForm):
    """The words of a level, and what it asks for."""

    name = forms.CharField(label="Nom du niveau", max_length=60)
    colour = forms.ChoiceField(label="Couleur", choices=Colour.choices, required=False)
    sentence = forms.CharField(label="Ce que la personne sait faire", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    attendance = forms.IntegerField(
        label="Présence demandée, en %", required=False, min_value=0, max_value=100, help_text="Vide : non demandée."
    )
    diagnosis = forms.BooleanField(label="Un diagnostic est demandé", required=False)
    min_probability = forms.IntegerField(label="Certitude demandée, sur 100", min_value=50, max_value=99)
    min_per_area = forms.IntegerField(label="Questions par domaine, au moins", min_value=1, max_value=8)
    supervised = forms.BooleanField(label="Diagnostic passé devant l’équipe", required=False)
    max_age_days = forms.IntegerField(label="Âge du diagnostic, en jours, au plus", min_value=1, max_value=1000)
    tasks = forms.MultipleChoiceField(label="Exercices demandés, réussis sans erreur", required=False, choices=list(TASKS.items()),
                                      widget=forms.CheckboxSelectMultiple)  # fmt: skip
    retake_after_days = forms.IntegerField(label="Jours avant un nouveau jury après un refus", min_value=0, max_value=365)
    validity_months = forms.IntegerField(
        label="Durée de validité, en mois", required=False, min_value=1, max_value=240, help_text="Vide : sans fin."
    )

    @staticmethod
    def initial_of(level: Level) -> dict[str, Any]:
        asked = whole(level.requirements)
        diagnosis = asked["diagnosis"] or whole({})["diagnosis"]
        return {
            "name": level.name,
            "colour": level.colour,
            "sentence": level.sentence,
            "attendance": None if asked["attendance"] is None else round(asked["attendance"] * 100),
            "diagnosis": asked["diagnosis"] is not None,
            "min_probability": round(diagnosis["min_probability"] * 100),
            "min_per_area": diagnosis["min_per_area"],
            "supervised": diagnosis["supervised"],
            "max_age_days": diagnosis["max_age_days"],
            "tasks": list(asked["tasks"]),
            "retake_after_days": asked["retake_after_days"],
            "validity_months": asked["validity_months"],
        }

    def requirements(self) -> dict[str, Any]:
        data = self.cleaned_data
        diagnosis = {
            "min_probability": data["min_probability"] / 100,
            "min_per_area": data["min_per_area"],
            "supervised": data["supervised"],
            "max_age_days": data["max_age_days"],
        }
        return {
            "attendance": None if data["attendance"] is None else data["attendance"] / 100,
            "diagnosis": diagnosis if data["diagnosis"] else None,
            "tasks": dict.fromkeys(data["tasks"], 2),
            "retake_after_days": data["retake_after_days"],
            "validity_months": data["validity_months"],
        }
