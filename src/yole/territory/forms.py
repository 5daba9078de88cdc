from __future__ import annotations

from typing import Any

from django import forms

from yole.territory import selectors
from yole.territory.models import Territory


class RenameForm(forms.Form):
    name = forms.CharField(label="Nom du quartier", max_length=80, help_text="Tel que les gens le disent, par exemple Tartane.")


class QuartierForm(RenameForm):
    """A new quartier. Its position is optional: without it the commune's centre is used."""

    commune = forms.ChoiceField(label="Commune")
    lat = forms.FloatField(
        label="Latitude (facultatif)", required=False, min_value=-90, max_value=90, help_text="En degrés, par exemple 14,75.", localize=True
    )
    lon = forms.FloatField(
        label="Longitude (facultatif)",
        required=False,
        min_value=-180,
        max_value=180,
        help_text="En degrés, par exemple -60,9.",
        localize=True,
    )
    field_order = ("commune", "name", "lat", "lon")

    def __init__(self, territory: Territory | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(selectors.communes_listed(territory).values_list("code", "name"))
        self.fields["commune"].choices = [("", "Choisissez une commune"), *choices]  # type: ignore[attr-defined]  # a ChoiceField
