"""What the pages of the desk share: the account, the edition asked for, a form shown and done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import may
from yole.events import permissions, selectors_programme
from yole.events.models import Edition
from yole.organisations.requests import account_of


def edition_or_404(request: HttpRequest, slug: str) -> Edition:
    """An edition of the account's territory, published or not."""
    found = selectors_programme.edition(account_of(request).territory, slug, public=False)
    if found is None:
        raise Http404
    return found


def menu(request: HttpRequest) -> dict[str, bool]:
    """Which links of the room's menu the account may follow."""
    return {
        "may_edit": may(request.user, permissions.EDIT),
        "may_review": may(request.user, permissions.REVIEW),
        "may_decide": may(request.user, permissions.DECIDE),
        "may_register": may(request.user, permissions.REGISTER),
        "may_door": may(request.user, permissions.DOOR),
        "may_figures": may(request.user, permissions.FIGURES),
    }


def page(request: HttpRequest, template: str, of: Edition | None = None, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, f"events/desk/{template}.html", {"edition": of, **menu(request), **more}, status=status)


def form_page(request: HttpRequest, form: PlainForm, heading: str, back: str, **more: Any) -> HttpResponse:
    """One form on its page; 422 when what was sent is refused."""
    template = more.pop("template", "form")
    return page(
        request, template, more.pop("of", None), status=422 if form.is_bound else 200, form=form, heading=heading, back=back, **more
    )


def attempt(form: PlainForm, act: Callable[[], Any]) -> Any:
    """What the act returns; None when the form or the service refuses, and then the form says why."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return act()
    except Refused as refusal:
        form.apply_refusal(refusal)
        return None
