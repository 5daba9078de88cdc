"""Which values of the law a result was computed from: name, value, since when, which text. Read by tracing one computation, on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from yole.rights import freshness
from yole.rights.catalog import benefits
from yole.rights.engine.cohort import Cohort
from yole.rights.openfisca import Rules

# A result that is not one variable of the rules under its own name.
_VARIABLES = {"css": ("cmu_c", "css_participation_forfaitaire")}
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """A parameter of the rules. `value` is None when it is a table (by zone, by size of family); `unit` and `law` may be empty.
    `main` tells the values that a regular revaluation of this benefit changes."""

    parameter: str
    label: str
    value: float | None
    unit: str
    since: str
    law: str
    main: bool


def read(rules: Rules, cohort: Cohort, month: str) -> dict[str, list[Read]]:
    """Per benefit, the parameters that its computation read for these households at `month` ("YYYY-MM"), the main ones first."""
    names = [name for benefit in benefits() for name in _VARIABLES.get(benefit, (benefit,))]
    nodes = _nodes(rules.trace(cohort, month, names))
    tree = rules.system.parameters
    found: dict[str, list[Read]] = {}
    for name, benefit in benefits().items():
        main = {leaf.path: leaf for component in benefit.components for leaf in freshness.amounts(tree, component)[:1]}
        paths = set(main)
        for variable in _VARIABLES.get(name, (name,)):
            paths |= _below(nodes, [key for key in nodes if key[0] == variable and key[1] in (month, month[:4])])
        rows = [row for path in sorted(paths) if (row := _described(tree, path, month, main=path in main)) is not None]
        found[name] = sorted(rows, key=lambda row: (not row.main, row.parameter))
    return found


def as_json(found: dict[str, list[Read]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [asdict(row) for row in rows] for name, rows in found.items()}


def _nodes(trees: Iterator[Any]) -> dict[_Key, tuple[set[_Key], set[str]]]:
    """(what it asked for, which parameters it read) by variable and period; a value found in the cache adds nothing to the first time."""
    nodes: dict[_Key, tuple[set[_Key], set[str]]] = {}
    for node in trees:
        asked, read_here = nodes.setdefault((node.name, str(node.period)), (set(), set()))
        asked |= {(child.name, str(child.period)) for child in node.children}
        read_here |= {parameter.name for parameter in node.parameters}
    return nodes


def _below(nodes: dict[_Key, tuple[set[_Key], set[str]]], start: list[_Key]) -> set[str]:
    seen: set[_Key] = set()
    paths: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        asked, read_here = nodes[key]
        paths |= read_here
        waiting += [each for each in asked if each in nodes]
    return paths


def _described(tree: Any, path: str, month: str, *, main: bool) -> Read | None:
    """What the tree says of a path at a month; None for a path that the tree builds on the way (a bracket)."""
    node = tree
    for part in path.split("."):
        node = getattr(node, "children", {}).get(part)
        if node is None:
            return None
    label = str(getattr(node, "description", "") or path.rsplit(".", 1)[-1].replace("_", " "))
    day = f"{month}-01"
    if not hasattr(node, "values_list"):
        dates = [leaf.since for leaf in freshness.leaves(tree, path)]
        return Read(path, label, None, "", max(dates, default=""), "", main)
    valid = [entry for entry in node.values_list if entry.instant_str <= day and entry.value is not None]
    if not valid or not isinstance(valid[0].value, (int, float, np.number)):
        return None
    newest = valid[0]
    unit = str(node.metadata.get("unit") or "")
    return Read(path, label, float(newest.value), unit, newest.instant_str, freshness.law_of(node, newest.instant_str), main)
