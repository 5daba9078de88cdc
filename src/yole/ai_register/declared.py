"""What the rooms declare, as contents of entries."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

from yole.base.registries import ALGORITHMS
from yole.kernel.algorithms import Algorithm

_NOT_SAID = frozenset({"id", "engine", "versions"})


@lru_cache(maxsize=64)
def engine_digest(package: str) -> str:
    """SHA-256 of the text of a package or module: changes with the rules that it holds. Raises ValueError when there is none."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ValueError(f"no engine {package}")
    origin = Path(spec.origin)
    paths = sorted(origin.parent.rglob("*.py")) if origin.name == "__init__.py" else [origin]
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(origin.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def content_of(algorithm: Algorithm) -> dict[str, str]:
    """What the running platform says of one of its algorithms, its present version included."""
    said = {one.name: str(getattr(algorithm, one.name)) for one in fields(algorithm) if one.name not in _NOT_SAID}
    parts = {
        **algorithm.versions(),
        "moteur": f"{algorithm.engine}, empreinte {engine_digest(algorithm.engine)[:12]}",
        "plateforme": importlib.metadata.version("yole"),
    }
    return {
        **said,
        "version": " ; ".join(f"{name} : {value}" for name, value in parts.items()),
        "source_code": f"src/{algorithm.engine.replace('.', '/')}",
        "provider": "Yole, logiciel libre (AGPL-3.0)",
    }


def contents() -> dict[str, dict[str, str]]:
    """Per identifier of an algorithm, what is said of it now."""
    return {name: content_of(algorithm) for name, algorithm in sorted(ALGORITHMS.items())}


def checksum(content: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(content), sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()
