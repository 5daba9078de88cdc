"""What the pages of the room share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yole.base.permissions import may
from yole.organisations.models import Account
from yole.organisations.requests import account_of
from yole.people import permissions, retention, selectors
from yole.people.enums import PairState
from yole.people.models import Pair, Person


def person_or_404(request: HttpRequest, pk: UUID) -> Person:
    """The card that stands for the person, as far as the account may see it."""
    found = selectors.get(account_of(request), pk)
    if found is None:
        raise Http404
    return found


def menu(account: Account) -> dict[str, Any]:
    """Counts beside the links of the room: pairs to decide, cards at the end of their delay."""
    if account.structure_id is None or not may(account, permissions.SEE):
        return {}
    return {
        "pairs_to_decide": Pair.objects.filter(structure_id=account.structure_id, state=PairState.PROPOSED).count(),
        "due_soon": retention.due_soon(account).count(),
    }


def form_page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    """A form, with 422 when what was sent has to be repaired."""
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, template, {"form": form, **context}, status=status)


def person_url(person: Person) -> str:
    return reverse("people:person", args=[person.pk])
