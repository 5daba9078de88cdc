"""Sealing and opening what names somebody; digests by which they are found; pseudonyms that travel between structures.

A sealed value is 12 bytes of nonce and AES-256-GCM text; additional data `table:pk:field` ties it to its row. A wrapped key is the number
of the master key, 12 bytes of nonce and the encrypted key. Destroying either makes the value unreadable for ever.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yole.kernel.text import fold
from yole.people.engine.identity import Identity
from yole.people.keys import KEY_BYTES, master_keys

_NONCE = 12
DIGEST_BYTES = 16


class UnreadableError(Exception):
    """The row and its key do not fit together, or the master key is not here: damage, never a usual case."""


def _aad(table: str, pk: uuid.UUID, field: str) -> bytes:
    return f"{table}:{pk}:{field}".encode()


def _encrypt(key: bytes, data: bytes, aad: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, aad)


def _decrypt(key: bytes, data: bytes, aad: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], aad)
    except (InvalidTag, ValueError):
        raise UnreadableError(aad.decode()) from None


def new_key(table: str, pk: uuid.UUID) -> tuple[bytes, bytes]:
    """(a fresh key, the same wrapped for the row)."""
    key = secrets.token_bytes(KEY_BYTES)
    return key, wrap(key, table, pk)


def wrap(key: bytes, table: str, pk: uuid.UUID) -> bytes:
    master = master_keys()
    return bytes([master.current]) + _encrypt(master.keys[master.current], key, _aad(table, pk, "wrapped_key"))


def unwrap(wrapped: bytes, table: str, pk: uuid.UUID) -> bytes:
    """Raises UnreadableError."""
    master = master_keys().keys.get(wrapped[0]) if wrapped else None
    if master is None:
        raise UnreadableError(f"{table}:{pk}:wrapped_key")
    return _decrypt(master, wrapped[1:], _aad(table, pk, "wrapped_key"))


def seal_bytes(key: bytes, data: bytes, table: str, pk: uuid.UUID, field: str = "sealed") -> bytes:
    return _encrypt(key, data, _aad(table, pk, field))


def open_bytes(key: bytes, sealed: bytes, table: str, pk: uuid.UUID, field: str = "sealed") -> bytes:
    """Raises UnreadableError."""
    return _decrypt(key, bytes(sealed), _aad(table, pk, field))


PERSON = "people_person"


def seal(key: bytes, identity: Identity, pk: uuid.UUID) -> bytes:
    return seal_bytes(key, json.dumps(identity.to_dict(), ensure_ascii=False).encode("utf-8"), PERSON, pk)


def unseal(sealed: bytes, wrapped: bytes, pk: uuid.UUID) -> Identity:
    """Raises UnreadableError."""
    return Identity.from_dict(json.loads(open_bytes(unwrap(bytes(wrapped), PERSON, pk), sealed, PERSON, pk)))


@lru_cache(maxsize=512)
def _structure_key(index: bytes, structure_id: int) -> bytes:
    return hmac.digest(index, f"structure:{structure_id}".encode(), hashlib.sha256)


def digest(structure_id: int, kind: str, value: str) -> bytes:
    """16 bytes: the same value gives the same digest inside a structure, and another one in every other structure."""
    return hmac.digest(_structure_key(master_keys().index, structure_id), f"{kind}:{value}".encode(), hashlib.sha256)[:DIGEST_BYTES]


def pseudonym(identity: Identity, birth_year: int | None, year: int, territory_id: int) -> str:
    """What stands for a person between structures, for counting: hex of HMAC-SHA-256 of the normalised names and birth year.

    The key is the territory's and changes every year, so that counts of two years cannot be joined. A slip in a name makes two persons
    of one: a count made with it is published with its interval.
    """
    key = hmac.digest(master_keys().pseudonym, f"{territory_id}:{year}".encode(), hashlib.sha256)
    value = "|".join((fold(identity.last_name), fold(identity.first_name), str(birth_year or "")))
    return hmac.digest(key, value.encode(), hashlib.sha256).hex()
