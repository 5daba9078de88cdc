"""Forms of the room."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from yole.base.forms import PlainForm
from yole.organisations.models import Account, Structure
from yole.people.engine.identity import Identity
from yole.people.enums import AgeBand, Gender, GivenBy, How, MinorRule, Purpose, SocialStatus
from yole.people.models import PeopleSettings, Person
from yole.people.services import About, Agreed
from yole.territory import selectors as territory_selectors

_UNKNOWN = "non_communique"
CONFIRM = "La personne veut garder ce texte, nous l’avons relu ensemble"


class SearchForm(PlainForm):
    q = forms.CharField(label="Nom, téléphone, e-mail ou code", required=False, max_length=120)
    mine = forms.BooleanField(label="Seulement les personnes à qui j’ai parlé", required=False)


class QuickCardForm(PlainForm):
    """A card for somebody who gives no name: one tap for the age, one more for the gender if they say it."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    gender = forms.ChoiceField(label="Genre", choices=Gender.choices, required=False, initial=_UNKNOWN, widget=forms.RadioSelect)
    age_band = forms.ChoiceField(label="Âge", choices=AgeBand.choices)

    def about(self) -> About:
        return About(None, self.cleaned_data["age_band"], self.cleaned_data["gender"] or _UNKNOWN)


class AboutForm(PlainForm):
    """What is known of somebody without naming them."""

    birth_year = forms.IntegerField(label="Année de naissance", required=False, min_value=1900, max_value=2100)
    age_band = forms.ChoiceField(label="Tranche d’âge", choices=AgeBand.choices, required=False, help_text="Si l’année n’est pas connue.")
    gender = forms.ChoiceField(label="Genre", choices=Gender.choices, required=False)
    social_status = forms.ChoiceField(label="Situation", choices=SocialStatus.choices, required=False)
    commune = forms.ChoiceField(label="Commune", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Non communiquée"), *((place.code, place.name) for place in territory_selectors.communes())]
        self.fields["commune"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("age_band", "gender", "social_status"):
            self.fields[name].initial = _UNKNOWN

    def about(self) -> About:
        data = self.cleaned_data
        return About(
            data["birth_year"],
            data["age_band"] or _UNKNOWN,
            data["gender"] or _UNKNOWN,
            data["social_status"] or _UNKNOWN,
            data["commune"],
        )

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        return {
            "birth_year": person.birth_year,
            "age_band": person.age_band,
            "gender": person.gender,
            "social_status": person.social_status,
            "commune": person.commune_id or "",
        }


class NamedForm(AboutForm):
    """The same with a name. Services check contacts, so that every way in says the same."""

    first_name = forms.CharField(label="Prénom", max_length=80, required=False)
    last_name = forms.CharField(label="Nom", max_length=80, required=False)
    phone = forms.CharField(
        label="Téléphone", max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    email = forms.CharField(label="Adresse e-mail", max_length=200, required=False, widget=forms.TextInput(attrs={"inputmode": "email"}))
    guardian_name = forms.CharField(label="Responsable légal", max_length=120, required=False, help_text="Pour une personne mineure.")
    guardian_phone = forms.CharField(label="Téléphone du responsable", max_length=40, required=False)
    notes = forms.CharField(
        label="Note utile",
        required=False,
        max_length=2000,
        help_text="Jamais de santé, d’opinion, de numéro de sécurité sociale ni de mot de passe. La personne peut lire cette note.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirmed = forms.BooleanField(label=CONFIRM, required=False)

    field_order: tuple[str, ...] = (
        "first_name", "last_name", "birth_year", "phone", "email", "commune", "gender", "social_status", "age_band", "guardian_name",
        "guardian_phone", "notes",
    )  # fmt: skip

    def identity(self) -> Identity:
        names = ("first_name", "last_name", "phone", "email", "notes", "guardian_name", "guardian_phone")
        return Identity(**{name: self.cleaned_data[name] for name in names})


class AgreedForm(PlainForm):
    purposes = forms.MultipleChoiceField(
        label="La personne est d’accord pour", choices=Purpose.choices, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(label="L’autre raison", max_length=200, required=False)
    how = forms.ChoiceField(label="Comment", choices=How.choices[:-1], initial=How.SPOKEN_WITH_SHEET)
    given_by = forms.ChoiceField(label="Qui donne l’accord", choices=GivenBy.choices, initial=GivenBy.SELF)
    read = forms.BooleanField(label="La fiche d’information a été lue avec la personne")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read"].error_messages["required"] = "Lisez d’abord la fiche d’information avec la personne."

    def agreed(self) -> Agreed:
        data = self.cleaned_data
        return Agreed(data["purposes"], data["how"], data["given_by"], data["words"])


class FollowForm(NamedForm, AgreedForm):
    """A new named card: who, what for, how they were told."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # cards shown as perhaps the same: saving again means « no »

    field_order = (*NamedForm.field_order, "purposes", "words", "given_by", "how", "read", "confirmed")

    @classmethod
    def blank(cls, key: uuid.UUID | None = None, **initial: Any) -> FollowForm:
        return cls(initial={"form_key": key or uuid.uuid4(), "purposes": [Purpose.FOLLOW], **initial}, auto_id="f_%s")


class ConsentForm(AgreedForm):
    pass


class ShareForm(PlainForm):
    structure = forms.ModelChoiceField(label="Avec", queryset=Structure.objects.none(), empty_label="Choisissez une structure")
    how = forms.ChoiceField(label="Comment la personne a dit oui", choices=How.choices[:-1], initial=How.SPOKEN_WITH_SHEET)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Structure.objects.filter(territory=account.territory).exclude(pk=account.structure_id or 0).order_by("sort_key")
        self.fields["structure"].queryset = others  # type: ignore[attr-defined]  # a ModelChoiceField


class CodeForm(PlainForm):
    code = forms.CharField(
        label="Code de la carte", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
    )
    how = forms.ChoiceField(
        label="Si une autre structure suit la personne, comment elle dit oui", choices=How.choices[:-1], initial=How.SPOKEN_WITH_SHEET
    )


class MotiveForm(PlainForm):
    """Why a number is shown; « qui a vu cette fiche » says it to the person."""

    motive = forms.CharField(label="Pourquoi", max_length=120, help_text="Exemple : confirmer le rendez-vous de jeudi.")


class KeepForm(PlainForm):
    reason = forms.CharField(label="Pourquoi garder cette fiche", max_length=200, help_text="Exemple : rendez-vous pris en janvier.")


class EraseForm(PlainForm):
    code = forms.CharField(label="Code de la carte", max_length=20, help_text="Recopiez-le pour confirmer.")


class SheetForm(PlainForm):
    count = forms.IntegerField(label="Nombre de cartes", min_value=1, max_value=40, initial=10)
    form_key = forms.UUIDField(widget=forms.HiddenInput)


class ImportForm(PlainForm):
    file = forms.FileField(label="Fichier CSV ou XLSX")


class SettingsForm(PlainForm):
    minor_alone_from = forms.IntegerField(label="Âge à partir duquel on décide seul", min_value=13, max_value=18)
    minor_rule = forms.ChoiceField(label="Avant cet âge", choices=MinorRule.choices)
    keep_months = forms.IntegerField(label="Mois de conservation après le dernier contact", min_value=1, max_value=12)
    notice_days = forms.IntegerField(label="Jours de préavis", min_value=7, max_value=90)

    @staticmethod
    def initial_of(settings: PeopleSettings) -> dict[str, Any]:
        return {name: getattr(settings, name) for name in SettingsForm.base_fields}
