"""The demonstration territory: Martinique, its 34 communes, its three groupings, its days off."""

from __future__ import annotations

from yole.base.registries import Note


def load(note: Note) -> None:
    """Replaced below."""
