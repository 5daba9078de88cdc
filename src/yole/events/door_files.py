"""The application of the door: the files that a device keeps, and the service worker that keeps them.

The vault, the queue and the small helpers are those of the mediator's day: one device, one encrypted memory.
"""

from __future__ import annotations

from pathlib import Path

from django.http import HttpResponse
from django.urls import reverse

from yole.base.offline import Application

_HERE = Path(__file__).resolve().parent
DOOR = Application(
    scripts=_HERE / "static" / "events" / "door",
    templates=_HERE / "templates" / "events" / "door",
    modules=("door",),
    shared=("outbox", "parts", "vault"),
    own=("events/events.css",),
)


def service_worker() -> HttpResponse:
    """The service worker with what it keeps: addresses of the page and of its files."""
    return DOOR.service_worker({"SHELL": reverse("events:door-app"), "FILES": DOOR.kept("events:door-script")})
