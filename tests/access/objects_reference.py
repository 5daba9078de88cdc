"""Objects of the room reference, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access.fixtures import World


def sheet(world: World) -> Any:
    from yole.reference.enums import Origin
    from yole.reference.files import Record
    from yole.reference.models import Sheet
    from yole.reference.services import store

    store(
        [Record("F1", "Fiche d’essai", ((("Fiche d’essai", "Partie"), "Un texte."),), url="https://exemple.invalid", checksum="x")],
        Origin.OFFICIAL,
        "essai",
    )
    return Sheet.objects.get(code="F1")


def synonym(world: World) -> Any:
    from yole.reference.models import Synonym
    from yole.reference.services import store_synonyms

    store_synonyms([("sous", "argent", False)])
    return Synonym.objects.get(everyday_key="sous")


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("fiches/equipe/mots/<int:pk>", lambda w: {"pk": w.thing(synonym).pk}),
    ("fiches/equipe/<slug:code>", lambda w: {"code": w.thing(sheet).code}),
    ("fiches/fiche/<slug:code>", lambda w: {"code": w.thing(sheet).code}),
]
