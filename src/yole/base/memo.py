"""What a process keeps for some seconds: the same answer for many visitors of the same page, never for one person's data."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

T = TypeVar("T")
_LARGEST = 256
_lock = Lock()
_kept: dict[Hashable, tuple[float, object]] = {}


def remember(key: Hashable, seconds: float, make: Callable[[], T]) -> T:
    """The value made for `key` less than `seconds` ago in this process, else a new one. Errors are not kept."""
    now = time.monotonic()
    found = _kept.get(key)
    if found is not None and now < found[0]:
        return found[1]  # type: ignore[return-value]  # the key says what was kept under it
    value = make()
    with _lock:
        if len(_kept) >= _LARGEST:
            _kept.clear()
        _kept[key] = (now + seconds, value)
    return value


def forget_all() -> None:
    with _lock:
        _kept.clear()
