"""Who may do what. Each room declares its acts once, in `permissions.py`; views and services ask here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from yole.base.errors import Refused

_RULES: dict[str, frozenset[str]] = {}


def declare(act: str, roles: Iterable[str]) -> None:
    """Declares an act (`room.verb`) and the roles that may do it. Raises ValueError when it is declared twice differently."""
    allowed = frozenset(roles)
    if _RULES.setdefault(act, allowed) != allowed:
        raise ValueError(f"act declared twice: {act}")


def declared() -> dict[str, frozenset[str]]:
    return dict(_RULES)


def may(account: Any, act: str) -> bool:
    """Whether an account (or an anonymous visitor) may do an act. Raises KeyError for an act nobody declared."""
    allowed = _RULES[act]
    return bool(getattr(account, "is_authenticated", False) and account.is_active and account.role in allowed)


def require(account: Any, act: str) -> None:
    """Raises Refused unless the account may do the act."""
    if not may(account, act):
        raise Refused(
            "Votre compte ne permet pas cet acte.", remedy="Demandez à la coordination du territoire.", code="forbidden", status=403
        )


View = Callable[..., HttpResponseBase]


def staff_page(act: str) -> Callable[[View], View]:
    """A page for signed-in people who may do `act`: others are sent to sign in, or told why not."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                from django.contrib.auth.views import redirect_to_login

                return redirect_to_login(request.get_full_path())
            require(request.user, act)
            # Professional screens are in French alone: their days and numbers too, whatever the browser prefers.
            with translation.override("fr"):
                response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponse):
                response.headers.setdefault("Cache-Control", "no-store")
                response.headers.setdefault("Content-Language", "fr")
            return response

        guarded.required_act = act  # type: ignore[attr-defined]  # read by the test that walks routes and roles
        return guarded

    return decorate
