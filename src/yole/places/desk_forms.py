"""Forms of the coordinator's desk. What may be saved is decided by the services and the engine's checks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core import signing

from yole.base.forms import ClockField, DayField, PlainForm
from yole.places.columns import COLUMN_OF
from yole.places.criteria import LANGUAGE_NAMES
from yole.places.desk_fields import EDITED, KIND_OF, LABELS
from yole.places.desk_services import ANSWER_LIMIT
from yole.places.desk_services_imports import CONSTANTS
from yole.places.engine.schema import COLUMNS, ENUMERATIONS, SUMMARY_MAX
from yole.places.enums import FieldGroup, ReportState, Weekday
from yole.places.models import Stop, StopTime

SALT = "places.desk.base"
_ENUMERATED = {name: ENUMERATIONS[COLUMN_OF[name]] for name in EDITED if COLUMN_OF.get(name) in ENUMERATIONS}
_LINES = ("emails", "websites", "other_labels")
_CODES = ("typologies",)
_REQUIRED = ("name", "address", "postcode", "commune_name")
_HELP = {
    "pivot": "14 chiffres pour un SIRET. Sans numéro, laissez vide.",
    "typologies": "Codes du schéma national, séparés par des virgules. Exemple : RFS, BIB",
    "insee_code": "5 caractères. Exemple : 97209",
    "lat": "En degrés. Exemple : 14,6037",
    "lon": "En degrés. Exemple : -61,0733",
    "telephone": "Exemple : 0596 12 34 56",
    "emails": "Une adresse par ligne.",
    "websites": "Une adresse par ligne, avec https://",
    "opening_hours": "Syntaxe d’OpenStreetMap. Exemple : Mo-Fr 08:00-12:00,14:00-17:00; PH off",
    "summary": f"{SUMMARY_MAX} caractères au plus.",
    "detail": "Entre 200 et 2 000 caractères, c’est l’idéal.",
    "other_labels": "Un par ligne.",
    "accessibility_url": "Adresse de la fiche Acceslibre, avec https://",
    "booking_url": "Adresse de la page, avec https://",
}


def _field(name: str) -> forms.Field:
    label, hint, required = LABELS[name], _HELP.get(name, ""), name in _REQUIRED
    if name in _ENUMERATED:
        choices = [(value, value) for value in _ENUMERATED[name]]
        return forms.MultipleChoiceField(label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple)
    if name == "languages":
        return forms.MultipleChoiceField(
            label=label, required=False, choices=list(LANGUAGE_NAMES.items()), widget=forms.CheckboxSelectMultiple
        )
    rows = {"detail": 8, "summary": 3, "opening_hours": 3, **dict.fromkeys(_LINES, 2)}.get(name)
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, required=required, help_text=hint, widget=widget, max_length=20_000)


class PlaceForm(PlainForm):
    """Every field of a place that the desk edits, as text or choices. `base`: the fields when the form was opened, signed."""

    base = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {name: _field(name) for name in EDITED}
        for name in _REQUIRED:
            self.fields[name].error_messages["required"] = "Cette réponse manque."

    def clean_base(self) -> dict[str, Any]:
        """The fields when the form was opened; {} for a new place. Raises ValidationError when the text was tampered with."""
        text = self.cleaned_data["base"]
        if not text:
            return {}
        try:
            base: dict[str, Any] = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            raise forms.ValidationError("Ce formulaire est abîmé. Rechargez la page.") from None
        return base

    def _coordinate(self, name: str) -> float | None:
        text = self.cleaned_data[name].replace(",", ".").replace(" ", "")
        if not text:
            return None
        if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,15})?", text):
            raise forms.ValidationError("Ce n’est pas un nombre. Exemple : 14,6037")
        return float(text)

    def clean_lat(self) -> float | None:
        return self._coordinate("lat")

    def clean_lon(self) -> float | None:
        return self._coordinate("lon")

    def typed(self) -> dict[str, Any]:
        """The edited fields as sent. A field whose writing alone differs from `base` (order, line ends) is given back as it was."""
        base, found = self.cleaned_data["base"] or {}, {}
        for name in EDITED:
            value = self.cleaned_data[name]
            if name in _LINES:
                value = [line.strip() for line in value.splitlines() if line.strip()]
            elif name in _CODES:
                value = [code.strip() for code in re.split(r"[,;|\n]", value) if code.strip()]
            elif isinstance(value, str):
                value = value.replace("\r\n", "\n").replace("\x00", "")
            if name in base and _same(value, base[name]):
                value = base[name]
            found[name] = value
        return found


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.replace("\r\n", "\n").strip()
    return bool(one == other)


def initial_of(values: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the form shows for some values; `base` is what they were when the form was opened (default: the values)."""
    shown: dict[str, Any] = {"base": signing.dumps({name: (base or values)[name] for name in EDITED}, salt=SALT, compress=True)}
    for name in EDITED:
        value = values[name]
        if name in _LINES:
            value = "\n".join(value)
        elif name in _CODES:
            value = ", ".join(value)
        elif KIND_OF.get(name) == "number":
            value = "" if value is None else repr(value).replace(".", ",")
        shown[name] = value
    return shown


class ConfirmForm(PlainForm):
    groups = forms.MultipleChoiceField(label="Ce qui est juste", choices=FieldGroup.choices, widget=forms.CheckboxSelectMultiple)
    on = DayField(label="Vérifié le")
    how = forms.CharField(label="Comment", max_length=120, help_text="Par exemple : appel au lieu, passage.")


class CloseForm(PlainForm):
    on = DayField(label="Fermé depuis le")
    reason = forms.CharField(label="Raison", max_length=200, help_text="Le public lit cette raison. Exemple : travaux, déménagement.")


