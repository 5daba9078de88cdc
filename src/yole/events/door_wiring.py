"""What the doors declare to the rest of the house when the site starts."""

from __future__ import annotations


def ready() -> None:
    from yole.base import deliveries
    from yole.events import services_door

    deliveries.declare_offline_act("door", services_door.delivered)
