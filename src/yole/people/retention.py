"""How long each table of the room is kept. The main rule makes cards anonymous; a run logs counts; a second run does nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.registries import Retention
from yole.base.scope import system_scope
from yole.journal.references import SYSTEM, reference
from yole.journal.services import record
from yole.organisations.models import Account
from yole.people import permissions, selectors, services
from yole.people.engine.delays import LONGEST, due_on, months_later
from yole.people.enums import Kind
from yole.people.models import AccessLog, Agreement, Consent, Erasure, ImportBatch, Pair, PeopleSettings, Person, RetentionRun
from yole.people.services_erasure import ERASURES_KEPT, destroy
from yole.territory.models import Territory
from yole.territory.selectors import today, zone

LOGS_KEPT = timedelta(days=365)
FILES_KEPT = timedelta(days=1)
UNAGREED_KEPT = timedelta(days=7)
_BATCH = 500
_CONTACT = Greatest(F("last_contact_on"), Coalesce(F("kept_on"), F("last_contact_on")))


def _over(territory: Territory, settings: PeopleSettings, day: date) -> list[Person]:
    """Whole cards whose delay is over on a day, and that of every card merged with them."""
    grace = settings.grace_until
    months = LONGEST if grace is not None and day < grace else settings.keep_months
    # Months back from a day and months on from a contact differ by up to three days at the end of a month: `due_on` decides.
    about = months_later(day, -months) + timedelta(days=3)
    rows = [
        row
        for row in Person.objects.filter(territory=territory, anonymised_at__isnull=True, last_contact_on__lte=about)
        .annotate(contact=_CONTACT)
        .filter(contact__lte=about)
        .select_related("territory")
        .order_by("pk")
        if due_on(row.last_contact_on, row.kept_on, settings.keep_months, grace) <= day
    ]
    keys = {row.pk for row in rows}
    joined = Person.objects.filter(Q(canonical__in=keys) | Q(pk__in=keys, canonical__isnull=False)).values_list("pk", flat=True)
    held: set[UUID] = set()
    for members in selectors.groups(joined).values():
        living = set(Person.objects.filter(pk__in=members, anonymised_at__isnull=True).values_list("pk", flat=True))
        if not living <= keys:
            held |= living
    return [row for row in rows if row.pk not in held]


def without_agreement() -> QuerySet[Any]:
    """Named cards of which every agreement is withdrawn, with the instant of the last withdrawal (`withdrawn`)."""
    consents = Consent.objects.filter(person=OuterRef("pk"))
    found = Person.objects.filter(Exists(consents), kind=Kind.FOLLOWED, anonymised_at__isnull=True)
    found = found.exclude(Exists(consents.filter(withdrawn_at__isnull=True)))
    return found.annotate(withdrawn=Max("consents__withdrawn_at"))


def _day_of(moment: datetime) -> date:
    """The day that it was in the territory, for a page and for the task of the night alike."""
    return moment.astimezone(zone()).date()


def unagreed_days(people: Iterable[UUID]) -> dict[UUID, date]:
    """The day on which each of these cards loses its name because nobody agrees to anything any more; the others are left out."""
    rows = without_agreement().filter(pk__in=list(people)).values_list("pk", "withdrawn")
    return {key: _day_of(withdrawn) + UNAGREED_KEPT for key, withdrawn in rows}


def _unagreed(territory: Territory, day: date) -> list[Person]:
    """Cards without agreement for a week, unless another card of the same person in the same structure still has one."""
    rows = [
        row
        for row in without_agreement().filter(territory=territory).select_related("territory").order_by("pk")
        if _day_of(row.withdrawn) + UNAGREED_KEPT <= day
    ]
    agreed = {
        (root, structure)
        for root, members in selectors.groups(row.pk for row in rows).items()
        for structure in Consent.objects.filter(person__in=members, withdrawn_at__isnull=True).values_list("person__structure", flat=True)
    }
    roots = selectors.canonical_ids(row.pk for row in rows)
    return [row for row in rows if (roots[row.pk], row.structure_id) not in agreed]


def purge_people(day: date | None = None) -> int:
    """Makes anonymous the cards whose delay is over on `day` (today), and those that nobody agrees to any more.

    Returns how many; logs the run of the day.
    """
    day = day or today()
    done: list[tuple[Territory, dict[str, int | str]]] = []
    with system_scope(), transaction.atomic():
        for territory in Territory.objects.order_by("pk"):
            settings = selectors.settings_of(territory)
            over = _over(territory, settings, day)
            known = {row.pk for row in over}
            unagreed = [row for row in _unagreed(territory, day) if row.pk not in known]
            due = over + unagreed
            dropped = sum(destroy(due[start : start + _BATCH], asked=False) for start in range(0, len(due), _BATCH))
            run, _ = RetentionRun.objects.get_or_create(day=day, territory=territory)
            run.warned = ending_soon(territory, settings, day).count()
            run.anonymised += len(due)
            run.communes_dropped += dropped
            run.save()
            if due:
                counts = {"anonymised": len(due), "without_agreement": len(unagreed), "communes_dropped": dropped}
                done.append((territory, {**counts, "day": day.isoformat()}))
        for territory, body in done:  # last: the lines of everybody else wait from here on
            record("people.retention", SYSTEM, reference("territory", territory.pk), body)
    return sum(int(body["anonymised"]) for _, body in done)


def ending_soon(territory: Territory, settings: PeopleSettings, day: date):  # type: ignore[no-untyped-def]  # a QuerySet with an annotation
    """Named cards whose delay ends within the notice of the territory."""
    limit = months_later(day + timedelta(days=settings.notice_days), -settings.keep_months)
    return (
        Person.objects.filter(territory=territory, kind=Kind.FOLLOWED, canonical__isnull=True, last_contact_on__lte=limit)
        .annotate(contact=_CONTACT)
        .filter(contact__lte=limit)
    )


def due_soon(account: Account, *, day: date | None = None):  # type: ignore[no-untyped-def]  # a QuerySet with an annotation
    """Named cards of the account's structure that will be made anonymous within the notice, the soonest first."""
    settings = selectors.settings_of(account.territory)
    soon = ending_soon(account.territory, settings, day or today())
    return (
        selectors.visible(account)
        .filter(pk__in=soon.values("pk"), structure_id=services.own_structure(account))
        .order_by("last_contact_on", "pk")
    )


