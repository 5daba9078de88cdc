from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from yole.base.forms import PlainForm
from yole.journal import selectors
from yole.journal.words import words_of
from yole.kernel.text import sort_key


class FilterForm(PlainForm):
    """What the list shows; every answer may be left out."""

    action = forms.ChoiceField(label="Acte", required=False)
    actor = forms.CharField(label="Par (référence)", required=False, max_length=120)
    subject_ref = forms.CharField(label="Au sujet de (référence)", required=False, max_length=120)
    start = forms.DateField(label="Depuis le", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    end = forms.DateField(label="Jusqu’au", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Tous"), *sorted(((action, words_of(action)) for action in selectors.actions()), key=lambda one: sort_key(one[1]))]
        self.fields["action"] = forms.ChoiceField(label="Acte", required=False, choices=choices)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", "La fin est avant le début.")
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """Arguments of `selectors.entries`; days are those of the territory."""
        cleaned = self.cleaned_data
        found: dict[str, Any] = {name: cleaned[name].strip() for name in ("action", "actor", "subject_ref")}
        if cleaned["start"]:
            found["start"] = _midnight(cleaned["start"])
        if cleaned["end"]:
            found["end"] = _midnight(cleaned["end"] + timedelta(days=1))
        return {name: value for name, value in found.items() if value}


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)
