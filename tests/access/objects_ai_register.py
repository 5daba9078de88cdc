"""Objects of the register of algorithms, of the territory of `own`. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access.fixtures import World


def register_entry(world: World) -> Any:
    from yole.ai_register.demo import USE
    from yole.ai_register.services import add_entry

    return add_entry(None, world.territory, **USE, risk_on="2026-11-22", started_on="2026-11-22")


def recorded(world: World) -> dict[str, Any]:
    from yole.ai_register.services import record_declared

    record_declared()
    return {"key": "droits"}


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("registre/equipe/<slug:key>/relue", recorded),
    ("registre/equipe/<int:pk>", lambda w: {"pk": w.thing(register_entry).pk}),
    ("registre/<slug:key>", lambda w: {"key": "droits"}),
]
