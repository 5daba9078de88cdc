"""From an award to an Open Badges 3.0 credential, and back to what a person wants to check."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from yole.passport.engine import status
from yole.passport.engine.faults import FaultError, quoted
from yole.passport.engine.instants import instant_text, read_instant
from yole.passport.engine.jsonld import Processor
from yole.passport.engine.keys import SigningKey
from yole.passport.engine.proofs import SUITES, sign_set
from yole.passport.engine.structure import VC_CONTEXT, is_uri

CONTEXTS = [VC_CONTEXT, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
_URN_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s#<>\"{}|^`\\]+(#[^\s<>\"{}|^`\\]*)?")


@dataclass(frozen=True)
class Achievement:
    """What was achieved; `id` is the address of the level's page."""

    id: str
    name: str
    description: str
    criteria: str


@dataclass(frozen=True)
class StatusEntry:
    """Where revocation or suspension will be told."""

    address: str
    index: int
    purpose: status.Purpose = "revocation"


@dataclass(frozen=True)
class Award:
    """A passport to sign. `id` and `recipient` are `urn:uuid:` identifiers; `identifiers` come from `hashed_identity`."""

    id: str
    issuer_name: str
    recipient: str
    level: str
    achievement: Achievement
    valid_from: datetime
    valid_until: datetime | None = None
    status: StatusEntry | None = None
    identifiers: Sequence[Mapping[str, Any]] = ()


def hashed_identity(value: str, salt: str, identity_type: str = "emailAddress") -> dict[str, Any]:
    """An identifier that only who knows it can check; `salt`: text of 128 random bits, one for each credential."""
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${sha256((value + salt).encode('utf-8')).hexdigest()}",
        "identityType": identity_type,
        "salt": salt,
    }


def names_recipient(document: Mapping[str, Any], value: str) -> bool | None:
    """Whether a credential names this recipient (its id, a hashed or plain identifier); None when it names nobody."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    listed = subject.get("identifier", [])
    identities = [item for item in (listed if isinstance(listed, list) else [listed]) if isinstance(item, dict)]
    if subject.get("id") == value:
        return True
    for identity in identities:
        told, salt = identity.get("identityHash"), identity.get("salt", "")
        if not isinstance(told, str) or not isinstance(salt, str):
            continue
        wanted = f"sha256${sha256((value + salt).encode('utf-8')).hexdigest()}" if identity.get("hashed") is True else value
        if hmac.compare_digest(told.lower().encode() if identity.get("hashed") is True else told.encode(), wanted.encode()):
            return True
    return False if identities or "id" in subject else None


def build(award: Award, issuer: str) -> dict[str, Any]:
    """The credential without proof; exactly two contexts. Raises FaultError `award-dates` or `award-index`."""
    if award.valid_until is not None and award.valid_until <= award.valid_from:
        raise FaultError("award-dates", "La fin de validité n’est pas après le début.")
    subject: dict[str, Any] = {"id": award.recipient, "type": ["AchievementSubject"]}
    if award.identifiers:
        subject["identifier"] = [dict(item) for item in award.identifiers]
    subject["achievement"] = {
        "id": award.achievement.id,
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "humanCode": award.level,
        "name": award.achievement.name,
        "description": award.achievement.description,
        "criteria": {"narrative": award.achievement.criteria},
    }
    document: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": award.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.achievement.name,
        "issuer": {"id": issuer, "type": ["Profile"], "name": award.issuer_name},
        "validFrom": instant_text(award.valid_from),
    }
    if award.valid_until is not None:
        document["validUntil"] = instant_text(award.valid_until)
    document["credentialSubject"] = subject
    if award.status is not None:
        if award.status.index < 0:
            raise FaultError("award-index", "Le rang dans la liste d’état est négatif.")
        document["credentialStatus"] = status.entry_members(award.status.address, award.status.index, award.status.purpose)
    return document


def issue(award: Award, key: SigningKey, created: datetime, processor: Processor, suites: Sequence[str] = SUITES) -> dict[str, Any]:
    """The signed credential, both proofs by default. Raises FaultError when it cannot be signed whole."""
    return sign_set(build(award, key.controller), key, created, processor, suites)


def read_award(value: Any, new_id: str) -> tuple[Award, datetime | None]:
    """AWARD.json, and the proof's date if it gives one; `new_id` serves when it has no `id`.

    Raises FaultError `award`, naming the member, `award-dates` or `award-index`.
    """
    members = _object(value, "")
    achievement = _object(members.get("achievement"), "achievement")
    valid_from = _instant(members, "valid_from")
    valid_until = _instant(members, "valid_until") if members.get("valid_until") is not None else None
    if valid_until is not None and valid_until <= valid_from:
        raise FaultError("award-dates", "« valid_until » n’est pas après « valid_from ».")
    award = Award(
        id=_identifier(members["id"], "id") if members.get("id") is not None else new_id,
        issuer_name=_text(_object(members.get("issuer"), "issuer"), "name", "issuer."),
        recipient=_identifier(_object(members.get("recipient"), "recipient").get("id"), "recipient.id"),
        level=_text(members, "level"),
        achievement=Achievement(
            id=_address(achievement.get("id"), "achievement.id"),
            name=_text(achievement, "name", "achievement."),
            description=_text(achievement, "description", "achievement."),
            criteria=_text(achievement, "criteria", "achievement."),
        ),
        valid_from=valid_from,
        valid_until=valid_until,
        status=_status(members["status"]) if members.get("status") is not None else None,
    )
    return award, _instant(members, "created") if members.get("created") is not None else None


def _wrong(member: str, expected: str, found: object) -> FaultError:
    if found is None:
        return FaultError("award", f"Il manque « {member} » ({expected}).")
    return FaultError("award", f"« {member} » : {expected} attendu, trouvé {quoted(found)}.")


def _object(value: Any, member: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if not member:
        raise FaultError("award", "Une attribution est un objet JSON.")
    raise _wrong(member, "un objet", value)


def _text(owner: Mapping[str, Any], member: str, place: str = "") -> str:
    value = owner.get(member)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(place + member, "un texte", value)
    return value


def _instant(owner: Mapping[str, Any], member: str) -> datetime:
    if owner.get(member) is None:
        raise _wrong(member, "une date avec heure et décalage", None)
    return read_instant(owner[member], member)


def _identifier(value: Any, member: str) -> str:
    if isinstance(value, str) and (_URN_UUID.fullmatch(value) or (is_uri(value) and value.startswith(("urn:", "did:")))):
        return value
    raise _wrong(member, "un identifiant urn:uuid:…", value)


def _address(value: Any, member: str) -> str:
    if isinstance(value, str) and _WEB.fullmatch(value):
        return value
    raise _wrong(member, "une adresse https://…", value)


def _status(value: Any) -> StatusEntry:
    members = _object(value, "status")
    address, index, purpose = _address(members.get("list"), "status.list"), members.get("index"), members.get("purpose", "revocation")
    if type(index) is not int:
        raise _wrong("status.index", "un nombre entier", index)
    if not 0 <= index < status.LONGEST * 8:
        raise FaultError("award-index", f"« status.index » : un rang entre 0 et {status.LONGEST * 8 - 1} attendu, trouvé {quoted(index)}.")
    if purpose not in status.PURPOSES:
        raise _wrong("status.purpose", "« revocation » ou « suspension »", purpose)
    return StatusEntry(address, index, purpose)