def unagreed(account: Account) -> QuerySet[Person]:
    """Named cards of the account's structure that nobody agrees to any more: their name goes within a week."""
    own = without_agreement().filter(structure_id=services.own_structure(account), canonical__isnull=True)
    return selectors.visible(account).filter(pk__in=own.values("pk")).order_by("last_contact_on", "pk")


def due_day(person: Person, settings: PeopleSettings) -> date:
    """The day on which a card is made anonymous if nobody meets the person before."""
    return due_on(person.last_contact_on, person.kept_on, settings.keep_months, settings.grace_until)


def due_days(people: Iterable[Person], settings: PeopleSettings) -> dict[UUID, date]:
    """The same for several cards, and sooner for those that nobody agrees to any more."""
    rows = list(people)
    unagreed = unagreed_days(row.pk for row in rows)
    return {row.pk: min(due_day(row, settings), unagreed.get(row.pk, date.max)) for row in rows}


@transaction.atomic
def keep(account: Account, person_id: UUID, reason: str) -> Person:
    """Keeps a card once more, with a reason; only once until the next contact, and only when its end is near. Raises Refused."""
    require(account, permissions.FOLLOW)
    person = services.held(account, person_id)
    if person.structure_id != account.structure_id or not person.is_followed:
        raise Refused("Seule la structure qui suit la personne peut garder sa fiche.", code="forbidden", status=403)
    if not reason.strip():
        raise Refused("Dites pourquoi garder cette fiche.", field="reason", code="reason", status=422)
    services.check_text([("reason", reason)], confirmed=False)
    if person.kept_on is not None:
        raise Refused(
            "Cette fiche a déjà été gardée une fois.", remedy="Elle se garde encore si la personne revient.", field="reason", code="kept"
        )
    if unagreed_days([person.pk]):
        raise Refused(
            "La personne n’est plus d’accord pour rien : sa fiche ne se garde pas.", remedy="Notez d’abord un accord.", code="no-agreement"
        )
    if not due_soon(account).filter(pk=person.pk).exists():
        raise Refused("Cette fiche n’arrive pas au bout de son délai.", code="not-due")
    person.kept_on, person.kept_reason = today(), " ".join(reason.split())[:200]
    person.save(update_fields=["kept_on", "kept_reason"])
    services.act(account, "people.keep", person, {"until": due_day(person, selectors.settings_of(account.territory)).isoformat()})
    return person


