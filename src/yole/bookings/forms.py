"""What forms of places to book share."""

from __future__ import annotations

from django import forms

from yole.base.errors import Refused
from yole.bookings.contacts import read_contact


def clean_contact(form: forms.Form) -> str:
    """The `clean_contact` of a form: what was typed, once it reads as a telephone or an e-mail. Raises ValidationError with the remedy."""
    typed = str(form.cleaned_data["contact"]).strip()
    try:
        read_contact(typed)
    except Refused as refusal:
        raise forms.ValidationError(f"{refusal.reason} {refusal.remedy}".strip()) from None
    return typed
