"""What a visitor without an account has opened with a code: kept in their session for half an hour, never in an address."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.http import HttpRequest

MINUTES = 30


@dataclass(frozen=True, slots=True)
class Opened:
    """One kind of thing that a code opens; `key` names it in the session. What is kept must be plain JSON values."""

    key: str

    def keep(self, request: HttpRequest, *what: str | int) -> None:
        request.session[self.key] = [*what, int(time.time())]

    def kept(self, request: HttpRequest) -> list[str | int] | None:
        """What was kept, None when there is nothing or half an hour has passed."""
        found = request.session.get(self.key)
        return found[:-1] if found and time.time() - found[-1] <= MINUTES * 60 else None

    def forget(self, request: HttpRequest) -> None:
        request.session.pop(self.key, None)
