"""What a person agreed to: the information read, the purposes, the structures that may open their card. Each is a record with a date."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.kernel.codes import clean_code, is_code
from yole.organisations.models import Account, Structure
from yole.people import permissions, selectors, services
from yole.people.enums import Access, How, PairState
from yole.people.models import CODE_LENGTH, Agreement, Consent, Lookup, Pair, PeopleSettings, Person
from yole.people.services import Agreed, act, held, note_access
from yole.territory.models import Territory
from yole.territory.selectors import today


def _own(account: Account, person_id: UUID) -> Person:
    """A named card that the account's own structure follows, locked. Raises Refused."""
    person = held(account, person_id)
    if person.structure_id != account.structure_id:
        raise Refused("Cette fiche est suivie par une autre structure.", remedy="Demandez-lui de le faire.", code="forbidden", status=403)
    return person


@transaction.atomic
def give_consent(account: Account, person_id: UUID, agreed: Agreed, *, confirmed: bool = False) -> list[Consent]:
    """Adds purposes to a named card, the information having been read. Purposes already agreed to stay as they are. Raises Refused."""
    require(account, permissions.FOLLOW)
    person = _own(account, person_id)
    if not person.is_followed:
        raise Refused("Une carte sans nom n’a pas d’accord.", code="anonymous")
    services.check_agreed(agreed, confirmed=confirmed)
    services.check_minor(account, services.About(person.birth_year, person.age_band), selectors.identity(person), agreed.given_by)
    services.notice_row(account, person, agreed).save()
    live = set(person.consents.filter(withdrawn_at__isnull=True).values_list("purpose", flat=True))
    made = services.consent_rows(account, person, agreed, [purpose for purpose in agreed.purposes if purpose not in live])
    for row in made:
        row.save()
    act(account, "people.consent", person, {"purposes": sorted(one.purpose for one in made), "notice": agreed.version, "how": agreed.how})
    return made


@transaction.atomic
def withdraw_consent(account: Account, person_id: UUID, purpose: str) -> int:
    """The person no longer agrees to a purpose, on any of their cards here. Returns how many purposes are left.

    At none the name goes within a week (`retention.UNAGREED_KEPT`), or at once by `erase`. Raises Refused.
    """
    require(account, permissions.FOLLOW)
    person = _own(account, person_id)
    live = Consent.objects.filter(person__in=selectors.cards_here(person), withdrawn_at__isnull=True)
    if not live.filter(purpose=purpose).update(withdrawn_at=timezone.now(), withdrawn_by=account):
        raise Refused("Cet accord est déjà retiré.", code="withdrawn")
    left = live.values("purpose").distinct().count()
    act(account, "people.withdraw-consent", person, {"purpose": purpose})
    return left


@transaction.atomic
def share(account: Account, person_id: UUID, structure_id: int, how: str) -> Agreement:
    """The person lets another structure of the territory open their card. Raises Refused."""
    require(account, permissions.SHARE)
    person = _own(account, person_id)
    if how not in How.values:
        raise Refused("Dites comment la personne a donné son accord.", field="how", code="choice", status=422)
    structure = Structure.objects.filter(pk=structure_id, territory_id=person.territory_id).exclude(pk=person.structure_id).first()
    if structure is None:
        raise Refused("Cette structure n’est pas dans votre territoire.", field="structure", code="structure", status=422)
    return _agree(account, person, structure.pk, how)


def _agree(account: Account, person: Person, structure_id: int, how: str) -> Agreement:
    if person.anonymised_at is not None:
        raise Refused("Cette carte a été effacée.", code="erased")
    with system_scope():
        known = Agreement.objects.filter(person=person, structure_id=structure_id, withdrawn_at__isnull=True).first()
        if known is not None:
            return known
        made = Agreement.objects.create(person=person, structure_id=structure_id, how=how, by=account)
        services.refile([person.pk])
        if person.is_followed:
            from yole.people.services_pairs import refresh_pairs

            refresh_pairs(person)
    act(account, "people.share", person, {"with": reference("structure", structure_id), "how": how})
    return made


