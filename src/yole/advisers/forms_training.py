"""Forms of contracts, training, interviews and levels shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from yole.advisers.engine import training
from yole.advisers.enums import AfterPost, BreakReason, MeetingMode, Outcome, TrainingKind, TrainingState
from yole.advisers.forms import cents
from yole.advisers.models import Course, Syllabus
from yole.advisers.selectors_training import Adviser
from yole.advisers.services_contracts import BreakForm as BreakData
from yole.advisers.services_contracts import RenewalForm as RenewalData
from yole.advisers.services_interviews import InterviewData
from yole.advisers.services_training import CourseData, SyllabusData
from yole.base.errors import Refused
from yole.base.forms import ClockField, DayField, PlainForm
from yole.organisations.models import Account


class ConventionForm(PlainForm):
    day = DayField(label="Convention signée le")
    document = forms.CharField(label="Référence de la convention", max_length=80)


class RenewalForm(PlainForm):
    starts_on = DayField(label="Début du nouveau contrat")
    ends_on = DayField(label="Fin du nouveau contrat")
    amount = forms.DecimalField(label="Subvention, en euros", min_value=1, max_digits=10, decimal_places=2, localize=True)
    document = forms.CharField(label="Décision", max_length=120, help_text="Référence du compte rendu ou de l’arrêté.")

    def given(self) -> RenewalData:
        data = self.cleaned_data
        return RenewalData(data["starts_on"], data["ends_on"], cents(data["amount"]), data["document"])


class EndForm(PlainForm):
    after = forms.ChoiceField(label="Après le dernier jour, le poste est", choices=AfterPost.choices)
    release = forms.BooleanField(
        label="Libérer ce qui n’est pas versé", required=False, help_text="Sinon, ce qui reste dû pour ce contrat peut encore être versé."
    )
    document = forms.CharField(label="Décision, pour un poste rendu", max_length=120, required=False)


class BreakForm(PlainForm):
    last_day = DayField(label="Dernier jour servi")
    reason = forms.ChoiceField(label="Raison", choices=BreakReason.choices)
    note = forms.CharField(
        label="Précision", max_length=200, required=False, help_text="Facultatif. N’écrivez rien sur la santé ni la vie privée."
    )
    after = forms.ChoiceField(label="Le poste devient", choices=AfterPost.choices)
    document = forms.CharField(label="Décision, pour un poste rendu", max_length=120, required=False)

    def given(self) -> BreakData:
        return BreakData(**self.cleaned_data)


class HoursForm(PlainForm):
    hours = forms.IntegerField(
        label="Heures de formation initiale dues",
        min_value=0,
        max_value=1000,
        help_text="Selon le positionnement : de 105 à 420 heures en général.",
    )


class RuleForm(PlainForm):
    initial_hours = forms.IntegerField(label="Formation initiale due sans positionnement, en heures", min_value=0, max_value=1000)
    continuing_hours = forms.IntegerField(label="Formation continue due chaque année, en heures", min_value=0, max_value=300)
    warn_months = forms.IntegerField(label="Prévenir avant la fin d’un contrat, en mois", min_value=1, max_value=12)


class SyllabusForm(PlainForm):
    kind = forms.ChoiceField(label="Type", choices=TrainingKind.choices)
    title = forms.CharField(label="Titre", max_length=120)
    modules = forms.CharField(
        label="Modules",
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Un par ligne, avec sa durée. Exemple : « Vérifier une réponse : 3 h 30 ».",
    )
    attend_percent = forms.IntegerField(label="Présence nécessaire à l’attestation, en %", min_value=1, max_value=100, initial=100)
    pass_percent = forms.IntegerField(
        label="Résultat nécessaire au test, en %", min_value=0, max_value=100, initial=0, help_text="0 : pas de test."
    )
    valid_from = DayField(label="En vigueur à partir du", help_text="Une version du même titre s’arrête la veille.")
    source = forms.CharField(label="Source", max_length=200, help_text="Qui a établi ce programme, et quand.")

    def given(self) -> SyllabusData:
        data = dict(self.cleaned_data)
        data["modules"] = typed(training.modules_of, data["modules"], "modules")
        return SyllabusData(**data)


def typed(read: Any, text: str, field: str) -> Any:
    """What a text of several lines says. Raises Refused with the line, what was found and what was expected."""
    try:
        return read(text)
    except training.TypedError as wrong:
        raise Refused(f"Ligne {wrong.line} : « {wrong.found} ».", remedy=f"Attendu : {wrong.expected}.", field=field, code="line") from None


def syllabus_initial(one: Syllabus) -> dict[str, Any]:
    text = "\n".join(f"{module['title']} : {training.clock(int(module['minutes']))}" for module in one.modules)
    plain = {name: getattr(one, name) for name in ("kind", "title", "attend_percent", "pass_percent", "valid_from", "source")}
    return {**plain, "modules": text}


class CourseForm(PlainForm):
    syllabus = forms.TypedChoiceField(label="Programme", coerce=int)
    slots = forms.CharField(
        label="Demi-journées",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Une par ligne. Exemple : « 12/01/2027 8 h 30 - 12 h ».",
    )
    remote = forms.BooleanField(label="À distance", required=False)
    place = forms.CharField(label="Adresse, ou lien", max_length=200)
    trainer_name = forms.CharField(label="Organisme ou personne qui forme", max_length=120)
    trainer = forms.TypedChoiceField(label="Son compte sur ce site", coerce=int, required=False, empty_value=None)
    capacity = forms.IntegerField(label="Places", min_value=1, max_value=200, initial=12)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = Syllabus.objects.filter(territory=account.territory).order_by("title", "-valid_from")
        self.fields["syllabus"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (one.pk, f"{one.title} ({training.clock(one.minutes)}, depuis le {one.valid_from:%d/%m/%Y})") for one in programmes
        ]
        accounts = Account.objects.filter(territory=account.territory, is_active=True).order_by("name")
        self.fields["trainer"].choices = [("", "Aucun"), *((one.pk, one.name) for one in accounts)]  # type: ignore[attr-defined]  # the same

    def given(self) -> CourseData:
        data = dict(self.cleaned_data)
        data["slots"] = typed(training.slots_of, data["slots"], "slots")
        return CourseData(**data)


class EnrolForm(PlainForm):
    candidate = forms.TypedChoiceField(label="Conseiller ou conseillère", coerce=int)

    def __init__(self, advisers: list[Adviser], of: Course, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = set(of.enrolments.exclude(state=TrainingState.LEFT).values_list("candidate", flat=True))
        free = [(one.candidate, f"{one.name}, {one.contract.post.host.name}") for one in advisers if one.candidate not in taken]
        self.fields["candidate"].choices = [("", "Choisissez"), *free]  # type: ignore[attr-defined]  # a ChoiceField


class DecideForm(PlainForm):
    to = forms.ChoiceField(label="Décision", choices=[one for one in TrainingState.choices if one[0] != TrainingState.ENROLLED])
    score = forms.IntegerField(label="Résultat du test, en %", min_value=0, max_value=100, required=False)
    reason = forms.CharField(label="Raison, sans attestation", max_length=200, required=False)


class CertificateForm(PlainForm):
    number = forms.CharField(
        label=_("Numéro de l’attestation"), max_length=20, help_text=_("10 lettres ou chiffres, en bas de l’attestation.")
    )
    name = forms.CharField(label=_("Nom écrit sur l’attestation"), max_length=80)


class InterviewForm(PlainForm):
    day = DayField(label=_("Jour de l’entretien"))
    at = ClockField(label=_("Heure"))
    minutes = forms.IntegerField(label=_("Durée, en minutes"), min_value=5, max_value=480, initial=30)
    mode = forms.ChoiceField(label=_("Comment"), choices=MeetingMode.choices)
    where = forms.CharField(
        label=_("Adresse ou lien"), max_length=200, required=False, help_text=_("Par téléphone, dites qui appelle qui.")
    )

    def given(self, zone: ZoneInfo) -> InterviewData:
        data = self.cleaned_data
        return InterviewData(datetime.combine(data["day"], data["at"], zone), data["minutes"], data["mode"], data["where"])


class OutcomeForm(PlainForm):
    outcome = forms.ChoiceField(label=_("Ce que l’entretien a donné"), choices=Outcome.choices)
    reason = forms.CharField(label=_("Pourquoi, en une phrase"), max_length=200, help_text=_("La personne lira cette phrase."))


class DiagnosticForm(PlainForm):
    code = forms.CharField(label=_("Code de votre diagnostic"), max_length=20, help_text=_("8 lettres ou chiffres."))
    consent = forms.BooleanField(label=_("J’accepte que ce niveau compte dans les propositions"), required=False)


class PixForm(PlainForm):
    score = forms.IntegerField(label=_("Votre score Pix"), min_value=0, max_value=1024)
    document = forms.CharField(label=_("Numéro de votre certification"), max_length=60)
    dated = DayField(label=_("Date de la certification"))
    consent = forms.BooleanField(label=_("J’accepte que ce niveau compte dans les propositions"), required=False)
