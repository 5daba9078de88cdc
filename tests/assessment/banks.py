"""A small bank of made-up items for tests of the room."""

from __future__ import annotations

from typing import Any

import numpy as np


def item(number: int, *, area: int = 1, kind: str = "choice", **more: Any) -> dict[str, Any]:
    return {
        "id": f"essai-{number:03d}",
        "version": 1,
        "type": kind,
        "frameworks": [{"framework": "CRCN", "version": "2019", "code": f"{area}.1"}],
        "stem": {"text": f"Question d’essai {number} ?", "falc": f"Question d’essai {number}."},
        "options": [
            {"id": "a", "text": "Juste", "score": 1, "feedback": "Oui."},
            {"id": "b", "text": "Faux", "score": 0, "feedback": "Non."},
            {"id": "c", "text": "Faux aussi", "score": 0, "feedback": "Non."},
        ],
        **more,
    }


def load(count: int = 60, *, state: str = "live") -> Any:
    """`count` items over the five areas, difficulties from -2.5 to 2.5, in the database. Returns the parameter set."""
    from yole.assessment.models import Item, ItemVersion, ParameterSet

    values = {}
    for number, b in enumerate(np.linspace(-2.5, 2.5, count), start=1):
        area = 1 + number % 5
        row = Item.objects.create(key=f"essai-{number:03d}", state=state, kind="choice", competence=f"{area}.1", area=area)
        ItemVersion.objects.create(item=row, version=1, data=item(number, area=area))
        values[row.key] = {"a": 1.4, "b": float(b), "se_a": None, "se_b": None, "n": 0}
    return ParameterSet.objects.create(origin="expert", values=values)
