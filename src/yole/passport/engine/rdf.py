"""RDF Dataset Canonicalization 1.0 (W3C Recommendation of 21 May 2024), with a bound on the work an invented graph can ask for.

A quad is four texts in N-Quads form (subject, predicate, object, graph); the graph is empty for the default one, a blank node is `_:name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import permutations
from typing import NamedTuple

from yole.passport.engine.faults import FaultError, quoted

MOST_STEPS = 20_000  # paths tried while telling blank nodes of the same shape apart; honest credentials need none
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_TO_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f]')
_ESCAPES = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}


class Quad(NamedTuple):
    subject: str
    predicate: str
    object: str
    graph: str = ""

    def line(self) -> str:
        graph = f" {self.graph}" if self.graph else ""
        return f"{self.subject} {self.predicate} {self.object}{graph} .\n"


def iri(value: str) -> str:
    """`<value>`. Raises FaultError: an address with a space, a `>` or a line break could be read as other statements."""
    if not _IRI.fullmatch(value):
        raise FaultError("iri-malformed", f"{quoted(value)} n’est pas une adresse absolue bien formée.")
    return f"<{value}>"


def literal(value: str, datatype: str, language: str | None = None) -> str:
    """A literal in canonical form; the datatype of plain texts is left out."""
    text = '"' + _TO_ESCAPE.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}", value) + '"'
    if language is not None:
        if not _LANGUAGE.fullmatch(language):
            raise FaultError("language-malformed", f"{quoted(language)} n’est pas un code de langue.")
        return f"{text}@{language}"
    return text if datatype == "http://www.w3.org/2001/XMLSchema#string" else f"{text}^^{iri(datatype)}"


class _Names:
    """Issues names in order of request."""

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.issued = issued or {}

    def name(self, node: str) -> str:
        return self.issued.setdefault(node, f"{self.prefix}{len(self.issued)}")

    def copy(self) -> _Names:
        return _Names(self.prefix, dict(self.issued))


class _Canonicalisation:
    def __init__(self, quads: Sequence[Quad]) -> None:
        self.quads = quads
        self.canonical = _Names("_:c14n")
        self.around: dict[str, list[Quad]] = {}
        self.first: dict[str, str] = {}
        self.steps = 0
        for quad in quads:
            for node in {part for part in (quad.subject, quad.object, quad.graph) if part.startswith("_:")}:
                self.around.setdefault(node, []).append(quad)

    def run(self) -> bytes:
        by_hash: dict[str, list[str]] = {}
        for node in self.around:
            by_hash.setdefault(self._first_degree(node), []).append(node)
        shared = []
        for digest in sorted(by_hash):
            if len(by_hash[digest]) == 1:
                self.canonical.name(by_hash[digest][0])
            else:
                shared.append(by_hash[digest])
        for nodes in shared:
            results = []
            for node in nodes:
                if node not in self.canonical.issued:
                    names = _Names("_:b")
                    names.name(node)
                    results.append(self._n_degree(node, names))
            for _, names in sorted(results, key=lambda result: result[0]):
                for node in names.issued:
                    self.canonical.name(node)
        lines = {self._renamed(quad).line() for quad in self.quads}
        return "".join(sorted(lines)).encode("utf-8")

    def _renamed(self, quad: Quad) -> Quad:
        issued = self.canonical.issued
        return Quad(*(issued.get(part, part) for part in quad))

    def _first_degree(self, node: str) -> str:
        if node not in self.first:
            lines = [
                Quad(*(("_:a" if part == node else "_:z") if part.startswith("_:") else part for part in quad)).line()
                for quad in self.around[node]
            ]
            self.first[node] = _digest("".join(sorted(lines)))
        return self.first[node]

    def _related(self, node: str, quad: Quad, names: _Names, position: str) -> str:
        known = self.canonical.issued.get(node) or names.issued.get(node) or self._first_degree(node)
        return _digest(position + ("" if position == "g" else quad.predicate) + known)

    def _n_degree(self, node: str, names: _Names) -> tuple[str, _Names]:
        related: dict[str, list[str]] = {}
        for quad in self.around[node]:
            for part, position in ((quad.subject, "s"), (quad.object, "o"), (quad.graph, "g")):
                if part.startswith("_:") and part != node:
                    related.setdefault(self._related(part, quad, names, position), []).append(part)
        told = []
        for digest in sorted(related):
            best: tuple[str, _Names] | None = None
            for order in permutations(related[digest]):
                tried = self._path(order, names, best[0] if best else None)
                if tried is not None and (best is None or tried[0] < best[0]):
                    best = tried
            if best is None:  # every order was given up: cannot be, the first is always followed to its end
                raise AssertionError("no path")
            told += [digest, best[0]]
            names = best[1]
        return _digest("".join(told)), names

    def _path(self, order: Sequence[str], names: _Names, best: str | None) -> tuple[str, _Names] | None:
        """The path that this order gives and the names it issues; None as soon as it cannot be the least."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise FaultError("graph-too-costly", "Les liens internes du document sont trop emmêlés pour être vérifiés.")
        names, path, deeper = names.copy(), "", []
        for node in order:
            if node in self.canonical.issued:
                path += self.canonical.issued[node]
            else:
                if node not in names.issued:
                    deeper.append(node)
                path += names.name(node)
            if _hopeless(path, best):
                return None
        for node in deeper:
            digest, after = self._n_degree(node, names)
            path += f"{names.name(node)}<{digest}>"
            names = after
            if _hopeless(path, best):
                return None
        return path, names


def _hopeless(path: str, best: str | None) -> bool:
    return best is not None and len(path) >= len(best) and path > best


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


def canonical_quads(quads: Iterator[Quad] | Sequence[Quad]) -> bytes:
    """The canonical N-Quads of a dataset. Raises FaultError `graph-too-costly` past MOST_STEPS."""
    return _Canonicalisation(list(quads)).run()
