"""Making and changing cards. Every name goes through `_store`, which seals it and files it; nothing else writes one."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.people import permissions, sealing, selectors, wording
from yole.people.contacts import checked_email, checked_phone
from yole.people.engine import lookups
from yole.people.engine.identity import OLDEST, Identity
from yole.people.engine.screening import NIR, scan
from yole.people.enums import Access, AgeBand, Gender, GivenBy, How, Kind, MinorRule, Purpose, SocialStatus
from yole.people.models import CODE_LENGTH, AccessLog, Agreement, Consent, Lookup, Notice, PeopleSettings, Person
from yole.territory.models import Commune
from yole.territory.selectors import today

_CODE_TRIES = 5


@dataclass(frozen=True, slots=True)
class About:
    """What is known of somebody without naming them. `commune` is an official code, or empty."""

    birth_year: int | None = None
    age_band: str = AgeBand.UNKNOWN
    gender: str = Gender.UNKNOWN
    social_status: str = SocialStatus.UNKNOWN
    commune: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was read and agreed to, and how. `words` says the purpose when it is « autre »."""

    purposes: Sequence[str]
    how: str
    given_by: str = GivenBy.SELF
    words: str = ""
    version: str = wording.VERSION


def note_access(account: Account, person: Person, act: Access, motive: str = "") -> None:
    note_accesses(account, [person], act, motive)


def note_accesses(account: Account, people: Iterable[Person], act: Access, motive: str = "") -> None:
    """Notes who did what with named cards. Opening one again within a quarter of an hour is the same visit. Two statements at most."""
    read = {person.pk: person for person in people}
    if act == Access.SEEN and read:
        recent = timezone.now() - timedelta(minutes=15)
        seen = AccessLog.objects.filter(person__in=read, account=account, act=act, at__gte=recent)
        told = set(seen.values_list("person_id", flat=True))
        read = {key: person for key, person in read.items() if person.is_followed and key not in told}
    rows = [AccessLog(person_id=key, account=account, structure_id=account.structure_id, act=act, motive=motive[:120]) for key in read]
    AccessLog.objects.bulk_create(rows)


def check_text(texts: Iterable[tuple[str, str]], *, confirmed: bool) -> None:
    """Refuses free text that holds a social-security number; for a bank account or a word about health, asks first.

    `texts` are (field, text). Raises Refused: code `nir` always, code `sensitive` unless `confirmed`.
    """
    for field, text in texts:
        for found in scan(text):
            if found.kind == NIR:
                raise Refused(
                    "Ce texte contient un numéro de sécurité sociale.",
                    remedy="Effacez-le : Yole ne le garde jamais.",
                    field=field,
                    code="nir",
                    status=422,
                )
            if not confirmed:
                raise Refused(
                    f"Ce texte contient peut-être {found.label} : « {found.text} ».",
                    remedy="Effacez ce passage, ou cochez la case qui dit que la personne veut le garder.",
                    field=field,
                    code="sensitive",
                    status=422,
                )


def about_columns(about: About, communes: Mapping[str, Commune] | None = None) -> dict[str, Any]:
    """Checked columns of a card. `communes`: those read beforehand by whoever makes many cards, by code. Raises Refused."""
    this_year = today().year
    if about.birth_year is not None and not this_year - OLDEST <= about.birth_year <= this_year:
        raise Refused(f"L’année de naissance va de {this_year - OLDEST} à {this_year}.", field="birth_year", code="year", status=422)
    for field, value, choices in (
        ("age_band", about.age_band, AgeBand),
        ("gender", about.gender, Gender),
        ("social_status", about.social_status, SocialStatus),
    ):
        if value not in choices.values:
            raise Refused("Cette réponse n’est pas dans la liste.", field=field, code="choice", status=422)
    commune = None
    if about.commune:
        commune = Commune.objects.filter(pk=about.commune).first() if communes is None else communes.get(about.commune)
    if about.commune and commune is None:
        raise Refused("Nous ne connaissons pas cette commune.", field="commune", code="commune", status=422)
    return {
        "birth_year": about.birth_year,
        "age_band": about.age_band,
        "gender": about.gender,
        "social_status": about.social_status,
        "commune": commune,
    }


