"""From the events of one person in one half-day to where that person stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Event:
    """One act at the door. `drift`: seconds by which the device is ahead of the server."""

    uuid: str
    kind: str
    device: str
    sequence: int
    device_time: datetime
    drift: int = 0

    @property
    def at(self) -> datetime:
        return self.device_time - timedelta(seconds=self.drift)


@dataclass(frozen=True, slots=True)
class Standing:
    """`state`: "", présent, absent or excusé. `doubles`: uuids of arrivals after the first (« double passage »), kept and shown."""

    state: str = ""
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    doubles: tuple[str, ...] = ()


def fold(events: Iterable[Event]) -> Standing:
    """The standing after all events, whatever the order in which they came in; the same event twice counts once.

    Events are taken in true order (device time less drift, then device and its sequence). An arrival after absent or excusé wins;
    a second arrival is a double, unless the first was taken back (annulation) or the person had left. Annulation takes back all before it.
    """
    ordered = sorted({event.uuid: event for event in events}.values(), key=lambda e: (e.at, e.device, e.sequence, e.uuid))
    state, arrived, left = "", None, None
    doubles: list[str] = []
    for event in ordered:
        if event.kind == "annulation":
            state, arrived, left, doubles = "", None, None, []
        elif event.kind == "arrivée":
            if state == "présent" and left is None:
                doubles.append(event.uuid)
            elif state == "présent":
                left = None  # came back
            else:
                state, arrived, left = "présent", event.at, None
        elif event.kind == "départ":
            if state == "présent":
                left = event.at
        else:
            state, arrived, left = event.kind, None, None
    return Standing(state, arrived, left, tuple(doubles))
