"""The application of the day: the files that a tablet keeps, and the service worker that keeps them."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpResponse
from django.urls import reverse

from yole.base.offline import Application

_HERE = Path(__file__).resolve().parent
DAY = Application(
    scripts=_HERE / "static" / "web" / "day",
    templates=_HERE / "templates" / "web" / "day",
    modules=("app", "session", "settle"),
    shared=("outbox", "parts", "vault"),
    own=("web/day/icon-192.png", "web/day/day.css"),
)


def service_worker() -> HttpResponse:
    """The service worker with what it keeps: addresses of the shell and of its files. Its scope is the whole site: it must see a sign-out
    wherever it is asked.
    """
    response = DAY.service_worker(
        {
            "SHELL": reverse("web:day-shell"),
            "DAY": reverse("web:day"),
            "SIGN_OUT": [reverse("organisations:sign-out")],
            "FILES": DAY.kept("web:day-script"),
        }
    )
    response.headers["Service-Worker-Allowed"] = "/"
    return response
