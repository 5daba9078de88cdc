"""The form of an entry of the register."""

from __future__ import annotations

from typing import Any

from django import forms

from yole.ai_register.fields import CHOICE, DAY, FIELDS, GROUPS, MOST_LONG, MOST_SHORT, SHORT, Field
from yole.base.forms import DayField, PlainForm


class EntryForm(PlainForm):
    """Every field of an entry, in the groups of the public page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, one in FIELDS.items():
            made = _field(one)
            if not one.required:
                made.required = False
            self.fields[name] = made

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[one.name] for one in group]) for title, group in GROUPS]


def _field(one: Field) -> forms.Field:
    plain: dict[str, Any] = {"label": one.label, "help_text": one.hint}
    if one.kind == CHOICE:
        return forms.ChoiceField(choices=[("", "Choisissez"), *one.choices.items()], **plain)
    if one.kind == DAY:
        return DayField(**plain)
    if one.kind == SHORT:
        return forms.CharField(max_length=MOST_SHORT, **plain)
    return forms.CharField(max_length=MOST_LONG, widget=forms.Textarea(attrs={"rows": 3}), **plain)
