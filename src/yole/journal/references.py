"""Opaque references: how the journal names a person or an account without naming them."""

from __future__ import annotations

import hashlib
import hmac
import re

from yole.base import paths

SYSTEM = "system:yole"
_KIND = re.compile(r"[a-z][a-z-]{0,29}")
_REFERENCE = re.compile(r"[a-z][a-z-]{0,29}:[A-Za-z0-9._-]{1,80}")


def reference(kind: str, identifier: object) -> str:
    """`kind:` and 128 bits of the HMAC-SHA-256 of the identifier, under a key that never leaves the keys folder.

    The same identifier always gives the same reference; nobody without the key can go back. Raises ValueError for an odd kind.
    """
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind of reference: {kind!r}")
    key = paths.secret("journal-references").encode("ascii")
    digest = hmac.new(key, f"{kind}:{identifier}".encode(), hashlib.sha256).hexdigest()
    return f"{kind}:{digest[:32]}"


def is_reference(text: str) -> bool:
    """Whether a text has the shape of an opaque reference: a name or an address has not."""
    return bool(_REFERENCE.fullmatch(text))
