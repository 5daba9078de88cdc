"""What names somebody, as plain values. Nothing here touches a file, a clock or a network."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

YOUNGEST, OLDEST = 0, 120  # years


@dataclass(frozen=True, slots=True)
class Identity:
    """What is sealed. Every field is text, empty when it is not known; telephones as ten digits or + and digits."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""
    notes: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""

    def to_dict(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Identity:
        """Unknown members are ignored: an older copy may have had others."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: str(value) for name, value in values.items() if name in known})

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        """« Lucette M. »: what a title or a list shows."""
        initial = f"{self.last_name[:1].upper()}." if self.last_name else ""
        return f"{self.first_name} {initial}".strip() or self.last_name


def age_in(birth_year: int, day: date) -> int:
    """The age reached during the year of `day`: the month of birth is not asked for."""
    return day.year - birth_year


_UPPER_BOUNDS = (
    (12, "moins_de_douze"),
    (18, "douze_dix_huit"),
    (25, "dix_huit_vingt_quatre"),
    (40, "vingt_cinq_trente_neuf"),
    (60, "quarante_cinquante_neuf"),
    (70, "soixante_soixante_neuf"),
    (OLDEST + 1, "soixante_dix_plus"),
)
UNKNOWN_BAND = "non_communique"


def age_band(birth_year: int | None, day: date) -> str:
    """The band of La Coop on the day of an act, so that a past act never changes with the present year."""
    if birth_year is None or not YOUNGEST <= age_in(birth_year, day) <= OLDEST:
        return UNKNOWN_BAND
    age = age_in(birth_year, day)
    return next(band for bound, band in _UPPER_BOUNDS if age < bound)


def masked_phone(phone: str) -> str:
    """« 06 96 ** ** 41 »: enough to recognise a number, not to dial it."""
    if len(phone) < 8:
        return ""
    if len(phone) == 10 and phone.isdigit():
        return f"{phone[:2]} {phone[2:4]} ** ** {phone[8:]}"
    return f"{phone[:4]} ** ** {phone[-2:]}"
