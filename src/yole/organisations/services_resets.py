"""An account starts again (new password, new second factor) when one person asks and another agrees."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.organisations.enums import GRANTS, LinkPurpose, Role
from yole.organisations.models import Account, Membership, ResetRequest
from yole.organisations.permissions import AGREE_RESET, ASK_RESET
from yole.organisations.services import check_password_strength, end_sessions, note
from yole.organisations.services_factors import forget_factors
from yole.organisations.services_links import send_link, use_link
from yole.organisations.services_members import absent, reaches

WAITS = timedelta(hours=48)
KEPT = timedelta(days=365)


@transaction.atomic
def ask(actor: Account, membership: Membership) -> ResetRequest:
    """The first person. Nothing changes for the account before the second one agrees. Raises Refused."""
    require(actor, ASK_RESET)
    if membership.until is not None or not reaches(actor, membership):
        raise absent()
    account = membership.account
    if account.pk == actor.pk:
        raise Refused("Personne ne réinitialise son propre compte.", remedy="Demandez à deux autres personnes.", code="own", status=403)
    if not account.is_active:
        raise Refused("Ce compte est désactivé.", code="inactive")
    if actor.role in GRANTS and membership.role not in GRANTS[actor.role]:
        raise Refused("Ce rôle est au-dessus du vôtre.", remedy="Demandez à la coordination du territoire.", code="rank", status=403)
    now = timezone.now()
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    ResetRequest.objects.filter(account=account, closed_at=None, expires_at__lte=now).update(closed_at=now)
    if ResetRequest.objects.filter(account=account, closed_at=None).exists():
        raise Refused("Une demande attend déjà pour ce compte.", code="waiting")
    made = ResetRequest.objects.create(account=account, asked_by=actor, expires_at=now + WAITS)
    note("reset-ask", actor, reference("account", account.pk), structure_id=membership.structure_id)
    return made


def _open(actor: Account, request: ResetRequest) -> ResetRequest:
    rows = ResetRequest.objects.select_for_update(of=("self",)).select_related("account", "asked_by")
    held = rows.filter(pk=request.pk, closed_at=None, expires_at__gt=timezone.now()).first()
    if held is None or not any(reaches(actor, one) for one in Membership.objects.filter(account=held.account, until=None)):
        raise Refused("Cette demande n’attend plus.", code="absent", status=404)
    return held


@transaction.atomic
def agree(actor: Account, request: ResetRequest) -> None:
    """The second person: neither the one who asked nor the one concerned. Password, second factors and sessions go; a link leaves.

    Raises Refused.
    """
    require(actor, AGREE_RESET)
    held = _open(actor, request)
    if actor.pk in {held.asked_by_id, held.account_id}:
        raise Refused("Il faut une deuxième personne.", remedy="Celle qui demande ne peut pas accepter.", code="second-person", status=403)
    if not held.account.is_active or not held.asked_by.is_active:
        raise Refused("Cette demande ne tient plus.", code="inactive")
    held.agreed_by, held.closed_at = actor, timezone.now()
    held.save(update_fields=["agreed_by", "closed_at"])
    account = held.account
    account.set_unusable_password()
    account.save(update_fields=["password"])
    forget_factors(account)
    send_link(account, LinkPurpose.RESET)
    note("reset-agree", actor, reference("account", account.pk), asked_by=reference("account", held.asked_by_id))


@transaction.atomic
def withdraw(actor: Account, request: ResetRequest) -> None:
    """The person who asked, or one who may agree, puts an end to the request. Raises Refused."""
    require(actor, ASK_RESET)
    held = _open(actor, request)
    if actor.pk != held.asked_by_id and actor.role == Role.STRUCTURE_COORDINATOR:
        raise Refused("Une autre personne a fait cette demande.", code="other", status=403)
    held.closed_at = timezone.now()
    held.save(update_fields=["closed_at"])
    note("reset-withdraw", actor, reference("account", held.account_id))


@transaction.atomic
def start_again(token: str, password: str) -> Account:
    """The person chooses a new password with the link. Raises Refused: dead link, weak password."""
    check_password_strength(password)
    account = use_link(token, LinkPurpose.RESET)
    account.set_password(password)
    account.save(update_fields=["password"])
    end_sessions(account)
    note("reset-done", account, reference("account", account.pk))
    return account


def purge() -> int:
    """Deletes requests after a year: the journal keeps the proof. Returns rows deleted."""
    return ResetRequest.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()[0]
