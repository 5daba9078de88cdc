"""The addresses of people who asked to be told: sealed in the database, found again by a digest, under keys of the keys folder."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yole.base import paths

_NONCE = 12


def _key(use: str) -> bytes:
    return hmac.new(paths.secret("roadmap-subscriptions").encode("ascii"), use.encode(), hashlib.sha256).digest()


def digest(address: str) -> str:
    """The same for the same address, whatever its case; nobody without the key goes back."""
    return hmac.new(_key("digest"), address.strip().lower().encode(), hashlib.sha256).hexdigest()


def seal(address: str, row: UUID) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key("seal")).encrypt(nonce, address.encode(), row.bytes)


def unseal(sealed: bytes, row: UUID) -> str:
    """Raises cryptography's InvalidTag when the row or the key is not the right one."""
    return AESGCM(_key("seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], row.bytes).decode()
