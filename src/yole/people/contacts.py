"""Telephones and e-mail addresses brought to one form."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from yole.base.errors import Refused
from yole.base.forms import clean_phone


def normal_phone(typed: str) -> str:
    """Ten digits, or + and digits for another country; empty when it is not a whole number."""
    try:
        return clean_phone(typed) if any(c.isdigit() for c in typed) else ""
    except ValidationError:
        return ""


def checked_phone(typed: str, field: str = "phone") -> str:
    """The same, an empty text for nothing typed. Raises Refused with what is wrong."""
    if not typed.strip():
        return ""
    try:
        return clean_phone(typed)
    except ValidationError as error:
        raise Refused(str(error.messages[0]), field=field, code="phone", status=422) from None


def checked_email(typed: str) -> str:
    """Raises Refused for what is not an address."""
    address = typed.strip().lower()
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise Refused(
                "Cette adresse e-mail n’est pas complète. Exemple : nom@exemple.fr.", field="email", code="email", status=422
            ) from None
    return address
