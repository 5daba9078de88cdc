"""Forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms

from yole.base.forms import PlainForm
from yole.deployment.enums import Demand, Rule, Today
from yole.deployment.models import Scenario
from yole.deployment.services import REASON_LIMIT

KEEP, ANEW = "keep", "anew"


class ScenarioForm(PlainForm):
    title = forms.CharField(label="Nom du scénario", max_length=120, help_text="Exemple : Quatre lieux de plus en 2027.")
    count = forms.IntegerField(label="Nombre de lieux à placer", min_value=1, max_value=40_000)
    radius_km = forms.FloatField(
        label="Distance acceptable, en kilomètres", min_value=0.1, max_value=500, localize=True, help_text="À vol d’oiseau."
    )
    demand = forms.ChoiceField(label="Besoin compté", choices=Demand.choices, initial=Demand.POPULATION)
    demand_file = forms.FileField(
        label="Fichier de besoins",
        required=False,
        help_text="CSV : id, lat, lon, population ; name et group si vous les avez. Seulement si vous l’avez choisi au-dessus.",
    )
    today = forms.ChoiceField(label="Lieux d’aujourd’hui", choices=Today.choices, initial=Today.FRANCE_SERVICES)
    today_file = forms.FileField(
        label="Fichier de lieux", required=False, help_text="CSV : id, lat, lon. Seulement si vous l’avez choisi au-dessus."
    )
    keeps = forms.ChoiceField(
        label="Que deviennent les lieux d’aujourd’hui ?",
        choices=[(KEEP, "Ils restent : le plan ajoute des lieux"), (ANEW, "Comparer seulement : le plan repart de zéro")],
        initial=KEEP,
        widget=forms.RadioSelect,
    )
    rule = forms.ChoiceField(label="Qui servir d’abord ?", choices=Rule.choices, initial=Rule.MOST, widget=forms.RadioSelect)
    by_quota = forms.BooleanField(
        label="Partager les lieux entre les groupes, selon leur population",
        required=False,
        help_text="Les groupes sont les intercommunalités, ou la colonne group du fichier.",
    )

    def asked(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["keeps_today"] = data.pop("keeps") == KEEP
        return data


def initial_of(scenario: Scenario) -> dict[str, Any]:
    """The form filled as a scenario that is asked again with a change; its files are not kept as files."""
    return {
        "title": scenario.title,
        "count": scenario.count,
        "radius_km": scenario.radius_km,
        "demand": scenario.demand,
        "today": scenario.today,
        "keeps": KEEP if scenario.keeps_today else ANEW,
        "rule": scenario.rule,
        "by_quota": scenario.by_quota,
    }


class DecisionForm(PlainForm):
    reason = forms.CharField(
        label="Motif du choix",
        max_length=REASON_LIMIT,
        help_text="Il est publié avec le plan et ne change plus.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CompareForm(PlainForm):
    """Two scenarios of the territory."""

    a = forms.ChoiceField(label="Plan A")
    b = forms.ChoiceField(label="Plan B")

    def __init__(self, planned: list[Scenario], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = {str(one.pk): one for one in planned}
        for name in ("a", "b"):
            self.fields[name].choices = [(key, one.title) for key, one in self.planned.items()]  # type: ignore[attr-defined]  # a ChoiceField

    def pair(self) -> tuple[Scenario, Scenario]:
        return self.planned[self.cleaned_data["a"]], self.planned[self.cleaned_data["b"]]
