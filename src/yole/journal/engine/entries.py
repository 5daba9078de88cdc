"""An entry, a tree head: their members, their hash, their signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yole.journal.engine import multibase
from yole.journal.engine.canonical import LARGEST, FaultError, canonical, check_value

GENESIS = bytes(32)
ENTRY_MEMBERS = frozenset({"seq", "at", "actor", "action", "subject_ref", "body", "prev", "hash"})
HEAD_MEMBERS = frozenset({"origin", "size", "root", "at", "key", "signature"})
_CONTEXT = b"yole-tree-head-v1\n"
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_HEX64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """`computed` is the hash that the content has; `stated` the one that the line says."""

    seq: int
    prev: bytes
    stated: bytes
    computed: bytes


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What the signer says of the first `size` entries; `root` is hex64, `key` and `signature` are multibase texts."""

    origin: str
    size: int
    root: str
    at: str
    key: str
    signature: str

    def members(self) -> dict[str, Any]:
        return {
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "at": self.at,
            "key": self.key,
            "signature": self.signature,
        }

    def line(self) -> bytes:
        """The head as a line of an export."""
        return export_line({"tree_head": self.members()})

    def holds(self) -> bool:
        """Whether the signature is that of `key` over these members."""
        signed = _signed_bytes({name: value for name, value in self.members().items() if name != "signature"})
        try:
            signature = multibase.decode(self.signature)
            multibase.read_public(self.key).verify(signature, signed)
        except (ValueError, InvalidSignature):
            return False
        return True


def export_line(members: dict[str, Any]) -> bytes:
    """One line of an export. The three characters that some readers of lines take for an end of line are escaped."""
    return canonical(members).decode("utf-8").translate(_LINE_ENDS).encode("utf-8") + b"\n"


def instant(moment: datetime) -> str:
    """`2026-11-22T08:00:00.000000Z` for a moment of the UTC zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_hash(members: dict[str, Any]) -> bytes:
    """SHA-256(0x00 ‖ JCS(entry without `hash`)): the chain value and the leaf of the tree at the same time."""
    return sha256(b"\x00" + canonical({name: value for name, value in members.items() if name != "hash"})).digest()


def _signed_bytes(members: dict[str, Any]) -> bytes:
    return _CONTEXT + canonical(members)


def sign_head(key: Ed25519PrivateKey, *, origin: str, size: int, root: bytes, at: str) -> TreeHead:
    public = multibase.public_text(key.public_key())
    members = {"origin": origin, "size": size, "root": root.hex(), "at": at, "key": public}
    signature = multibase.encode(key.sign(_signed_bytes(members)))
    return TreeHead(origin=origin, size=size, root=root.hex(), at=at, key=public, signature=signature)


def read_entry(members: Any) -> Entry:
    """An entry from the members of a line. Raises FaultError."""
    _check_names(members, ENTRY_MEMBERS)
    _check_integer(members, "seq", least=1)
    for name in ("actor", "action", "subject_ref"):
        _check_kind(members, name, str, "un texte")
    _check_kind(members, "body", dict, "un objet")
    _check_instant(members)
    _check_hex(members, "prev")
    _check_hex(members, "hash")
    check_value(members)
    return Entry(members["seq"], bytes.fromhex(members["prev"]), bytes.fromhex(members["hash"]), entry_hash(members))


def read_head(members: Any) -> TreeHead:
    """A tree head from the value of `tree_head`; its signature is not checked here. Raises FaultError."""
    if type(members) is not dict:
        raise FaultError("« tree_head » n’est pas un objet")
    _check_names(members, HEAD_MEMBERS)
    _check_integer(members, "size", least=0)
    for name in ("origin", "key", "signature"):
        _check_kind(members, name, str, "un texte")
    _check_instant(members)
    _check_hex(members, "root")
    check_value(members)
    return TreeHead(**members)


def _check_names(members: dict[str, Any], expected: frozenset[str]) -> None:
    if members.keys() == expected:
        return
    unknown, missing = sorted(members.keys() - expected), sorted(expected - members.keys())
    if unknown:
        raise FaultError(f"membre inconnu : « {unknown[0][:40]} »")
    raise FaultError(f"membre absent : « {missing[0]} »")


def _check_kind(members: dict[str, Any], name: str, kind: type, words: str) -> None:
    if type(members[name]) is not kind:
        raise FaultError(f"« {name} » n’est pas {words}")


def _check_integer(members: dict[str, Any], name: str, *, least: int) -> None:
    value = members[name]
    if type(value) is not int or not least <= value <= LARGEST:
        raise FaultError(f"« {name} » n’est pas un entier d’au moins {least}")


def _check_hex(members: dict[str, Any], name: str) -> None:
    value = members[name]
    if type(value) is not str or not _HEX64.fullmatch(value):
        raise FaultError(f"« {name} » n’est pas une empreinte de 64 chiffres hexadécimaux en minuscules")


def _check_instant(members: dict[str, Any]) -> None:
    value = members["at"]
    if type(value) is str and _INSTANT.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return
    raise FaultError("« at » n’est pas un instant UTC à six décimales, comme 2026-11-22T08:00:00.000000Z")
