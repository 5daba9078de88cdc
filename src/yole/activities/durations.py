"""The durations that the quick form offers. Pure."""

from __future__ import annotations

from collections import Counter

OFFERED = 4
_EVERYBODY = (30, 60, 15, 120, 45, 90)


def usual(recent: list[int]) -> list[int]:
    """The four durations to offer, shortest first: the most frequent of `recent`, then those of everybody."""
    often = [minutes for minutes, _ in Counter(recent).most_common(OFFERED)]
    return sorted([*often, *(one for one in _EVERYBODY if one not in often)][:OFFERED])
