"""Every address of the site, read from the resolver, and the file that says who gets what answer."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MATRICES = sorted(Path(__file__).parent.glob("matrix*.toml"))
METHODS = ("get", "post", "both")


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern`: as written in the urls files, joined; `act`: what the view declares, empty for a public one."""

    name: str
    pattern: str
    act: str
    takes: frozenset[str]


def routes() -> list[Route]:
    """Every route of the resolver. Raises AssertionError for one without a name."""
    from django.urls import get_resolver

    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: Any, namespace: str, prefix: str) -> Iterator[Route]:
    from django.urls import URLResolver

    for pattern in patterns:
        full = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, full)
            continue
        assert pattern.name, f"a route without a name: {full}"
        yield Route(namespace + pattern.name, full, getattr(pattern.callback, "required_act", ""), frozenset(pattern.pattern.converters))


@dataclass(frozen=True, slots=True)
class Expected:
    """One route of the file: which method it takes (`get`, `post`, `both`), the act, the answer by standing and role."""

    route: str
    method: str
    act: str
    answers: dict[str, Any] = field(default_factory=dict)

    def answer(self, role: str, standing: str, method: str) -> str:
        """What a role that may do the act gets: `open`, `no` (403), `unknown` (404) or `sign-in`."""
        said = self.answers.get(f"{method}-{standing}", self.answers.get(standing, "open"))
        if isinstance(said, dict):
            said = said.get(role, said.get("others", "open"))
        return str(said)


def expected() -> tuple[dict[str, frozenset[str]], dict[str, Expected]]:
    """(act -> roles, route -> what is expected) of all the files. Raises AssertionError when an act or a route is written twice."""
    acts: dict[str, frozenset[str]] = {}
    found: dict[str, Expected] = {}
    groups: list[dict[str, Any]] = []
    for path in MATRICES:
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        for act, roles in file["acts"].items():
            assert act not in acts, f"{act} is written twice ({path.name})"
            acts[act] = frozenset(roles)
        groups += file.get("group", [])
    for group in groups:
        answers = {key: value for key, value in group.items() if key not in (*METHODS, "act")}
        for method in METHODS:
            for route in group.get(method, []):
                assert route not in found, f"{route} is written twice"
                found[route] = Expected(route, method, group.get("act", ""), answers)
    return acts, found


Address = Callable[[Route], str]
