"""How long an engine may go on: the caller holds the clock, the engine asks it."""

from __future__ import annotations

from typing import Protocol


class Pace(Protocol):
    """`left()`: seconds that remain (may be negative). `stopped()`: somebody asked to stop; the best so far is wanted.

    `tell` receives a stage, the share done in it (0 to 1) and the best value so far, None before there is one.
    """

    def left(self) -> float: ...

    def stopped(self) -> bool: ...

    def tell(self, stage: str, share: float, best: float | None = None) -> None: ...


def over(pace: Pace) -> bool:
    return pace.stopped() or pace.left() <= 0
