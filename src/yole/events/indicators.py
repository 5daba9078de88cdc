"""The numbers this room publishes about an edition: one function per number; screens and other rooms call these and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from yole.base.components import Figure
from yole.base.scope import system_scope
from yole.bookings.enums import HOLDING, State
from yole.bookings.models import Booking
from yole.events.engine.shares import parity, speaking
from yole.events.enums import Kind, Sex
from yole.events.models import Edition, Registration, Slot, Speaker, SpeakingTime
from yole.events.selectors_programme import published_slots
from yole.kernel import periods
from yole.kernel.indicators import EXACT, Indicator, Value
from yole.territory.models import Territory

SOURCE = "Inscriptions et programme tenus dans Yole"

PRESENT = Indicator(
    id="events.present",
    name="Personnes venues",
    definition="Personnes inscrites dont l’arrivée a été notée à l’accueil, ménages compris.",
    unit="personnes",
    population="Inscriptions non annulées de l’édition ; les personnes venues sans inscription n’y sont pas.",
    how_computed="Somme des tailles des inscriptions à l’état « présent ».",
    source=SOURCE,
)
FULL_ROOMS = Indicator(
    id="events.full-rooms",
    name="Séances complètes",
    definition="Part des séances à places limitées dont toutes les places sont prises.",
    unit="%",
    population="Séances publiées, à places limitées, non annulées.",
    how_computed="Places prises comparées aux places ouvertes, à l’instant du calcul.",
    source=SOURCE,
)
SPEAKER_PARITY = Indicator(
    id="events.speaker-parity",
    name="Femmes parmi les intervenants",
    definition="Femmes sur l’ensemble des femmes et des hommes qui interviennent, selon leur déclaration.",
    unit="%",
    population="Personnes nommées dans le programme publié. Qui n’a rien déclaré, ou a déclaré « autre », est compté à part.",
    how_computed="Chaque personne compte une fois. Intervalle de Wilson à 95 %. Rien n’est montré sous 5 personnes d’un côté.",
    source=SOURCE,
)
PARTICIPANT_PARITY = Indicator(
    id="events.participant-parity",
    name="Femmes parmi les inscrits",
    definition="Femmes sur l’ensemble des femmes et des hommes inscrits, selon leur déclaration.",
    unit="%",
    population="Une inscription compte une personne, celle qui l’a faite. Qui n’a rien déclaré est compté à part.",
    how_computed="Inscriptions qui tiennent une place. Intervalle de Wilson à 95 %. Rien n’est montré sous 5 personnes d’un côté.",
    source=SOURCE,
)
SPEAKING = Indicator(
    id="events.speaking-time",
    name="Temps de parole des femmes",
    definition="Minutes parlées par des femmes sur les minutes parlées par des femmes et des hommes.",
    unit="%",
    population="Séances publiées et commencées, hors pauses, dont le temps de parole a été compté dans la salle.",
    how_computed=(
        "Minutes comptées en bloc, sans nom. Les minutes sans réponse et les séances non comptées sont dites à côté, jamais réparties. "
        "Rien n’est montré sous 5 personnes d’un côté."
    ),
    source="Temps de parole compté dans les salles, tenu dans Yole",
)
COMMUNES = Indicator(
    id="events.communes",
    name="Communes touchées",
    definition="Communes dont au moins 5 inscriptions tiennent une place.",
    unit="communes",
    population="Inscriptions dont la commune est dite.",
    how_computed="Communes distinctes qui atteignent le seuil de secret du territoire.",
    source=SOURCE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A value with its interval, both in the unit of the indicator; `low` and `high` None for a complete count."""

    value: Value
    low: float | None = None
    high: float | None = None

    @property
    def figure(self) -> Figure:
        one = self.value.indicator
        shown = None if self.value.value is None else round(self.value.value)
        interval = shown is not None and self.low is not None and self.high is not None
        return Figure(
            name=one.name,
            value=shown,
            unit=one.unit,
            definition=one.id,
            definition_text=f"{one.definition} {one.how_computed}" + (f" {self.value.note}" if self.value.note else ""),
            field=f"{self.value.scope}. {one.population}",
            denominator="voir la population" if one.unit == "%" else "sans objet",
            day=timezone.localtime(self.value.as_of).date(),
            source=one.source,
            low=round(self.low) if interval and self.low is not None else None,
            high=round(self.high) if interval and self.high is not None else None,
            counted=not interval,
            axis=(0, 100) if interval else None,
            suppressed=self.value.note or "masqué" if shown is None else "",
        )


def _value(indicator: Indicator, of: Edition, value: float | None, now: datetime, *, note: str = "", margin: float | str = EXACT) -> Value:
    period = periods.free(of.starts_on, of.ends_on)
    return Value(indicator, period, of.title, value, now, masked=value is None, margin=margin, note=note)


def present(of: Edition, now: datetime) -> Number:
    total = Booking.objects.filter(registration__edition=of, state=State.PRESENT).aggregate(n=Sum("size"))["n"] or 0
    threshold = of.territory.small_count_threshold
    if 0 < total < threshold:
        return Number(_value(PRESENT, of, None, now, note=f"moins de {threshold} personnes"))
    return Number(_value(PRESENT, of, total, now))


