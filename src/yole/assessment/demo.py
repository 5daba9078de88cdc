"""The demonstration has the shipped bank in service."""

from __future__ import annotations

from yole.assessment.services_bank import load_shipped
from yole.base.registries import Note


def load(note: Note) -> None:
    load_shipped()
