"""Objects of the room deployment, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access.fixtures import OWN, World


def scenario(world: World) -> Any:
    """A scenario with its plan, not decided."""
    from yole.deployment import services
    from yole.deployment.models import Scenario

    points = [["97201", "Alpha (fictif)", 14.6, -61.0, 1000, "Nord"], ["97202", "Bravo (fictif)", 14.4, -60.9, 500, "Sud"]]
    made = Scenario.objects.create(
        territory=world.territory, author=world.account("territory-coordinator", OWN), title="Essai (fictif)", count=1, radius_km=3.0,
        keeps_today=False, inputs={"points": points, "today": [], "left_out": 0, "source": "essai"}, inputs_sha256="0" * 64, engine="essai",
        is_fictional=True,
    )  # fmt: skip
    services.run(made.pk)
    made.refresh_from_db()
    return made


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("deploiement/scenario/<int:pk>", lambda world: {"pk": world.thing(scenario).pk}),
]
