"""The stages of a sign-in. A session of Django is opened only when every stage is passed: password or link, then second factor."""

from __future__ import annotations

import hashlib
import re
import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from yole.organisations.confirm import mark_confirmed
from yole.organisations.models import Account, AccountSession
from yole.organisations.services_factors import has_factor

PENDING = "sign-in-pending"
PENDING_SECONDS = 15 * 60
BACKEND = "yole.organisations.backends.AccountBackend"
_DEVICES = (
    ("Android", "Android"), ("iPad", "iPad"), ("iPhone", "iPhone"), ("CrOS", "Chromebook"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def skips_second_factor(account: Account) -> bool:
    """Only a fictional account of the demonstration that has not set up a second factor."""
    return account.is_fictional and not has_factor(account)


def begin(request: HttpRequest, account: Account, next_address: str) -> str:
    """After a right password, link or invitation: `done`, or the stage that follows (`check`, `set-up`).

    Whoever was signed in on this browser no longer is; the key of the session changes.
    """
    sign_out(request)
    if skips_second_factor(account):
        complete(request, account)
        return "done"
    request.session.cycle_key()
    request.session[PENDING] = {
        "account": account.pk, "hash": account.get_session_auth_hash(), "at": int(time.time()), "next": next_address,
    }  # fmt: skip
    return "check" if has_factor(account) else "set-up"


def pending(request: HttpRequest) -> Account | None:
    """Who is between two stages, for 15 minutes at most; a new password, a new stamp or a closed account ends it."""
    held = request.session.get(PENDING)
    if not isinstance(held, dict) or not 0 <= time.time() - held["at"] <= PENDING_SECONDS:
        return None
    account = Account.objects.filter(pk=held["account"], is_active=True).first()
    if account is None or not constant_time_compare(held["hash"], account.get_session_auth_hash()):
        return None
    return account


def pending_next(request: HttpRequest) -> str:
    held = request.session.get(PENDING)
    return str(held.get("next", "")) if isinstance(held, dict) else ""


def complete(request: HttpRequest, account: Account) -> None:
    """Opens the session: 12 hours whatever happens, listed on the page of the account."""
    login(request, account, backend=BACKEND)
    request.session.pop(PENDING, None)
    AccountSession.objects.filter(account=account, expires_at__lt=timezone.now()).delete()
    AccountSession.objects.create(
        account=account,
        key_hash=key_hash(request),
        expires_at=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
        device=device(request.headers.get("User-Agent", "")),
    )


def opened(sender: object, request: HttpRequest, user: Account, **more: object) -> None:
    """However a session is opened, it has just been proved and it ends in 12 hours, used or not."""
    mark_confirmed(request)
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    Account.objects.filter(pk=user.pk).exclude(idle_notice_at=None, erase_notice_at=None).update(idle_notice_at=None, erase_notice_at=None)


def connect() -> None:
    user_logged_in.connect(opened, dispatch_uid="organisations.session-opened")


def key_hash(request: HttpRequest) -> str:
    """The digest under which the session of this request is listed."""
    return hashlib.sha256(f"session:{request.session.session_key}".encode()).hexdigest()


def device(agent: str) -> str:
    """« Chrome, Android », enough to recognise one's own; never the whole text."""
    machine = next((name for mark, name in _DEVICES if mark in agent), "Appareil inconnu")
    browser = next((name for mark, name in _BROWSERS if re.search(mark, agent)), "")
    return f"{browser}, {machine}" if browser else machine


def sign_out(request: HttpRequest) -> None:
    AccountSession.objects.filter(key_hash=key_hash(request)).delete()
    logout(request)
