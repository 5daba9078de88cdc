"""Places and requests with names that say what they are. Django is imported inside: this file is read before it is set up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture
def places() -> Callable[..., Any]:
    """A capacity that starts in ten days unless told."""
    from django.utils import timezone

    from yole.bookings.services_capacity import make_capacity

    def make(capacity: int = 2, **more: Any) -> Any:
        start = more.pop("starts_at", timezone.now() + timedelta(days=10))
        end = more.pop("ends_at", start + timedelta(hours=2))
        return make_capacity(capacity, starts_at=start, ends_at=end, **more)

    return make


@pytest.fixture
def enrol() -> Callable[..., Any]:
    """Books one request and returns the outcome."""
    from yole.bookings.contacts import Contact
    from yole.bookings.services import Request, book

    def go(
        capacity: Any, name: str = "Aline", *, email: str = "", phone: str = "", at_desk: bool = False, now: Any = None, **more: Any
    ) -> Any:
        fields = {"consent_version": "essai", "idempotency_key": uuid.uuid4(), **more}
        return book(capacity.pk, Request(name=name, contact=Contact(email, phone), **fields), by="essai", at_desk=at_desk, now=now)

    return go
