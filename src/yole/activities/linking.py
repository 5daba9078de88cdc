"""People of a report: who may be linked, and what of them is frozen at the day of the activity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from yole.activities.models import Participation
from yole.activities.rules import Link
from yole.base.errors import Refused
from yole.organisations.models import Account
from yole.people import selectors as people
from yole.people.models import Person


def people_for(account: Account, links: Iterable[Link], known: Iterable[UUID] = ()) -> dict[UUID, Person]:
    """The cards to link, by key. `known` are already in the report and stay linkable.

    Raises Refused for a card that is not of the structure (nor shared with it by an agreement), or that became anonymous for good.
    """
    wanted = {link.person for link in links}
    if not wanted:
        return {}
    living = people.visible(account).filter(pk__in=wanted, anonymised_at__isnull=True)
    found = {person.pk: person for person in living.select_related(None)}
    missing = wanted - set(found)
    if missing - set(known):
        raise Refused(
            "Cette personne n’est pas suivie par votre structure.",
            remedy="Choisissez-la dans votre liste, ou comptez-la sans nom.",
            field="people",
            code="person",
            status=403,
        )
    return found | {person.pk: person for person in Person.objects.filter(pk__in=missing)}


def participation(activity_id: UUID, person: Person, day: date, *, already_known: bool) -> Participation:
    """The row of a person in an activity, with what they were on that day."""
    return Participation(activity_id=activity_id, person=person, already_known=already_known, **people.snapshot(person, day))


def seen_before(people: Iterable[UUID], day: date, activity_id: UUID) -> set[UUID]:
    """Those of `people` who took part in something before `day`."""
    wanted = list(people)
    if not wanted:
        return set()
    earlier = Participation.objects.filter(person_id__in=wanted, activity__date__lt=day, activity__deleted_at__isnull=True)
    return {pk for pk in earlier.exclude(activity_id=activity_id).values_list("person_id", flat=True) if pk is not None}


def readable(account: Account, keys: Iterable[str]) -> list[Person]:
    """The living cards that the account may read among keys given as text; what is no key is ignored."""
    wanted = set()
    for text in keys:
        try:
            wanted.add(UUID(text))
        except ValueError:
            continue
    return list(people.visible(account).filter(pk__in=wanted, anonymised_at__isnull=True)) if wanted else []