def own_structure(account: Account) -> int:
    """The key of the account's structure. Raises Refused when it has none."""
    if account.structure_id is None:
        raise Refused("Votre compte n’est dans aucune structure.", remedy="Demandez à la coordination du territoire.", code="no-structure")
    return int(account.structure_id)


def create_anonymous(
    account: Account, about: About | None = None, *, uuid: UUID | None = None, day: date | None = None, is_fictional: bool = False
) -> Person:
    """A card that names nobody. The same `uuid` sent again gives the same card: a device without a network may repeat itself.

    Raises Refused: no structure, a value out of its list, a key that another structure's card has.
    """
    require(account, permissions.NEW_ANONYMOUS)
    structure_id = own_structure(account)
    columns = about_columns(about or About())
    return _insert(
        account, structure_id, uuid or uuids.uuid4(), kind=Kind.ANONYMOUS, last_contact_on=_past(day), is_fictional=is_fictional, **columns
    )


def _past(day: date | None) -> date:
    """A day of contact; a device whose clock runs ahead does not push it into the future."""
    return min(day or today(), today())


def _insert(account: Account, structure_id: int, key: UUID, **columns: Any) -> Person:
    for _ in range(_CODE_TRIES):
        with system_scope():
            known = Person.objects.filter(pk=key).first()
        if known is not None:
            if known.structure_id != structure_id:
                raise Refused("Cette carte est déjà celle d’une autre structure.", code="taken")
            return known
        try:
            with transaction.atomic():
                return Person.objects.create(
                    id=key,
                    territory_id=account.territory_id,
                    structure_id=structure_id,
                    code=new_code(CODE_LENGTH),
                    created_by=account,
                    **columns,
                )
        except IntegrityError:  # the key was written meanwhile, or the code was drawn before
            continue
    raise Refused("Cette carte n’a pas pu être créée.", remedy="Essayez encore.", code="retry")


def checked_identity(identity: Identity, *, confirmed: bool) -> Identity:
    """The identity in its stored form. Raises Refused: no name, contact that is not one, text to be asked about."""
    made = replace(
        identity,
        first_name=" ".join(identity.first_name.split())[:80],
        last_name=" ".join(identity.last_name.split())[:80],
        phone=checked_phone(identity.phone),
        email=checked_email(identity.email),
        notes=identity.notes.strip()[:2000],
        guardian_name=" ".join(identity.guardian_name.split())[:120],
        guardian_phone=checked_phone(identity.guardian_phone, "guardian_phone"),
    )
    if not made.full_name:
        raise Refused(
            "Il manque un nom ou un prénom.", remedy="Sans nom, faites une carte sans nom.", field="last_name", code="name", status=422
        )
    texts = [("first_name", made.first_name), ("last_name", made.last_name), ("guardian_name", made.guardian_name), ("notes", made.notes)]
    check_text(texts, confirmed=confirmed)
    return made


def minor_needs(settings: PeopleSettings, birth_year: int | None, age_band: str, day: date) -> str:
    """The rule for somebody who may be younger than the age from which one decides alone, else an empty text.

    Only the year of birth is known: whoever may not have had their birthday yet counts as younger.
    """
    if birth_year is not None:
        young = day.year - birth_year - 1 < settings.minor_alone_from
    else:
        young = age_band in {AgeBand.UNDER_12, AgeBand.FROM_12}
    return settings.minor_rule if young else ""


def check_minor(account: Account, about: About, identity: Identity, given_by: str, remedy: str = "") -> None:
    """Raises Refused when the territory's rule for minors is not met. `given_by`: who agrees; `remedy`: what to do then."""
    settings = selectors.settings_of(account.territory)
    rule = minor_needs(settings, about.birth_year, about.age_band, today())
    if not rule:
        return
    alone = settings.minor_alone_from
    if rule == MinorRule.ANONYMOUS_ONLY:
        raise Refused(
            f"Avant {alone} ans, ce territoire ne garde pas de nom.", remedy="Faites une carte sans nom.", field="birth_year", code="minor"
        )
    if not identity.guardian_name:
        raise Refused(f"Avant {alone} ans, il faut le nom d’un ou une responsable légale.", field="guardian_name", code="minor", status=422)
    if rule == MinorRule.GUARDIAN_AGREES and given_by != GivenBy.GUARDIAN:
        raise Refused(
            f"Avant {alone} ans, un ou une responsable légale doit être d’accord.",
            remedy=remedy,
            field="given_by",
            code="minor",
            status=422,
        )


