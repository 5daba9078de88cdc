"""Every write on structures and on accounts as such. Memberships, links, resets and idle accounts are in services_*.py."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from stdnum.fr import siret as siret_rules

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.text import sort_key
from yole.organisations.enums import Role, StructureType
from yole.organisations.models import Account, AccountSession, Membership, Structure, new_stamp
from yole.organisations.permissions import STRUCTURES
from yole.territory.models import Territory


def note(action: str, actor: Account | None, subject: str, *, structure_id: int | None = None, **body: str) -> None:
    """The line of the journal, last in the transaction: references and codes, never a name or an address."""
    who = reference("account", actor.pk) if actor is not None else "system:yole"
    record(
        f"accounts.{action}",
        who,
        subject,
        {name: str(value) for name, value in body.items()},
        reference("structure", structure_id) if structure_id else "",
    )


# Structures


def clean_siret(text: str) -> str:
    """14 digits whose key is right (the rule of La Poste included), or an empty text. Raises Refused (field `siret`)."""
    digits = "".join(text.split()).replace(".", "")
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit()) or len(digits) != 14:
        raise Refused(
            "Un SIRET a 14 chiffres.", remedy=f"Celui-ci en a {sum(c.isdigit() for c in digits)}.", field="siret", code="length", status=400
        )
    if not digits.strip("0") or not siret_rules.is_valid(digits):
        raise Refused("Ce SIRET n’existe pas : sa clé est fausse.", remedy="Vérifiez les chiffres.", field="siret", code="key", status=400)
    return digits


def _named(territory: Territory, name: str, besides: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez un nom à la structure.", field="name", code="empty", status=400)
    others = Structure.objects.filter(territory=territory, name__iexact=name)
    if (others if besides is None else others.exclude(pk=besides)).exists():
        raise Refused(f"La structure « {name} » existe déjà.", field="name", code="taken")
    return name


@transaction.atomic
def create_structure(territory: Territory, name: str, kind: StructureType = StructureType.OTHER, siret: str = "") -> Structure:
    """For imports and demonstrations, which check rights themselves. Raises Refused when the name is taken or the SIRET wrong."""
    name = _named(territory, name)
    made = Structure(territory=territory, name=name, sort_key=sort_key(name), kind=kind, siret=clean_siret(siret))
    _save_structure(made)
    return made


def _save_structure(structure: Structure) -> None:
    """Raises Refused when another request took the name meanwhile."""
    try:
        with transaction.atomic():
            structure.save()
    except IntegrityError:
        raise Refused(f"La structure « {structure.name} » existe déjà.", field="name", code="taken") from None


@transaction.atomic
def add_structure(actor: Account, name: str, kind: StructureType, siret: str = "") -> Structure:
    """A structure in the territory of the actor. Raises Refused."""
    require(actor, STRUCTURES)
    made = create_structure(actor.territory, name, kind, siret)
    note("structure-add", actor, reference("structure", made.pk), structure_id=made.pk)
    return made


@transaction.atomic
def change_structure(actor: Account, structure: Structure, name: str, kind: StructureType, siret: str = "") -> Structure:
    """Raises Refused; a structure of another territory does not exist for the actor."""
    require(actor, STRUCTURES)
    if structure.territory_id != actor.territory_id:
        raise Refused("Cette structure n’existe pas.", code="absent", status=404)
    structure.name = _named(actor.territory, name, structure.pk)
    structure.sort_key, structure.kind, structure.siret = sort_key(structure.name), kind, clean_siret(siret)
    _save_structure(structure)
    note("structure-change", actor, reference("structure", structure.pk), structure_id=structure.pk)
    return structure


# Accounts


def check_password_strength(password: str, account: Account | None = None) -> None:
    """Raises Refused (field `password`) with what is wrong in words."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password", code="weak", status=400) from None


def create_account(
    *,
    email: str,
    name: str,
    role: Role,
    territory: Territory,
    password: str | None = None,
    encoded: str = "",
    structure: Structure | None = None,
    is_fictional: bool = False,
    created_by: Account | None = None,
) -> Account:
    """An account with its first membership, with a password, or one hashed before (`encoded`), or none that works.

    Raises Refused when an account has this address.
    """
    account = Account(
        email=Account.objects.normalize_email(email),
        name=name,
        role=role,
        territory=territory,
        structure=structure,
        is_fictional=is_fictional,
    )
    if encoded:
        account.password = encoded
    else:
        account.set_password(password)
    try:
        with transaction.atomic():
            account.save()
            Membership.objects.create(
                account=account,
                territory=territory,
                structure=structure,
                role=role,
                since=timezone.now(),
                is_current=True,
                created_by=created_by,
            )
    except IntegrityError:
        raise Refused("Un compte a déjà cette adresse e-mail.", field="email", code="taken") from None
    return account


def end_sessions(account: Account) -> None:
    """Every session of the account is over at its next request, whoever opened it. Saves the account."""
    account.session_stamp = new_stamp()
    account.save(update_fields=["session_stamp"])
    AccountSession.objects.filter(account=account).delete()


@transaction.atomic
def rename(account: Account, name: str) -> None:
    """The name that colleagues see. Raises Refused when it is empty."""
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez votre nom.", field="name", code="empty", status=400)
    account.name = name[:120]
    account.save(update_fields=["name"])


@transaction.atomic
def change_password(account: Account, password: str) -> None:
    """Ends every session; the caller keeps its own with `update_session_auth_hash`. Raises Refused when the password is weak."""
    check_password_strength(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    end_sessions(account)
    note("password", account, reference("account", account.pk))
