"""How somebody can be reached: an e-mail address or a telephone number, recognised in what they typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from yole.base.errors import Refused

_SEPARATORS = re.compile(r"[\s.\-/()]+")
_MOBILE = re.compile(r"^\+(?:33[67]|596(?:696|697)|590(?:690|691)|594694|262(?:692|693|6390))")
# National prefixes of the overseas départements: 0596/0696/0697 is dialled under +596, and so on.
_OVERSEAS = {
    prefix: country
    for country, prefixes in {
        "590": ("0590", "0690", "0691"),
        "594": ("0594", "0694"),
        "596": ("0596", "0696", "0697"),
        "262": ("0262", "0263", "0269", "06390", "0692", "0693"),
    }.items()
    for prefix in prefixes
}


@dataclass(frozen=True, slots=True)
class Contact:
    """At most one of `email` and `phone` (international form, `+596696123456`); both empty: no contact."""

    email: str = ""
    phone: str = ""

    @property
    def is_mobile(self) -> bool:
        return bool(_MOBILE.match(self.phone))


def is_mobile(phone: str) -> bool:
    """Whether a stored number can receive an SMS."""
    return bool(_MOBILE.match(phone))


def _country(digits: str) -> str:
    return next((country for prefix, country in _OVERSEAS.items() if digits.startswith(prefix)), "33")


def normal_phone(typed: str) -> str | None:
    """The international form of a French number (metropolitan or overseas) or of an international one; None when it is not one."""
    digits = _SEPARATORS.sub("", typed)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+"):
        digits = re.sub(r"^\+(33|262|590|594|596)0", r"+\1", digits)
        if digits.startswith(("+33", "+596", "+590", "+594", "+262")):
            return digits if re.fullmatch(r"\+33[1-9]\d{8}|\+(?:596|590|594|262)[1-9]\d{8}", digits) else None
        return digits if re.fullmatch(r"\+\d{8,15}", digits) else None
    if not re.fullmatch(r"0[1-9]\d{8}", digits):
        return None
    return f"+{_country(digits)}{digits[1:]}"


def read_contact(typed: str) -> Contact:
    """What was typed in the one contact field. Empty: no contact. Raises Refused (field `contact`) with what is missing."""
    text = typed.strip()
    if not text:
        return Contact()
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError:
            raise Refused(
                _("Cette adresse e-mail n’est pas complète."), remedy=_("Exemple : prenom@exemple.fr"), field="contact", code="contact"
            ) from None
        return Contact(email=text[:254])
    phone = normal_phone(text)
    if phone is None:
        count = sum(c.isdigit() for c in text)
        if text.startswith("0") and count < 10:
            missing = 10 - count
            reason = (
                _("Il manque %(n)d chiffres. Un numéro a 10 chiffres.") % {"n": missing}
                if missing > 1
                else _("Il manque 1 chiffre. Un numéro a 10 chiffres.")
            )
        else:
            reason = _("Nous ne reconnaissons pas ce numéro.")
        raise Refused(reason, remedy=_("Exemple : 06 96 12 34 56"), field="contact", code="contact")
    return Contact(phone=phone)
