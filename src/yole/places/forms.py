"""The one form an inhabitant fills in here: « Signaler une erreur »."""

from __future__ import annotations

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from yole.base.forms import PlainForm
from yole.places.enums import Kind, ReportKind
from yole.places.models import Place
from yole.places.services import CONTACT_LIMIT, TEXT_LIMIT

_WORDS = {
    ReportKind.CLOSED: _("Le lieu est fermé"),
    ReportKind.HOURS: _("Les horaires ne sont pas bons"),
    ReportKind.CONTACT: _("Le téléphone ou l’adresse ne sont pas bons"),
    ReportKind.BUS: _("Le bus n’est pas passé"),
    ReportKind.OTHER: _("Autre chose"),
}


class ReportForm(PlainForm):
    """What is wrong, in one choice; a few words and a contact when the person wants."""

    kind = forms.ChoiceField(label=_("Qu’est-ce qui ne va pas ?"), widget=forms.RadioSelect, choices=[])
    text = forms.CharField(
        label=_("Que faut-il corriger ?"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Par exemple : le lieu ouvre à 9 h. N’écrivez rien de personnel."),
    )
    contact = forms.CharField(
        label=_("Votre téléphone ou votre e-mail"),
        required=False,
        max_length=CONTACT_LIMIT,
        help_text=_("Seulement si vous voulez une réponse. Nous l’effaçons 30 jours après."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: object, place: Place, **kwargs: object) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in ReportKind if kind != ReportKind.BUS or place.kind == Kind.ITINERANT]
        self.fields["kind"].choices = [(kind.value, _WORDS[kind]) for kind in kinds]  # type: ignore[attr-defined]  # a choice field
        self.fields["kind"].error_messages["required"] = _("Choisissez une réponse dans la liste.")
        self.fields["kind"].error_messages["invalid_choice"] = _("Choisissez une réponse dans la liste.")
        self.fields["key"].error_messages["invalid"] = _("Ce formulaire est abîmé. Rechargez la page.")
