"""The numbers this room publishes: training of advisers, and what a workshop and a person reached cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum
from django.utils import timezone

from yole.activities import indicators as activity_numbers
from yole.activities.enums import ActivityKind
from yole.activities.indicators_read import Question, grouped, shared
from yole.advisers.enums import Envelope, TrainingKind, TrainingState
from yole.advisers.models import Attendance, Contract, Enrolment, LedgerLine
from yole.advisers.services_training import IN_POST
from yole.base.registries import Measure
from yole.base.scope import system_scope
from yole.kernel.indicators import Indicator, Value
from yole.kernel.periods import Kind, Period, first_day, month_index
from yole.kernel.tables import write_table
from yole.territory.models import Territory
from yole.territory.selectors import today

HOURS = Indicator(
    id="advisers.training-hours",
    name="Heures de formation reçues par les conseillers",
    definition="Somme des heures de présence notées, par demi-journée. Un cours de 3 h 30 suivi par dix personnes fait 35 heures.",
    unit="heures",
    population="Conseillers recrutés par Yole et inscrits à un cours, formation initiale et continue.",
    how_computed="Somme des minutes notées des demi-journées de la période, divisée par 60.",
    source="Présences notées aux cours de Yole",
)
TRAINED = Indicator(
    id="advisers.trained-share",
    name="Part des conseillers formés",
    definition="Conseillers en poste qui ont reçu l’attestation d’une formation initiale, sur cent conseillers en poste.",
    unit="%",
    population="Personnes dont un contrat court le dernier jour de la période.",
    how_computed="Attestations données au plus tard ce jour-là, divisées par les contrats de ce jour.",
    source="Contrats et attestations de Yole",
)
PER_WORKSHOP = Indicator(
    id="advisers.cost-per-workshop",
    name="Coût par atelier",
    definition=(
        "Subventions de postes versées pendant la période, récupérations déduites, divisées par les activités collectives de la période."
    ),
    unit="€",
    population="Tous les postes et toutes les activités collectives du territoire, qu’un conseiller subventionné les anime ou non.",
    how_computed="Mouvements « verse » moins « recupere » du budget, divisés par les activités collectives des statistiques.",
    source="Budget des postes et statistiques d’activité de Yole",
)
PER_PERSON = Indicator(
    id="advisers.cost-per-person",
    name="Coût par accompagnement",
    definition=(
        "Subventions de postes versées pendant la période, récupérations déduites, divisées par les accompagnements de la période. "
        "Une personne venue trois fois fait trois accompagnements."
    ),
    unit="€",
    population="Tous les postes et tous les accompagnements du territoire, aidés par un conseiller subventionné ou non.",
    how_computed="Mouvements « verse » moins « recupere » du budget, divisés par les accompagnements des statistiques.",
    source="Budget des postes et statistiques d’activité de Yole",
)
LIMITS = (
    "Seules les subventions de postes sont comptées : ni le reste du salaire, ni les locaux, ni le matériel.",
    "Les activités de structures sans poste subventionné sont aussi au dénominateur : le coût vrai est plus haut.",
    "Un versement paie souvent plusieurs mois : un mois seul ne dit rien, une année se compare à une autre.",
    "Un petit coût n’est pas une bonne note : les ateliers près des plus fragiles sont plus petits et plus longs.",
)


def _masked(indicator: Indicator, period: Period, scope: str, threshold: int) -> Value:
    note = f"masqué : moins de {threshold} personnes, ou permettrait de les retrouver"
    return Value(indicator, period, scope, None, timezone.now(), masked=True, note=note)


@system_scope()  # sums and shares of a whole territory; small ones are not published
def training_hours(territory: Territory, period: Period) -> Value:
    """Masked when fewer persons than the threshold of the territory are behind it."""
    rows = Attendance.objects.filter(enrolment__course__territory=territory, slot__day__range=(period.first, period.last), minutes__gt=0)
    people = rows.values("enrolment__candidate").distinct().count()
    if 0 < people < territory.small_count_threshold:
        return _masked(HOURS, period, territory.name, territory.small_count_threshold)
    total = rows.aggregate(total=Sum("minutes"))["total"] or 0
    return Value(HOURS, period, territory.name, round(total / 60, 1), timezone.now())


@system_scope()
def trained_share(territory: Territory, period: Period) -> Value:
    """Masked when those trained, those who are not, or all of them are fewer than the threshold; unknown when nobody is in post."""
    in_post = Contract.objects.filter(post__host__territory=territory, state__in=IN_POST)
    in_post = in_post.filter(starts_on__lte=period.last, ends_on__gte=period.last)
    people = set(in_post.values_list("relation__candidate", flat=True))
    if not people:
        return Value(TRAINED, period, territory.name, None, timezone.now(), note="aucun conseiller en poste ce jour-là")
    done = Enrolment.objects.filter(
        candidate__in=people, state=TrainingState.CERTIFIED, course__syllabus__kind=TrainingKind.INITIAL, decided_on__lte=period.last
    )
    trained = done.values("candidate").distinct().count()
    if any(0 < count < territory.small_count_threshold for count in (trained, len(people) - trained, len(people))):
        return _masked(TRAINED, period, territory.name, territory.small_count_threshold)
    return Value(TRAINED, period, territory.name, round(100 * trained / len(people), 1), timezone.now())


def _reader(number: Callable[[Territory, Period], Value]) -> Callable[[int, date, date], Value]:
    def read(territory: int, first: date, last: date) -> Value:
        return number(Territory.objects.get(pk=territory), Period(Kind.FREE, first, last))

    return read


MEASURES = (Measure(HOURS, _reader(training_hours)), Measure(TRAINED, _reader(trained_share)))


@dataclass(frozen=True, slots=True)
class Costs:
    """Cents paid over a period, what they are divided by (None once masked), and both costs."""

    paid: int
    workshops: int | None
    people: int | None
    per_workshop: Value
    per_person: Value


def paid_between(territory: Territory, period: Period) -> int:
    """Cents paid for posts, those recovered taken off."""
    starts, after = period.bounds(ZoneInfo(territory.time_zone))
    rows = LedgerLine.objects.filter(Q(kind__in=["verse", "recupere"]), territory=territory, envelope=Envelope.POSTS, stage="verse")
    return rows.filter(at__gte=starts, at__lt=after).aggregate(total=Sum("cents"))["total"] or 0


def costs(territory: Territory, period: Period) -> Costs:
    """`period` is whole months. A cost is unknown when it would be divided by nothing, and masked when what divides it is."""
    question = Question(territory, period)
    people = activity_numbers.accompaniments(activity_numbers.measure(question))
    groups = grouped(question, "kind", shared(question)).get(str(ActivityKind.GROUP), {"activities": 0, "accompaniments": 0})
    hidden = 0 < groups["accompaniments"] < territory.small_count_threshold
    workshops = None if hidden else groups["activities"]
    paid = paid_between(territory, period)
    return Costs(
        paid,
        workshops,
        None if people.value is None else int(people.value),
        _cost(PER_WORKSHOP, territory, period, paid, workshops, "aucun atelier"),
        _cost(PER_PERSON, territory, period, paid, None if people.value is None else int(people.value), "aucun accompagnement"),
    )


def _cost(indicator: Indicator, territory: Territory, period: Period, paid: int, by: int | None, none: str) -> Value:
    if by is None:
        return _masked(indicator, period, territory.name, territory.small_count_threshold)
    if not by:
        return Value(indicator, period, territory.name, None, timezone.now(), note=none)
    return Value(indicator, period, territory.name, round(paid / by / 100, 2), timezone.now())


def last_months() -> Period:
    """The twelve whole months that end with the present one."""
    month = month_index(today())
    return Period(Kind.TWELVE_MONTHS, first_day(month - 11), first_day(month + 1) - timedelta(days=1))


def costs_csv(territory: Territory) -> bytes:
    """One row a month of the last twelve, one for all of them; then definitions and limits, so that a funder can compute again."""
    whole = last_months()
    months = [Period(Kind.MONTH, first_day(month), first_day(month + 1) - timedelta(days=1)) for month in whole.months or ()]
    rows: list[list[object]] = []
    for period in (*months, whole):
        found = costs(territory, period)
        cells = [found.workshops, found.per_workshop.value, found.people, found.per_person.value]
        rows.append([period.first, period.last, f"{found.paid / 100:.2f}", *cells, found.per_workshop.note or found.per_person.note])
    rows += [[one.name, one.definition] for one in (PER_WORKSHOP, PER_PERSON)]
    rows += [["Limite", words] for words in LIMITS]
    header = ("du", "au", "verse_euros", "ateliers", "euros_par_atelier", "accompagnements", "euros_par_accompagnement", "remarque")
    return write_table(header, rows)
