"""Readings: typed with their evidence, or read from the house's own numbers. Rows are only added; the database refuses anything else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db import IntegrityError, transaction

from yole.base.errors import Refused
from yole.base.registries import MEASURES
from yole.kernel.indicators import Value
from yole.kernel.periods import first_day, month_index
from yole.organisations.acting import allow
from yole.organisations.enums import Role
from yole.organisations.models import Account
from yole.roadmap import permissions
from yole.roadmap.engine.parity import parity
from yole.roadmap.enums import DAYS, Periodicity, ReadingKind, Window
from yole.roadmap.models import Commitment, Indicator, Reading
from yole.roadmap.services import filled, prove
from yole.territory.selectors import today

FILE_LIMIT = 10 * 1024 * 1024
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that proves a reading: its name and its SHA-256. The file itself stays with whoever holds it."""

    name: str
    digest: str


def evidence(name: str, content: bytes) -> Evidence:
    """Raises Refused for an empty file or one over 10 MB."""
    if not content:
        raise Refused("Ce fichier est vide.", field="file", code="empty")
    if len(content) > FILE_LIMIT:
        raise Refused("Ce fichier dépasse 10 Mo.", field="file", code="too-large")
    return Evidence(name.replace("\\", "/").rsplit("/", 1)[-1][:200], hashlib.sha256(content).hexdigest())


def may_measure(account: Account | None, commitment: Commitment | None, territory_id: int | None = None) -> None:
    """Raises Refused unless the account measures this commitment: the territory's coordination, or a structure that answers for it."""
    allow(account, permissions.MEASURE, commitment.territory_id if commitment is not None else territory_id or 0)
    if account is None or account.role == Role.TERRITORY_COORDINATOR:
        return
    own = account.structure_id
    if commitment is not None and own is not None and (commitment.responsible_id == own or commitment.copilots.filter(pk=own).exists()):
        return
    raise Refused("Votre structure ne répond pas de cet engagement.", remedy="Demandez à la coordination.", code="forbidden", status=403)


