"""Aids of a territory (CTM, CCAS, mairie…): declarative dated rules with their source, one YAML file each, edited without code.

id, label, institution, conditions (every general one, and one profile at least when there are profiles), amount, period, url, valid_from,
valid_to, verified_on, verified_by. Hidden when expired; amber after 12 months without verification; no amount before somebody verified it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yole.kernel.errors import InputError
from yole.rights.catalog import DATA, folder
from yole.rights.engine.household import Rows
from yole.rights.engine.local import FIELDS, OPERATORS, Condition, meets
from yole.rights.engine.verdict import NO, UNDETERMINED, YES, share

_KEYS = (
    *("id", "label", "institution", "conditions", "profiles", "amount", "period", "url", "valid_from", "valid_to"),
    *("verified_on", "verified_by"),
)
_PERIODS = ("month", "year", "once")
AMBER_DAYS = 365


@dataclass(frozen=True, slots=True)
class LocalAid:
    """`amount` is None as long as nobody verified it."""

    id: str
    label: str
    institution: str
    conditions: tuple[Condition, ...]
    profiles: tuple[tuple[Condition, ...], ...]
    amount: float | None
    period: str
    url: str
    valid_from: date | None
    valid_to: date | None
    verified_on: date | None
    verified_by: str

    def shown(self, today: date) -> bool:
        return (self.valid_from is None or self.valid_from <= today) and (self.valid_to is None or today <= self.valid_to)

    def amber(self, today: date) -> bool:
        return self.verified_on is None or (today - self.verified_on).days > AMBER_DAYS


def read_all() -> list[LocalAid]:
    """The territory's aids (`rights/aids/*.yaml` of the data directory) and those shipped; a territory's file wins for the same id."""
    found: dict[str, LocalAid] = {}
    for place in (DATA / "aids", folder() / "aids"):
        for path in sorted(place.glob("*.yaml")):
            aid = read(path)
            found[aid.id] = aid
    return list(found.values())


def read(path: Path) -> LocalAid:
    """One aid. Raises InputError naming the field and what is expected."""
    import yaml

    def refuse(name: str, found: object, expected: str) -> InputError:
        return InputError(f"champ « {name} »", file=str(path), found=found, expected=expected)

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputError("YAML illisible", file=str(path), expected="les champs d'une aide") from None
    if not isinstance(raw, dict):
        raise refuse("(tout)", type(raw).__name__, ", ".join(_KEYS))
    for key in raw:
        if key not in _KEYS:
            raise refuse(str(key), key, ", ".join(_KEYS))
    for key in ("id", "label", "institution", "url"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise refuse(key, raw.get(key), "un texte")
    for key in ("valid_from", "valid_to", "verified_on"):
        if raw.get(key) is not None and not isinstance(raw[key], date):
            raise refuse(key, raw[key], "AAAA-MM-JJ")
    if raw.get("period") not in _PERIODS:
        raise refuse("period", raw.get("period"), ", ".join(_PERIODS))
    amount = raw.get("amount")
    if amount is not None and (isinstance(amount, bool) or not isinstance(amount, (int, float)) or amount < 0):
        raise refuse("amount", amount, "un montant, ou rien")
    if amount is not None and (raw.get("verified_on") is None or not raw.get("verified_by")):
        raise refuse("amount", amount, "verified_on et verified_by : un montant ne se montre que vérifié")
    profiles = raw.get("profiles") or []
    return LocalAid(
        id=raw["id"],
        label=raw["label"],
        institution=raw["institution"],
        conditions=tuple(_condition(each, refuse) for each in raw.get("conditions") or []),
        profiles=tuple(tuple(_condition(each, refuse) for each in profile) for profile in profiles),
        amount=None if amount is None else float(amount),
        period=raw["period"],
        url=raw["url"],
        valid_from=raw.get("valid_from"),
        valid_to=raw.get("valid_to"),
        verified_on=raw.get("verified_on"),
        verified_by=str(raw.get("verified_by") or ""),
    )


def _condition(raw: Any, refuse: Any) -> Condition:
    if not isinstance(raw, dict) or set(raw) != {"field", "is", "value"}:
        raise refuse("conditions", raw, "field, is, value")
    if raw["field"] not in FIELDS:
        raise refuse("conditions.field", raw["field"], ", ".join(FIELDS))
    if raw["is"] not in OPERATORS:
        raise refuse("conditions.is", raw["is"], ", ".join(OPERATORS))
    value = tuple(raw["value"]) if isinstance(raw["value"], list) else raw["value"]
    if raw["is"] == "one_of" and not isinstance(value, tuple):
        raise refuse("conditions.value", value, "une liste")
    return Condition(raw["field"], raw["is"], value)


def answers(rows: Rows, draws: int, today: date) -> list[dict[str, Any]]:
    """A three-valued answer per aid that is in force, in the words of the aid's own file."""
    found: list[dict[str, Any]] = []
    for aid in read_all():
        if not aid.shown(today):
            continue
        meet = meets(rows, aid.conditions, aid.profiles)
        verdict = YES if meet.all() else UNDETERMINED if meet.any() else NO
        found.append(
            {
                "id": aid.id,
                "label": aid.label,
                "institution": aid.institution,
                "verdict": verdict,
                "probability": {YES: 1.0, NO: 0.0}.get(verdict, round(share(meet[:draws]), 4)),
                "amount": None if aid.amber(today) else aid.amount,
                "period": aid.period,
                "url": aid.url,
                "verified_on": aid.verified_on.isoformat() if aid.verified_on else None,
                "to_verify": aid.amber(today),
            }
        )
    return found
