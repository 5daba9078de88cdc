"""The report form: five answers in sight, the rest under « Plus de précisions ». It reads a page; `rules.check` decides."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q

from yole.activities import selectors
from yole.activities.enums import (
    ActivityKind,
    AdministrativeTheme,
    Autonomy,
    Level,
    Material,
    PlaceKind,
    Redirection,
    Theme,
)
from yole.activities.rules import DETAILS_MAX, NOTES_MAX, TITLE_MAX
from yole.activities.selectors import Defaults
from yole.base.forms import DayField, PlainForm
from yole.kernel.text import fold
from yole.organisations.models import Account
from yole.people import selectors as people
from yole.people.enums import AgeBand, Gender, SocialStatus
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune

ONE_OFF = "ponctuel"
WHO = [(ActivityKind.INDIVIDUAL.value, "Une personne"), (ActivityKind.GROUP.value, "Un groupe"), (ONE_OFF, "Passage rapide")]
WHO_ICONS = {"individuel": "person", "collectif": "group", ONE_OFF: "hand"}
WHERE_ICONS = {"domicile": "home", "a_distance": "phone", "autre": "route"}
THEME_ICONS = {
    "diagnostic_numerique": "bars", "prendre_en_main_du_materiel": "mobile", "maintenance_de_materiel": "computer",
    "gere_ses_contenus_numeriques": "document", "navigation_sur_internet": "search", "email": "message", "bureautique": "document",
    "reseaux_sociaux": "bubble", "sante": "health", "banque_et_achats_en_ligne": "euro", "entrepreneuriat": "mandate",
    "insertion_professionnelle": "diploma", "securite_numerique": "password", "parentalite": "group", "scolarite_et_numerique": "journal",
    "creer_avec_le_numerique": "sound", "culture_numerique": "eye", "intelligence_artificielle": "robot",
    "aide_aux_demarches_administratives": "mandate",
}  # fmt: skip
FIRST_THEMES = (
    *("aide_aux_demarches_administratives", "prendre_en_main_du_materiel", "navigation_sur_internet", "email", "securite_numerique"),
    *("sante", "insertion_professionnelle"),
)
MARGINS = (("gender", "Genre", Gender), ("age", "Âge", AgeBand), ("status", "Statut", SocialStatus))
FOUND_MAX = 6


def duration_words(minutes: int) -> str:
    """« 45 min », « 1 h », « 1 h 30 »."""
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h" if not rest else f"{hours} h {rest:02d}"


@dataclass(frozen=True, slots=True)
class Tile:
    """A choice as a tile: the name and value it sends, what it shows, whether it is chosen."""

    name: str
    value: str
    label: str
    icon: str
    checked: bool
    multiple: bool = False


class ReportForm(PlainForm):
    """Everything a report may say. `data_of` gives what `services.save_activity` takes."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    session = forms.IntegerField(widget=forms.HiddenInput, required=False)
    who = forms.ChoiceField(label="Qui ?", choices=WHO, widget=forms.RadioSelect)
    total = forms.IntegerField(
        label="Combien de personnes sans nom ?", required=False, widget=forms.NumberInput(attrs={"min": 0, "inputmode": "numeric"})
    )
    where = forms.CharField(label="Où ?", widget=forms.RadioSelect, required=False)
    place_words = forms.CharField(label="Chercher un autre lieu", required=False, max_length=80, help_text="Nom du lieu ou commune.")
    commune = forms.CharField(
        label="Commune", required=False, max_length=80, help_text="Pour une aide à domicile ou ailleurs. Nom ou code postal."
    )
    duration = forms.CharField(label="Combien de temps ?", widget=forms.RadioSelect, required=False)
    minutes = forms.IntegerField(
        label="Autre durée, en minutes", required=False, widget=forms.NumberInput(attrs={"min": 0, "inputmode": "numeric"})
    )
    themes = forms.MultipleChoiceField(label="Pour quoi ?", choices=Theme.choices, widget=forms.CheckboxSelectMultiple, required=False)
    date = DayField(label="Jour")
    people = forms.MultipleChoiceField(label="Personnes suivies", required=False, widget=forms.CheckboxSelectMultiple)
    person_words = forms.CharField(
        label="Chercher une personne suivie", required=False, max_length=80, help_text="Nom, téléphone ou code de sa carte."
    )
    already_known = forms.IntegerField(
        label="Dont déjà venues", required=False, widget=forms.NumberInput(attrs={"min": 0, "inputmode": "numeric"})
    )
    admin_themes = forms.MultipleChoiceField(
        label="Quelles démarches ?", choices=AdministrativeTheme.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    procedure_details = forms.CharField(label="Précision sur la démarche", max_length=DETAILS_MAX, required=False)
    materials = forms.MultipleChoiceField(
        label="Matériel utilisé", choices=Material.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    autonomy = forms.ChoiceField(label="Autonomie (une personne)", choices=[("", "Non noté"), *Autonomy.choices], required=False)
    oriented = forms.ChoiceField(
        label="Orientée vers une structure", choices=[("", "Non noté"), ("oui", "Oui"), ("non", "Non")], required=False
    )
    redirection = forms.ChoiceField(label="Vers quelle structure", choices=[("", "Non noté"), *Redirection.choices], required=False)
    workshop_title = forms.CharField(label="Titre de l’atelier (groupe)", max_length=TITLE_MAX, required=False)
    level = forms.ChoiceField(label="Niveau (groupe)", choices=[("", "Non noté"), *Level.choices], required=False)
    tags = forms.CharField(label="Étiquettes", max_length=400, required=False, help_text="Séparées par des virgules.")
    notes = forms.CharField(
        label="Notes", max_length=NOTES_MAX, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sans numéro de sécurité sociale. Effacées 12 mois après l’activité.",
    )  # fmt: skip
    confirmed = forms.BooleanField(label="Garder ces mots dans les notes", required=False)

    def __init__(
        self, *args: Any, account: Account, usual: Defaults | None = None, chosen: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.account, self._usual = account, usual
        self.asks_confirmation = False
        if any(self._value(f"{name}-{value}") for name, _, order in MARGINS for value in order.values[:-1]):
            self._add_margins()
        self.linked: list[tuple[str, str]] = self._linked(chosen or {})
        self.fields["people"].choices = self.linked  # type: ignore[attr-defined]  # a MultipleChoiceField

    def _add_margins(self) -> None:
        """The cells of a group. Most reports are about one person, and are received without them."""
        for name, words, order in MARGINS:
            for value, label in order.choices[:-1]:
                widget = forms.NumberInput(attrs={"min": 0, "inputmode": "numeric"})
                field = forms.IntegerField(label=f"{words} : {label}", required=False, widget=widget)
                self.fields.setdefault(f"{name}-{value}", field)

    @cached_property
    def defaults(self) -> Defaults:
        """What is proposed: read when the form is drawn, not when a report is saved."""
        return self._usual or selectors.defaults(self.account)

    def _value(self, name: str) -> str:
        raw = self.data.get(name) if self.is_bound else self.initial.get(name)
        return "" if raw is None else str(raw)

    def _values(self, name: str) -> list[str]:
        if self.is_bound:
            return self.data.getlist(name) if hasattr(self.data, "getlist") else list(self.data.get(name, []))
        return [str(one) for one in self.initial.get(name, [])]

    def _linked(self, chosen: Mapping[str, Any]) -> list[tuple[str, str]]:
        """People already in the report or ticked, then those found by the words typed."""
        keys = []
        for text in [*self._values("people"), *map(str, chosen)]:
            try:
                keys.append(uuid.UUID(text))
            except ValueError:
                continue
        known = {row.pk: people.card(row).title for row in people.visible(self.account).filter(pk__in=keys)} if keys else {}
        names = {str(key): name for key, name in known.items()}
        listed = {text: names.get(text) or str(chosen[text]) for text in map(str, dict.fromkeys(keys)) if text in names or text in chosen}
        if words := self._value("person_words").strip():
            listed |= {
                str(key): name for key, name in people.person_choices(self.account, words, limit=FOUND_MAX) if str(key) not in listed
            }
        return list(listed.items())

    @cached_property
    def found_places(self) -> list[Place]:
        """Places drawn beside the usual ones: the chosen one, and those found by the words typed."""
        words = fold(self._value("place_words"))
        rows = Place.objects.filter(territory_id=self.account.territory_id, closed_on__isnull=True, merged_into__isnull=True)
        keys = [value[1:] for value in [self._value("where")] if value[:1] == "p" and value[1:].isdecimal()]
        shown = {place.pk for place in self.defaults.places}
        found = list(rows.filter(pk__in=[int(key) for key in keys if len(key) < 16 and int(key) not in shown])) if keys else []
        if words:
            for word in words.split()[:5]:
                rows = rows.filter(Q(sort_key__contains=word) | Q(commune_name__icontains=word))
            found += [place for place in rows.order_by("sort_key", "pk")[:FOUND_MAX] if place not in found and place.pk not in shown]
        return found

    # What the template draws

    @property
    def who_tiles(self) -> list[Tile]:
        return [Tile("who", value, label, WHO_ICONS[value], self._value("who") == value) for value, label in WHO]

    @property
    def where_tiles(self) -> list[Tile]:
        chosen = self._value("where")
        places = [*self.defaults.places, *self.found_places]
        tiles = [
            Tile("where", f"p{place.pk}", place.name, "bus" if place.kind == "itinerant" else "place", chosen == f"p{place.pk}")
            for place in places
        ]
        others = ((PlaceKind.HOME.value, "À domicile"), (PlaceKind.REMOTE.value, "À distance"), (PlaceKind.OTHER.value, "Autre lieu"))
        return [*tiles, *(Tile("where", value, label, WHERE_ICONS[value], chosen == value) for value, label in others)]

    @property
    def duration_tiles(self) -> list[Tile]:
        chosen = self._value("duration")
        return [
            Tile("duration", str(minutes), duration_words(minutes), "clock", chosen == str(minutes)) for minutes in self.defaults.durations
        ]

    def _theme_tile(self, value: str) -> Tile:
        return Tile("themes", value, str(Theme(value).label), THEME_ICONS[value], value in self._values("themes"), multiple=True)

    @property
    def first_themes(self) -> list[Tile]:
        """The themes in sight: those chosen, those of the last report, then the most frequent of everybody."""
        wanted = [*self._values("themes"), *self.defaults.last.get("themes", []), *FIRST_THEMES]
        return [self._theme_tile(value) for value in dict.fromkeys(wanted) if value in Theme.values][: max(6, len(self._values("themes")))]

    @property
    def other_themes(self) -> list[Tile]:
        first = {tile.value for tile in self.first_themes}
        return [self._theme_tile(value) for value in Theme.values if value not in first]

    @property
    def margins(self) -> list[tuple[str, list[Any]]]:
        self._add_margins()
        return [(words, [self[f"{name}-{value}"] for value in order.values[:-1]]) for name, words, order in MARGINS]

    @property
    def details_open(self) -> bool:
        """Whether something under « Plus de précisions » is filled or wrong."""
        names = [name for name in self.fields if name not in IN_SIGHT]
        if self.is_bound and any(name in self.errors for name in names):
            return True
        lists = ("people", "admin_themes", "materials")
        filled = any(self._value(name) for name in names if name not in (*lists, "date", "confirmed"))
        return filled or any(self._values(name) for name in lists)

    def data_of(self) -> dict[str, Any]:
        """What the service takes. Details that belong to the other kind of help are left out, not refused."""
        said = self.cleaned_data
        group = said["who"] == ActivityKind.GROUP
        where = said["where"]
        linked = [{"person": key} for key in said["people"]]
        total = said["total"]
        if said["who"] == ActivityKind.INDIVIDUAL:
            total = 0 if linked else 1
        elif total is None:
            total = 0 if linked else 1 if said["who"] == ONE_OFF else None
        margins = {
            name: {value: said[f"{name}-{value}"] for value in order.values[:-1] if said.get(f"{name}-{value}") is not None}
            for name, _, order in MARGINS
        }
        administrative = Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES.value in said["themes"]
        minutes = said["minutes"] if said["minutes"] is not None else said["duration"]
        return {
            "kind": ActivityKind.GROUP.value if group else ActivityKind.INDIVIDUAL.value,
            "one_off": said["who"] == ONE_OFF,
            "date": said["date"],
            "minutes": minutes,
            "place_kind": PlaceKind.ACTIVITY_PLACE.value if where.startswith("p") else where,
            "place": where[1:] if where.startswith("p") else None,
            "commune": said["commune"] if where in (PlaceKind.HOME, PlaceKind.OTHER) else "",
            "session": said["session"],
            "materials": said["materials"],
            "level": said["level"] if group else "",
            "autonomy": "" if group else said["autonomy"],
            "redirection": said["redirection"],
            "oriented_to_structure": {"oui": True, "non": False}.get(said["oriented"]),
            "themes": said["themes"],
            "admin_themes": said["admin_themes"] if administrative else [],
            "procedure_details": said["procedure_details"] if administrative else "",
            "workshop_title": said["workshop_title"] if group else "",
            "tags": said["tags"].split(","),
            "notes": said["notes"],
            "people": linked,
            "group": {"total": total, "already_known": said["already_known"], **margins},
            "version": said["version"],
            "confirmed": said["confirmed"],
        }

    def clean_commune(self) -> str:
        """The code of a commune typed by name, postcode or code."""
        typed = self.cleaned_data["commune"].strip()
        if not typed:
            return ""
        outcome = territory_selectors.search_communes(typed)
        if outcome.place is not None:
            return str(outcome.place.code)
        if outcome.places:
            names = ", ".join(place.label for place in outcome.places[:5])
            raise forms.ValidationError(f"Plusieurs communes possibles : {names}. Écrivez le nom entier.")
        raise forms.ValidationError("Cette commune n’est pas connue ici. Écrivez son nom ou son code postal.")

    def take(self, problems: list[Any]) -> None:
        """Shows each problem that the service found beside the answer that holds it."""
        for problem in problems:
            if problem.code == "sensitive":
                self.asks_confirmation = True
            name = FIELD_OF.get(problem.field, problem.field)
            self.add_error(name if name in self.fields else None, f"{problem.reason} {problem.remedy}")


IN_SIGHT = {"key", "version", "session", "who", "total", "where", "place_words", "commune", "duration", "minutes", "themes"}
FIELD_OF = {
    "kind": "who",
    "group": "total",
    "place": "where",
    "place_kind": "where",
    "minutes": "duration",
    "oriented_to_structure": "oriented",
}


def initial_of(data: Mapping[str, Any], durations: list[int]) -> dict[str, Any]:
    """The answers of the form for the data of a report. A duration that is not offered goes to « Autre durée »."""
    known = {name: data[name] for name in INITIAL_SAME if data.get(name) not in (None, "")}
    group = data.get("group") or {}
    who = ONE_OFF if data.get("one_off") else data.get("kind")
    minutes = data.get("minutes")
    known |= {
        "who": who,
        "where": f"p{data['place']}" if data.get("place") else data.get("place_kind") if data.get("place_kind") != "lieu_activite" else "",
        "duration": minutes if minutes in durations else "",
        "minutes": minutes if minutes not in durations else None,
        "tags": ", ".join(data.get("tags") or []),
        "oriented": {True: "oui", False: "non"}.get(data.get("oriented_to_structure"), ""),  # type: ignore[arg-type]  # None is « not said »
        "people": [one["person"] for one in data.get("people") or []],
        "total": group.get("total") if who != ActivityKind.INDIVIDUAL else None,
        "already_known": group.get("already_known") or None,
    }
    for name, _, _ in MARGINS:
        known |= {f"{name}-{value}": count for value, count in (group.get(name) or {}).items()}
    if data.get("commune"):
        place = next(iter(territory_selectors.search_communes(str(data["commune"])).places), None)
        known["commune"] = place.name if place is not None and place.code == data["commune"] else commune_name(str(data["commune"]))
    return known


INITIAL_SAME = (
    *("version", "session", "date", "themes", "admin_themes", "procedure_details", "materials", "autonomy", "redirection"),
    *("workshop_title", "level", "notes"),
)


def commune_name(code: str) -> str:
    return Commune.objects.filter(pk=code).values_list("name", flat=True).first() or ""
