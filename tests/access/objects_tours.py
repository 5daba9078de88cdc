"""A tour plan of the territory of `own`. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from tests.access.fixtures import World


def plan(world: World) -> Any:
    from tests.access.objects import bus
    from yole.deployment.models import TourPlan
    from yole.deployment.tours import DEPOT, Candidate

    rows = [Candidate(DEPOT, "Départ", "97224", 14.6, -61.0), Candidate("a", "Arrêt (fictif)", "97224", 14.61, -61.0)]
    made = TourPlan.objects.create(
        territory=world.territory, title="Essai", day_starts=time(8), hours=7, stops=[one.as_row() for one in rows],
        routes=[[["a"]], [[]], [[]], [[]], [[]]],
    )  # fmt: skip
    made.buses.set([world.thing(bus)])
    return made


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("tournees/<int:pk>/arret/<slug:key>", lambda w: {"pk": w.thing(plan).pk, "key": "a"}),
    ("tournees/<int:pk>", lambda w: {"pk": w.thing(plan).pk}),
]
