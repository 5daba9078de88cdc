"""Transports: e-mail through Django's mail, SMS through a port with two transports of our own (a file, the console)."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from yole.kernel.files import atomic_write


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
