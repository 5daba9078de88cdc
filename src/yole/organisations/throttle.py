"""Counts kept in the database, so that every web process sees the same ones: wrong codes, links asked for."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.organisations.models import Attempt

WRONG_CODES = 5
WINDOW = timedelta(minutes=15)
LINKS_PER_ADDRESS = 3
LINKS_PER_NETWORK = 20
INVITATIONS = 40  # by one account, sent again included: messages to people who asked for nothing
PASSWORDS_PER_NETWORK = 60  # wrong ones, whoever is tried: a whole team may share one network address
KEPT = timedelta(days=1)


def client_address(request: HttpRequest) -> str:
    """The network address of the visitor; behind our own proxy, the one that the proxy saw."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    return address


def sign_in_address(request: HttpRequest) -> str | None:
    """The same for wrong passwords (settings.AXES_CLIENT_IP_CALLABLE): behind a proxy, everybody would share its address, and five wrong
    passwords typed anywhere would close the door to the owner of the account. None for what is not a network address."""
    try:
        return str(ipaddress.ip_address(client_address(request)))
    except ValueError:
        return None


def sign_in_name(request: HttpRequest, credentials: Mapping[str, object] | None = None) -> str | None:
    """Whose password is being tried (settings.AXES_USERNAME_CALLABLE): the address as accounts compare it, so that capitals open no
    second row of attempts."""
    typed = (credentials or {}).get("username") or request.POST.get("username")
    return str(typed).strip().lower()[:254] if typed else None


def _key(kind: str, what: object) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"attempt:{kind}:{what}".encode(), hashlib.sha256).hexdigest()


def counted(kind: str, what: object) -> int:
    """How many in the last 15 minutes."""
    return Attempt.objects.filter(key=_key(kind, what), at__gt=timezone.now() - WINDOW).count()


def count(kind: str, what: object) -> None:
    Attempt.objects.create(key=_key(kind, what))


def forget(kind: str, what: object) -> None:
    """After a right answer, the wrong ones before it no longer count."""
    Attempt.objects.filter(key=_key(kind, what)).delete()


def claim(kind: str, what: object, most: int) -> bool:
    """Counts one more and says whether it is within `most` in the last 15 minutes.

    Counted before it is judged: of many requests sent at the same moment to several processes, `most` pass and no more. One that does
    not pass is not kept, so that trying on does not make the wait longer. Call it outside a transaction: others must see the row.
    """
    key = _key(kind, what)
    mine = Attempt.objects.create(key=key)
    if Attempt.objects.filter(key=key, at__gt=timezone.now() - WINDOW).count() <= most:
        return True
    mine.delete()
    return False


def claim_invitation(account_id: int) -> None:
    """Raises Refused (429) beyond forty invitations in 15 minutes."""
    if not claim("invite", account_id, INVITATIONS):
        raise Refused("Trop d’invitations à la fois.", remedy="Attendez 15 minutes. Ensuite, continuez.", code="throttled", status=429)


def claim_code(account_id: int) -> None:
    """One more code, password or passkey of an account; `forget("code", …)` when it is right.

    Raises Refused (429) after five wrong ones in 15 minutes, right one or not.
    """
    if not claim("code", account_id, WRONG_CODES):
        raise Refused("Trop d’essais.", remedy="Par sécurité, attendez 15 minutes. Ensuite, essayez encore.", code="throttled", status=429)


@dataclass(frozen=True, slots=True)
class WrongCodes:
    """Codes typed wrong from one address of the network: somebody who tries codes at random has to wait, and learns nothing.

    `kind` names the count; `remedy` says what to do meanwhile, with the minutes as `%(n)d` where it wants them (a lazy translation).
    """

    kind: str
    remedy: object
    tries: int = 10

    def check(self, request: HttpRequest) -> None:
        """Raises Refused (429) when too many wrong codes came from this address in the last minutes, right code or not."""
        if counted(self.kind, client_address(request)) >= self.tries:
            raise Refused(
                _("Trop de codes faux ont été essayés d’ici."),
                remedy=str(self.remedy) % {"n": int(WINDOW.total_seconds() // 60)},
                code="throttled",
                status=429,
            )

    def count(self, request: HttpRequest) -> None:
        count(self.kind, client_address(request))


def purge() -> int:
    """Deletes counts older than a day. Returns rows deleted."""
    return Attempt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