def purge_accesses() -> int:
    with system_scope():
        return AccessLog.objects.filter(at__lte=timezone.now() - LOGS_KEPT).delete()[0]


def purge_agreements() -> int:
    """Agreements withdrawn a year ago."""
    with system_scope():
        return Agreement.objects.filter(withdrawn_at__lte=timezone.now() - LOGS_KEPT).delete()[0]


def purge_pairs() -> int:
    """Proposals that nobody decided in a year; they come back if a card changes."""
    with system_scope():
        return Pair.objects.filter(state="proposed", found_at__lte=timezone.now() - LOGS_KEPT).delete()[0]


def purge_erasures() -> int:
    with system_scope():
        return Erasure.objects.filter(at__lte=timezone.now() - ERASURES_KEPT).delete()[0]


def purge_imports() -> int:
    """Lists that nobody confirmed within a day lose their content; counts stay."""
    with system_scope():
        return ImportBatch.objects.filter(sealed__isnull=False, created_at__lte=timezone.now() - FILES_KEPT).update(
            sealed=None, wrapped_key=None
        )


def _with_the_card() -> int:
    """These rows go with the card, in the run of `people_person`."""
    return 0


_BASIS = "mission d’intérêt public (RGPD, article 6.1.e)"
_CONTACT_START = "dernier contact avec la personne"
_YEAR = timedelta(days=365)
RULES = (
    Retention(
        "people_person",
        _BASIS,
        _CONTACT_START,
        _YEAR,
        "nom, contact et code détruits (préavis de 30 jours) ; il reste un mois, une tranche d’âge et une commune d’au moins 5 personnes",
        purge_people,
        "Personnes suivies",
    ),
    Retention("people_notice", _BASIS, _CONTACT_START, _YEAR, "supprimé avec la fiche", _with_the_card, "Informations lues aux personnes"),
    Retention("people_consent", _BASIS, _CONTACT_START, _YEAR, "supprimé avec la fiche", _with_the_card, "Accords des personnes"),
    Retention("people_lookup", _BASIS, _CONTACT_START, _YEAR, "supprimé avec la fiche", _with_the_card, "Empreintes pour la recherche"),
    Retention(
        "people_merge", _BASIS, _CONTACT_START, _YEAR, "ne nomme personne ; supprimé si la personne le demande", _with_the_card,
        "Fiches réunies",
    ),
    Retention("people_agreement", _BASIS, "accord retiré", LOGS_KEPT, "supprimé", purge_agreements, "Accords entre structures"),
    Retention("people_pair", _BASIS, "paire proposée", LOGS_KEPT, "supprimée si personne ne décide", purge_pairs, "Doublons possibles"),
    Retention("people_accesslog", _BASIS, "lecture de la fiche", LOGS_KEPT, "supprimé", purge_accesses, "Qui a ouvert une fiche"),
    Retention(
        "people_erasure",
        "obligation légale (RGPD, articles 17 et 32)",
        "effacement",
        ERASURES_KEPT,
        "supprimé",
        purge_erasures,
        "Liste des effacements à rejouer",
    ),
    Retention("people_importbatch", _BASIS, "fichier reçu", FILES_KEPT, "contenu effacé", purge_imports, "Listes de personnes importées"),
)  # fmt: skip
