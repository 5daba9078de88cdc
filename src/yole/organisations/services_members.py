"""Who works where, with which role: invitations, transfers, ends, deactivation. Each act is in the journal, without names."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.organisations import mails
from yole.organisations.enums import GRANTS, STRUCTURE_ROLES, Role
from yole.organisations.models import AccessLink, Account, Invitation, Membership, ResetRequest, Structure
from yole.organisations.permissions import CHANGE_MEMBER, DEACTIVATE, INVITE
from yole.organisations.services import check_password_strength, create_account, end_sessions, note
from yole.territory.models import Territory

INVITATION_DAYS = 7


def digest(token: str) -> str:
    """What the database keeps of a token of 256 random bits."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def absent() -> Refused:
    """The same answer for what does not exist and for what the actor may not know of."""
    return Refused("Cette personne n’est pas dans votre équipe.", code="absent", status=404)


def dead_link() -> Refused:
    """The same answer for a token that is wrong, used, too old or withdrawn."""
    return Refused("Ce lien ne fonctionne plus.", remedy="Il sert une seule fois et pour peu de temps.", code="dead-link", status=410)


# Reach


def ensure_membership(account: Account) -> Membership:
    """The current membership; made from the account when it has none yet."""
    found = Membership.objects.filter(account=account, is_current=True).first()
    if found is not None:
        return found
    return Membership.objects.create(
        account=account,
        territory_id=account.territory_id,
        structure_id=account.structure_id,
        role=account.role,
        since=account.created_at,
        is_current=True,
    )


def reaches(actor: Account, membership: Membership) -> bool:
    """Whether a membership is within what the actor looks after: own structure, or own territory."""
    if membership.territory_id != actor.territory_id:
        return False
    if actor.role == Role.STRUCTURE_COORDINATOR:
        return actor.structure_id is not None and membership.structure_id == actor.structure_id
    return actor.role in {Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER}


def _acting(actor: Account, act: str, membership: Membership) -> Account:
    """Checks right, reach and rank; returns the account. Raises Refused."""
    require(actor, act)
    if membership.until is not None or not reaches(actor, membership):
        raise absent()
    if actor.role in GRANTS and membership.role not in GRANTS[actor.role]:
        raise Refused("Ce rôle est au-dessus du vôtre.", remedy="Demandez à la coordination du territoire.", code="rank", status=403)
    return membership.account


def _check_grant(actor: Account, role: str, structure: Structure | None) -> None:
    """Raises Refused when the actor may not give this role there."""
    if role not in GRANTS.get(actor.role, frozenset()):
        raise Refused("Vous ne pouvez pas donner ce rôle.", field="role", code="rank", status=403)
    if structure is None and (role in STRUCTURE_ROLES or actor.role == Role.STRUCTURE_COORDINATOR):
        raise Refused("Ce rôle demande une structure.", field="structure", code="structure", status=400)
    if structure is not None and structure.territory_id != actor.territory_id:
        raise Refused("Cette structure n’existe pas.", field="structure", code="absent", status=404)
    if actor.role == Role.STRUCTURE_COORDINATOR and structure is not None and structure.pk != actor.structure_id:
        raise Refused("Cette structure n’est pas la vôtre.", field="structure", code="other-structure", status=403)


def keep_a_coordinator(territory_id: int, leaving: Account) -> None:
    """Raises Refused when nobody would coordinate the territory. Holds the territory, so that two people cannot leave at once."""
    Territory.objects.select_for_update().get(pk=territory_id)
    role = Role.TERRITORY_COORDINATOR
    here = Q(role=role, territory_id=territory_id) | Q(
        memberships__role=role, memberships__territory_id=territory_id, memberships__until__isnull=True
    )
    coordinators = set(Account.objects.filter(here, is_active=True).values_list("pk", flat=True))
    if leaving.pk in coordinators and coordinators == {leaving.pk}:
        raise Refused(
            "C’est la dernière coordination du territoire.", remedy="Invitez d’abord une autre personne à ce rôle.", code="last-coordinator"
        )


# Invitations


