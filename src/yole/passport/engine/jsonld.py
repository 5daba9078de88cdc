"""From a JSON document to its canonical statements, with carried contexts only. PyLD is imported when first needed (it is slow to import).

JSON-LD forgets without a word what no context defines, and gives one meaning to several spellings; a signature over statements would
then leave members of the document unsigned, or let one be hidden under another name. Every such case is refused here.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from yole.passport.engine.faults import FaultError, quoted
from yole.passport.engine.rdf import Quad, canonical_quads, iri, literal

MOST_VALUES = 5_000  # members and items of one document
LONGEST_LIST = 500  # items; PyLD compares each with all the others
MOST_CONTEXTS = 300  # worked-out contexts kept
_BASE = "x-relative://here/"  # no address of a sound document starts with it
_EXACT = 2**53 - 1
_BLANK = re.compile(r"_:[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


class Processor:
    """Canonicalises documents whose contexts are all in `contexts` (address -> context document). Safe between threads."""

    def __init__(self, contexts: Mapping[str, Any]) -> None:
        self._contexts = contexts
        self._parsed: dict[str, Any] = {}  # PyLD's parsed contexts, kept from one document to the next
        self._memo: dict[Any, Any] = {}  # contexts worked out for the places where they apply
        self._turn = threading.Lock()

    def knows(self, address: object) -> bool:
        return isinstance(address, str) and address in self._contexts

    def canonical(self, document: Mapping[str, Any]) -> bytes:
        """Canonical N-Quads (RDFC-1.0) of a JSON-LD document.

        Raises FaultError: `term-dropped` for a member that no context defines, `member-not-a-term` for a spelling other than the contexts'
        terms, `context-unknown`, `iri-malformed`, `document-too-big`, `graph-too-costly`, `jsonld` for the rest.
        """
        return canonical_quads(self.quads(document))

    def quads(self, document: Mapping[str, Any]) -> list[Quad]:
        """The statements of a document, blank nodes named by PyLD. Raises FaultError as `canonical`."""
        self._screen(document)
        with self._turn:
            dataset = self._statements(_exact(dict(document)))
        return list(_quads(dataset))

    def _screen(self, document: Mapping[str, Any]) -> None:
        """Contexts on top only and carried; every other member a plain term; a bounded number of values."""
        addresses = document.get("@context")
        if not isinstance(addresses, list):
            addresses = [addresses]
        for address in addresses:
            if not self.knows(address):
                raise FaultError("context-unknown", f"Le vocabulaire {quoted(address)} n’est pas un vocabulaire connu.")
        waiting: list[Any] = [value for name, value in document.items() if name != "@context"]
        names = [name for name in document if name != "@context"]
        seen = 0
        while waiting:
            value = waiting.pop()
            seen += 1
            if isinstance(value, dict):
                names.extend(value)
                waiting.extend(value.values())
            elif isinstance(value, list):
                if len(value) > LONGEST_LIST:
                    raise FaultError("document-too-big", f"Une liste a plus de {LONGEST_LIST} éléments.")
                waiting.extend(value)
            if seen + len(waiting) > MOST_VALUES:
                raise FaultError("document-too-big", f"Le document a plus de {MOST_VALUES} valeurs.")
        for name in names:
            if ":" in name or name.startswith("@"):
                raise FaultError("member-not-a-term", f"Le membre {quoted(name)} n’est pas écrit avec un mot du vocabulaire.")

    def _statements(self, document: dict[str, Any]) -> dict[str, Any]:
        from pyld import jsonld

        dropped: list[str] = []
        reader = _reader()(lambda name: dropped.append(str(name)), self._memo)
        options = {
            "base": _BASE,
            "documentLoader": self._load,
            "contextResolver": jsonld.ContextResolver(self._parsed, self._load),
            "processingMode": "json-ld-1.1",
        }
        try:
            dataset: dict[str, Any] = reader.to_rdf(document, options)
        except jsonld.JsonLdError as error:
            raise FaultError("jsonld", f"Le document ne se lit pas avec ses vocabulaires ({_kind(error)}).") from None
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            # PyLD meets malformed values with Python's own errors: a null type, an object where a text is due.
            raise FaultError("jsonld", f"Le document ne se lit pas avec ses vocabulaires ({type(error).__name__}).") from None
        if dropped:
            raise FaultError(
                "term-dropped", f"Le membre {quoted(dropped[0])} n’est dans aucun vocabulaire : il échapperait à la signature."
            )
        _refuse_lost(reader.expanded)
        return dataset

    def _load(self, address: str, options: Any) -> dict[str, Any]:
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": address,
            "document": self._contexts[address],
            "tag": "static",
        }


@cache
def _reader() -> Any:
    """PyLD's processor, which also keeps what it expanded, and works each scoped context out once instead of at each node."""
    from pyld import jsonld

    class Reader(jsonld.JsonLdProcessor):  # type: ignore[misc]
        def __init__(self, on_dropped: Callable[[Any], None], memo: dict[Any, Any]) -> None:
            super().__init__(on_property_dropped=on_dropped)
            self.expanded: list[Any] = []
            self._memo = memo

        def expand(self, input_: Any, options: Any) -> Any:
            self.expanded = super().expand(input_, options)
            return self.expanded

        def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **given: Any) -> Any:
            if "cycles" in given:
                return super()._process_context(active_ctx, local_ctx, options, **given)
            addresses = isinstance(local_ctx, list) and all(isinstance(item, str) for item in local_ctx)
            local = tuple(local_ctx) if addresses else id(local_ctx)
            key = (id(active_ctx), local, *sorted(given.items()))
            if key not in self._memo:
                if len(self._memo) >= MOST_CONTEXTS:
                    self._memo.clear()
                # Both are kept with the answer: an identity is not used again as long as its object lives.
                self._memo[key] = (super()._process_context(active_ctx, local_ctx, options, **given), active_ctx, local_ctx)
            return self._memo[key][0]

    return Reader