def amount(value: Any) -> Decimal | None:
    """A number as readings keep it: four decimals."""
    return None if value is None else Decimal(str(value)).quantize(_PLACES, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Given:
    """A reading as somebody gives it. `low` and `high`: the 95 % interval; neither for a complete count."""

    day: date
    value: Decimal
    source: str
    low: Decimal | None = None
    high: Decimal | None = None
    file: Evidence | None = None
    details: dict[str, Any] | None = None


def _row(account: Account | None, indicator: Indicator, given: Given) -> Reading:
    if given.day > today():
        raise Refused("Ce jour n’est pas encore venu.", field="day", code="future")
    if (given.low is None) != (given.high is None):
        raise Refused("Un intervalle a deux bornes.", field="low", code="interval")
    if given.low is not None and given.high is not None and not given.low <= given.value <= given.high:
        raise Refused("La valeur est entre les deux bornes.", field="low", code="interval")
    low, high = given.low, given.high
    if low is None and indicator.margin is not None:
        low, high = given.value - indicator.margin, given.value + indicator.margin
    return Reading(
        territory_id=indicator.territory_id, indicator=indicator, day=given.day, value=amount(given.value),
        low=amount(low), high=amount(high),
        source=filled(given.source, "source", "Écrivez la source du relevé."), details=given.details or {},
        file_name=given.file.name if given.file else "", file_hash=given.file.digest if given.file else "",
        author=account.pk if account is not None else None,
    )  # fmt: skip


@transaction.atomic
def add_reading(account: Account | None, indicator: Indicator, given: Given) -> Reading:
    """Adds a reading. Raises Refused."""
    may_measure(account, indicator.commitment, indicator.territory_id)
    if indicator.retired_on is not None:
        raise Refused("Cet indicateur n’est plus suivi.", code="retired")
    made = _row(account, indicator, given)
    made.save(force_insert=True)
    return made


def _replace(made: Reading, old: Reading, kind: str, reason: str) -> Reading:
    made.kind, made.replaces, made.reason = kind, old, filled(reason, "reason", "Dites pourquoi.")
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Refused("Ce relevé a déjà été remplacé.", remedy="Rechargez la page.", code="replaced") from None
    return made


@transaction.atomic
def correct_reading(account: Account | None, reading: Reading, given: Given, reason: str) -> Reading:
    """Another reading that replaces one; the first stays in the history. Raises Refused."""
    may_measure(account, reading.indicator.commitment, reading.territory_id)
    if reading.kind == ReadingKind.WITHDRAWAL:
        raise Refused("Ce relevé est retiré : ajoutez-en un autre.", code="withdrawn")
    made = _replace(_row(account, reading.indicator, given), reading, ReadingKind.CORRECTION, reason)
    prove("reading-correct", account, "reading", reading.pk, {"by": str(made.uid)})
    return made


@transaction.atomic
def withdraw_reading(account: Account | None, reading: Reading, reason: str) -> Reading:
    """The reading no longer counts; it stays in the history with the reason. Raises Refused."""
    may_measure(account, reading.indicator.commitment, reading.territory_id)
    if reading.kind == ReadingKind.WITHDRAWAL:
        raise Refused("Ce relevé est déjà retiré.", code="withdrawn")
    made = Reading(
        territory_id=reading.territory_id, indicator=reading.indicator, day=reading.day, source=reading.source,
        author=account.pk if account is not None else None,
    )  # fmt: skip
    _replace(made, reading, ReadingKind.WITHDRAWAL, reason)
    prove("reading-withdraw", account, "reading", reading.pk)
    return made


@transaction.atomic
def add_parity(
    account: Account | None, indicator: Indicator, *, day: date, women: int, men: int, others: int, unknown: int, source: str
) -> Reading:
    """A reading of parity from counts: the share of women with Wilson's interval, the unknown beside. Raises Refused under 5 in a cell."""
    found = parity(women, men, others, unknown, fewest=max(5, indicator.territory.small_count_threshold))
    if found.share is None:
        raise Refused(f"Ce chiffre ne se publie pas : {found.why}.", remedy="Attendez un groupe plus grand.", field="women", code="small")
    details: dict[str, Any] = {"known": women + men}
    if found.unknown is not None:
        details["unknown_share"] = round(found.unknown, 1)
    low, value, high = amount(found.low), amount(found.share), amount(found.high)
    if low is None or value is None or high is None:
        raise ValueError("a share has its interval")
    return add_reading(account, indicator, Given(day, value, source, low, high, details=details))


# The house's own numbers


def window(indicator: Indicator, day: date) -> tuple[date, date]:
    """First and last day that the house's number is counted over, in whole months; the month in course counts up to now."""
    this = month_index(day)
    last = date.fromordinal(first_day(this + 1).toordinal() - 1)
    if indicator.window == Window.SINCE and indicator.baseline_on is not None:
        return first_day(month_index(indicator.baseline_on)), last
    return first_day(this - 11 if indicator.window == Window.TWELVE else this), last


def measured(indicator: Indicator, day: date) -> Value:
    """What the house publishes for an indicator. Raises Refused when nothing feeds it."""
    measure = MEASURES.get(indicator.measure)
    if measure is None:
        raise Refused("Aucun chiffre de Yole n’alimente cet indicateur.", code="no-measure")
    return measure.read(indicator.territory_id, *window(indicator, day))


@transaction.atomic
def feed(indicator: Indicator, day: date | None = None) -> Reading | None:
    """Reads the house's number: a new reading when it moved or when the last one is a period old; today's is corrected when it moved.

    None when there is nothing to add, or when the number is not published (too few people). Raises Refused when nothing feeds it.
    """
    on = day or today()
    locked = Indicator.objects.select_for_update().get(pk=indicator.pk)
    found = measured(locked, on)
    value = amount(found.value)
    if value is None or locked.retired_on is not None:
        return None
    last = locked.readings.filter(replaced_by__isnull=True).exclude(kind=ReadingKind.WITHDRAWAL).order_by("-day", "-pk").first()
    moved = last is None or last.value != value
    if not moved and last is not None and (on - last.day).days < DAYS[Periodicity(locked.periodicity)]:
        return None
    half = amount(found.margin) if isinstance(found.margin, (int, float)) else None
    source = f"{found.indicator.name}, {found.indicator.source}, {found.period.label}, à jour au {found.as_of:%d/%m/%Y}"[:300]
    given = Given(
        on, value, source, value - half if half is not None else None, value + half if half is not None else None,
        details={"note": found.note} if found.note else None,
    )  # fmt: skip
    if last is not None and last.day == on:
        return _replace(_row(None, locked, given), last, ReadingKind.CORRECTION, "Relevé du jour mis à jour par Yole")
    if last is not None and last.day > on:
        return None
    made = _row(None, locked, given)
    made.save(force_insert=True)
    return made


def feed_all(day: date | None = None) -> int:
    """Reads every indicator fed by the house whose commitment is not given up. Returns how many readings were added."""
    rows = Indicator.objects.exclude(measure="").filter(retired_on__isnull=True, commitment__abandoned_on__isnull=True)
    return sum(feed(one, day) is not None for one in rows.order_by("pk") if one.measure in MEASURES)