@transaction.atomic
def invite(actor: Account, email: str, role: str, structure: Structure | None = None) -> Invitation:
    """Offers a place by e-mail: a link for one use, 7 days. The same answer whether an account has this address or not.

    A second invitation to the same place replaces the first. Raises Refused.
    """
    require(actor, INVITE)
    _check_grant(actor, role, structure)
    now, token = timezone.now(), secrets.token_urlsafe(32)
    email = Account.objects.normalize_email(email.strip())
    Invitation.objects.filter(
        email__iexact=email, territory=actor.territory, structure=structure, accepted_at=None, cancelled_at=None
    ).update(cancelled_at=now)
    made = Invitation.objects.create(
        email=email, role=role, territory=actor.territory, structure=structure, invited_by=actor, token_hash=digest(token),
        sent_at=now, expires_at=now + timedelta(days=INVITATION_DAYS),
    )  # fmt: skip
    note("invite", actor, reference("invitation", made.pk), structure_id=structure.pk if structure else None, role=role)
    transaction.on_commit(lambda: mails.invitation(made, token))
    return made


def _waiting(actor: Account, invitation: Invitation) -> Invitation:
    require(actor, INVITE)
    held = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk, accepted_at=None, cancelled_at=None).first()
    outside = held is None or held.territory_id != actor.territory_id
    if held is None or outside or (actor.role == Role.STRUCTURE_COORDINATOR and held.structure_id != actor.structure_id):
        raise Refused("Cette invitation n’attend plus.", code="absent", status=404)
    return held


@transaction.atomic
def resend_invitation(actor: Account, invitation: Invitation) -> None:
    """A new link for 7 days; the one before no longer works. Raises Refused."""
    held = _waiting(actor, invitation)
    _check_grant(actor, held.role, held.structure)
    now, token = timezone.now(), secrets.token_urlsafe(32)
    held.token_hash, held.sent_at, held.expires_at = digest(token), now, now + timedelta(days=INVITATION_DAYS)
    held.save()
    note("resend", actor, reference("invitation", held.pk), structure_id=held.structure_id)
    transaction.on_commit(lambda: mails.invitation(held, token))


@transaction.atomic
def cancel_invitation(actor: Account, invitation: Invitation) -> None:
    held = _waiting(actor, invitation)
    held.cancelled_at = timezone.now()
    held.save(update_fields=["cancelled_at"])
    note("cancel", actor, reference("invitation", held.pk), structure_id=held.structure_id)


def _still_offers(invitation: Invitation) -> bool:
    """Whether the person who offered the place still works where they may offer it."""
    inviter = invitation.invited_by
    if inviter is None or not inviter.is_active:
        return False
    held = [(inviter.role, inviter.territory_id, inviter.structure_id)]
    held += Membership.objects.filter(account=inviter, until=None).values_list("role", "territory_id", "structure_id")
    return any(
        invitation.role in GRANTS.get(role, frozenset())
        and territory == invitation.territory_id
        and (role == Role.TERRITORY_COORDINATOR or structure == invitation.structure_id)
        for role, territory, structure in held
    )


