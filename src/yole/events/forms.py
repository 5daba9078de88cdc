"""Forms for inhabitants: programme filters, registration, codes, proposal, confirmation, opinion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yole.base.components import Choice
from yole.base.forms import KeyedForm, PlainForm
from yole.bookings.enums import Need
from yole.bookings.forms import clean_contact
from yole.bookings.models import SIZE_MAX
from yole.events import wording
from yole.events.enums import PROPOSABLE, HalfDay, Profile, Sex
from yole.events.models import Edition, Proposal
from yole.events.selectors_programme import PublicSlot, days_of
from yole.events.selectors_public import Places
from yole.events.services_call import SPEAKERS_MAX, Consent, Draft
from yole.events.services_registration import Form


class FilterForm(PlainForm):
    """What narrows the programme. Every field may be empty; a wrong one is left out."""

    q = forms.CharField(label=_("Mots"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    jour = forms.ChoiceField(label=_("Jour"), required=False)
    salle = forms.ChoiceField(label=_("Salle"), required=False)
    theme = forms.ChoiceField(label=_("Thème"), required=False)
    format = forms.ChoiceField(label=_("Format"), required=False)

    def __init__(self, *args: Any, of: Edition, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(str(rank), wording.day(day)) for rank, day in enumerate(days_of(of), 1)]
        kinds = [(value, _(label)) for value, label in choices["kinds"]]
        for name, every, found in (
            ("jour", _("Tous les jours"), days),
            ("salle", _("Toutes les salles"), choices["rooms"]),
            ("theme", _("Tous les thèmes"), choices["tracks"]),
            ("format", _("Tous les formats"), kinds),
        ):
            self.fields[name].choices = [("", every), *found]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def chosen(self) -> int:
        """How many filters are in use."""
        return sum(1 for value in self.cleaned_data.values() if value)


def slot_choice(slot: PublicSlot, left: Places) -> tuple[str, Choice]:
    """One limited slot of the registration form: title, then when, where, and how many places are left."""
    hint = ". ".join(filter(None, [wording.when(slot).capitalize(), slot.room, wording.places(slot, left)[1]]))
    return str(slot.number), Choice(slot.title, hint=hint)


class RegisterForm(KeyedForm):
    """Registration without an account. `to_form` is what the service takes."""

    slots = forms.MultipleChoiceField(label=_("1. Les séances à places limitées"), required=False, widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(
        label=_("Votre prénom et votre nom, ou un surnom"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact = forms.CharField(
        label=_("Votre téléphone ou votre e-mail"),
        required=False,
        max_length=254,
        help_text=_("Pour vous prévenir si le programme change. Exemple : 06 96 12 34 56"),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )
    size = forms.IntegerField(
        label=_("Vous venez à combien ?"),
        initial=1,
        min_value=1,
        max_value=SIZE_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": SIZE_MAX}),
        help_text=_("Vous compris. Les places sont données ensemble, ou pas du tout."),
    )
    needs = forms.MultipleChoiceField(label=_("3. Vos besoins"), required=False, widget=forms.CheckboxSelectMultiple)
    needs_note = forms.CharField(label=_("Autre chose à nous dire"), required=False, max_length=200)
    organisation = forms.CharField(
        label=_("Votre structure"), required=False, max_length=120, help_text=_("Elle est écrite sur votre badge.")
    )
    profile = forms.ChoiceField(label=_("Vous venez comme"), required=False)
    commune = forms.CharField(label=_("Votre commune"), required=False, max_length=80, help_text=_("Pour compter, sans nom."))
    sex = forms.ChoiceField(label=_("Vous êtes"), required=False, help_text=_("Pour mesurer la parité, sans nom."))
    invitation = forms.CharField(label=_("Code d’invitation"), required=False, max_length=40, help_text=_("Si vous en avez reçu un."))
    consent = forms.BooleanField(label=_("Je suis d’accord"))

    def __init__(self, *args: Any, slots: list[tuple[PublicSlot, Places]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slots"].choices = [slot_choice(slot, left) for slot, left in slots]  # type: ignore[attr-defined]
        self.fields["needs"].choices = [(need.value, _(need.label)) for need in Need]  # type: ignore[attr-defined]
        self.fields["profile"].choices = [("", _("Je ne dis pas")), *((one.value, _(one.label)) for one in Profile)]  # type: ignore[attr-defined]
        answers = [(one.value, _(one.label)) for one in Sex if one != Sex.UNKNOWN]
        self.fields["sex"].choices = [("", _(Sex.UNKNOWN.label)), *answers]  # type: ignore[attr-defined]
        self.fields["consent"].error_messages["required"] = _("Cochez la case pour dire que vous êtes d’accord.")

    clean_contact = clean_contact

    def to_form(self) -> Form:
        data = self.cleaned_data
        return Form(
            name=data["name"],
            key=data["key"],
            contact=data["contact"],
            needs=data["needs"],
            needs_note=data["needs_note"],
            size=data["size"],
            consent=data["consent"],
            slots=[int(number) for number in data["slots"]],
            sex=data["sex"] or Sex.UNKNOWN,
            profile=data["profile"] or Profile.OTHER,
            commune=data["commune"],
            organisation=data["organisation"],
            invitation=data["invitation"],
        )


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("Votre code"),
        max_length=40,
        help_text=_("10 lettres et chiffres. Les tirets et les espaces ne comptent pas. Exemple : 7H4K-2M9P-QX"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class ProposalForm(KeyedForm):
    """The call for proposals. `to_draft` is what the service takes."""

    title = forms.CharField(label=_("Titre"), max_length=150)
    abstract = forms.CharField(label=_("Ce que vous proposez"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    kind = forms.ChoiceField(label=_("Format"))
    minutes = forms.IntegerField(label=_("Durée en minutes"), initial=45, min_value=5, max_value=240)
    track = forms.ChoiceField(label=_("Thème"), required=False)
    name = forms.CharField(label=_("Votre nom"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact = forms.CharField(
        label=_("Votre e-mail ou votre téléphone"),
        max_length=254,
        help_text=_("Pour vous répondre. Il n’est jamais publié."),
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    organisation = forms.CharField(label=_("Votre structure"), required=False, max_length=150)
    biography = forms.CharField(
        label=_("Quelques mots sur vous"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    others = forms.CharField(
        label=_("Qui intervient avec vous"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Un nom par ligne."),
    )
    wanted_capacity = forms.IntegerField(label=_("Combien de personnes attendez-vous ?"), required=False, min_value=1, max_value=10000)
    available = forms.MultipleChoiceField(
        label=_("Quand pouvez-vous ?"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Rien de coché : toute la durée.")
    )
    languages = forms.MultipleChoiceField(label=_("Langue parlée"), required=False, widget=forms.CheckboxSelectMultiple)
    step_free = forms.BooleanField(label=_("Il me faut un accès de plain-pied"), required=False)
    needs = forms.CharField(label=_("Matériel et besoins"), required=False, max_length=300)

    def __init__(self, *args: Any, of: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tracks = {track.slug: track for track in of.tracks.all()}
        days = days_of(of)
        halves = [(f"{day} {half.value}", f"{wording.day(day)}, {_(half.label).lower()}") for day in days for half in HalfDay]
        self.fields["kind"].choices = [(kind.value, _(kind.label)) for kind in PROPOSABLE]  # type: ignore[attr-defined]
        tracks = [(slug, track.name) for slug, track in self._tracks.items()]
        self.fields["track"].choices = [("", _("Je ne sais pas")), *tracks]  # type: ignore[attr-defined]
        self.fields["available"].choices = halves  # type: ignore[attr-defined]
        self.fields["languages"].choices = [(code, _(name)) for code, name in wording.LANGUAGES.items()]  # type: ignore[attr-defined]
        self.fields["languages"].initial = ["fr"]

    clean_contact = clean_contact

    def to_draft(self) -> Draft:
        data = dict(self.cleaned_data)
        data["others"] = [line for line in data["others"].splitlines() if line.strip()]
        data["track"] = self._tracks.get(data["track"])
        data["languages"] = data["languages"] or ["fr"]
        return Draft(**data)

    @staticmethod
    def initial_of(proposal: Proposal, contact: str, author: str) -> dict[str, Any]:
        """The form as its author left it. `author`: the name of the speaker who has the contact."""
        people = list(proposal.speakers.all())
        main = next((one for one in people if one.name == author), None)
        same = ("title", "abstract", "kind", "minutes", "wanted_capacity", "available", "languages", "step_free", "needs")
        return {
            **{name: getattr(proposal, name) for name in same},
            "track": proposal.track.slug if proposal.track else "",
            "name": author,
            "contact": contact,
            "organisation": main.organisation if main else "",
            "biography": main.biography if main else "",
            "others": "\n".join(one.name for one in people if one.name != author),
        }


class ConfirmForm(PlainForm):
    """What each speaker of an accepted proposal agrees to: three answers a person, fields `<kind>_<rank>`."""

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = sorted(proposal.speakers.all(), key=lambda one: one.name)[: SPEAKERS_MAX * 2]
        for rank, speaker in enumerate(self.people):
            name = {"name": speaker.name}
            self.fields[f"publication_{rank}"] = forms.BooleanField(
                label=_("%(name)s est d’accord pour que son nom paraisse dans le programme") % name, required=False
            )
            self.fields[f"recording_{rank}"] = forms.BooleanField(
                label=_("%(name)s est d’accord pour l’enregistrement") % name, required=False
            )
            self.fields[f"sex_{rank}"] = forms.ChoiceField(
                label=_("%(name)s est") % name,
                required=False,
                choices=[("", _(Sex.UNKNOWN.label)), *((one.value, _(one.label)) for one in Sex if one != Sex.UNKNOWN)],
                help_text=_("Pour mesurer la parité, sans nom."),
            )

    def consents(self) -> list[Consent]:
        data = self.cleaned_data
        return [
            Consent(one.pk, data[f"publication_{rank}"], data[f"recording_{rank}"], data[f"sex_{rank}"] or Sex.UNKNOWN)
            for rank, one in enumerate(self.people)
        ]


SCORES = [("5", _("5 : très utile")), ("4", _("4 : utile")), ("3", _("3 : moyen")), ("2", _("2 : peu utile")), ("1", _("1 : pas utile"))]


class FeedbackForm(KeyedForm):
    score = forms.ChoiceField(
        label=_("Cette séance vous a-t-elle été utile ?"),
        widget=forms.RadioSelect,
        choices=SCORES,
        error_messages={"required": _("Choisissez une note de 1 à 5.")},
    )
    text = forms.CharField(
        label=_("Un mot à nous dire"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Sans nom.")
    )