def check_agreed(agreed: Agreed, *, confirmed: bool) -> None:
    if not agreed.purposes:
        raise Refused("Il manque une raison de suivre cette personne.", field="purposes", code="purpose", status=422)
    if any(purpose not in Purpose.values for purpose in agreed.purposes) or agreed.how not in How.values:
        raise Refused("Cette réponse n’est pas dans la liste.", field="purposes", code="choice", status=422)
    if Purpose.OTHER in agreed.purposes and not agreed.words.strip():
        raise Refused("Dites quelle est l’autre raison.", field="words", code="words", status=422)
    check_text([("words", agreed.words)], confirmed=confirmed)


@transaction.atomic
def create_followed(
    account: Account,
    identity: Identity,
    agreed: Agreed,
    about: About | None = None,
    *,
    confirmed: bool = False,
    uuid: UUID | None = None,
    day: date | None = None,
    is_fictional: bool = False,
) -> Person:
    """A named card, with the information read and the agreement received. Also names an anonymous card of the structure (`uuid`).

    Sent again with the same `uuid`, it changes nothing. `confirmed`: the person wants to keep what `check_text` asks about.
    Raises Refused.
    """
    require(account, permissions.FOLLOW)
    structure_id = own_structure(account)
    about = about or About()
    made = checked_identity(identity, confirmed=confirmed)
    check_agreed(agreed, confirmed=confirmed)
    check_minor(account, about, made, agreed.given_by)
    columns = about_columns(about)
    person = _insert(account, structure_id, uuid or uuids.uuid4(), last_contact_on=_past(day), is_fictional=is_fictional, **columns)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_followed:
        return person
    if person.anonymised_at is not None:
        raise Refused("Cette carte a été effacée.", remedy="Faites une nouvelle carte.", code="erased")
    for name, value in columns.items():
        setattr(person, name, value)
    _store(person, made)
    notice_row(account, person, agreed).save()
    for row in consent_rows(account, person, agreed, agreed.purposes):
        row.save()
    note_access(account, person, Access.CREATED)
    from yole.people.services_pairs import refresh_pairs

    refresh_pairs(person)
    tell_followed(account, person, agreed)
    return person


def tell_followed(account: Account, person: Person, agreed: Agreed) -> None:
    """The line of the journal about a card just named. Last in the transaction."""
    body = {"purposes": sorted({str(purpose) for purpose in agreed.purposes}), "notice": agreed.version, "how": str(agreed.how)}
    act(account, "people.follow", person, body)


def act(account: Account | None, action: str, person: Person, body: dict[str, Any]) -> None:
    """A line of the journal about a person, named by references alone. The last statement of a transaction."""
    actor = reference("account", account.pk) if account is not None else "system:yole"
    plain = {name: [str(one) for one in value] if isinstance(value, list) else value for name, value in body.items()}
    plain = {name: str(value) if isinstance(value, str) else value for name, value in plain.items()}  # members of closed lists are texts
    record(action, actor, reference("person", person.pk), plain, organisation=reference("structure", person.structure_id))


def notice_row(account: Account, person: Person, agreed: Agreed) -> Notice:
    """The information read, not saved yet."""
    return Notice(
        person=person,
        version=agreed.version,
        digest=wording.notice_digest(agreed.version),
        given_to=agreed.given_by,
        how=agreed.how,
        by=account,
    )


def consent_rows(account: Account, person: Person, agreed: Agreed, purposes: Iterable[str]) -> list[Consent]:
    """What is agreed to, not saved yet: one row for each purpose."""
    return [
        Consent(
            person=person,
            purpose=purpose,
            words=agreed.words.strip() if purpose == Purpose.OTHER else "",
            version=agreed.version,
            given_by=agreed.given_by,
            how=agreed.how,
            by=account,
        )
        for purpose in dict.fromkeys(purposes)
    ]