def usable_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation behind a token. Raises the one refusal of dead links."""
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects
    found = rows.filter(token_hash=digest(token), accepted_at=None, cancelled_at=None, expires_at__gt=timezone.now()).first()
    if found is None or not _still_offers(found):
        raise dead_link()
    return found


@transaction.atomic
def accept_invitation(token: str, *, name: str = "", password: str = "", account: Account | None = None) -> Account:
    """With `account` (signed in, same address) the place is added to it; else an account is made, or starts again, with this password.

    Raises Refused: dead link, weak password, address of somebody else.
    """
    held = usable_invitation(token, lock=True)
    known = Account.objects.select_for_update(of=("self",)).filter(email__iexact=held.email).first()
    now = timezone.now()
    if account is not None:
        if known is None or known.pk != account.pk or not known.is_active:
            raise dead_link()
        _join(known, held, now)
    elif known is not None and known.is_active:
        raise Refused("Connectez-vous d’abord.", remedy="Cette invitation s’ajoute à votre compte.", code="sign-in", status=403)
    else:
        name = " ".join(name.split())[:120]
        if not name:
            raise Refused("Donnez votre nom.", field="name", code="empty", status=400)
        check_password_strength(password)
        if known is None:
            known = create_account(
                email=held.email, name=name, role=Role(held.role), territory=held.territory, structure=held.structure,
                password=password, created_by=held.invited_by,
            )  # fmt: skip
        else:  # disabled before: it comes back with this place alone
            Membership.objects.filter(account=known, until=None).update(until=now, is_current=False)
            known.name, known.is_active, known.reactivated_at, known.idle_notice_at = name, True, now, None
            known.erase_notice_at = None
            known.set_password(password)
            known.save()
            _join(known, held, now)
            end_sessions(known)
    held.accepted_at, held.account = now, known
    held.save(update_fields=["accepted_at", "account"])
    note("accept", known, reference("invitation", held.pk), structure_id=held.structure_id, role=held.role)
    return known


def _join(account: Account, held: Invitation, now: datetime) -> None:
    """Adds the place; the same place with another role replaces it."""
    if account.is_active and not Membership.objects.filter(account=account).exists():
        ensure_membership(account)
    same = Membership.objects.filter(account=account, territory=held.territory, structure=held.structure, until=None).first()
    if same is not None:
        same.role = held.role
        same.save(update_fields=["role"])
    else:
        current = not Membership.objects.filter(account=account, is_current=True).exists()
        same = Membership.objects.create(
            account=account, territory=held.territory, structure=held.structure, role=held.role, since=now,
            is_current=current, created_by=held.invited_by,
        )  # fmt: skip
    if same.is_current:
        _mirror(account, same)


# Memberships


def _mirror(account: Account, membership: Membership) -> None:
    account.role, account.territory_id, account.structure_id = membership.role, membership.territory_id, membership.structure_id
    account.save(update_fields=["role", "territory", "structure"])


def _held(membership: Membership) -> Membership:
    """The row as it is now, held until the end of the transaction. Raises Refused when it is over."""
    found = Membership.objects.select_for_update(of=("self",)).select_related("account").filter(pk=membership.pk, until=None).first()
    if found is None:
        raise absent()
    return found


@transaction.atomic
def switch(account: Account, membership: Membership) -> None:
    """The account works from now on in another of its places. Raises Refused."""
    held = _held(membership)
    if held.account_id != account.pk:
        raise absent()
    Membership.objects.filter(account=account, is_current=True).update(is_current=False)
    held.is_current = True
    held.save(update_fields=["is_current"])
    _mirror(account, held)
    note("switch", account, reference("account", account.pk), structure_id=held.structure_id, role=held.role)


@transaction.atomic
def change_role(actor: Account, membership: Membership, role: str) -> None:
    """Raises Refused: never a role above the actor's, never one's own, never the last coordination of a territory."""
    held = _held(membership)
    account = _acting(actor, CHANGE_MEMBER, held)
    if account.pk == actor.pk:
        raise Refused("Personne ne change son propre rôle.", field="role", code="own", status=403)
    _check_grant(actor, role, held.structure)
    if held.role == role:
        return
    if held.role == Role.TERRITORY_COORDINATOR:
        keep_a_coordinator(held.territory_id, account)
    before, held.role = held.role, role
    held.save(update_fields=["role"])
    if held.is_current:
        _mirror(account, held)
    note("role", actor, reference("account", account.pk), structure_id=held.structure_id, before=before, after=role)


@transaction.atomic
def transfer(actor: Account, membership: Membership, structure: Structure) -> Membership:
    """Ends a place and opens the same role in another structure of the territory. For the coordination of the territory. Raises Refused."""
    held = _held(membership)
    account = _acting(actor, CHANGE_MEMBER, held)
    _check_grant(actor, held.role, structure)
    if structure.pk == held.structure_id:
        raise Refused("Cette personne est déjà dans cette structure.", field="structure", code="same")
    if Membership.objects.filter(account=account, structure=structure, until=None).exists():
        raise Refused("Cette personne travaille déjà dans cette structure.", field="structure", code="same")
    now, was_current = timezone.now(), held.is_current
    held.until, held.is_current = now, False
    held.save()
    made = Membership.objects.create(
        account=account, territory=structure.territory, structure=structure, role=held.role, since=now, is_current=was_current,
        created_by=actor,
    )  # fmt: skip
    if was_current:
        _mirror(account, made)
    note("transfer", actor, reference("account", account.pk), structure_id=structure.pk)
    return made


def _end(membership: Membership) -> None:
    """Ends a place. The rights it gave are gone at once; without another place, the account is disabled."""
    account = membership.account
    if membership.role == Role.TERRITORY_COORDINATOR:
        keep_a_coordinator(membership.territory_id, account)
    was_current = membership.is_current
    membership.until, membership.is_current = timezone.now(), False
    membership.save()
    other = Membership.objects.filter(account=account, until=None).order_by("since").first()
    if other is None:
        account.is_active = False
        account.save(update_fields=["is_active"])
        end_sessions(account)
    elif was_current:
        other.is_current = True
        other.save(update_fields=["is_current"])
        _mirror(account, other)


@transaction.atomic
def leave(account: Account, membership: Membership) -> None:
    """The person leaves one of their own places. Raises Refused."""
    held = _held(membership)
    if held.account_id != account.pk:
        raise absent()
    _end(held)
    note("leave", account, reference("account", account.pk), structure_id=held.structure_id)


@transaction.atomic
def end_membership(actor: Account, membership: Membership) -> None:
    """Somebody else's place ends: a structure lets an adviser go. Raises Refused."""
    held = _held(membership)
    account = _acting(actor, CHANGE_MEMBER, held)
    _end(held)
    note("end", actor, reference("account", account.pk), structure_id=held.structure_id)