class ReportDecisionForm(PlainForm):
    state = forms.ChoiceField(
        label="Votre décision",
        widget=forms.RadioSelect,
        choices=[(ReportState.ACCEPTED.value, "C’est corrigé"), (ReportState.REFUSED.value, "Sans suite")],
    )
    answer = forms.CharField(
        label="Note ou raison",
        required=False,
        max_length=ANSWER_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Nécessaire quand il n’y a pas de suite.",
    )


class UploadForm(PlainForm):
    file = forms.FileField(label="Le fichier", help_text="CSV en UTF-8, 10 Mo au plus.", allow_empty_file=True)
    source = forms.CharField(
        label="D’où vient cette liste ?",
        max_length=120,
        help_text="Ce nom et l’identifiant de chaque ligne font la clé d’un lieu. Gardez le même nom la prochaine fois.",
    )


class MappingForm(PlainForm):
    """For each column of the file, the column of the schema; then the constants."""

    def __init__(self, *args: Any, header: Sequence[str], columns: Mapping[str, str], constants: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Garder sans l’utiliser"), *((name, name) for name in COLUMNS)]
        self.header = [name for name in header if name]
        for number, name in enumerate(self.header):
            self.fields[f"c{number}"] = forms.ChoiceField(label=name, required=False, choices=choices, initial=columns.get(name, ""))
        for name in CONSTANTS:
            self.fields[f"k_{name}"] = forms.CharField(label=name, required=False, max_length=300, initial=constants.get(name, ""))

    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"c{number}"] for number, name in enumerate(self.header)}

    def constants(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"k_{name}"] for name in CONSTANTS}


_UNKNOWN = [("", "On ne sait pas"), ("oui", "Oui"), ("non", "Non")]


def _known(text: str) -> bool | None:
    return {"oui": True, "non": False}.get(text)


def _said(value: bool | None) -> str:
    return {True: "oui", False: "non"}.get(value, "") if value is not None else ""


class StopForm(PlainForm):
    name = forms.CharField(label="Nom de l’arrêt", max_length=150)
    insee_code = forms.ChoiceField(label="Commune")
    address = forms.CharField(label="Adresse", required=False, max_length=300)
    lat = forms.FloatField(label="Latitude", required=False, min_value=-90, max_value=90, localize=True, help_text="Exemple : 14,6037")
    lon = forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180, localize=True, help_text="Exemple : -61,0733")
    step_free = forms.ChoiceField(label="Accessible de plain-pied", required=False, choices=_UNKNOWN)
    note = forms.CharField(label="Note pour le public", required=False, max_length=200)

    def __init__(self, *args: Any, communes: Sequence[tuple[str, str]], stop: Stop | None = None, **kwargs: Any) -> None:
        if stop is not None:
            names = ("name", "insee_code", "address", "lat", "lon", "note")
            kwargs["initial"] = {name: getattr(stop, name) for name in names} | {"step_free": _said(stop.step_free)}
        super().__init__(*args, **kwargs)
        self.fields["insee_code"].choices = [("", "Choisissez une commune"), *communes]  # type: ignore[attr-defined]  # a choice field

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "step_free": _known(self.cleaned_data["step_free"])}


class TimeForm(PlainForm):
    """When a stop is served. `rhythm` chooses between a weekday and one date."""

    rhythm = forms.ChoiceField(
        label="Rythme",
        widget=forms.RadioSelect,
        choices=[("1", "Chaque semaine"), ("2", "Une semaine sur deux"), ("date", "Une seule date")],
        initial="1",
    )
    weekday = forms.ChoiceField(label="Jour de la semaine", required=False, choices=[("", "Choisissez un jour"), *Weekday.choices])
    on_date = DayField(label="Date", required=False, help_text="Pour une seule date.")
    starts = ClockField(label="Arrive à")
    ends = ClockField(label="Part à")
    valid_from = DayField(label="Première semaine", required=False, help_text="Un jour de la première semaine servie.")
    valid_until = DayField(label="Jusqu’au", required=False)
    on_holidays = forms.ChoiceField(label="Passe les jours fériés", required=False, choices=_UNKNOWN)

    def __init__(self, *args: Any, line: StopTime | None = None, **kwargs: Any) -> None:
        if line is not None:
            names = ("weekday", "on_date", "starts", "ends", "valid_from", "valid_until")
            kwargs["initial"] = {name: getattr(line, name) for name in names} | {
                "rhythm": "date" if line.on_date else str(line.every_weeks),
                "on_holidays": _said(line.on_holidays),
            }
        super().__init__(*args, **kwargs)
        if line is not None and line.every_weeks > 2:
            choices = self.fields["rhythm"].choices  # type: ignore[attr-defined]  # a choice field
            self.fields["rhythm"].choices = [*choices, (str(line.every_weeks), f"Une semaine sur {line.every_weeks}")]  # type: ignore[attr-defined]  # same

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        rhythm = data.pop("rhythm")
        data["on_holidays"] = _known(data["on_holidays"])
        if rhythm == "date":
            return {**data, "weekday": "", "every_weeks": 1}
        return {**data, "on_date": None, "every_weeks": int(rhythm)}


class CancelForm(PlainForm):
    on = DayField(label="Jour")
    stop = forms.ChoiceField(label="Arrêt", required=False)
    reason = forms.CharField(label="Raison", max_length=200, help_text="Le public lit cette raison. Exemple : bus en panne.")

    def __init__(self, *args: Any, stops: Sequence[Stop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stop"].choices = [("", "Tous les arrêts"), *((str(s.pk), s.name) for s in stops)]  # type: ignore[attr-defined]  # a choice field
