"""Are the rules up to date? Dates are read from the loaded parameter tree and compared with a calendar of expected revaluations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yole.rights.catalog import Benefit, Component, benefits


@dataclass(frozen=True, slots=True)
class Freshness:
    """`fresh`: today is before the next expected revaluation. `overridden`: a newer value was entered and verified by hand."""

    id: str
    youngest_parameter: str
    next_revaluation: str
    fresh: bool
    overridden: bool
    reason: str

    @property
    def stale(self) -> bool:
        return not self.fresh

    def as_json(self) -> dict[str, Any]:
        names = ("id", "youngest_parameter", "next_revaluation", "fresh", "overridden", "reason")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Leaf:
    """An amount of the tree: its path, the day of its last value, that value, where the law says it."""

    path: str
    since: str
    value: float
    unit: str
    law: str


def leaves(tree: Any, path: str) -> Iterator[Leaf]:
    """The dated values under a path. Raises KeyError when the path is not in the tree."""
    node = tree
    for part in path.split("."):
        node = node.children[part]
    yield from _walk(node)


def _walk(node: Any) -> Iterator[Leaf]:
    if hasattr(node, "brackets"):
        for bracket in node.brackets:
            for child in bracket.children.values():
                yield from _walk(child)
    elif hasattr(node, "values_list"):
        if node.values_list and node.values_list[0].value is not None:
            newest = node.values_list[0]
            unit = str(node.metadata.get("unit") or "")
            yield Leaf(node.name, newest.instant_str, newest.value, unit, law_of(node, newest.instant_str))
    else:
        for child in node.children.values():
            yield from _walk(child)


def law_of(node: Any, since: str) -> str:
    """The address of the text that gives the value of a leaf from a day on; empty when the tree does not say."""
    references = node.metadata.get("reference") or {}
    entry = references.get(since) if isinstance(references, dict) else None
    entry = entry[-1] if isinstance(entry, list) and entry else entry
    return str(entry.get("href", "")) if isinstance(entry, dict) else ""


def amounts(tree: Any, component: Component) -> list[Leaf]:
    """The amounts of a component, newest first: ages, rates and conditions are left out."""
    found = [leaf for path in component.paths for leaf in leaves(tree, path) if leaf.unit in component.units]
    return sorted(found, key=lambda leaf: leaf.since, reverse=True)


def next_expected(since: str, expected: tuple[str, ...]) -> str:
    """The first day of a calendar of month-days ("04-01") after the day `since` ("YYYY-MM-DD")."""
    year = int(since[:4])
    return min(day for number in (year, year + 1) for day in (f"{number}-{each}" for each in expected) if day > since)


def assess(tree: Any, benefit: Benefit, today: date, overridden: frozenset[str]) -> Freshness:
    """The state of a benefit at a day. A benefit is as late as its latest component."""
    day = today.isoformat()
    youngest = ""
    due: list[tuple[str, str]] = []
    for component in benefit.components:
        newest = amounts(tree, component)[0]
        due.append((next_expected(newest.since, component.expected), newest.path))
        if not component.guard:
            youngest = max(youngest, newest.since)
    counted = [entry for entry, component in zip(due, benefit.components, strict=True) if not component.guard or entry[0] <= day]
    following, path = min(counted)
    fresh = day < following
    touched = any(leaf in overridden for part in benefit.components for leaf in (each.path for each in amounts(tree, part)))
    if fresh:
        reason = f"revalorisation suivante attendue le {following}"
    else:
        reason = f"revalorisation attendue le {following} et absente ({path.rsplit('.', 1)[-1]} date du {youngest})"
    return Freshness(benefit.id, youngest, following, fresh, touched, reason)


def assess_all(tree: Any, today: date, overridden: frozenset[str] = frozenset()) -> dict[str, Freshness]:
    return {name: assess(tree, benefit, today, overridden) for name, benefit in benefits().items()}


def as_json(states: Mapping[str, Freshness], today: date) -> dict[str, Any]:
    return {"at": today.isoformat(), "benefits": [state.as_json() for state in states.values()]}
