"""Our own structural checks of an Open Badges 3.0 credential: the members that this project reads, in the forms it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from yole.passport.engine.faults import FaultError, Reason, quoted
from yole.passport.engine.instants import read_instant

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_OB_CONTEXT = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
# Members that the schema wants as lists; one value alone means the same and is told as a warning.
_LISTS = ("proof", "evidence", "endorsement", "endorsementJwt", "credentialSchema", "termsOfUse")


class Structure(NamedTuple):
    """What does not hold, and what holds in another form than the schema's."""

    errors: list[Reason]
    warnings: list[Reason]


def is_uri(value: object) -> bool:
    """An absolute address or identifier without spaces."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def looks_like_credential(value: Any) -> bool:
    """Whether a JSON value claims to be a credential: otherwise there is nothing to judge."""
    if not isinstance(value, dict):
        return False
    kinds = value.get("type")
    named = kinds == "VerifiableCredential" or (isinstance(kinds, list) and "VerifiableCredential" in kinds)
    return named or "credentialSubject" in value or ("@context" in value and "proof" in value)


def issuer_id(document: Mapping[str, Any]) -> str | None:
    """The issuer's identifier: `issuer` is a text or an object with `id`."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else None


def achievement_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """`credentialSubject.achievement`, or nothing."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    return achievement if isinstance(achievement, dict) else {}


def level_of(document: Mapping[str, Any]) -> str | None:
    """The level: `achievement.humanCode`, else `achievement.name`."""
    achievement = achievement_of(document)
    for member in ("humanCode", "name"):
        if isinstance(achievement.get(member), str):
            return str(achievement[member])
    return None


def has_type(value: Any, name: str) -> bool:
    """Whether `type` (a list of texts) holds `name`."""
    return isinstance(value, list) and name in value and all(isinstance(item, str) for item in value)


def check_structure(document: Mapping[str, Any]) -> Structure:
    """The checks of an Open Badges 3.0 achievement credential. Never raises."""
    check = _Check()
    check.contexts(document.get("@context"))
    check.uri(document, "id")
    kinds = document.get("type")
    badge = has_type(kinds, "OpenBadgeCredential") or has_type(kinds, "AchievementCredential")
    if not badge or not has_type(kinds, "VerifiableCredential"):
        check.error("« type » ne dit pas « VerifiableCredential » et « OpenBadgeCredential ».")
    for member in ("name", "description"):
        check.text(document, member, needed=False)
    check.profile(document.get("issuer"))
    check.date(document, "validFrom", needed=True)
    check.date(document, "validUntil", needed=False)
    check.date(document, "awardedDate", needed=False)
    check.subject(document.get("credentialSubject"))
    check.status(document)
    for member in _LISTS:
        if member in document and not isinstance(document[member], list):
            check.warn(f"« {member} » est seul : le schéma veut une liste.")
    return Structure(check.errors, check.warnings)


class _Check:
    def __init__(self) -> None:
        self.errors: list[Reason] = []
        self.warnings: list[Reason] = []

    def error(self, text: str) -> None:
        self.errors.append(Reason("structure", text))

    def warn(self, text: str) -> None:
        self.warnings.append(Reason("form", text))

    def contexts(self, value: Any) -> None:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.error("« @context » n’est pas une liste d’adresses.")
        elif len(value) < 2 or value[0] != VC_CONTEXT or not _OB_CONTEXT.fullmatch(value[1]):
            self.error("« @context » ne commence pas par les vocabulaires des attestations et d’Open Badges 3.0.")
        elif len(set(value)) != len(value):
            self.error("« @context » répète une adresse.")

    def uri(self, owner: Mapping[str, Any], member: str, place: str = "") -> None:
        if not is_uri(owner.get(member)):
            self.error(f"« {place}{member} » n’est pas un identifiant absolu : {quoted(owner.get(member))}.")

    def text(self, owner: Mapping[str, Any], member: str, place: str = "", *, needed: bool = True) -> None:
        if (needed or member in owner) and not (isinstance(owner.get(member), str) and owner[member]):
            self.error(f"« {place}{member} » n’est pas un texte.")

    def date(self, owner: Mapping[str, Any], member: str, *, needed: bool) -> None:
        if not needed and member not in owner:
            return
        try:
            read_instant(owner.get(member), member)
        except FaultError as fault:
            self.errors.append(fault.reason)

    def profile(self, value: Any) -> None:
        if isinstance(value, dict):
            self.uri(value, "id", "issuer.")
            if not has_type(value.get("type"), "Profile"):
                self.error("« issuer.type » ne dit pas « Profile ».")
            self.text(value, "name", "issuer.", needed=False)
        elif not is_uri(value):
            self.error("« issuer » n’est ni un identifiant ni un objet.")

    def subject(self, value: Any) -> None:
        if not isinstance(value, dict):
            self.error("« credentialSubject » n’est pas un objet.")
            return
        place = "credentialSubject."
        if not has_type(value.get("type"), "AchievementSubject"):
            self.error(f"« {place}type » ne dit pas « AchievementSubject ».")
        if "id" in value or "identifier" not in value:
            self.uri(value, "id", place)
        if "identifier" in value and not isinstance(value["identifier"], list):
            self.warn(f"« {place}identifier » est seul : le schéma veut une liste.")
        identities = value.get("identifier", [])
        for identity in identities if isinstance(identities, list) else [identities]:
            forms = {"hashed": bool, "identityHash": str, "identityType": str, "type": str}
            if not isinstance(identity, dict) or not all(isinstance(identity.get(member), kind) for member, kind in forms.items()):
                self.error(f"« {place}identifier » n’est pas bien formé.")
        achievement = value.get("achievement")
        if not isinstance(achievement, dict):
            self.error(f"« {place}achievement » n’est pas un objet.")
            return
        place += "achievement."
        self.uri(achievement, "id", place)
        if not has_type(achievement.get("type"), "Achievement"):
            self.error(f"« {place}type » ne dit pas « Achievement ».")
        self.text(achievement, "name", place)
        self.text(achievement, "description", place)
        self.text(achievement, "humanCode", place, needed=False)
        criteria = achievement.get("criteria")
        if not isinstance(criteria, dict):
            self.error(f"« {place}criteria » n’est pas un objet.")
        else:
            self.text(criteria, "narrative", place + "criteria.", needed=False)

    def status(self, document: Mapping[str, Any]) -> None:
        if "credentialStatus" not in document:
            return
        value = document["credentialStatus"]
        if isinstance(value, list):
            self.warn("« credentialStatus » est une liste : le schéma veut un seul objet.")
        for entry in value if isinstance(value, list) else [value]:
            if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
                self.error("« credentialStatus » n’est pas un objet qui dit son type.")
                return
