"""Many named cards at once: the checks, the rows and the lines of the journal of `services.create_followed`, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.people import permissions, sealing, selectors, services
from yole.people.engine.identity import Identity
from yole.people.enums import Access, Kind
from yole.people.models import CODE_LENGTH, AccessLog, Consent, Notice, Person
from yole.people.services import About, Agreed
from yole.people.services_pairs import first_pairs
from yole.territory.models import Commune
from yole.territory.selectors import today

_BATCH = 500


@dataclass(frozen=True, slots=True)
class NewCard:
    """Somebody of a list: the key of their card, who they are, and what a refusal calls them (« Ligne 3 »)."""

    key: UUID
    identity: Identity
    about: About
    where: str


def create_many(account: Account, cards: Sequence[NewCard], agreed: Agreed) -> int:
    """Makes the cards that are not there yet, inside the caller's transaction; returns how many. Raises Refused: then none is made.

    The journal is written last: every other writer waits for the end of the transaction from its first line on.
    """
    require(account, permissions.FOLLOW)
    structure_id = services.own_structure(account)
    services.check_agreed(agreed, confirmed=False)
    with system_scope():
        known = set(Person.objects.filter(pk__in=[card.key for card in cards]).values_list("pk", flat=True))
    fresh = [card for key, card in {card.key: card for card in cards}.items() if key not in known]
    communes = Commune.objects.in_bulk({card.about.commune for card in fresh if card.about.commune})
    settings = selectors.settings_of(account.territory)
    day = today()
    people: list[tuple[Person, Identity]] = []
    for card in fresh:
        try:
            identity = services.checked_identity(card.identity, confirmed=False)
            if services.minor_needs(settings, card.about.birth_year, card.about.age_band, day):
                services.check_minor(account, card.about, identity, agreed.given_by)
            columns = services.about_columns(card.about, communes)
        except Refused as refusal:
            words = f"{card.where} : {refusal.reason} Rien n’est importé."
            raise Refused(words, remedy=refusal.remedy, code=refusal.code, status=422) from None
        key, wrapped = sealing.new_key(sealing.PERSON, card.key)
        person = Person(
            id=card.key, territory_id=account.territory_id, structure_id=structure_id, code=new_code(CODE_LENGTH), created_by=account,
            last_contact_on=day, kind=Kind.FOLLOWED, wrapped_key=wrapped, sealed=sealing.seal(key, identity, card.key), **columns,
        )  # fmt: skip
        people.append((person, identity))
    made = [person for person, _ in people]
    try:
        with transaction.atomic():
            Person.objects.bulk_create(made, batch_size=_BATCH)
    except IntegrityError:  # a code that was drawn before, or the same list sent twice at the same moment
        raise Refused("Cette liste n’a pas pu être prise.", remedy="Essayez encore.", code="retry") from None
    Notice.objects.bulk_create([services.notice_row(account, person, agreed) for person in made], batch_size=_BATCH)
    Consent.objects.bulk_create(
        [row for person in made for row in services.consent_rows(account, person, agreed, agreed.purposes)], batch_size=_BATCH
    )
    AccessLog.objects.bulk_create(
        [AccessLog(person=person, account=account, structure_id=structure_id, act=Access.CREATED) for person in made], batch_size=_BATCH
    )
    services.refile([person.pk for person in made])
    first_pairs(people)
    for person in made:
        services.tell_followed(account, person, agreed)
    return len(made)
