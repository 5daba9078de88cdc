"""Forms of the bank desk."""

from __future__ import annotations

from typing import Any

from django import forms

from yole.assessment import selectors_bank
from yole.assessment.enums import ItemState
from yole.assessment.models import Item
from yole.assessment.services_bank import MOVES, REASON_MAX
from yole.base.forms import PlainForm


class ItemsForm(PlainForm):
    q = forms.CharField(label="Mots de la question", required=False, max_length=120)
    competence = forms.ChoiceField(label="Compétence", required=False)
    state = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *ItemState.choices])
    topic = forms.ChoiceField(label="Sujet", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["competence"].choices = [("", "Toutes"), *selectors_bank.competences()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["topic"].choices = [("", "Tous"), *selectors_bank.topics()]  # type: ignore[attr-defined]  # a ChoiceField

    def filters(self) -> selectors_bank.Filters:
        if not self.is_valid():
            return selectors_bank.Filters()
        data = self.cleaned_data
        return selectors_bank.Filters(data["q"].strip(), data["competence"], data["state"], data["topic"])


class StateForm(PlainForm):
    state = forms.ChoiceField(label="Nouvel état", widget=forms.RadioSelect)
    reason = forms.CharField(label="Raison", max_length=REASON_MAX, help_text="Elle est gardée dans le journal.")

    def __init__(self, item: Item, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(ItemState.choices)
        self.fields["state"].choices = [(state, words[state]) for state in MOVES[item.state]]  # type: ignore[attr-defined]  # a ChoiceField


class QuestionsFileForm(PlainForm):
    file = forms.FileField(label="Fichier", help_text="JSON de Yole, GIFT (Moodle) ou paquet QTI 3.0 (.zip), 10 Mo au plus.")
