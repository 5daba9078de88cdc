"""Signing keys: reading KEY.json, naming them, matching the two halves. Secrets never enter a message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yole.journal.engine import multibase
from yole.passport.engine.faults import FaultError

DID_KEY = "did:key:"
_CONTROLLER = re.compile(r"(did:[a-z0-9]+:[A-Za-z0-9._:%-]+|https://[^\s#<>\"{}|^`\\]+)")


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 pair and who it speaks for (`did:key:…`, `did:web:…` or an https address)."""

    secret: Ed25519PrivateKey = field(repr=False)
    public: str  # publicKeyMultibase, z6Mk…
    controller: str

    @property
    def method(self) -> str:
        """`verificationMethod` of its proofs."""
        return f"{self.controller}#{self.public}"

    def members(self) -> dict[str, str]:
        """KEY.json, with the secret."""
        return {"publicKeyMultibase": self.public, "secretKeyMultibase": multibase.secret_text(self.secret), "controller": self.controller}

    def public_members(self) -> dict[str, str]:
        """KEY.json without its secret."""
        return {"publicKeyMultibase": self.public, "controller": self.controller}


def key_from_seed(seed: bytes, controller: str | None = None) -> SigningKey:
    """The pair of 32 random bytes; without a controller, the key's own did:key. Raises FaultError."""
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    public = multibase.public_text(secret.public_key())
    return SigningKey(secret, public, _controller(controller or f"{DID_KEY}{public}", public))


def read_signing_key(members: Any) -> SigningKey:
    """The pair of KEY.json, its secret in the short form or in the long one.

    Raises FaultError `key-malformed`, `key-mismatch` or `controller`; the secret is in none of their messages.
    """
    if not isinstance(members, dict):
        raise FaultError("key-malformed", "La clé n’est pas un objet JSON.")
    for name in ("publicKeyMultibase", "secretKeyMultibase", "controller"):
        if not isinstance(members.get(name), str):
            raise FaultError("key-malformed", f"Le membre « {name} » manque à la clé, ou n’est pas un texte.")
    public = members["publicKeyMultibase"]
    try:
        multibase.read_public(public)
    except ValueError:
        raise FaultError("key-malformed", "« publicKeyMultibase » n’est pas une clé publique Ed25519 (z6Mk…).") from None
    try:
        secret = multibase.read_secret(members["secretKeyMultibase"], public)
    except ValueError as error:
        if "match" in str(error):
            raise FaultError("key-mismatch", "Les deux moitiés de la clé ne vont pas ensemble.") from None
        raise FaultError("key-malformed", "« secretKeyMultibase » n’est pas une clé secrète Ed25519.") from None
    return SigningKey(secret, public, _controller(members["controller"], public))


def _controller(controller: str, public: str) -> str:
    if controller.startswith(DID_KEY):
        if controller != DID_KEY + public:
            raise FaultError("controller", "« controller » est le did:key d’une autre clé.")
    elif not _CONTROLLER.fullmatch(controller):
        raise FaultError("controller", "« controller » n’est ni un identifiant did:… ni une adresse https sans « # ».")
    return controller
