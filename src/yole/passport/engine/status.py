"""Bitstring Status List 1.0: who is revoked or suspended, told to everybody without telling who holds what.

Bit 0 is the most significant bit of byte 0. A list has at least 131,072 entries, so that one entry says nothing about its holder.
"""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from yole.passport.engine.faults import FaultError, quoted
from yole.passport.engine.instants import instant_text, read_instant
from yole.passport.engine.structure import VC_CONTEXT, has_type, is_uri, issuer_id

LENGTH = 131_072  # entries; the least a list may have
LONGEST = 8 * 1024 * 1024  # bytes of an inflated list that we accept to read
Purpose = Literal["revocation", "suspension"]
PURPOSES: tuple[Purpose, ...] = ("revocation", "suspension")
SUSPENSIONS = "/suspensions"  # after the address of a list of withdrawals: which of them are only suspended
_INDEX = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)


class Draws(Protocol):
    """A source of chance: random.Random or secrets.SystemRandom."""

    def randrange(self, stop: int, /) -> int: ...


@dataclass(frozen=True)
class Entry:
    """`credentialStatus` of a credential."""

    purpose: str
    index: int
    address: str  # of the list


def empty_bits(length: int = LENGTH) -> bytearray:
    """All clear. Raises FaultError under 131,072 entries or when not a whole number of bytes."""
    if length < LENGTH or length % 8:
        raise FaultError("list-short", f"Une liste a au moins {LENGTH} entrées, par multiples de 8.")
    return bytearray(length // 8)


def set_bit(bits: bytearray, index: int, value: bool) -> None:
    """Sets or clears one entry. Raises IndexError outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise IndexError(index)
    mask = 0x80 >> (index & 7)
    bits[index >> 3] = bits[index >> 3] | mask if value else bits[index >> 3] & ~mask


def get_bit(bits: bytes | bytearray, index: int) -> bool:
    """One entry. Raises IndexError outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise IndexError(index)
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def draw_index(taken: Collection[int], rng: Draws, length: int = LENGTH) -> int:
    """A free entry drawn at random: counting up would tell who was awarded when.

    `taken` should be a set or a dict. Raises FaultError `list-full`.
    """
    if len(taken) >= length:
        raise FaultError("list-full", "La liste n’a plus d’entrée libre : il en faut une nouvelle.")
    if len(taken) * 2 < length:
        while (index := rng.randrange(length)) in taken:
            pass
        return index
    free = [index for index in range(length) if index not in taken]
    return free[rng.randrange(len(free))]


def encode_bits(bits: bytes | bytearray) -> str:
    """`encodedList`: `u` and base64url of the gzipped bits."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode("ascii").rstrip("=")


def decode_bits(encoded: str) -> bytes:
    """The bits of `encodedList`, inflated within a limit. Raises FaultError `list-malformed`."""
    if not isinstance(encoded, str) or not re.fullmatch(r"u[A-Za-z0-9_-]+", encoded):
        raise FaultError("list-malformed", "La liste d’état n’est pas écrite en base64url.")
    try:
        packed = base64.b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4), altchars=b"-_", validate=True)
        inflating = zlib.decompressobj(wbits=31)
        bits = inflating.decompress(packed, LONGEST + 1)
    except (ValueError, zlib.error):
        raise FaultError("list-malformed", "La liste d’état ne se décompresse pas.") from None
    if len(bits) > LONGEST or not inflating.eof or inflating.unused_data:
        raise FaultError("list-malformed", "La liste d’état ne se décompresse pas en entier, ou dépasse la taille acceptée.")
    return bits


def entry_members(address: str, index: int, purpose: Purpose = "revocation") -> dict[str, str]:
    """`credentialStatus` of a credential to issue; `index` >= 0."""
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def read_entry(value: Mapping[str, Any]) -> Entry:
    """The entry that `credentialStatus` points to. Raises FaultError `status-kind` or `status-malformed`."""
    if value.get("type") != "BitstringStatusListEntry":
        raise FaultError("status-kind", f"Le type d’état {quoted(value.get('type'))} n’est pas lu ici.")
    purpose, index, address = (value.get(member) for member in ("statusPurpose", "statusListIndex", "statusListCredential"))
    if not isinstance(purpose, str) or not is_uri(address) or not isinstance(index, str) or not _INDEX.fullmatch(index):
        raise FaultError("status-malformed", "L’entrée d’état n’est pas bien formée.")
    if value.get("statusSize", 1) != 1:
        raise FaultError("status-kind", "Les états à plusieurs valeurs ne sont pas lus ici.")
    return Entry(purpose, int(index), str(address))


def build_list(
    address: str,
    issuer: str,
    bits: bytes | bytearray,
    valid_from: datetime,
    *,
    purpose: Purpose = "revocation",
    valid_until: datetime | None = None,
) -> dict[str, Any]:
    """The list as a credential without proof: sign it with `proofs.sign_set` at each change. `address` is where it is published."""
    document: dict[str, Any] = {
        "@context": [VC_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant_text(valid_from),
    }
    if valid_until is not None:
        document["validUntil"] = instant_text(valid_until)
    document["credentialSubject"] = {
        "id": f"{address}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode_bits(bits),
    }
    return document


class StatusList(NamedTuple):
    """A list whose form and validity were checked; its proof is checked apart. `dated`: its `validFrom`."""

    bits: bytes
    dated: datetime


def read_list(document: Any, entry: Entry, issuer: str, at: datetime) -> StatusList:
    """The bits of the list that `entry` points to.

    Raises FaultError `list-kind`, `list-other` (another address or purpose), `list-issuer`, `list-dates`, `list-short`, `list-malformed`,
    `list-index`.
    """
    if not isinstance(document, dict) or not has_type(document.get("type"), "BitstringStatusListCredential"):
        raise FaultError("list-kind", "La liste donnée n’est pas une liste d’état.")
    if document.get("id") != entry.address:
        raise FaultError("list-other", f"La liste donnée n’est pas celle de l’attestation ({quoted(entry.address)}).")
    if issuer_id(document) != issuer:
        raise FaultError("list-issuer", "La liste d’état ne vient pas de l’émetteur de l’attestation.")
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") not in ("BitstringStatusList", ["BitstringStatusList"]):
        raise FaultError("list-kind", "La liste donnée n’est pas une liste d’état.")
    purposes: Sequence[Any] = subject["statusPurpose"] if isinstance(subject.get("statusPurpose"), list) else [subject.get("statusPurpose")]
    if entry.purpose not in purposes:
        raise FaultError("list-other", "La liste d’état ne dit pas ce que l’attestation lui demande.")
    dated = read_instant(document.get("validFrom"), "validFrom")
    if at < dated or ("validUntil" in document and at >= read_instant(document["validUntil"], "validUntil")):
        raise FaultError("list-dates", "La liste d’état n’est pas en cours de validité à cette date.")
    bits = decode_bits(subject.get("encodedList", ""))
    if len(bits) * 8 < LENGTH:
        raise FaultError("list-short", f"La liste d’état a moins de {LENGTH} entrées.")
    if entry.index >= len(bits) * 8:
        raise FaultError("list-index", "L’entrée de l’attestation est au-delà de la fin de la liste.")
    return StatusList(bits, dated)
