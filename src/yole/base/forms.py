"""What every form of the site shares: plain words for errors, telephone and date fields, a refusal shown beside its field."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yole.base import typography
from yole.base.errors import Refused

MISSING = _("Cette réponse manque.")


class PlainForm(forms.Form):
    """A form checked by the server, whose messages say how to repair. `apply_refusal` shows what a service refused."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if "required" in field.error_messages:
                field.error_messages["required"] = MISSING

    def apply_refusal(self, refusal: Refused) -> None:
        apply_refusal(self, refusal)


def apply_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Puts the reason and the remedy of a refusal on the field it names, or on the form when it names none."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, f"{refusal.reason} {refusal.remedy}".strip())


class KeyedForm(PlainForm):
    """A form that makes one thing however often it is sent: `key` comes with the displayed form."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        if self.is_bound and not _is_uuid(self.data.get("key", "")):
            # A form without its key (an old page, a program) is still one request: it gets a key now.
            self.data = with_value(self.data, "key", str(uuid.uuid4()))


def with_value(data: Any, name: str, value: str) -> Any:
    """What was sent (a QueryDict, which cannot change) with one other value."""
    changed = data.copy()
    changed[name] = value
    return changed


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return False
    return True


class PhoneField(forms.CharField):
    """A telephone number typed in any usual way; cleaned to its ten digits, or to + and digits for another country."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(**{"widget": widget, "max_length": 40, **kwargs})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return clean_phone(text) if text else ""


def clean_phone(text: str) -> str:
    """Raises ValidationError that says what is missing: « Il manque 2 chiffres. Un numéro a 10 chiffres. »"""
    kept = "".join(c for c in text if c not in " .-/()\u00a0\u202f\t")
    if not kept.lstrip("+").isdigit() or not kept.isascii():
        raise forms.ValidationError(_("Un numéro n’a que des chiffres. Exemple : 06 96 12 34 56."), code="not-digits")
    national = typography.national_digits(kept)
    if national:
        return national
    international = "+" + kept[2:] if kept.startswith("00") else kept
    if international.startswith("+"):
        if not 8 <= len(international) - 1 <= 15:
            raise forms.ValidationError(_("Ce numéro n’a pas la bonne longueur. Vérifiez les chiffres après le +."), code="length")
        return international
    if len(kept) < 10:
        gap = 10 - len(kept)
        message = ngettext(
            "Il manque %(gap)s chiffre. Un numéro a 10 chiffres.", "Il manque %(gap)s chiffres. Un numéro a 10 chiffres.", gap
        )
        raise forms.ValidationError(message % {"gap": gap}, code="too-short")
    if len(kept) > 10:
        gap = len(kept) - 10
        message = ngettext(
            "Il y a %(gap)s chiffre de trop. Un numéro a 10 chiffres.", "Il y a %(gap)s chiffres de trop. Un numéro a 10 chiffres.", gap
        )
        raise forms.ValidationError(message % {"gap": gap}, code="too-long")
    raise forms.ValidationError(_("Un numéro commence par 0. Exemple : 06 96 12 34 56."), code="first-digit")


class DayField(forms.DateField):
    """A date with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs})
        self.error_messages["invalid"] = _("Cette date n’existe pas. Exemple : 23/11/2026.")


class ClockField(forms.TimeField):
    """A time of day with the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs})
        self.error_messages["invalid"] = _("Cette heure n’existe pas. Exemple : 8 h 30.")
