"""A result as a page shows it: in plain words, grouped, never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yole.base.typography import NBSP
from yole.rights import wording
from yole.rights.catalog import Benefit, benefits
from yole.rights.engine.explain import short


@dataclass(frozen=True, slots=True)
class Entry:
    """One benefit: `group` is check, unknown, received or none."""

    benefit: Benefit
    group: str
    amount: str
    stale: bool
    matters: str
    effects: list[str]
    rules_dated: date
    sheet: dict[str, Any] | None
    sheet_dated: date | None
    sheet_verified: bool
    assumption: str
    monthly_charge: float | None


def entries(result: dict[str, Any]) -> list[Entry]:
    received = set(result["received"] or ())
    return [_entry(one, received) for one in result["benefits"]]


def _entry(one: dict[str, Any], received: set[str]) -> Entry:
    benefit = benefits()[one["id"]]
    fields = list(dict.fromkeys(each["field"] for each in one["decisive"]))
    sheet = one["sheet"]
    return Entry(
        benefit=benefit,
        group=_group(one, received),
        amount=_amount(one),
        stale=one["stale"],
        matters=wording.listed([_(wording.LABELS[short(name)]) for name in fields[:4]]),
        effects=[f"{wording.label(each['field'])} : {each['effect']}" for each in one["decisive"]],
        rules_dated=date.fromisoformat(one["rules_dated"]),
        sheet=sheet,
        sheet_dated=date.fromisoformat(sheet["dated"]) if sheet else None,
        sheet_verified=bool(benefit.sheets and benefit.sheets[0].verified_on),
        assumption=one["details"].get("assumption", ""),
        monthly_charge=None if one["stale"] else one["details"].get("monthly_charge"),
    )


def _group(one: dict[str, Any], received: set[str]) -> str:
    if one["id"] in received:
        return "received"
    if one["verdict"] == "no":
        return "none"
    return "check" if one["verdict"] == "yes" else "unknown"


def _amount(one: dict[str, Any]) -> str:
    """« environ 254 € par mois » or « entre 250 et 410 € par mois »; empty when there is none to show."""
    amount = one["amount"]
    if amount is None or one["verdict"] == "no" or not amount["high"]:
        return ""
    low, high = round(amount["low"]), round(amount["high"])
    words = {"low": _plain(low), "high": _plain(high)}
    yearly = one["period"] == "year"
    if high - low <= 5:
        return (_("environ %(high)s € par an") if yearly else _("environ %(high)s € par mois")) % words
    return (_("entre %(low)s et %(high)s € par an") if yearly else _("entre %(low)s et %(high)s € par mois")) % words


def _plain(value: int) -> str:
    return f"{value:,}".replace(",", NBSP)


def grouped(found: list[Entry]) -> dict[str, list[Entry]]:
    return {name: [entry for entry in found if entry.group == name] for name in ("check", "unknown", "received", "none")}
