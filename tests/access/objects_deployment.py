"""Objects of the room deployment, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access.fixtures import World

ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = []
