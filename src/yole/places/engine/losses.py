"""What an export could not say: per column, how many values were dropped, merged or changed in meaning, with one example."""

from __future__ import annotations

from dataclasses import dataclass, field

from yole.places.engine.schema import COLUMNS

DROPPED, MERGED, CHANGED = "dropped", "merged", "changed"
_FRENCH = {
    DROPPED: ("abandonnée", "abandonnées"),
    MERGED: ("fusionnée", "fusionnées"),
    CHANGED: ("changée de sens ou de forme", "changées de sens ou de forme"),
}
_EXAMPLE_MAX = 60


@dataclass(slots=True)
class Loss:
    """How many values of one column met one fate, and the first of them."""

    count: int
    example: str


@dataclass(slots=True)
class LossReport:
    """Losses by (column, kind)."""

    losses: dict[tuple[str, str], Loss] = field(default_factory=dict)

    def add(self, column: str, kind: str, value: str) -> None:
        known = self.losses.get((column, kind))
        if known is None:
            self.losses[column, kind] = Loss(1, value)
        else:
            known.count += 1

    def count(self, column: str, kind: str) -> int:
        known = self.losses.get((column, kind))
        return known.count if known else 0

    def lines(self) -> list[str]:
        """One line of French per column and kind, in the order of the schema."""
        order = {DROPPED: 0, MERGED: 1, CHANGED: 2}
        found = sorted(self.losses.items(), key=lambda item: (COLUMNS.index(item[0][0]), order[item[0][1]]))
        return [
            f"{column} : {loss.count} {_FRENCH[kind][loss.count > 1]}, par exemple « {_short(loss.example)} »"
            for (column, kind), loss in found
        ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXAMPLE_MAX else line[: _EXAMPLE_MAX - 1] + "…"