def full_rooms(of: Edition, now: datetime) -> Number:
    slots = Slot.objects.filter(edition=of, capacity__isnull=False, cancelled_at__isnull=True, first_version__isnull=False)
    found = slots.aggregate(n=Count("pk"), full=Count("pk", filter=Q(capacity__taken__gte=F("capacity__seats"))))
    if not found["n"]:
        return Number(_value(FULL_ROOMS, of, None, now, note="aucune séance à places limitées"))
    return Number(_value(FULL_ROOMS, of, 100 * found["full"] / found["n"], now, note=f"{found['full']} sur {found['n']}."))


def _parity(indicator: Indicator, of: Edition, sexes: Mapping[str, int], now: datetime) -> Number:
    women, men = sexes.get(Sex.WOMAN, 0), sexes.get(Sex.MAN, 0)
    threshold = of.territory.small_count_threshold
    found = parity(women, men, sum(sexes.values()) - women - men, threshold)
    if found.share is None or found.low is None or found.high is None:
        return Number(_value(indicator, of, None, now, note=f"moins de {threshold} personnes d’un côté, ou personne n’a répondu"))
    low, high = 100 * found.low, 100 * found.high
    note = f"{women} femmes, {men} hommes, {found.unknown} sans réponse ou autre."
    value = _value(indicator, of, 100 * found.share, now, note=note, margin=f"entre {round(low)} et {round(high)} %")
    return Number(value, low, high)


def _counted(rows: list[str]) -> dict[str, int]:
    return {value: rows.count(value) for value in set(rows)}


def speaker_parity(of: Edition, now: datetime) -> Number:
    named = {one.guid for slot in published_slots(of) if not slot.cancelled for one in slot.speakers}
    return _parity(SPEAKER_PARITY, of, _counted(list(Speaker.objects.filter(pk__in=named).values_list("sex", flat=True))), now)


def participant_parity(of: Edition, now: datetime) -> Number:
    held = Registration.objects.filter(edition=of, booking__state__in=HOLDING)
    return _parity(PARTICIPANT_PARITY, of, _counted(list(held.values_list("sex", flat=True))), now)


def speaking_time(of: Edition, now: datetime) -> Number:
    held = {
        one.guid: one.minutes
        for one in published_slots(of)
        if not one.cancelled and one.kind != Kind.BREAK and one.starts_at is not None and one.starts_at <= now
    }
    rows = SpeakingTime.objects.filter(slot__edition=of, slot__guid__in=held)
    sums = rows.aggregate(*(Sum(name, default=0) for name in ("women", "men", "women_minutes", "men_minutes", "unknown_minutes")))
    women, men, of_women, of_men, unknown = sums.values()
    counted = {str(guid) for guid in rows.values_list("slot__guid", flat=True)}
    uncounted = sum(minutes for guid, minutes in held.items() if guid not in counted)
    found = speaking((women, men), (of_women, of_men), unknown, uncounted, of.territory.small_count_threshold)
    many = "s" * (len(counted) > 1)
    about = f"{len(counted)} séance{many} comptée{many} sur {len(held)}."
    if found.share is None:
        return Number(_value(SPEAKING, of, None, now, note=f"{found.why}. {about}"))
    note = f"{of_women} min de femmes, {of_men} min d’hommes. Part inconnue : {round(100 * (found.unknown or 0))} % du temps. {about}"
    return Number(_value(SPEAKING, of, 100 * found.share, now, note=note))


def communes(of: Edition, now: datetime) -> Number:
    held = Registration.objects.filter(edition=of, booking__state__in=HOLDING, commune__isnull=False)
    rows = held.order_by().values("commune").annotate(n=Count("pk"))
    reached = sum(row["n"] >= of.territory.small_count_threshold for row in rows)
    return Number(_value(COMMUNES, of, reached, now))


NUMBERS: dict[str, Callable[[Edition, datetime], Number]] = {
    PRESENT.id: present,
    FULL_ROOMS.id: full_rooms,
    SPEAKER_PARITY.id: speaker_parity,
    SPEAKING.id: speaking_time,
    PARTICIPANT_PARITY.id: participant_parity,
    COMMUNES.id: communes,
}
INDICATORS = {one.id: one for one in (PRESENT, FULL_ROOMS, SPEAKER_PARITY, SPEAKING, PARTICIPANT_PARITY, COMMUNES)}


@system_scope()  # counts of a whole edition, for people who may not read the rows; small ones are not shown
def of_edition(of: Edition) -> list[Number]:
    now = timezone.now()
    return [measure(of, now) for measure in NUMBERS.values()]


@system_scope()
def of_period(territory: Territory, indicator: str, first: date, last: date) -> Value | None:
    """A number of the territory's last published edition that began in the period, for the roadmap; None without one. Raises KeyError."""
    measure = NUMBERS[indicator]
    held = Edition.objects.filter(territory=territory, version__gte=1, starts_on__range=(first, last)).select_related("territory")
    of = held.order_by("-starts_on").first()
    return measure(of, timezone.now()).value if of else None
