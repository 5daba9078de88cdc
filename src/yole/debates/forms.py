"""Forms of the room: inhabitants first, then the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yole.base.components import Choice
from yole.base.forms import ClockField, DayField, PlainForm
from yole.debates.enums import (
    MOST_PEOPLE,
    SMALLEST_ROOM,
    CafePublic,
    CafeState,
    CafeTheme,
    ContributionKind,
    Format,
    Opinion,
    Phase,
    Pillar,
)
from yole.debates.models import Cafe
from yole.debates.services_prepare import Plan
from yole.debates.services_texts import LONGEST
from yole.organisations.models import Account
from yole.places.models import Place
from yole.territory.models import Commune


def kinds() -> list[tuple[str, Choice]]:
    """The four kinds, in the language of the page."""
    return [
        (ContributionKind.FEAR, Choice(gettext("Une crainte"), hint=gettext("Ce qui m’inquiète"))),
        (ContributionKind.HOPE, Choice(gettext("Un espoir"), hint=gettext("Ce qui pourrait m’aider"))),
        (ContributionKind.IDEA, Choice(gettext("Une idée"), hint=gettext("Ce que l’on pourrait faire"))),
        (ContributionKind.QUESTION, Choice(gettext("Une question"), hint=gettext("Ce que je veux comprendre"))),
    ]


def opinions() -> list[tuple[int, Choice]]:
    """The three answers, in the language of the page."""
    return [
        (Opinion.AGREE, Choice(gettext("D’accord"))),
        (Opinion.DISAGREE, Choice(gettext("Pas d’accord"))),
        (Opinion.PASS, Choice(gettext("Je passe"), hint=gettext("Je ne sais pas, ou je préfère ne pas répondre"))),
    ]


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("Code de la salle"),
        max_length=30,
        help_text=_("Un mot et trois chiffres, sur l’écran ou sur l’affiche. Exemple : MANGUE-421."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class VoteForm(PlainForm):
    statement = forms.IntegerField(widget=forms.HiddenInput)
    value = forms.TypedChoiceField(label=_("Votre avis"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].choices = opinions()  # type: ignore[attr-defined]  # a TypedChoiceField


class WriteForm(PlainForm):
    kind = forms.ChoiceField(label=_("C’est…"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Votre phrase"),
        max_length=4 * LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST}),
        help_text=_("280 caractères au plus. N’écrivez aucun nom."),
    )
    theme = forms.ChoiceField(label=_("Sujet"), required=False)

    def __init__(self, cafe: Cafe, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds()  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["theme"].choices = [("", gettext("Sans sujet")), *((one, one) for one in themes_of(cafe))]  # type: ignore[attr-defined]  # a ChoiceField


class ContactForm(PlainForm):
    contact = forms.CharField(
        label=_("Votre e-mail ou votre numéro de mobile"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "email"})
    )
    agreed = forms.BooleanField(label=_("J’accepte de recevoir un message sur ce que devient ce café."), required=False)


def themes_of(cafe: Cafe) -> list[str]:
    """Names of the themes of a café, its own ones last."""
    return [CafeTheme(code).label for code in cafe.themes if code in CafeTheme.values] + list(cafe.free_themes)


# --- desk --------------------------------------------------------------------------------------------------------------------------


def _lines(rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": rows}), **more)


class CafeForm(PlainForm):
    """What is decided before the day. Empty texts take those of the kit."""

    title = forms.CharField(label="Titre", max_length=150)
    day = DayField(label="Jour")
    starts = ClockField(label="Début")
    ends = ClockField(label="Fin")
    place = forms.ChoiceField(label="Lieu", required=False)
    place_text = forms.CharField(label="Ou un autre lieu", required=False, max_length=150)
    commune = forms.ChoiceField(label="Commune de cet autre lieu", required=False)
    people_expected = forms.IntegerField(
        label="Personnes attendues", min_value=SMALLEST_ROOM, max_value=MOST_PEOPLE, initial=15,
        help_text="Au-dessus de 30, le kit partage la salle en tables.",
    )  # fmt: skip
    public = forms.ChoiceField(label="Public", choices=CafePublic.choices, initial=CafePublic.EVERYBODY)
    format = forms.ChoiceField(label="Format", choices=Format.choices, initial=Format.DEBATE)
    themes = forms.MultipleChoiceField(label="Sujets", required=False, choices=CafeTheme.choices, widget=forms.CheckboxSelectMultiple)
    free_themes = _lines(2, label="Autres sujets", help_text="Un par ligne.")
    pillars = forms.MultipleChoiceField(
        label="Piliers", required=False, choices=Pillar.choices, initial=Pillar.values, widget=forms.CheckboxSelectMultiple
    )
    questions = _lines(4, label="Questions pour lancer la discussion", help_text="Une par ligne. Vide : celles du kit pour ce public.")
    framing = _lines(4, label="Cadre", max_length=2000, help_text="Dit et imprimé au début. Vide : le texte du kit.")
    roles = _lines(3, label="Rôles", max_length=1000, help_text="Vide : le texte du kit.")
    material = _lines(3, label="Matériel", max_length=1000, help_text="Vide : le texte du kit.")

    def __init__(self, account: Account, *args: Any, cafe: Cafe | None = None, **kwargs: Any) -> None:
        if cafe is not None:
            kwargs["initial"] = initial_of(cafe)
        super().__init__(*args, **kwargs)
        self.places = {
            str(one.pk): one
            for one in Place.objects.filter(territory_id=account.territory_id, closed_on__isnull=True, merged_into__isnull=True).order_by(
                "sort_key"
            )
        }
        if cafe is not None and cafe.place is not None:
            self.places.setdefault(str(cafe.place_id), cafe.place)
        self.communes = {
            one.code: one for one in Commune.objects.filter(departement__in=account.territory.departements).order_by("sort_key")
        }
        self.fields["place"].choices = [("", "Choisir"), *((key, f"{one.name}, {one.commune_name}") for key, one in self.places.items())]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["commune"].choices = [("", "Choisir"), *((code, one.name) for code, one in self.communes.items())]  # type: ignore[attr-defined]  # a ChoiceField

    def plan(self) -> Plan:
        """Call when the form is valid."""
        data = self.cleaned_data
        zone = timezone.get_current_timezone()
        return Plan(
            title=data["title"],
            starts_at=datetime.combine(data["day"], data["starts"], zone),
            ends_at=datetime.combine(data["day"], data["ends"], zone),
            format=data["format"],
            public=data["public"],
            place=self.places.get(data["place"]),
            place_text=data["place_text"],
            commune=self.communes.get(data["commune"]),
            people_expected=data["people_expected"],
            framing=data["framing"],
            roles=data["roles"],
            material=data["material"],
            pillars=data["pillars"],
            themes=data["themes"],
            free_themes=data["free_themes"].splitlines(),
            questions=data["questions"].splitlines(),
        )


def initial_of(cafe: Cafe) -> dict[str, Any]:
    starts, ends = timezone.localtime(cafe.starts_at), timezone.localtime(cafe.ends_at)
    return {
        **{name: getattr(cafe, name) for name in ("title", "place_text", "people_expected", "public", "format", "themes", "pillars")},
        **{name: getattr(cafe, name) for name in ("framing", "roles", "material")},
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "place": str(cafe.place_id or ""),
        "commune": cafe.commune_id or "",
        "free_themes": "\n".join(cafe.free_themes),
        "questions": "\n".join(cafe.questions),
    }


class FilterForm(PlainForm):
    q = forms.CharField(label="Titre, lieu ou commune", required=False, max_length=80)
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Tous les états"), *CafeState.choices])
    miens = forms.BooleanField(label="Seulement ceux de ma structure", required=False)


class CancelForm(PlainForm):
    reason = forms.CharField(label="Pourquoi", max_length=200, help_text="La page publique affiche cette phrase.")


class PhaseForm(PlainForm):
    phase = forms.ChoiceField(label="Étape", choices=Phase.choices)
    minutes = forms.IntegerField(label="Minutes", required=False, min_value=1, max_value=120, help_text="Vide : celles du kit.")


class CountForm(PlainForm):
    people = forms.IntegerField(
        label="Personnes dans la salle", min_value=1, max_value=MOST_PEOPLE, help_text="Il n’y aura jamais plus de bulletins."
    )


class RoomTextForm(PlainForm):
    """A text on paper or said aloud, typed by the host under the kind its author chose."""

    kind = forms.ChoiceField(label="L’auteur dit que c’est", choices=ContributionKind.choices)
    text = forms.CharField(label="La phrase", max_length=4 * LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
    theme = forms.ChoiceField(label="Sujet", required=False)

    def __init__(self, cafe: Cafe, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", "Sans sujet"), *((one, one) for one in themes_of(cafe))]  # type: ignore[attr-defined]  # a ChoiceField


class ProposeForm(PlainForm):
    kind = forms.ChoiceField(label="C’est", choices=ContributionKind.choices)
    text = forms.CharField(label="La phrase", max_length=4 * LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


class OrientationForm(PlainForm):
    what = forms.CharField(label="Ce qui est décidé", max_length=280, widget=forms.Textarea(attrs={"rows": 2}))
    who = forms.CharField(label="Qui s’en occupe", required=False, max_length=150, help_text="Une structure ou une fonction, pas un nom.")
    due_on = DayField(label="Pour quand", required=False)
