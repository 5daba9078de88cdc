"""Forms of the tours of buses."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms

from yole.base.errors import Refused
from yole.base.forms import DayField, PlainForm
from yole.deployment.models_tours import TourPlan
from yole.deployment.tours import WORKING_DAYS, Candidate, day_words, suggested, typed
from yole.kernel.errors import InputError
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory

NEAR, FILE = "near", "file"
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
FILE_LIMIT = 1024 * 1024


class TourForm(PlainForm):
    """What a plan is asked."""

    title = forms.CharField(label="Nom du plan", max_length=120, help_text="Exemple : Le bus au premier semestre.")
    buses = forms.ModelMultipleChoiceField(label="Bus", queryset=Place.objects.none(), widget=forms.CheckboxSelectMultiple)
    depot = forms.ChoiceField(label="D’où partent-ils ?", help_text="La commune où le bus dort.")
    weeks = forms.TypedChoiceField(
        label="Rythme", coerce=int, choices=[(1, "Le même chaque semaine"), (2, "Deux semaines différentes, en alternance")], initial=1
    )
    day_starts = forms.TimeField(label="Début des journées", initial=time(8), widget=CLOCK)
    hours = forms.FloatField(label="Heures par jour, route comprise", min_value=2, max_value=14, initial=7, localize=True)
    service = forms.IntegerField(label="Durée d’un arrêt, en minutes", min_value=15, max_value=480, initial=120)
    source = forms.ChoiceField(
        label="Arrêts possibles",
        choices=[(NEAR, "Les communes et quartiers loin d’un lieu fixe"), (FILE, "Mon fichier")],
        initial=NEAR,
        widget=forms.RadioSelect,
    )
    near_km = forms.FloatField(label="Loin veut dire plus de, en kilomètres", min_value=0.5, max_value=50, initial=3, localize=True)
    file = forms.FileField(
        label="Fichier d’arrêts",
        required=False,
        help_text="CSV : id, lat, lon ; et name, insee, service_min, opens, closes, prize, required, visits si vous les avez.",
    )
    detour = forms.FloatField(
        label="Détour des routes",
        min_value=1,
        max_value=5,
        initial=1.45,
        localize=True,
        help_text="Km de route pour 1 km à vol d’oiseau.",
    )
    speed_kmh = forms.FloatField(label="Vitesse moyenne, en km/h", min_value=5, max_value=110, initial=40, localize=True)

    def __init__(self, *args: Any, territory: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territory = territory
        buses = Place.objects.filter(territory=territory, kind="itinerant", closed_on__isnull=True, merged_into__isnull=True)
        self.fields["buses"].queryset = buses.order_by("sort_key")  # type: ignore[attr-defined]  # a ModelMultipleChoiceField
        self.fields["buses"].label_from_instance = lambda bus: bus.name  # type: ignore[attr-defined]
        self.initial.setdefault("depot", buses.exclude(insee_code="").values_list("insee_code", flat=True).first())
        self.communes = {one.code: one for one in territory_selectors.communes_listed(territory) if one.lat is not None}
        self.fields["depot"].choices = [(code, one.name) for code, one in self.communes.items()]  # type: ignore[attr-defined]  # a ChoiceField

    def asked(self) -> dict[str, Any]:
        """Arguments of the service. Raises Refused for a file that is missing or wrong."""
        data = self.cleaned_data
        home = self.communes[data["depot"]]
        return {
            "title": data["title"],
            "buses": list(data["buses"]),
            "depot": Candidate("depot", home.name, home.code, home.lat or 0.0, home.lon or 0.0),
            "candidates": self._candidates(),
            **{name: data[name] for name in ("weeks", "day_starts", "hours", "detour", "speed_kmh")},
        }

    def _candidates(self) -> list[Candidate]:
        data = self.cleaned_data
        if data["source"] == NEAR:
            return suggested(self.territory, near_km=data["near_km"], service=data["service"])
        file = data["file"]
        if file is None:
            raise Refused("Il manque le fichier d’arrêts.", remedy="Choisissez un fichier CSV.", field="file")
        if file.size > FILE_LIMIT:
            raise Refused("Ce fichier est trop grand.", remedy="1 Mo au plus.", field="file")
        try:
            return typed(file.read(), file.name)
        except InputError as error:
            raise Refused(error.one_line(), field="file", code="file") from error


def day_choices(plan: TourPlan) -> list[tuple[str, str]]:
    buses = list(plan.buses.order_by("sort_key", "pk"))
    return [
        (f"{day}-{bus}", day_words(day) + (f", {one.name}" if len(buses) > 1 else ""))
        for day in range(WORKING_DAYS * plan.weeks)
        for bus, one in enumerate(buses)
    ]


class PutForm(PlainForm):
    """Where a stop goes: a day of a bus, and its rank in it."""

    stop = forms.CharField(max_length=80, widget=forms.HiddenInput)
    where = forms.ChoiceField(label="Jour")
    rank = forms.TypedChoiceField(
        label="Rang", coerce=int, required=False, empty_value="0", choices=[(0, "en dernier"), *((n, f"n° {n}") for n in range(1, 13))]
    )
    from_day = forms.IntegerField(required=False, min_value=0, max_value=9, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plan: TourPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["where"].choices = day_choices(plan)  # type: ignore[attr-defined]  # a ChoiceField

    def asked(self) -> dict[str, Any]:
        day, _, bus = self.cleaned_data["where"].partition("-")
        return {"day": int(day), "bus": int(bus), "rank": int(self.cleaned_data["rank"]), "from_day": self.cleaned_data["from_day"]}


class StopForm(PlainForm):
    name = forms.CharField(label="Nom de l’arrêt", max_length=150)
    service = forms.IntegerField(label="Durée, en minutes", min_value=15, max_value=480)
    opens = forms.TimeField(label="Pas avant", widget=CLOCK)
    closes = forms.TimeField(label="Pas après", widget=CLOCK)
    visits = forms.IntegerField(label="Nombre de passages", min_value=1, max_value=10)
    required = forms.BooleanField(label="Arrêt obligatoire", required=False)

    @staticmethod
    def initial_of(one: Candidate) -> dict[str, Any]:
        clock = {name: time(minute // 60 % 24, minute % 60) for name, minute in (("opens", one.opens), ("closes", one.closes))}
        return {"name": one.name, "service": one.service, "visits": one.visits, "required": one.required, **clock}

    def asked(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {name: data[name].hour * 60 + data[name].minute for name in ("opens", "closes")}


class PublishForm(PlainForm):
    first_monday = DayField(label="À partir du lundi")
    until = DayField(label="Jusqu’au", required=False, help_text="Vide : sans fin prévue.")
    replaces = forms.BooleanField(
        label="Arrêter la veille ce que ces bus font aujourd’hui",
        required=False,
        initial=True,
        help_text="Vous pourrez revenir.",
    )
