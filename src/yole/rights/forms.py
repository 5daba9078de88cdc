"""Forms of the walk, made from what the rules ask for, and of the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from yole.base.components import Choice
from yole.base.forms import DayField, PlainForm
from yole.rights import wording
from yole.rights.engine.explain import short
from yole.rights.engine.household import BOOLEANS, TICKS
from yole.rights.enums import Answer, Outcome, Reason, RefusalReason, ScreenPurpose
from yole.rights.situation import MOST
from yole.rights.state import KEPT_DAYS, LONGEST_FILE, NotOursError, State, TooOldError, resume
from yole.territory.selectors import search_communes, today

NONE = "aucune"
MOST_CHILDREN = 12
COUNTRIES = (
    ("FR", _("Française")),
    ("EU", _("D’un pays de l’Union européenne, de l’Espace économique européen ou de Suisse")),
    ("ZZ", _("D’un autre pays")),
)
# A country of each kind stands for it: the rules look at the kind alone.
STANDS_FOR = {"FR": "FR", "EU": "PT", "ZZ": "HT"}


class AnswerForm(PlainForm):
    """One question. `given` is the answer as the situation holds it. A question about several children has a date for each."""

    def __init__(self, name: str, *args: Any, children: int = 0, initial_value: Any = None, **kwargs: Any) -> None:
        self.name, self.children = name, children
        super().__init__(*args, **kwargs)
        for key, field in self._fields(initial_value).items():
            self.fields[key] = field
            field.error_messages["required"] = _("Cette réponse manque. Vous pouvez aussi choisir « Je ne sais pas ».")

    def _fields(self, value: Any) -> dict[str, forms.Field]:
        kind, label = short(self.name), _(wording.question(self.name))
        if kind == "children_birth_dates":
            return {f"r{rank}": DayField(label=_("Enfant %(number)s") % {"number": rank + 1}) for rank in range(max(1, self.children))}
        return {"r": _field(kind, label, value)}

    def clean_r(self) -> Any:
        value = self.cleaned_data["r"]
        kind = short(self.name)
        if kind == "commune":
            return _commune(value)
        if kind == "other_situations" and NONE in value and len(value) > 1:
            raise forms.ValidationError(_("Choisissez « Aucune », ou les situations qui vous concernent."))
        return value

    @property
    def given(self) -> Any:
        """The answer as JSON. Read it once the form is valid."""
        kind = short(self.name)
        if kind == "children_birth_dates":
            return [self.cleaned_data[f"r{rank}"].isoformat() for rank in range(max(1, self.children))]
        value = self.cleaned_data["r"]
        if isinstance(value, date):
            return value.isoformat()
        if kind == "other_situations":
            return [tick for tick in value if tick != NONE]
        if kind in BOOLEANS or kind == "couple":
            return value == "oui"
        if kind == "nationality":
            return STANDS_FOR[value]
        if kind in ("children_count", "residence_permit_years"):
            return int(value)
        return float(value) if kind in MOST else value


def _field(kind: str, label: str, value: Any) -> forms.Field:
    made: dict[str, Callable[[], forms.Field]] = {
        "commune": lambda: forms.CharField(label=label, max_length=80, help_text=_("Le nom ou le code postal."), initial=value),
        "birth_date": lambda: DayField(label=label, initial=value),
        "activity": lambda: _radio(label, list(wording.ACTIVITY_LABELS.items()), value),
        "housing_status": lambda: _radio(label, list(wording.HOUSING_LABELS.items()), value),
        "nationality": lambda: _radio(label, list(COUNTRIES), value),
        "other_situations": lambda: forms.MultipleChoiceField(
            label=label,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Ces réponses sont délicates. Vous pouvez ne pas répondre."),
            choices=[*((tick, _(wording.TICK_LABELS[tick])) for tick in TICKS), (NONE, Choice(_("Aucune de ces situations")))],
            initial=value,
        ),
        "children_count": lambda: forms.IntegerField(label=label, min_value=0, max_value=MOST_CHILDREN, initial=value),
    }
    if kind in made:
        return made[kind]()
    if kind in BOOLEANS or kind == "couple":
        return _radio(label, [("oui", _("Oui")), ("non", _("Non"))], {True: "oui", False: "non"}.get(value))
    number = forms.IntegerField if kind == "residence_permit_years" else forms.FloatField
    return number(
        label=label,
        min_value=0,
        max_value=MOST[kind],
        initial=value,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )


def _radio(label: str, choices: list[tuple[str, str]], value: Any) -> forms.Field:
    return forms.ChoiceField(label=label, widget=forms.RadioSelect, choices=[(key, _(words)) for key, words in choices], initial=value)


def _commune(text: str) -> str:
    """The code of the commune that was typed. Raises ValidationError that says which ones it may be."""
    outcome = search_communes(text)
    if outcome.place is not None:
        return outcome.place.code
    if outcome.places:
        names = ", ".join(place.name for place in outcome.places[:4])
        raise forms.ValidationError(_("Plusieurs communes sont possibles : %(names)s. Écrivez le nom en entier.") % {"names": names})
    raise forms.ValidationError(_("Nous ne trouvons pas cette commune dans ce territoire. Vérifiez le nom, ou le code postal."))


class ResumeForm(PlainForm):
    """The file that the person kept, or its text. `state` holds the answers once the form is valid, for the present month."""

    file = forms.FileField(label=_l("Votre fichier"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_l("Ou collez son texte ici"),
        required=False,
        max_length=LONGEST_FILE,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    state: State

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        uploaded, text = found.get("file"), found.get("text", "")
        if self.errors:
            return found
        if uploaded is not None:
            if uploaded.size > LONGEST_FILE:
                raise forms.ValidationError(_("Ce fichier est trop grand : ce n’est pas celui de vos réponses."), code="too-large")
            text = uploaded.read().decode("utf-8", errors="replace")
        if not text.strip():
            raise forms.ValidationError(_("Choisissez votre fichier, ou collez son texte."), code="empty")
        try:
            self.state = resume(text, f"{today():%Y-%m}")
        except TooOldError:
            message = _("Ce fichier a plus de %(number)s jours. Votre situation a pu changer : recommencez les questions.")
            raise forms.ValidationError(message % {"number": KEPT_DAYS}, code="too-old") from None
        except NotOursError:
            raise forms.ValidationError(
                _("Ce fichier ne vient pas de ce site, ou il a été modifié. Choisissez celui que vous aviez gardé, sans rien y changer."),
                code="not-ours",
            ) from None
        return found


class ExpertForm(PlainForm):
    """Every usual question on one page, for a professional: an empty field is unknown."""

    commune = forms.CharField(label="Commune", max_length=80, required=False)
    couple = forms.ChoiceField(label="En couple", required=False, choices=[("", "Inconnu"), ("oui", "Oui"), ("non", "Non")])
    children_count = forms.IntegerField(label="Nombre d’enfants", required=False, min_value=0, max_value=MOST_CHILDREN)
    children_birth_dates = forms.CharField(
        label="Naissance des enfants", required=False, max_length=200, help_text="AAAA-MM-JJ, séparées par un espace."
    )
    housing_status = forms.ChoiceField(label="Logement", required=False, choices=[("", "Inconnu"), *wording.HOUSING_LABELS.items()])
    rent = forms.FloatField(label="Loyer sans charges, € par mois", required=False, min_value=0, max_value=MOST["rent"])
    other_situations = forms.MultipleChoiceField(
        label="Situations particulières",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[*wording.TICK_LABELS.items(), (NONE, "Aucune")],
        help_text="Rien de coché : inconnu.",
    )
    PERSON = ("birth_date", "activity", "wage", "pension", "unemployment_benefit", "disability_rate")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for adult, whose in (("applicant", ""), ("partner", ", conjoint")):
            for name in self.PERSON:
                label = wording.LABELS[name]
                label = label[0].upper() + label[1:] + whose
                self.fields[f"{adult}.{name}"] = self._person_field(name, label)

    @staticmethod
    def _person_field(name: str, label: str) -> forms.Field:
        if name == "birth_date":
            return DayField(label=label.replace("L’âge", "Date de naissance"), required=False)
        if name == "activity":
            return forms.ChoiceField(label=label, required=False, choices=[("", "Inconnue"), *wording.ACTIVITY_LABELS.items()])
        return forms.FloatField(label=label, required=False, min_value=0, max_value=MOST[name])

    def clean_commune(self) -> str:
        text = self.cleaned_data["commune"]
        return _commune(text) if text else ""

    def clean_children_birth_dates(self) -> list[str]:
        found: list[str] = self.cleaned_data["children_birth_dates"].split()
        for text in found:
            try:
                date.fromisoformat(text)
            except ValueError:
                raise forms.ValidationError(f"« {text} » n’est pas une date. Exemple : 2019-04-23.") from None
        return found

    @property
    def given(self) -> list[tuple[str, Any]]:
        """(field, value) of what was filled. Read it once the form is valid."""
        pairs: list[tuple[str, Any]] = []
        for name, value in self.cleaned_data.items():
            if value in ("", None, []):
                continue
            if name == "couple":
                pairs.append((name, value == "oui"))
            elif name == "other_situations":
                pairs.append((name, [tick for tick in value if tick != NONE]))
            else:
                pairs.append((name, value.isoformat() if isinstance(value, date) else value))
        return pairs


class FollowForm(PlainForm):
    """Which rights to follow, for whom, with their agreement."""

    chosen = forms.MultipleChoiceField(label="Droits à suivre", widget=forms.CheckboxSelectMultiple)
    code = forms.CharField(label="Code de la carte de la personne", max_length=20)
    agreed = forms.BooleanField(
        label="La personne est d’accord pour que ces droits soient suivis ici, 6 mois au plus. Ses réponses ne sont pas gardées.",
        required=False,
    )

    def __init__(self, entries: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = entries  # type: ignore[attr-defined]  # a field of choices


class DayForm(PlainForm):
    day = DayField(label="Quel jour")


class OfficeAnswerForm(PlainForm):
    """What the office answered."""

    day = DayField(label="Date de la réponse")
    answer = forms.ChoiceField(label="Réponse de l’organisme", widget=forms.RadioSelect, choices=Answer.choices)
    amount = forms.DecimalField(label="Montant accordé, en euros", required=False, min_value=0, max_digits=8, decimal_places=2)
    refusal_reason = forms.ChoiceField(label="Motif du refus", required=False, choices=[("", "Aucun"), *RefusalReason.choices])
    outcome = forms.ChoiceField(
        label="Pourquoi ce droit n’était pas demandé",
        required=False,
        choices=[("", "Non dit"), *[choice for choice in Outcome.choices if choice[0] not in (Outcome.NOT_CONCERNED, Outcome.ALREADY)]],
    )


class CloseForm(PlainForm):
    outcome = forms.ChoiceField(label="Pourquoi il n’y a pas de demande", choices=Outcome.choices)
    reason = forms.ChoiceField(label="Ce que dit la personne", required=False, choices=[("", "Non dit"), *Reason.choices])


class ReviewForm(PlainForm):
    words = forms.CharField(
        label="Ce que vous avez trouvé", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="Sans nom ni détail de santé."
    )


class ScreenForm(PlainForm):
    """A pseudonymous list and what it is screened for."""

    purpose = forms.ChoiceField(label="Pourquoi examiner cette liste", widget=forms.RadioSelect, choices=ScreenPurpose.choices)
    file = forms.FileField(label="Liste des ménages (CSV)", help_text="Un pseudonyme par ligne. Jamais de nom. 500 lignes au plus.")
    consent = forms.BooleanField(label="Les personnes de cette liste sont d’accord. Elle ne servira à aucun contrôle.")
