"""The activities of a person, on their page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string

from yole.activities import permissions, selectors
from yole.base.permissions import may
from yole.organisations.models import Account
from yole.people import selectors as people

SHOWN = 10


def section(request: HttpRequest, person: UUID) -> str:
    """The latest activities that the account may read, and the way to note another; empty for whoever may read none."""
    account = request.user
    if not isinstance(account, Account) or not may(account, permissions.SEE):
        return ""
    visible = selectors.visible(account).values("pk")
    rows = list(selectors.of_person(people.group(person)).filter(activity__in=visible)[: SHOWN + 1])
    context = {"rows": [one.activity for one in rows[:SHOWN]], "more": len(rows) > SHOWN, "person": person}
    return render_to_string("activities/_journey.html", context, request=request)