def _kind(error: Any) -> str:
    """The JSON-LD error code at the root of PyLD's chain of errors."""
    code = error.code
    while error.__cause__ is not None:
        error = error.__cause__
        code = getattr(error, "code", None) or code
    return str(code or "erreur de syntaxe")


def _exact(value: Any) -> Any:
    """Numbers as every reader of JSON sees them: 2.0 is the integer 2."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    if isinstance(value, int) and abs(value) > _EXACT:
        raise FaultError("number-inexact", "Un nombre n’a pas d’écriture exacte commune à tous les lecteurs.")
    if isinstance(value, dict):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return value


def _refuse_lost(expanded: list[Any]) -> None:
    """What is in the expanded document and would be in no statement: text directions, indexes, whatever hangs on a malformed address."""
    waiting = list(expanded)
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            for name, item in value.items():
                if name in ("@direction", "@index"):
                    raise FaultError("term-dropped", f"Un membre « {name[1:]} » échapperait à la signature.")
                if name == "@id":
                    _check_node(item)
                elif name == "@type":
                    for kind in item if isinstance(item, list) else [item]:
                        if kind != "@json":
                            _check_node(kind)
                elif not name.startswith("@"):
                    iri(name)
            waiting.extend(value.values())


def _check_node(address: Any) -> None:
    if not isinstance(address, str):
        raise FaultError("jsonld", "Un identifiant ou un type n’est pas un texte.")
    if not _BLANK.fullmatch(address):
        _node({"type": "IRI", "value": address})


def _quads(dataset: dict[str, Any]) -> Iterator[Quad]:
    for graph, triples in dataset.items():
        name = "" if graph == "@default" else _node({"type": "blank node" if graph.startswith("_:") else "IRI", "value": graph})
        for triple in triples:
            yield Quad(_node(triple["subject"]), iri(triple["predicate"]["value"]), _object(triple["object"]), name)


def _node(term: dict[str, Any]) -> str:
    value = term["value"]
    if term["type"] == "blank node":
        return str(value)
    if value.startswith(_BASE):
        raise FaultError("iri-relative", f"{quoted(value[len(_BASE) :])} n’est ni un mot du vocabulaire ni une adresse absolue.")
    return iri(value)


def _object(term: dict[str, Any]) -> str:
    if term["type"] != "literal":
        return _node(term)
    value = term["value"]
    if not isinstance(value, str):
        raise FaultError("jsonld", "Une valeur n’a pas d’écriture en texte.")
    return literal(value, term["datatype"], term.get("language"))
