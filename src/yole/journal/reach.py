"""Which lines an account does not read: a room that knows territories tells the references that are of another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Elsewhere = Callable[[Any], Iterable[str]]
_sources: list[Elsewhere] = []


def declare_elsewhere(source: Elsewhere) -> None:
    """`source(account)` gives the references (structures, territories) whose lines are not for this account; none for who reads all."""
    _sources.append(source)


def hidden_from(account: Any) -> set[str]:
    """References whose lines the account does not read. A line that names none of them cannot be placed, and is kept."""
    return {found for source in _sources for found in source(account)}