# Accounts


def _not_shared(actor: Account, account: Account, remedy: str) -> None:
    """Raises Refused when the account also works where the actor has no say: for a structure another one, for a coordination of territory
    another territory. Whoever administers the site closes any account of an incident."""
    places = Membership.objects.filter(account=account, until=None)
    if actor.role == Role.STRUCTURE_COORDINATOR and places.exclude(structure=actor.structure_id).exists():
        raise Refused("Cette personne travaille aussi dans une autre structure.", remedy=remedy, code="shared")
    if actor.role == Role.TERRITORY_COORDINATOR and places.exclude(territory=actor.territory_id).exists():
        raise Refused("Cette personne travaille aussi dans un autre territoire.", remedy=remedy, code="shared")


@transaction.atomic
def deactivate(actor: Account, membership: Membership) -> None:
    """Closes the account and every session at once. Raises Refused: an account shared with another structure is not ours to close."""
    held = _held(membership)
    account = _acting(actor, DEACTIVATE, held)
    if account.pk == actor.pk:
        raise Refused("Personne ne désactive son propre compte.", remedy="Utilisez « Quitter » sur votre page.", code="own", status=403)
    _not_shared(actor, account, "Retirez-la plutôt de votre équipe.")
    for coordinated in Membership.objects.filter(account=account, until=None, role=Role.TERRITORY_COORDINATOR):
        keep_a_coordinator(coordinated.territory_id, account)
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_sessions(account)
    AccessLink.objects.filter(account=account, used_at=None).update(used_at=timezone.now())
    ResetRequest.objects.filter(account=account, closed_at=None).update(closed_at=timezone.now())
    note("deactivate", actor, reference("account", account.pk), structure_id=held.structure_id)


@transaction.atomic
def reactivate(actor: Account, membership: Membership) -> None:
    """The account opens again, with its password and second factor. Raises Refused."""
    held = _held(membership)
    account = _acting(actor, DEACTIVATE, held)
    if account.pseudonymised_at is not None:
        raise Refused("Ce compte est effacé.", remedy="Invitez à nouveau la personne.", code="erased")
    if account.is_active:
        return
    _not_shared(actor, account, "Demandez à la coordination du territoire.")
    account.is_active, account.reactivated_at, account.idle_notice_at = True, timezone.now(), None
    account.erase_notice_at = None
    account.save(update_fields=["is_active", "reactivated_at", "idle_notice_at", "erase_notice_at"])
    note("reactivate", actor, reference("account", account.pk), structure_id=held.structure_id)
