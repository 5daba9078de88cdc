"""Messages to people, whatever they are about: what they go through, and the sending of each one once."""

from __future__ import annotations

import json
import logging
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from yole.bookings.contacts import Contact, is_mobile
from yole.bookings.enums import Channel
from yole.bookings.models import Booking, OutgoingMessage
from yole.kernel.files import atomic_write

M = TypeVar("M", bound=OutgoingMessage)
_log = logging.getLogger("yole.bookings")
ATTEMPTS = 3
_LATER = timedelta(minutes=10)
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Text:
    """`subject` and `body` for an e-mail, `short` for an SMS."""

    subject: str
    body: str
    short: str


@dataclass(frozen=True, slots=True)
class Sent:
    sent: int
    withdrawn: int
    failed: int


def channel_of(reached: Booking | Contact) -> Channel:
    """E-mail when there is one, SMS for a mobile number, else a call (landline, or nothing)."""
    if reached.email:
        return Channel.EMAIL
    return Channel.SMS if is_mobile(reached.phone) else Channel.CALL


# Transports: e-mail through Django's mail, SMS through a port with two transports of our own (a file, the console).


def send_email(to: str, subject: str, body: str) -> None:
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to])


def _sms_file(to: str, text: str) -> None:
    """One JSON file per message in `outbox/` of the data directory, named by its moment."""
    folder = settings.DATA_DIR / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    now = timezone.now()
    with atomic_write(folder / f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}.sms.json") as stream:
        stream.write((json.dumps({"to": to, "text": text, "at": now.isoformat()}, ensure_ascii=False, indent=2) + "\n").encode())


def _sms_console(to: str, text: str) -> None:
    sys.stderr.write(f"SMS {to} : {text}\n")


SMS: dict[str, Callable[[str, str], None]] = {"file": _sms_file, "console": _sms_console}
"""Transports by the value of YOLE_SMS_BACKEND; another one is a function (number, text) added here."""


def send_sms(to: str, text: str) -> None:
    """Sends one SMS; whatever the transport raises reaches the caller, who tries again later."""
    SMS[settings.SMS_BACKEND](to, text)


def send(channel: str, to: Booking | Contact, text: Text) -> None:
    """One message to one person, by e-mail or SMS."""
    if channel == Channel.EMAIL:
        send_email(to.email, text.subject, text.body)
    else:
        send_sms(to.phone, text.short)


def send_due(
    rows: QuerySet[M, M], *, still_true: Callable[[M, datetime], bool], deliver: Callable[[M], Any], now: datetime | None = None
) -> Sent:
    """Sends what is due of `rows` (with what `deliver` reads) by e-mail and SMS. Each message is claimed and committed before its transport
    is called: two workers, or a restart in the middle, never send one twice. A transport that fails is tried again ten minutes later, three
    times in all."""
    now = now or timezone.now()
    sent = withdrawn = failed = 0
    model = rows.model
    pending = model._default_manager.filter(
        claimed_at__isnull=True, channel__in=[Channel.EMAIL, Channel.SMS], due_at__lte=now, sent_at__isnull=True, cancelled_at__isnull=True,
        failed=False,
    ).order_by("due_at", "pk")  # fmt: skip
    while True:
        with transaction.atomic():
            batch = list(pending.select_for_update(skip_locked=True, of=("self",), no_key=True).values_list("pk", flat=True)[:_BATCH])
            model._default_manager.filter(pk__in=batch).update(claimed_at=now, attempts=F("attempts") + 1)
        if not batch:
            return Sent(sent, withdrawn, failed)
        for message in rows.filter(pk__in=batch).order_by("due_at", "pk"):
            own = model._default_manager.filter(pk=message.pk)
            if not still_true(message, now):
                own.update(cancelled_at=now)
                withdrawn += 1
            elif _delivered(message, deliver):
                own.update(sent_at=timezone.now())
                sent += 1
            else:
                own.update(claimed_at=None, due_at=now + _LATER, failed=message.attempts >= ATTEMPTS)
                failed += 1


def _delivered(message: M, deliver: Callable[[M], Any]) -> bool:
    try:
        deliver(message)
    except Exception:
        # The transport's words may hold an address: they stay out of the log.
        _log.warning("message %s of %s (%s) could not be sent", message.pk, message._meta.label, message.channel)
        return False
    return True