def _store(person: Person, identity: Identity) -> None:
    """Seals an identity under a new key of the card's own, and files it for every structure that may read it."""
    key, wrapped = sealing.new_key(sealing.PERSON, person.pk)
    person.kind = Kind.FOLLOWED
    person.wrapped_key = wrapped
    person.sealed = sealing.seal(key, identity, person.pk)
    person.save()
    refile([person.pk])


def refile(person_ids: Iterable[UUID]) -> None:
    """Rewrites the digests by which cards are found, for the structures that may read them.

    The card that stands for a person is also found by what its merged cards say, as far as the same structure may read these too.
    """
    with system_scope():
        root_of = {member: root for root, members in selectors.groups(person_ids).items() for member in members}
        rows = {row.pk: row for row in Person.objects.filter(pk__in=root_of, sealed__isnull=False)}
        readers: dict[UUID, set[int]] = {key: {row.structure_id} for key, row in rows.items()}
        live = Agreement.objects.filter(person__in=root_of, withdrawn_at__isnull=True)
        for key, structure_id in live.values_list("person_id", "structure_id"):
            readers.setdefault(key, set()).add(structure_id)
        filed: set[tuple[UUID, int, lookups.Value]] = set()
        for key, row in rows.items():
            root = root_of[key]
            for value in lookups.stored(selectors.identity(row), row.birth_year):
                filed.update((key, reader, value) for reader in readers[key])
                filed.update((root, reader, value) for reader in readers[key] & readers.get(root, set()))
        Lookup.objects.filter(person__in=root_of).delete()
        Lookup.objects.bulk_create(
            [
                Lookup(person_id=key, structure_id=reader, kind=kind, digest=sealing.digest(reader, kind, value))
                for key, reader, (kind, value) in sorted(filed, key=str)
            ],
            batch_size=2000,
        )


def held(account: Account, person_id: UUID) -> Person:
    """The row of a card that the account may see, locked. Raises Refused (404) otherwise."""
    found = selectors.visible(account).filter(pk=person_id).values_list("pk", flat=True).first()
    if found is None:
        raise Refused("Cette fiche n’existe pas, ou votre structure ne la suit pas.", code="not-found", status=404)
    return Person.objects.select_for_update().get(pk=found)


@transaction.atomic
def change(account: Account, person_id: UUID, about: About, identity: Identity | None = None, *, confirmed: bool = False) -> Person:
    """Changes a card; `identity` for a followed person only. Raises Refused."""
    require(account, permissions.FOLLOW if identity is not None else permissions.NEW_ANONYMOUS)
    person = held(account, person_id)
    if person.anonymised_at is not None:
        raise Refused("Cette carte a été effacée : elle ne change plus.", code="erased")
    age_changed = (about.birth_year, about.age_band) != (person.birth_year, person.age_band)
    for name, value in about_columns(about).items():
        setattr(person, name, value)
    if not person.is_followed:
        person.save()
        return person
    if identity is None:
        raise Refused("Il manque un nom ou un prénom.", field="last_name", code="name", status=422)
    made = checked_identity(identity, confirmed=confirmed)
    if age_changed:
        by_guardian = person.consents.filter(withdrawn_at__isnull=True, given_by=GivenBy.GUARDIAN).exists()
        given_by = GivenBy.GUARDIAN if by_guardian else GivenBy.SELF
        check_minor(account, about, made, given_by, "Notez d’abord son accord sur la fiche.")
    _store(person, made)
    note_access(account, person, Access.CHANGED)
    from yole.people.services_pairs import refresh_pairs

    refresh_pairs(person)
    return person


def touch(person_ids: Iterable[UUID], day: date) -> int:
    """Notes a contact on a day: the year of storage starts again, for the cards given and those that stand for them. Returns rows changed.

    A day to come counts as today; an older day than the last contact changes nothing.
    """
    keys = list(person_ids)
    roots = selectors.canonical_ids(keys)
    return (
        Person.objects.filter(Q(pk__in=keys) | Q(pk__in=roots.values()), anonymised_at__isnull=True, last_contact_on__lt=_past(day))
        .order_by()
        .update(last_contact_on=Greatest(F("last_contact_on"), _past(day)), kept_on=None, kept_reason="")
    )
