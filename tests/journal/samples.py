"""Small journals made with the standard library and the reference implementation of JCS, not with the code under test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def base58(data: bytes) -> str:
    """For data that does not begin with a zero byte."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "z" + text


def public(key: Ed25519PrivateKey = KEY) -> str:
    return base58(b"\xed\x01" + key.public_key().public_bytes_raw())


def merkle(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + merkle(leaves[:k]) + merkle(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1, as it is written there."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), merkle(leaves[k:])]
    return [*path(m - k, leaves[k:]), merkle(leaves[:k])]


def sealed(members: dict[str, Any]) -> dict[str, Any]:
    """An entry with its hash."""
    bare = {name: value for name, value in members.items() if name != "hash"}
    return {**bare, "hash": hashlib.sha256(b"\x00" + rfc8785.dumps(bare)).hexdigest()}


def entries(bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for number, body in enumerate(bodies, start=1):
        members = {
            "seq": number,
            "at": f"2026-11-22T08:{number % 60:02d}:00.000000Z",
            "actor": "agent:7f",
            "action": "mandate.use",
            "subject_ref": f"person:{number}",
            "body": body,
            "prev": made[-1]["hash"] if made else "0" * 64,
        }
        made.append(sealed(members))
    return made


def chained(made: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same contents, every number, link and hash computed again: what a forger does."""
    again: list[dict[str, Any]] = []
    for number, members in enumerate(made, start=1):
        again.append(sealed({**members, "seq": number, "prev": again[-1]["hash"] if again else "0" * 64}))
    return again


def head(made: Sequence[dict[str, Any]], key: Ed25519PrivateKey = KEY, **changes: Any) -> dict[str, Any]:
    members = {
        "origin": "https://yole.exemple.fr/journal",
        "size": len(made),
        "root": merkle([bytes.fromhex(one["hash"]) for one in made]).hex(),
        "at": "2026-11-22T12:00:00.000000Z",
        "key": public(key),
        **changes,
    }
    signature = key.sign(b"yole-tree-head-v1\n" + rfc8785.dumps(members))
    return {"tree_head": {**members, "signature": base58(signature)}}


def lines(objects: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in objects)


def journal(count: int = 9, heads: Sequence[int] = (4, 9)) -> list[dict[str, Any]]:
    """Entries, and a head after each of the numbers given."""
    made = entries([{"amount": "12.50", "step": number, "é": ["ﬁ", "😀", None, True]} for number in range(count)])
    found: list[dict[str, Any]] = []
    for number in range(count + 1):
        found += made[number - 1 : number] if number else []
        found += [head(made[:number])] * (number in heads)
    return found
