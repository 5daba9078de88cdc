"""The passports of a person, on their page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from yole.base.permissions import may
from yole.organisations.models import Account
from yole.passport import permissions, selectors
from yole.people import selectors as people


def section(request: HttpRequest, person: UUID) -> str:
    """Empty when there is none that the account may see."""
    account = request.user
    if not isinstance(account, Account) or not may(account, permissions.SEE):
        return ""
    found = selectors.awards_of(account, people.group(person))
    return render_to_string("passport/desk/_journey.html", {"awards": found}, request=request) if found else ""
