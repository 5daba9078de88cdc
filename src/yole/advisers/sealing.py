"""Names and addresses of the room, encrypted at rest with a key of the keys folder, away from the tables."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken

from yole.base import paths


def _box() -> Fernet:
    secret = paths.secret("advisers-contacts").encode("ascii")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))


def seal(name: str, email: str) -> bytes:
    return _box().encrypt(json.dumps([name, email]).encode("utf-8"))


def unseal(sealed: bytes | memoryview) -> tuple[str, str]:
    """(name, e-mail); both empty once erased. Raises ValueError for what this site did not seal."""
    if not sealed:
        return "", ""
    try:
        name, email = json.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken:
        raise ValueError("a contact was not sealed with the key of this site") from None
    return str(name), str(email)


def digest(email: str) -> str:
    """The same address gives the same digest; nobody without the key can go back."""
    key = paths.secret("advisers-contacts").encode("ascii")
    return hmac.new(key, email.strip().lower().encode("utf-8"), hashlib.sha256).hexdigest()
