"""What surrounds every request: on whose behalf it reads the database, and refusals turned into pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from yole.base import scope, signals
from yole.base.errors import Refused
from yole.base.views import refused


class ScopeMiddleware:
    """The database shows a request the rows of the signed-in account, and nothing to a visitor; see `yole.base.scope`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # A visitor without a session is nobody: the account is not even asked for.
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        token = scope.enter(scope.NOBODY)
        try:
            asks = scope.scope_of(request.user) if signed_in else scope.NOBODY
            with scope.scope(asks):
                response = self.get_response(request)
                asks = scope.current()
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                response.streaming_content = _streamed(asks, iter(response))
            return response
        finally:
            scope.leave(token)
            scope.clear(connection)


def _streamed(asks: scope.Scope, remaining: Iterator[bytes]) -> Iterator[bytes]:
    """The content of a long answer is read after the view has returned: each part is still made on behalf of who asked."""
    try:
        while True:
            with scope.scope(asks):
                try:
                    part = next(remaining)
                except StopIteration:
                    return
            yield part
    finally:
        scope.clear(connection)


class RefusedMiddleware:
    """Turns a refusal raised by a service into a page that says why, who can help and what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, Refused):
            return None
        found = request.resolver_match
        if exception.status == HTTPStatus.FORBIDDEN and found is not None and request.user.is_authenticated:
            act = getattr(found.func, "required_act", "")
            signals.refused.send(type(exception), account=request.user, route=found.view_name, act=act, code=exception.code)
        return refused(request, exception)
