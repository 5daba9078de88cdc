"""What is chosen on the screens of statistics: scope, period, filters; and the form of a shared link."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from yole.activities.enums import ActivityKind, AdministrativeTheme, Theme
from yole.activities.indicators_read import Question
from yole.activities.permissions import STATISTICS_TERRITORY
from yole.base.forms import PlainForm
from yole.base.permissions import may
from yole.kernel import periods
from yole.kernel.errors import InputError
from yole.organisations.enums import Role
from yole.organisations.models import Account, Structure
from yole.places.models import Place
from yole.territory.models import Commune

ME, STRUCTURE, TERRITORY = "moi", "structure", "territoire"
DEFAULT_PERIOD = "12-mois"
_MONTH = re.compile(r"\d{4}-\d{2}")
_HAS_OWN = (Role.MEDIATOR, Role.STRUCTURE_COORDINATOR)


@dataclass
class Chosen:
    """What an address asks, brought within what the account may see. `problem`: what could not be read, in words."""

    question: Question
    scope: str
    period_key: str
    mediators: bool
    problem: str = ""
    kept: dict[str, str] = field(default_factory=dict)

    def address(self, **changes: str) -> str:
        """Query text of the same choice with changes; an empty value drops its key."""
        return urlencode({key: value for key, value in (self.kept | changes).items() if value})


def scopes(account: Account) -> list[tuple[str, str]]:
    """(key, label) of what an account may look at."""
    found = []
    if account.role in _HAS_OWN:
        found.append((ME, "Mes activités"))
        if account.structure is not None:
            found.append((STRUCTURE, account.structure.name))
    if may(account, STATISTICS_TERRITORY):
        found.append((TERRITORY, account.territory.name))
    return found


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else None


def read(account: Account, query: QueryDict, today: date) -> Chosen:
    """The question of an address. What is not the account's to see is replaced by what is, never refused with a hint."""
    allowed = [key for key, _ in scopes(account)]
    scope = query.get("perimetre", "")
    if scope not in allowed:
        scope = allowed[-1] if TERRITORY in allowed else allowed[0]
    period, key, problem = _period(query, today)
    narrowed: dict[str, Any] = {
        "place": _key(query.get("lieu", "")),
        "commune": query.get("commune", "")[:5],
        "theme": query.get("theme", "") if query.get("theme") in {*Theme.values, *AdministrativeTheme.values} else "",
        "kind": query.get("type", "") if query.get("type") in ActivityKind.values else "",
    }
    mediators = False
    if scope == ME:
        narrowed["mediator"] = account.pk
    elif scope == STRUCTURE:
        narrowed["structure"] = account.structure_id
        mediators = account.role == Role.STRUCTURE_COORDINATOR
        if mediators:
            narrowed["mediator"] = _key(query.get("mediateur", ""))
    else:
        narrowed["structure"] = _key(query.get("structure", ""))
        if narrowed["structure"] and not Structure.objects.filter(pk=narrowed["structure"], territory=account.territory_id).exists():
            narrowed["structure"] = None
    if narrowed["place"] and not Place.objects.filter(pk=narrowed["place"], territory=account.territory_id).exists():
        narrowed["place"] = None
    if narrowed["commune"] and not Commune.objects.filter(pk=narrowed["commune"]).exists():
        narrowed["commune"] = ""
    # Their own reports and those of their structure are theirs to read: there is nothing to hide from them. All else is protected.
    question = Question(account.territory, period, protected=scope == TERRITORY, **narrowed)
    kept = {
        "perimetre": scope, "periode": key, "lieu": str(question.place or ""), "commune": question.commune, "theme": question.theme,
        "type": question.kind, "structure": str(question.structure or "") if scope == TERRITORY else "",
        "mediateur": str(question.mediator or "") if mediators else "",
    }  # fmt: skip
    if key == "libre":
        kept |= {"de": query.get("de", ""), "a": query.get("a", "")}
    return Chosen(question, scope, key, mediators, problem, {name: value for name, value in kept.items() if value})


def _period(query: QueryDict, today: date) -> tuple[periods.Period, str, str]:
    """(period, what the list shows as chosen, what was wrong)."""
    key = query.get("periode", DEFAULT_PERIOD)
    first, last = query.get("de", ""), query.get("a", "")
    if key == "libre":
        if not (_MONTH.fullmatch(first) and _MONTH.fullmatch(last)):
            return periods.twelve_months(today), DEFAULT_PERIOD, "Choisissez le premier et le dernier mois. Exemple : 2026-01."
        key = f"{first}..{last}"
        try:
            return periods.parse(key, today), "libre", ""
        except InputError:
            return periods.twelve_months(today), DEFAULT_PERIOD, "Le dernier mois vient après le premier. Voici les 12 derniers mois."
    try:
        period = periods.parse(key, today)
    except InputError:
        return periods.twelve_months(today), DEFAULT_PERIOD, "Cette période n’existe pas. Voici les 12 derniers mois."
    if period.months is None:
        return periods.twelve_months(today), DEFAULT_PERIOD, "Les statistiques se lisent par mois entiers. Voici les 12 derniers mois."
    return period, key, ""


class ShareForm(PlainForm):
    label = forms.CharField(label="Nom du lien", max_length=120, help_text="Pour vous y retrouver. Exemple : rapport 2026, financeur.")
    days = forms.TypedChoiceField(
        label="Durée", coerce=int, choices=[(30, "30 jours"), (90, "3 mois"), (366, "1 an")], widget=forms.RadioSelect, initial=30
    )
