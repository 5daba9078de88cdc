from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yole.base.forms import PlainForm
from yole.reference.engine.plain import MOST_CHARACTERS
from yole.reference.selectors import LONGEST_QUESTION


class SearchForm(PlainForm):
    q = forms.CharField(
        label=_("Votre question, avec vos mots"),
        max_length=LONGEST_QUESTION,
        help_text=_("Exemple : je ne peux pas payer l’électricité. N’écrivez pas de nom."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LetterForm(PlainForm):
    text = forms.CharField(
        label=_("Le texte à relire"),
        max_length=MOST_CHARACTERS,
        help_text=_("Collez la lettre. Enlevez les noms et les numéros."),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
