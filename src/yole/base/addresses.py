"""Whole addresses of the pages of this site, for messages, calendars and printed codes."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse


def site_address(name: str, *args: object) -> str:
    """The address of a page by the name of its URL, with the public address of the site in front."""
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def site_host() -> str:
    """The name under which the site is reached; identifiers of calendars end with it."""
    return urlsplit(settings.BASE_URL).hostname or "yole.invalid"
