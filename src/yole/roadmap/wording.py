"""Words of the room: statuses, amounts, what changed, where a trajectory leads. Pages, feeds, messages and documents say the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yole.base import typography
from yole.roadmap.engine.status import Status
from yole.roadmap.engine.trajectory import Trajectory
from yole.roadmap.enums import Subject
from yole.roadmap.models import Change, Commitment, Indicator, Milestone, Reading

STATUSES = {
    Status.ABANDONED: gettext_lazy("Abandonné"),
    Status.KEPT: gettext_lazy("Tenu"),
    Status.LATE: gettext_lazy("En retard"),
    Status.UNMEASURED: gettext_lazy("Sans mesure"),
    Status.STRUGGLING: gettext_lazy("En difficulté"),
    Status.ON_TIME: gettext_lazy("À l’heure"),
}
MEANINGS = {
    Status.ABANDONED: gettext_lazy("On y a renoncé. La raison est écrite."),
    Status.KEPT: gettext_lazy("Chaque indicateur atteint sa cible et chaque jalon est livré."),
    Status.LATE: gettext_lazy("L’échéance est passée, ou un jalon n’est pas livré à sa date."),
    Status.UNMEASURED: gettext_lazy("Un indicateur n’a pas de relevé assez récent. On ne sait pas."),
    Status.STRUGGLING: gettext_lazy("Le chemin fait est trop court pour le temps passé."),
    Status.ON_TIME: gettext_lazy("Le chemin fait suit le temps passé."),
}
TAGS = {
    Status.ABANDONED: ("", "minus"),
    Status.KEPT: ("ok", "check-circle"),
    Status.LATE: ("warning", "warning"),
    Status.UNMEASURED: ("", "help"),
    Status.STRUGGLING: ("warning", "warning"),
    Status.ON_TIME: ("ok", "clock"),
}
_FIELDS = {
    "due_on": gettext_lazy("échéance"),
    "starts_on": gettext_lazy("début"),
    "title": gettext_lazy("intitulé"),
    "description": gettext_lazy("description"),
    "responsible": gettext_lazy("responsable"),
    "function": gettext_lazy("fonction responsable"),
    "budget": gettext_lazy("budget"),
    "abandoned_on": gettext_lazy("abandon"),
    "delivered_on": gettext_lazy("livraison"),
    "retired_on": gettext_lazy("indicateur retiré"),
    "baseline": gettext_lazy("référence"),
    "baseline_on": gettext_lazy("date de la référence"),
    "target": gettext_lazy("cible"),
    "target_on": gettext_lazy("date de la cible"),
    "definition": gettext_lazy("définition"),
    "name": gettext_lazy("nom"),
    "judgement": gettext_lazy("avis"),
    "judgement_words": gettext_lazy("texte de l’avis"),
    "proof": gettext_lazy("preuve attendue"),
    "partners": gettext_lazy("partenaires"),
    "publics": gettext_lazy("publics"),
    "source": gettext_lazy("source"),
    "population": gettext_lazy("population"),
    "periodicity": gettext_lazy("périodicité"),
    "deliverable": gettext_lazy("livrable"),
    "unit": gettext_lazy("unité"),
    "direction": gettext_lazy("sens"),
    "margin": gettext_lazy("marge"),
}
_OF = {
    Subject.COMMITMENT: gettext_lazy("engagement"),
    Subject.INDICATOR: gettext_lazy("indicateur"),
    Subject.MILESTONE: gettext_lazy("jalon"),
}


def number(value: Decimal | float | int | None) -> str:
    """A number without useless decimals, as the language of the page writes it."""
    if value is None:
        return ""
    exact = Decimal(str(value)).quantize(Decimal("0.0001")).normalize()
    exponent = exact.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return number_format(exact, decimals, force_grouping=True)


def with_unit(value: Decimal | float | int | None, unit: str) -> str:
    return f"{number(value)}{typography.NBSP}{unit}" if value is not None else ""


def amount(reading: Reading) -> str:
    """« 48 personnes », « 41 %, entre 37 et 45 ». An estimate is written with no more digits than its margin bears."""
    unit = reading.indicator.unit
    if reading.low is None or reading.high is None or reading.value is None:
        return with_unit(reading.value, unit)
    digits = 1 if reading.high - reading.low < 2 else 0
    low, value, high = (round(float(one), digits) for one in (reading.low, reading.value, reading.high))
    return _("%(value)s, entre %(low)s et %(high)s") % {"value": with_unit(value, unit), "low": number(low), "high": number(high)}


def day(value: date | None) -> str:
    return typography.day(value, get_language() or "fr", year=True, weekday=False) if value is not None else ""


def _value(change: Change, text: str) -> str:
    """A stored value as a person reads it."""
    if not text:
        return _("rien")
    if change.field.endswith("_on"):
        return day(date.fromisoformat(text))
    if change.field in ("baseline", "target", "margin", "budget"):
        return number(Decimal(text))
    if change.field in ("responsible", "axis", "objective", "national"):
        return _("un autre choix")
    model: Any = {Subject.COMMITMENT: Commitment, Subject.INDICATOR: Indicator, Subject.MILESTONE: Milestone}[Subject(change.subject)]
    choices = dict(model._meta.get_field(change.field).flatchoices)
    return str(choices.get(text, text))


def change(made: Change) -> str:
    """« échéance du 1er mars 2026 remise au 30 juin 2026 »."""
    field = str(_FIELDS.get(made.field, made.field))
    of = _OF[Subject(made.subject)]
    if made.field == "name" and not made.before:
        return _("nouvel indicateur : %(name)s") % {"name": made.after}
    if made.subject == Subject.MILESTONE and made.field == "title" and not made.before:
        return _("nouveau jalon : %(name)s") % {"name": made.after}
    parts = {"of": of, "field": field, "before": _value(made, made.before), "after": _value(made, made.after)}
    if not made.before:
        return _("%(of)s, %(field)s : %(after)s") % parts
    return _("%(of)s, %(field)s : avant, %(before)s ; maintenant, %(after)s") % parts


def status(value: str) -> str:
    return str(STATUSES[Status(value)])


def outlook(path: Trajectory, indicator: Indicator) -> list[str]:
    """Where the readings lead, in sentences that say what is not known."""
    unit = indicator.unit
    target = {"target": with_unit(indicator.target, unit), "day": day(indicator.target_on)}
    said = {
        "reached": _("La cible est atteinte : %(target)s."),
        "over": _("La date de la cible est passée."),
        "on-track": _("Au rythme des relevés, la cible sera atteinte : même le bas de l’intervalle y arrive."),
        "off-track": _("Au rythme des relevés, la cible ne sera pas atteinte : même le haut de l’intervalle n’y arrive pas."),
        "unsure": _("On ne peut pas dire si la cible sera atteinte : elle est dans l’intervalle."),
        "too-few": _("Il y a moins de trois relevés : Yole ne prolonge pas la courbe."),
    }
    found = [said[path.outlook] % target if "%(" in said[path.outlook] else said[path.outlook]]
    if path.needed is not None and path.outlook != "reached":
        found.append(_("Pour atteindre %(target)s le %(day)s, il faut %(pace)s par an.") % {**target, "pace": pace(path.needed, unit)})
    if path.pace is not None and path.pace_low is not None and path.pace_high is not None:
        found.append(
            _("Rythme observé : %(pace)s par an, entre %(low)s et %(high)s.")
            % {"pace": pace(path.pace, unit), "low": pace(path.pace_low, ""), "high": pace(path.pace_high, "")}
        )
    if path.low is not None and path.high is not None and path.outlook not in ("reached", "over"):
        parts = {**target, "low": number(round(path.low)), "high": with_unit(round(path.high), unit)}
        found.append(_("Le %(day)s, un relevé serait entre %(low)s et %(high)s, 95 fois sur 100 si le rythme ne change pas.") % parts)
    return found


def pace(value: float, unit: str) -> str:
    """A pace with its sign and two significant digits at least: « +12 personnes », « −0,4 »."""
    digits = 0 if abs(value) >= 10 else 1
    sign = "+" if value > 0 else "−" if value < 0 else ""
    text = number_format(abs(value), digits, force_grouping=True)
    return f"{sign}{text}{typography.NBSP}{unit}".rstrip(typography.NBSP) if unit else f"{sign}{text}"
