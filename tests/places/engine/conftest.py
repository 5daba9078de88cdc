"""Fixtures over the sample row and gazetteer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from places_samples import BOXES, CENTRES, ENTRIES, SOUND, TODAY

from yole.kernel.gazetteer import Gazetteer
from yole.places.engine.checks import check
from yole.places.engine.rows import read


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.of(ENTRIES, boxes=BOXES, centres=CENTRES)


@pytest.fixture(scope="session")
def told(gazetteer: Gazetteer) -> Callable[..., set[tuple[str, str, str]]]:
    """(level, field, code) of a sound row with some cells changed; several rows as several dicts."""

    def run(*changes: Mapping[str, str]) -> set[tuple[str, str, str]]:
        rows = read([{**SOUND, "id": f"fictif-{i}", **change} for i, change in enumerate(changes, 1)])
        found = check(rows, gazetteer, TODAY)
        return {("error", f.field, f.code) for f in found.errors} | {("warning", f.field, f.code) for f in found.warnings}

    return run
