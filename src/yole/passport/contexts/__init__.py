"""JSON-LD contexts carried with the product, unmodified: verification never fetches one.

The files come from the PyPI package openbadgeslib 4.6.3 (its folder ob3/contexts); credentials-v2.json is equal in content to the one
of the npm package @digitalbazaar/credentials-context 3.2.0. See NOTICE.txt. A file whose SHA-256 is not the one below is not used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yole.passport.engine.jsonld import Processor

FILES: dict[str, tuple[str, str]] = {
    "https://www.w3.org/ns/credentials/v2": (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-v3p0-context-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-v3p0-context-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": (
        "security-multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
}


class _Shipped(Mapping[str, Any]):
    """Address -> context document, read from its file the first time it is asked for."""

    def __init__(self) -> None:
        self._read: dict[str, Any] = {}

    def __getitem__(self, address: str) -> Any:
        if address not in self._read:
            name, digest = FILES[address]
            data = resources.files(__name__).joinpath(name).read_bytes()
            if hashlib.sha256(data).hexdigest() != digest:
                raise RuntimeError(f"the carried context {name} was changed")
            self._read[address] = json.loads(data)
        return self._read[address]

    def __contains__(self, address: object) -> bool:
        return address in FILES

    def __iter__(self) -> Iterator[str]:
        return iter(FILES)

    def __len__(self) -> int:
        return len(FILES)


@cache
def shipped() -> Mapping[str, Any]:
    """The carried contexts by address."""
    return _Shipped()


@cache
def processor() -> Processor:
    """The one JSON-LD processor of this process: contexts are parsed once."""
    from yole.passport.engine.jsonld import Processor

    return Processor(shipped())
