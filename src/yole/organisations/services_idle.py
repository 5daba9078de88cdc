"""Accounts nobody uses: disabled at 6 months without sign-in, pseudonymised at 12, each time 30 days after a message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessLog
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from yole.base.errors import Refused
from yole.journal.references import reference
from yole.organisations import mails
from yole.organisations.models import AccessLink, Account, Invitation, Membership, new_stamp
from yole.organisations.services import end_sessions, note
from yole.organisations.services_members import keep_a_coordinator

NOTICE = timedelta(days=30)
IDLE = timedelta(days=182)
ERASED = timedelta(days=365)
INVITATION_KEPT = timedelta(days=30)


def _unused(since: timedelta) -> QuerySet[Account]:
    """Accounts of real people whose last sign-in, creation or reactivation is that old."""
    last = Greatest(Coalesce("last_login", "created_at"), Coalesce("reactivated_at", "created_at"), F("created_at"))
    found = Account.objects.annotate(last_sign=last).filter(last_sign__lt=timezone.now() - since)
    return found.filter(is_fictional=False, pseudonymised_at=None).order_by("pk")


def warn() -> int:
    """Sends the messages that are due, each once; returns how many. A sign-in makes an account start again from zero."""
    sent, now = 0, timezone.now()
    due = (
        ("idle_notice_at", mails.idle_notice, _unused(IDLE - NOTICE).filter(is_active=True)),
        ("erase_notice_at", mails.erase_notice, _unused(ERASED - NOTICE).filter(is_active=False)),
    )
    for column, send, accounts in due:
        for account in accounts.filter(**{column: None}):
            mine = Account.objects.filter(pk=account.pk, **{column: None}).update(**{column: now})
            sent += mine and _left(account, column, send)
    return sent


def _left(account: Account, column: str, send: Callable[[Account], None]) -> int:
    """1 when the message left; 0 when the mail server did not answer: it counts as not sent, and is tried again the next day."""
    try:
        send(account)
    except Refused:
        Account.objects.filter(pk=account.pk).update(**{column: None})
        return 0
    return 1


def _disable(account: Account) -> bool:
    try:
        with transaction.atomic():
            for row in Membership.objects.filter(account=account, until=None, role="territory-coordinator"):
                keep_a_coordinator(row.territory_id, account)
            account.is_active = False
            account.save(update_fields=["is_active"])
            end_sessions(account)
            note("idle", None, reference("account", account.pk))
    except Refused:
        return False  # the last coordination of a territory: its account waits for another one
    return True


def _pseudonymise(account: Account) -> None:
    now = timezone.now()
    for trace in (AccessLog, AccessAttempt):
        trace.objects.filter(username__iexact=account.email).delete()
    Invitation.objects.filter(email__iexact=account.email).delete()
    account.name, account.email = f"Compte effacé {account.pk}", f"efface-{account.pk}@yole.invalid"
    account.set_unusable_password()
    account.session_stamp, account.pseudonymised_at = new_stamp(), now
    account.save()
    Membership.objects.filter(account=account, until=None).update(until=now, is_current=False)
    Authenticator.objects.filter(user=account).delete()
    AccessLink.objects.filter(account=account).delete()
    note("erase", None, reference("account", account.pk))


@transaction.atomic
def purge_accounts() -> int:
    """Disables, then pseudonymises what is due and was announced 30 days before. Returns rows touched; a second run finds nothing."""
    told = timezone.now() - NOTICE
    done = 0
    for account in _unused(IDLE).filter(is_active=True, idle_notice_at__lte=told).select_for_update(of=("self",)):
        done += _disable(account)
    for account in _unused(ERASED).filter(is_active=False, erase_notice_at__lte=told).select_for_update(of=("self",)):
        _pseudonymise(account)
        done += 1
    return done


def purge_invitations() -> int:
    """Deletes invitations 30 days after they ended: accepted, withdrawn or too old. Returns rows deleted."""
    return Invitation.objects.filter(expires_at__lt=timezone.now() - INVITATION_KEPT).delete()[0]


def purge_memberships() -> int:
    """Deletes ended memberships of pseudonymised accounts a year later. Returns rows deleted."""
    return Membership.objects.filter(account__pseudonymised_at__lt=timezone.now() - ERASED).delete()[0]
