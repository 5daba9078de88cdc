"""Values of the law that are newer than the rules': entered by a person, verified by two, dated, with their source. Empty as shipped."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

from yole.kernel.errors import InputError
from yole.rights.catalog import DATA, folder
from yole.rights.freshness import leaves

_FIELDS = ("parameter", "date", "value", "law", "entered_by", "verified_by")


def read(path: Path | None = None) -> list[dict[str, Any]]:
    """The entries of the territory's file (`rights/overrides.yaml` of the data directory), else of the one shipped.

    Raises InputError naming the entry: missing field, fewer than two verifiers, a verifier who also entered it, no law.
    """
    import yaml

    own = folder() / "overrides.yaml"
    path = path or (own if own.is_file() else DATA / "overrides.yaml")
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputError("YAML illisible", file=str(path), expected="une liste de valeurs") from None
    if not isinstance(entries, list):
        raise InputError("une liste est attendue", file=str(path), expected=f"des éléments {', '.join(_FIELDS)}")
    for index, entry in enumerate(entries):
        _check(entry, index, path)
    return entries


def _check(entry: Any, index: int, path: Path) -> None:
    def refuse(problem: str, expected: str) -> InputError:
        return InputError(f"élément {index} : {problem}", file=str(path), expected=expected)

    if not isinstance(entry, dict) or set(entry) != set(_FIELDS):
        raise refuse("champs absents ou inconnus", ", ".join(_FIELDS))
    if not isinstance(entry["date"], date):
        raise refuse("date impossible", "AAAA-MM-JJ")
    value = entry["value"]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise refuse("valeur impossible", "un montant positif")
    if not str(entry["law"]).startswith("https://"):
        raise refuse("pas de source", "l'adresse https du texte officiel")
    verifiers = entry["verified_by"]
    if not isinstance(verifiers, list) or len(set(verifiers)) < 2 or entry["entered_by"] in verifiers:
        raise refuse("il faut deux vérificateurs", "deux personnes autres que celle qui a saisi la valeur")


def accepted(tree: Any, entries: list[dict[str, Any]], path: str = "overrides.yaml") -> tuple[tuple[str, str, float], ...]:
    """(parameter, first day, value) of each entry. Raises InputError for an unknown parameter or a value that the rules already passed."""
    found: list[tuple[str, str, float]] = []
    for index, entry in enumerate(entries):
        try:
            known = list(leaves(tree, entry["parameter"]))
        except (KeyError, AttributeError):
            known = []
        if len(known) != 1 or known[0].path != entry["parameter"]:
            raise InputError(f"élément {index} : paramètre inconnu", file=path, found=entry["parameter"], expected="un chemin de l'arbre")
        day = entry["date"].isoformat()
        if day <= known[0].since:
            raise InputError(
                f"élément {index} : valeur plus ancienne que celle des règles",
                file=path,
                found=day,
                expected=f"une date après {known[0].since}",
            )
        found.append((entry["parameter"], day, float(entry["value"])))
    return tuple(found)
