"""Issuers' keys: the did:web document we publish, and which key of a document may have signed at a given instant.

A document lists every key ever used. A key that was replaced keeps its `revoked` date: what it signed before still holds. A key that was
stolen is `revoked` from its first day: a thief chooses the date he writes, so nothing it signed holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from yole.journal.engine import multibase
from yole.passport.engine.faults import FaultError, quoted
from yole.passport.engine.instants import instant_text, read_instant
from yole.passport.engine.keys import DID_KEY

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
_KINDS = {"Multikey", "Ed25519VerificationKey2020"}
_DID_WEB = re.compile(r"did:web:([A-Za-z0-9.-]+(?:%3A[0-9]{1,5})?)((?::[A-Za-z0-9._~%-]+)*)")


@dataclass(frozen=True)
class IssuerKey:
    """A key of the issuer's history. `since`: first instant in use; `revoked`: instant of its replacement; `compromised`: stolen."""

    public: str
    since: datetime
    revoked: datetime | None = None
    compromised: bool = False


@dataclass(frozen=True)
class Method:
    """A verification method of a document read."""

    public: str
    revoked: datetime | None
    expires: datetime | None
    asserts: bool


@dataclass(frozen=True)
class Document:
    """A DID (or controller) document: its subject and its methods by full address."""

    id: str
    methods: dict[str, Method]


def build_document(did: str, keys: Sequence[IssuerKey]) -> dict[str, Any]:
    """did.json: every key, revoked ones with their date, `assertionMethod` the current ones only.

    Raises FaultError without a key, or with one twice.
    """
    publics = [key.public for key in keys]
    if not keys or len(set(publics)) != len(publics):
        raise FaultError("did-document", "Un document d’émetteur liste au moins une clé, chacune une fois.")
    methods, current = [], []
    for key in keys:
        method = {"id": f"{did}#{key.public}", "type": "Multikey", "controller": did, "publicKeyMultibase": key.public}
        revoked = key.since if key.compromised else key.revoked
        if revoked is None:
            current.append(method["id"])
        else:
            method["revoked"] = instant_text(revoked)
        methods.append(method)
    return {"@context": CONTEXTS, "id": did, "verificationMethod": methods, "assertionMethod": current}


def did_of_site(address: str) -> str:
    """did:web of a site or of a path on it: https://a.example/b/c -> did:web:a.example:b:c. Raises FaultError."""
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise FaultError("did-web", f"{quoted(address)} n’est pas l’adresse d’un site.")
    host = parts.hostname if parts.port is None else f"{parts.hostname}%3A{parts.port}"
    return ":".join(["did:web", host, *(quote(unquote(step), safe="") for step in parts.path.split("/") if step)])


def read_document(value: Any) -> Document:
    """A DID document, or a public key file ({"publicKeyMultibase", "controller"}) standing for the document of that one key.

    Methods of kinds we do not read are left out. Raises FaultError `did-document`.
    """
    if isinstance(value, dict) and "publicKeyMultibase" in value and "verificationMethod" not in value:
        controller, public = value.get("controller"), value["publicKeyMultibase"]
        if isinstance(controller, str) and isinstance(public, str) and _public(public) is not None:
            return Document(controller, {f"{controller}#{public}": Method(public, None, None, asserts=True)})
    if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not {"verificationMethod", "assertionMethod"} & set(value):
        raise FaultError("did-document", "Ce n’est pas un document d’émetteur (« id » et « verificationMethod »).")
    subject = value["id"]
    listed = _listed(value.get("verificationMethod"))
    asserting: set[str] = set()
    for entry in _listed(value.get("assertionMethod")):
        if isinstance(entry, str):
            asserting.add(_absolute(entry, subject))
        elif isinstance(entry, dict) and isinstance(entry.get("id"), str):
            asserting.add(_absolute(entry["id"], subject))
            listed.append(entry)
    methods: dict[str, Method] = {}
    for entry in listed:
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise FaultError("did-document", "Une clé du document d’émetteur n’a pas d’identifiant.")
        name, public = _absolute(entry["id"], subject), entry.get("publicKeyMultibase")
        if name in methods:
            raise FaultError("did-document", f"La clé {quoted(name)} est deux fois dans le document d’émetteur.")
        if entry.get("type") in _KINDS and isinstance(public, str) and _public(public) and entry.get("controller", subject) == subject:
            revoked, expires = (
                read_instant(entry[member], member) if entry.get(member) is not None else None for member in ("revoked", "expires")
            )
            methods[name] = Method(public, revoked, expires, name in asserting)
    return Document(subject, methods)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _absolute(address: str, subject: str) -> str:
    return subject + address if address.startswith("#") else address


def _public(text: str) -> Ed25519PublicKey | None:
    try:
        return multibase.read_public(text)
    except ValueError:
        return None


def key_in_force(method: Any, issuer: str, created: datetime | None, documents: Sequence[Document]) -> Ed25519PublicKey:
    """The key of `method` if it is the issuer's, and was in force when the proof was made.

    `created` is the proof's date, if it has one. Raises FaultError `method-of-another`, `issuer-unknown`, `key-unknown`,
    `key-not-for-assertion`, `key-revoked`, `key-expired`.
    """
    if not isinstance(method, str) or method.partition("#")[0] != issuer or "#" not in method:
        raise FaultError("method-of-another", "La clé nommée par la signature n’appartient pas à l’émetteur.")
    if issuer.startswith(DID_KEY):
        key = _public(issuer.removeprefix(DID_KEY))
        if key is None or method != f"{issuer}#{issuer.removeprefix(DID_KEY)}":
            raise FaultError("key-unknown", "La clé nommée par la signature n’est pas celle de l’émetteur.")
        return key
    document = next((document for document in documents if document.id == issuer), None)
    if document is None:
        raise FaultError("issuer-unknown", f"Il faut le document did.json de l’émetteur {quoted(issuer)} pour connaître ses clés.")
    known = document.methods.get(method)
    key = _public(known.public) if known is not None else None
    if known is None or key is None:
        raise FaultError("key-unknown", "La clé nommée par la signature n’est pas dans le document de l’émetteur.")
    if known.revoked is not None and (created is None or created >= known.revoked):
        raise FaultError(
            "key-revoked", f"La clé a été retirée le {instant_text(known.revoked)} : elle n’était plus en service à la signature."
        )
    if known.expires is not None and (created is None or created >= known.expires):
        raise FaultError("key-expired", f"La clé a expiré le {instant_text(known.expires)}, avant la signature.")
    if known.revoked is None and not known.asserts:
        raise FaultError("key-not-for-assertion", "L’émetteur n’a pas donné à cette clé le droit de délivrer des attestations.")
    return key
