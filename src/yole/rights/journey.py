"""The rights followed with a person, on their page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from yole.base.permissions import may
from yole.organisations.models import Account
from yole.people import selectors as people
from yole.rights import permissions, selectors


def section(request: HttpRequest, person: UUID) -> str:
    """Empty when there is none that the account may see."""
    account = request.user
    if not isinstance(account, Account) or not may(account, permissions.SEE):
        return ""
    rows = [(selectors.label(row.benefit), row) for row in selectors.of_person(account, people.group(person))]
    return render_to_string("rights/desk/_journey.html", {"rows": rows}, request=request) if rows else ""
