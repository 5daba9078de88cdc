"""The contents of `/composants/`: one example of every component and state, all invented and said so."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.core.paginator import Paginator

from yole.base.components import Bar, BarChart, Choice, Column, Figure, Level, Step, Tab, Table
from yole.base.forms import ClockField, DayField, PhoneField, PlainForm
from yole.base.maps import MapArea, MapLabel, MapLegend, MapMarker, MapView
from yole.base.templatetags.yole import icon_names

FICTIVE = "Exemple fictif"


class ExampleForm(PlainForm):
    name = forms.CharField(label="Votre prénom", widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    phone = PhoneField(label="Votre téléphone", help_text="Pour vous prévenir si l’atelier change. Exemple : 06 96 12 34 56")
    day = DayField(label="Jour")
    hour = ClockField(label="Heure", required=False)
    commune = forms.ChoiceField(label="Commune", choices=[("", "Choisir"), ("97222", "Le Robert"), ("97225", "Saint-Pierre")])
    session = forms.ChoiceField(
        label="Quel jour ?",
        widget=forms.RadioSelect,
        choices=[
            ("1", Choice("Jeudi 26 novembre", hint="Il reste 3 places sur 10.")),
            ("2", Choice("Jeudi 3 décembre", hint="Complet. 4 personnes attendent.")),
        ],
    )
    needs = forms.MultipleChoiceField(
        label="Vos besoins",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("chair", "Je viens en fauteuil roulant"), ("read", "Je lis difficilement")],
    )
    duration = forms.ChoiceField(
        label="Combien de temps ?", widget=forms.RadioSelect, choices=[("15", "15 min"), ("30", "30 min"), ("60", "1 h")]
    )
    message = forms.CharField(label="Votre message", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.FileField(label="Fichier", required=False)
    agree = forms.BooleanField(label="Je suis d’accord pour être rappelé", help_text="Vous pouvez changer d’avis.")


def _figures() -> list[Figure]:
    common: dict[str, Any] = {
        "definition": "D8",
        "definition_text": "Part des adultes sous le niveau 2.",
        "field": "Adultes, Martinique",
        "day": date(2026, 9, 1),
        "source": FICTIVE,
    }
    return [
        Figure(name="Adultes en difficulté", value=41, unit="%", low=37, high=45, target=30, denominator="adultes interrogés", **common),
        Figure(name="Lieux ouverts", value=1234, unit="lieux", counted=True, denominator="sans objet", **common),
        Figure(
            name="Non publié", value=None, unit="personnes", suppressed="moins de 5 personnes", denominator="personnes venues", **common
        ),
    ]


def _map() -> MapView:
    return MapView(
        key="exemple",
        title="Carte d’exemple",
        description="Trois communes inventées ; la deuxième a une valeur incertaine.",
        view_box=(0, 0, 300, 160),
        areas=[
            MapArea("M10 20h90v110H10z", "q1", "Commune A (fictive)"),
            MapArea("M100 20h90v110h-90z", "q4", "Commune B (fictive)", hatched=True),
            MapArea("M190 20h90v110h-90z", "q0", "Commune C (fictive)"),
        ],
        markers=[MapMarker(55, 60, "1"), MapMarker(145, 60, "2", "pt-s"), MapMarker(235, 60, kind="here", radius=14)],
        labels=[MapLabel(55, 115, "A"), MapLabel(145, 115, "B"), MapLabel(235, 115, "C", minor=True)],
        legend=[
            MapLegend("q1", "moins de 10 %"),
            MapLegend("q4", "de 30 à 40 %"),
            MapLegend("q0", "non publié"),
            MapLegend("h", "incertain"),
            MapLegend("pt", "lieu de la liste"),
            MapLegend("pt-s", "arrêt du bus"),
        ],
        source=FICTIVE,
    )


def context() -> dict[str, Any]:
    """Everything the page shows; the second form was sent with mistakes."""
    sent = {"name": "", "phone": "0696 12 34", "day": "31/02/2026", "needs": ["read"]}
    return {
        "empty_form": ExampleForm(auto_id="id_%s"),
        "wrong_form": ExampleForm(sent, auto_id="faux_%s"),
        "icons": sorted(icon_names()),
        "figures": _figures(),
        "chart": BarChart("Venues par mois", "venues", [Bar("Septembre", 120), Bar("Octobre", 180, 160, 200), Bar("Novembre", 90)]),
        "map": _map(),
        "table": Table(
            "Horaires d’exemple",
            [Column("Jour"), Column("Heures"), Column("Places", numeric=True)],
            [["Lundi", "8 h – 13 h", 10], ["Mardi", "fermé", 0]],
        ),
        "steps": [Step("Rencontrée", "done", "12 novembre"), Step("Positionnée", "current"), Step("Atelier", "todo")],
        "levels": [Level("Messages", "niveau 2, sûr", 2, 2), Level("Mots de passe", "niveau 2 ou 3", 2, 3)],
        "tabs": [Tab("day", "Jour", "?vue=jour"), Tab("week", "Semaine", "?vue=semaine", 12)],
        "page": Paginator(range(50), 10).page(2),
        "day": date(2026, 12, 1),
        "time": time(8, 30),
    }
