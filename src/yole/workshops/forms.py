"""Forms for inhabitants: filters of the list, enrolment, code, change, evaluation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yole.base.components import Choice
from yole.base.forms import DayField, KeyedForm, PlainForm
from yole.bookings.enums import Need
from yole.bookings.forms import clean_contact
from yole.bookings.models import SIZE_MAX
from yole.workshops import wording
from yole.workshops.enums import Audience, Smiley
from yole.workshops.selectors import SessionRow
from yole.workshops.services_enrolment import Form

_DISTANCES = [("5", _("5 km")), ("10", _("10 km")), ("20", _("20 km")), ("50", _("50 km"))]
WEEKDAYS = [
    ("0", _("Lundi")),
    ("1", _("Mardi")),
    ("2", _("Mercredi")),
    ("3", _("Jeudi")),
    ("4", _("Vendredi")),
    ("5", _("Samedi")),
    ("6", _("Dimanche")),
]


class FilterForm(PlainForm):
    """What narrows the public list. Every field may be empty; a wrong one is told and left out."""

    q = forms.CharField(label=_("Mots"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    theme = forms.ChoiceField(label=_("Sujet"), required=False)
    pres = forms.CharField(label=_("Près de"), required=False, max_length=100, help_text=_("Commune, quartier ou code postal"))
    km = forms.ChoiceField(label=_("À moins de"), required=False, choices=_DISTANCES)
    jour = DayField(label=_("Le"), required=False)
    semaine = forms.ChoiceField(label=_("Jour de la semaine"), required=False, choices=[("", _("Tous les jours")), *WEEKDAYS])
    public = forms.ChoiceField(label=_("Pour qui"), required=False, choices=[("", _("Tout le monde")), *Audience.choices[1:]])
    langue = forms.ChoiceField(label=_("Langue parlée"), required=False, choices=[("", _("Toutes")), *wording.LANGUAGES.items()])
    libre = forms.BooleanField(label=_("Seulement s’il reste des places"), required=False)

    def __init__(self, *args: Any, themes: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Tous les sujets")), *themes]
        self.fields["theme"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["km"].initial = "10"

    @property
    def chosen(self) -> int:
        """How many filters are in use."""
        return sum(1 for name, value in self.cleaned_data.items() if value and name != "km")


def date_choice(row: SessionRow) -> tuple[str, Choice]:
    """One date of the enrolment form: when, then where and how many places are left."""
    hint = " ".join(filter(None, [f"{row.commune or row.place}." if row.commune or row.place else "", wording.places(row)]))
    return str(row.pk), Choice(wording.when(row).capitalize(), hint=hint)


def _needs() -> list[tuple[str, Any]]:
    return [(need.value, _(need.label)) for need in Need]


class PersonForm(KeyedForm):
    """What one person says of themselves, on the public site and at the desk. `to_form` is what the service takes."""

    name = forms.CharField(
        label=_("Votre prénom ou un surnom"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"max_length": _("Un nom a 80 caractères au plus. Vous en avez écrit %(show_value)d.")},
    )
    contact = forms.CharField(
        label=_("Votre téléphone ou votre e-mail"),
        required=False,
        max_length=254,
        help_text=_("Pour vous prévenir si l’atelier change. Exemple : 06 96 12 34 56"),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
        error_messages={"max_length": _("Ce contact est trop long.")},
    )
    no_contact = forms.BooleanField(label=_("Ne me contactez pas"), required=False, help_text=_("Revenez voir cette page avec votre code."))
    size = forms.IntegerField(
        label=_("Vous venez à combien ?"),
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": SIZE_MAX}),
        help_text=_("Vous compris. Les places sont données ensemble, ou pas du tout."),
        error_messages={"invalid": _("Écrivez un nombre en chiffres. Exemple : 2")},
    )
    needs = forms.MultipleChoiceField(label=_("Vos besoins"), required=False, widget=forms.CheckboxSelectMultiple, choices=_needs)
    needs_note = forms.CharField(
        label=_("Autre chose à nous dire"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("200 caractères au plus. Vous en avez écrit %(show_value)d.")},
    )
    clean_contact = clean_contact

    def clean_size(self) -> int:
        size = int(self.cleaned_data["size"])
        if not 1 <= size <= SIZE_MAX:
            raise forms.ValidationError(
                _now("Une inscription est pour 1 à %(most)d personnes. Pour un groupe plus grand, appelez-nous.") % {"most": SIZE_MAX}
            )
        return size

    def to_form(self, *, consent: bool) -> Form:
        data = self.cleaned_data
        return Form(
            name=data["name"],
            key=data["key"],
            contact=data["contact"],
            no_contact=data["no_contact"],
            needs=data["needs"],
            needs_note=data["needs_note"],
            size=data["size"],
            consent=consent,
        )


class EnrolForm(PersonForm):
    """Enrolment without an account. `seen_full` lists the dates that the page showed as full: nobody waits without having read it."""

    date = forms.ChoiceField(
        label=_("1. Quel jour ?"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Cette date n’est plus ouverte. Choisissez-en une autre.")},
    )
    seen_full = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400)
    consent = forms.BooleanField(
        label=_("Je suis d’accord"), error_messages={"required": _("Cochez la case pour dire que vous êtes d’accord.")}
    )

    field_order = ("date", "name", "contact", "no_contact", "size", "needs", "needs_note", "consent", "key", "seen_full")

    def __init__(self, *args: Any, dates: list[SessionRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].choices = [date_choice(row) for row in dates]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["consent"].error_messages["required"] = _("Cochez la case pour dire que vous êtes d’accord.")
        self.fields["needs"].label = _("3. Vos besoins")


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("Votre code"),
        max_length=40,
        help_text=_("10 lettres et chiffres. Les tirets et les espaces ne comptent pas. Exemple : 7H4K-2M9P-QX"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"max_length": _("Un code a 10 lettres et chiffres. Vous en avez écrit beaucoup plus.")},
    )


class ChangeForm(PlainForm):
    """Size, needs and contact of an enrolment, changed by the person."""

    size = PersonForm.base_fields["size"]
    contact = PersonForm.base_fields["contact"]
    no_contact = PersonForm.base_fields["no_contact"]
    needs = PersonForm.base_fields["needs"]
    needs_note = PersonForm.base_fields["needs_note"]
    clean_contact = PersonForm.clean_contact
    clean_size = PersonForm.clean_size


SMILEYS = [(Smiley.GOOD.value, _("Content")), (Smiley.FAIR.value, _("Moyen")), (Smiley.BAD.value, _("Pas content"))]


class EvaluationForm(PlainForm):
    smiley = forms.ChoiceField(
        label=_("Comment était l’atelier ?"),
        widget=forms.RadioSelect,
        choices=SMILEYS,
        error_messages={"required": _("Choisissez un des trois visages.")},
    )
    line = forms.CharField(
        label=_("Un mot à nous dire"),
        required=False,
        max_length=200,
        error_messages={"max_length": _("Une ligne de 200 caractères au plus. Vous en avez écrit %(show_value)d.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
