"""Refusals that the journal keeps: somebody signed in asked for an act on personal data that is not theirs.

A line says who, which page, which act and why; neither a name nor the key of the object. The same refusal within ten minutes is one line.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache import cache
from django.db import transaction

from yole.journal.references import reference
from yole.journal.services import record

PERSONAL = frozenset(
    {
        "activities", "advisers", "assessment", "debates", "events", "journal", "organisations", "passport", "people", "rights", "web",
        "workshops",
    }
)  # fmt: skip
"""Rooms that hold personal data: their refusals are kept. Those on places or settings are not."""
SAME = 600  # seconds


def keep(sender: object, *, account: Any, route: str, act: str, code: str, **kwargs: object) -> None:
    """Receiver of `base.signals.refused`. `route`: room:name of the address; `act`: that of its view, empty when it has none."""
    if route.partition(":")[0] not in PERSONAL:
        return
    once = hashlib.sha256(f"{account.pk}|{route}|{code}".encode()).hexdigest()
    if not cache.add(f"journal.refused.{once}", 1, SAME):
        return
    with transaction.atomic():
        record("access.refused", reference("account", account.pk), reference("route", route), {"act": act, "reason": code, "route": route})
