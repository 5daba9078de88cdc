"""Second factors: one-time codes (RFC 6238), passkeys (WebAuthn), recovery codes. Tables and cryptography are django-allauth's;
the rule « each step once » is kept here, in the row itself, because several processes serve the site."""

from __future__ import annotations

import json
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from yole.base.errors import Refused
from yole.journal.references import reference
from yole.organisations import throttle
from yole.organisations.models import Account
from yole.organisations.services import end_sessions, note

STEP = 30  # seconds
DRIFT = 1  # steps before and after
MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
PASSKEYS_AT_MOST = 10


def factors(account: Account) -> list[Authenticator]:
    """One-time codes and passkeys of an account, the oldest first."""
    return list(Authenticator.objects.filter(user=account, type__in=MAIN).order_by("created_at"))


def has_factor(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user=account, type__in=MAIN).exists())


def has_passkey(account: Account) -> bool:
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).exists())


# One-time codes


def new_seed() -> str:
    """A sealed seed of 160 bits, to be kept in the session until the first right code."""
    return str(encrypt(generate_totp_secret()))


def open_seed(sealed: str) -> str:
    """The seed in base 32, to be shown once to its owner."""
    return str(decrypt(sealed))


def matching_step(secret: str, code: str, *, now: float | None = None, after: int = -1) -> int | None:
    """The number of the 30-second step whose code it is, within one step of now and later than `after`; None when there is none."""
    typed = "".join(code.split())
    current = int(time.time() if now is None else now) // STEP
    found = None
    for step in range(current - DRIFT, current + DRIFT + 1):  # all are computed: the time taken says nothing
        if constant_time_compare(typed, format_hotp_value(hotp_value(secret, step))) and step > after and found is None:
            found = step
    return found


def add_totp(account: Account, sealed: str, code: str) -> None:
    """Keeps the seed once the application gives a right code. Replaces the one before. Raises Refused (field `code`)."""
    throttle.claim_code(account.pk)
    step = matching_step(open_seed(sealed), code)
    if step is None:
        raise _wrong()
    with transaction.atomic():
        _keep_totp(account, sealed, step)
    throttle.forget("code", account.pk)


def _keep_totp(account: Account, sealed: str, step: int) -> None:
    Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": sealed, "step": step})
    note("factor-add", account, reference("account", account.pk), kind="totp")


def _wrong() -> Refused:
    return Refused(
        "Ce code n’est pas le bon.", remedy="Attendez le code suivant, puis recopiez-le.", field="code", code="wrong", status=400
    )


def _check_totp(account: Account, code: str) -> bool:
    row = Authenticator.objects.select_for_update().filter(user=account, type=Authenticator.Type.TOTP).first()
    if row is None:
        return False
    step = matching_step(decrypt(row.data["secret"]), code, after=int(row.data.get("step", -1)))
    if step is None:
        return False
    row.data["step"], row.last_used_at = step, timezone.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def _check_recovery(account: Account, code: str) -> bool:
    row = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    return row is not None and bool(RecoveryCodes(row).validate_code("".join(code.split())))


def check_code(account: Account, code: str) -> str:
    """Accepts a one-time code or a recovery code, each once; returns which (`totp`, `recovery`).

    Raises Refused: wrong (400, field `code`), or too many wrong ones in 15 minutes (429).
    """
    throttle.claim_code(account.pk)
    with transaction.atomic():
        kind = "totp" if _check_totp(account, code) else "recovery" if _check_recovery(account, code) else ""
    if not kind:
        raise _wrong()
    throttle.forget("code", account.pk)
    return kind


# Recovery codes


@transaction.atomic
def new_recovery_codes(account: Account) -> list[str]:
    """Ten new codes of eight digits; those before no longer work."""
    Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(account).generate_codes()
    note("recovery-codes", account, reference("account", account.pk))
    return codes


def recovery_codes_left(account: Account) -> int:
    row = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row is not None else 0


# Passkeys. The challenge waits in the session of the current request, which allauth's middleware holds.


def begin_passkey(account: Account) -> str:
    """What the browser needs to make a passkey, in JSON."""
    return json.dumps(webauthn.begin_registration(account, False))


def begin_passkey_check(account: Account) -> str:
    """What the browser needs to sign with a passkey of the account, in JSON."""
    return json.dumps(webauthn.begin_authentication(account))


def _read(credential: str) -> dict[str, Any]:
    try:
        value = json.loads(credential)
    except ValueError:
        value = None
    if not isinstance(value, dict) or len(credential) > 20_000:
        raise _unread()
    return value


def _unread() -> Refused:
    return Refused(
        "La clé n’a pas été reconnue.", remedy="Essayez encore, ou prenez un autre moyen.", field="credential", code="wrong", status=400
    )


@transaction.atomic
def add_passkey(account: Account, name: str, credential: str) -> None:
    """Raises Refused when the browser's answer does not fit the challenge, or beyond ten keys."""
    if Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).count() >= PASSKEYS_AT_MOST:
        raise Refused("Vous avez déjà dix clés.", remedy="Retirez-en une.", code="too-many")
    given = _read(credential)
    try:
        webauthn.parse_registration_response(given)
        webauthn.complete_registration(given)
    except (ValidationError, ValueError, TypeError, KeyError):
        raise _unread() from None
    webauthn.WebAuthn.add(account, " ".join(name.split())[:60] or "Clé d’accès", given)
    note("factor-add", account, reference("account", account.pk), kind="passkey")


def check_passkey(account: Account, credential: str) -> None:
    """Raises Refused: not a passkey of this account, or another challenge; too many wrong ones (429)."""
    throttle.claim_code(account.pk)
    given = _read(credential)
    try:
        webauthn.parse_authentication_response(given)
        row = webauthn.complete_authentication(account, given)
    except (ValidationError, ValueError, TypeError, KeyError):
        raise _unread() from None
    row.record_usage()
    throttle.forget("code", account.pk)


# Removal


@transaction.atomic
def remove_factor(account: Account, pk: int) -> None:
    """Raises Refused for the last one when the role needs a second factor."""
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    row = Authenticator.objects.filter(user=account, type__in=MAIN, pk=pk).first()
    if row is None:
        raise Refused("Ce second facteur n’existe plus.", code="absent", status=404)
    if account.needs_second_factor and not account.is_fictional and len(factors(account)) == 1:
        raise Refused("C’est votre seul second facteur.", remedy="Ajoutez-en un autre d’abord.", code="last-factor")
    kind = "totp" if row.type == Authenticator.Type.TOTP else "passkey"
    row.delete()
    if not has_factor(account):
        Authenticator.objects.filter(user=account).delete()
    note("factor-remove", account, reference("account", account.pk), kind=kind)


def forget_factors(account: Account) -> None:
    """For a reset or an erasure: nothing is left, and every session ends."""
    Authenticator.objects.filter(user=account).delete()
    end_sessions(account)
