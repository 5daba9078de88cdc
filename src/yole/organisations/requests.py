"""Who asks for a page of the desk."""

from __future__ import annotations

from django.http import HttpRequest

from yole.base.errors import Refused
from yole.organisations.models import Account


def account_of(request: HttpRequest) -> Account:
    """The signed-in account; the guard of the page has checked that there is one."""
    if not isinstance(request.user, Account):
        raise Refused("Connectez-vous.", code="forbidden", status=403)
    return request.user