@transaction.atomic
def open_by_code(account: Account, code: str, how: str) -> Person:
    """Opens the card of somebody who is here and shows it: typing its code is the act, their agreement is noted. Raises Refused.

    A card of the account's own structure opens without more. The same words answer a code that does not exist and one that is erased.
    """
    require(account, permissions.SHARE)
    structure_id = services.own_structure(account)
    cleaned = clean_code(code)
    if not is_code(cleaned, CODE_LENGTH):
        raise Refused(
            "Ce code n’est pas complet ou a une faute.", remedy="Recopiez les 10 signes de la carte.", field="code", code="code", status=422
        )
    with system_scope():
        person = Person.objects.select_for_update().filter(code=cleaned, territory_id=account.territory_id).first()
    if person is None:
        raise Refused(
            "Aucune carte n’a ce code.",
            remedy="Vérifiez le code, ou faites une nouvelle carte.",
            field="code",
            code="unknown",
            status=404,
        )
    if person.structure_id != structure_id:
        if how not in How.values:
            raise Refused("Dites comment la personne a donné son accord.", field="how", code="choice", status=422)
        _agree(account, person, structure_id, how)
    note_access(account, person, Access.OPENED_BY_CODE)
    return person


@transaction.atomic
def withdraw_share(account: Account, agreement_id: int) -> Agreement:
    """Closes a person's cards to another structure at once; asked at either of both structures. Raises Refused."""
    require(account, permissions.SHARE)
    made = Agreement.objects.select_for_update().filter(pk=agreement_id, withdrawn_at__isnull=True).first()
    if made is None or not selectors.visible(account).filter(pk=made.person_id).exists():
        raise Refused("Cet accord n’existe pas, ou il est déjà retiré.", code="not-found", status=404)
    person = Person.objects.get(pk=made.person_id)
    if account.structure_id not in (person.structure_id, made.structure_id):
        raise Refused("Cet accord concerne d’autres structures.", code="forbidden", status=403)
    with system_scope():
        made.withdrawn_at, made.withdrawn_by = timezone.now(), account
        made.save()
        cards = selectors.cards_here(person)
        alike = Agreement.objects.filter(person__in=cards, structure_id=made.structure_id, withdrawn_at__isnull=True)
        alike.update(withdrawn_at=made.withdrawn_at, withdrawn_by=account)
        Lookup.objects.filter(person__in=cards, structure_id=made.structure_id).delete()
        Pair.objects.filter(structure_id=made.structure_id, state=PairState.PROPOSED).filter(first__in=cards).delete()
        Pair.objects.filter(structure_id=made.structure_id, state=PairState.PROPOSED).filter(second__in=cards).delete()
        services.refile([person.pk])
        act(account, "people.withdraw-share", person, {"with": reference("structure", made.structure_id)})
    return made


@transaction.atomic
def change_settings(account: Account, **values: int | str) -> PeopleSettings:
    """What the territory decides: minor_alone_from, minor_rule, keep_months (1 to 12), notice_days. Raises Refused.

    A shorter delay has no effect before the notice is over: structures see the cards that will go, and a slip can be mended.
    """
    require(account, permissions.SETTINGS)
    territory = Territory.objects.get(pk=account.territory_id)
    found = selectors.settings_of(territory)
    before = {name: getattr(found, name) for name in values}
    for name, value in values.items():
        setattr(found, name, value)
    found.full_clean(validate_constraints=True)
    if found.keep_months < before.get("keep_months", found.keep_months):
        found.grace_until = today() + timedelta(days=found.notice_days)
    found.save()
    changed = {name: [str(before[name]), str(value)] for name, value in values.items() if before[name] != value}
    if changed:
        from yole.journal.services import record

        record("people.settings", reference("account", account.pk), reference("territory", territory.pk), changed)
    return found
