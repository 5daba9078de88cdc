"""Forms of the room."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yole.advisers.enums import REACHES, Envelope, Gender, HostKind, HostState, Opinion, Rule, Sector, Situation
from yole.advisers.services_candidates import CandidateForm
from yole.advisers.services_hosts import HostForm
from yole.advisers.services_rates import RateData
from yole.advisers.words import skills_of
from yole.base.forms import DayField, PlainForm
from yole.territory.models import Territory
from yole.territory.selectors import commune, communes_listed


class _WithCommune(PlainForm):
    """A form with a commune of the territory."""

    commune = forms.ChoiceField(label=_("Commune"))

    def __init__(self, territory: Territory, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choisissez")), *((one.code, one.name) for one in communes_listed(territory))]
        self.fields["commune"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class ApplyForm(_WithCommune):
    name = forms.CharField(label=_("Nom ou prénom"), max_length=80)
    email = forms.EmailField(label=_("Adresse e-mail"), max_length=200, help_text=_("Pour confirmer, et pour vous prévenir."))
    reach = forms.TypedChoiceField(label=_("Jusqu’où pouvez-vous travailler ?"), choices=REACHES, coerce=int)
    available_from = DayField(label=_("Libre à partir du"))
    situation = forms.ChoiceField(label=_("Votre situation"), choices=Situation.choices)
    experience = forms.IntegerField(
        label=_("Années d’expérience de la médiation numérique"), min_value=0, max_value=50, initial=0, help_text=_("0 si vous commencez.")
    )
    skills = forms.CharField(
        label=_("Vos compétences"),
        max_length=500,
        required=False,
        help_text=_("Séparées par des virgules. Exemple : photo, langue des signes."),
    )
    gender = forms.ChoiceField(
        label=_("Votre genre"),
        choices=[("", _("Je préfère ne pas le dire")), *Gender.choices],
        required=False,
        help_text=_("Sert à compter la parité. Ne compte jamais pour choisir."),
    )
    consent = forms.BooleanField(
        label=_("J’accepte que ma candidature soit gardée et rapprochée des postes de ce territoire"),
        required=False,
        help_text=_(
            "Votre nom et votre adresse sont chiffrés, et effacés 30 jours après votre retrait, ou deux ans après votre dernier acte."
        ),
    )
    field_order = ["name", "email", "commune", "reach", "available_from", "situation", "experience", "skills", "gender", "consent"]

    def given(self) -> CandidateForm:
        data = self.cleaned_data
        return CandidateForm(
            data["name"],
            data["email"],
            commune(data["commune"]),
            data["reach"],
            data["available_from"],
            data["situation"],
            data["experience"],
            skills_of(data["skills"]),
            consent=data["consent"],
            gender=data["gender"],
        )


class HostApplyForm(_WithCommune):
    name = forms.CharField(label=_("Nom de la structure"), max_length=160)
    siret = forms.CharField(label=_("Numéro SIRET"), max_length=20, help_text=_("14 chiffres."))
    kind = forms.ChoiceField(label=_("Type de structure"), choices=HostKind.choices)
    asked = forms.IntegerField(label=_("Nombre de postes demandés"), min_value=1, max_value=50, initial=1)
    starts_on = DayField(label=_("Début souhaité"))
    need = forms.CharField(label=_("Votre besoin"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    contact_name = forms.CharField(label=_("Votre nom"), max_length=80)
    email = forms.EmailField(label=_("Votre adresse e-mail professionnelle"), max_length=200)
    field_order = ["name", "siret", "kind", "commune", "asked", "starts_on", "need", "contact_name", "email"]

    def given(self) -> HostForm:
        data = self.cleaned_data
        return HostForm(
            data["name"],
            data["siret"],
            data["kind"],
            commune(data["commune"]),
            data["need"],
            data["asked"],
            data["starts_on"],
            data["contact_name"],
            data["email"],
        )


class FollowForm(PlainForm):
    code = forms.CharField(label=_("Votre code"), max_length=20, help_text=_("10 lettres ou chiffres."))


class OpinionForm(PlainForm):
    opinion = forms.ChoiceField(label="Avis de la préfecture", choices=Opinion.choices)
    text = forms.CharField(label="Pourquoi", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class HostDecisionForm(PlainForm):
    to = forms.ChoiceField(label="Décision du comité", choices=[c for c in HostState.choices if c[0] != HostState.CREATED])
    minutes = forms.CharField(label="Référence du compte rendu", max_length=80, required=False)
    granted = forms.IntegerField(label="Postes accordés", min_value=0, max_value=50, initial=0)
    kept = forms.IntegerField(label="Numéro de la demande gardée, pour un doublon", required=False, min_value=1)


class RuleForm(PlainForm):
    rule = forms.ChoiceField(label="Règle du tour", choices=Rule.choices, initial=Rule.EXPERIENCE)


class HireForm(PlainForm):
    starts_on = DayField(label="Début du contrat")
    ends_on = DayField(label="Fin du contrat")


class PayForm(PlainForm):
    amount = forms.DecimalField(label="Montant versé, en euros", min_value=0, max_digits=12, decimal_places=2, localize=True)
    document = forms.CharField(label="Pièce", max_length=120, help_text="Convention, facture ou délibération.")


def cents(amount: Decimal) -> int:
    """Whole cents of an amount typed in euros."""
    return int(amount * 100)


class RateForm(PlainForm):
    sector = forms.ChoiceField(label="Type de structure", choices=Sector.choices)
    amount = forms.DecimalField(label="Subvention d’un poste, en euros", min_value=1, max_digits=10, decimal_places=2, localize=True)
    valid_from = DayField(label="Pour un poste qui commence à partir du")
    valid_until = DayField(label="Jusqu’au", required=False, help_text="Vide : sans fin connue.")
    source = forms.CharField(label="Pièce", max_length=200, help_text="Arrêté, convention ou délibération qui fixe le montant.")

    def given(self) -> RateData:
        data = self.cleaned_data
        return RateData(data["sector"], cents(data["amount"]), data["valid_from"], data["valid_until"], data["source"])


class EnvelopeForm(PlainForm):
    envelope = forms.ChoiceField(label="Enveloppe", choices=Envelope.choices)
    amount = forms.DecimalField(label="Montant reçu, en euros", min_value=1, max_digits=13, decimal_places=2, localize=True)
    document = forms.CharField(label="Pièce", max_length=120, help_text="Convention, arrêté ou délibération.")


class CloseRateForm(PlainForm):
    last_day = DayField(label="Dernier jour")


class SkillsForm(PlainForm):
    skills = forms.CharField(
        label="Compétences demandées",
        max_length=500,
        required=False,
        help_text=(
            "Séparées par des virgules ; une personne doit les avoir toutes. « niveau numérique 3 » demande un niveau montré, de 1 à 4. "
            "Vide : aucune n’est demandée."
        ),
    )
