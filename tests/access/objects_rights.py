"""Objects of the room rights, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access.fixtures import OWN, World


def follow_up(world: World) -> Any:
    """A right identified, of nobody."""
    from yole.rights.models import FollowUp
    from yole.territory.selectors import today

    return FollowUp.objects.create(
        territory=world.territory, structure=world.structures[OWN], benefit="rsa", identified_on=today(), verdict="yes", probability=1.0,
        inputs_hash="0" * 64, engine="openfisca-france 176.1.8", rules_dated="2026-04-01", told_by=world.account("mediator", OWN),
    )  # fmt: skip


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("droits/equipe/suivi/<uuid:pk>", lambda w: {"pk": w.thing(follow_up).pk, "act": "contester"}),
]
