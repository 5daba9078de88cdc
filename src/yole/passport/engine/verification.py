"""Is this passport sound, and is it in force? The order and the meaning of the answer, from a document already parsed.

`verified` speaks of proofs only. `status` is read only when it is true. Nothing is fetched: the issuer's keys and lists are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from yole.passport.engine import status as lists_of_status
from yole.passport.engine.credential import names_recipient
from yole.passport.engine.did import Document, key_in_force
from yole.passport.engine.faults import FaultError, Reason, quoted
from yole.passport.engine.instants import instant_text, read_instant
from yole.passport.engine.jsonld import Processor
from yole.passport.engine.proofs import ProofResult, check_proofs
from yole.passport.engine.structure import check_structure, issuer_id, level_of

VALID, REVOKED, SUSPENDED, EXPIRED, NOT_YET, UNKNOWN = "valid", "revoked", "suspended", "expired", "not-yet-valid", "unknown"
_PRIORITY = (REVOKED, SUSPENDED, NOT_YET, EXPIRED, UNKNOWN)


class ListSeen(NamedTuple):
    """A list of status whose proof holds, and its date: a passport is valid « according to the list of that day »."""

    address: str
    purpose: str
    dated: datetime


@dataclass(frozen=True)
class Verdict:
    """The answer. `sound` decides of the exit status; `reasons` is never empty when it is false."""

    verified: bool
    status: str
    issuer: str | None
    level: str | None
    proofs: tuple[ProofResult, ...]
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    at: datetime
    lists: tuple[ListSeen, ...] = ()
    recipient: bool | None = None  # None when it was not asked
    name: str | None = None
    issuer_name: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    refresh: str | None = None  # address shown, never followed
    endorsements: int = 0  # counted, not judged: their issuers are others

    @property
    def sound(self) -> bool:
        return self.verified and self.status == VALID and self.recipient is not False

    def as_json(self) -> dict[str, Any]:
        """The members of `yole passport verify --json`."""
        shown: dict[str, Any] = {
            "verified": self.verified,
            "status": self.status,
            "issuer": self.issuer,
            "level": self.level,
            "proofs": [{"cryptosuite": proof.cryptosuite, "verified": proof.verified} for proof in self.proofs],
            "reasons": [reason.text for reason in self.reasons],
            "codes": [reason.code for reason in self.reasons],
            "warnings": [{"code": warning.code, "message": warning.text} for warning in self.warnings],
            "at": instant_text(self.at),
            "name": self.name,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "status_lists": [{"id": seen.address, "purpose": seen.purpose, "dated": instant_text(seen.dated)} for seen in self.lists],
            "endorsements": self.endorsements,
            "refresh_service": self.refresh,
        }
        if self.recipient is not None:
            shown["recipient"] = self.recipient
        return shown


def refused(reason: Reason, at: datetime) -> Verdict:
    """The verdict on a credential of a kind that we do not verify (a token)."""
    return Verdict(False, UNKNOWN, None, None, (), (reason,), (), at)


def verify(
    document: Mapping[str, Any],
    *,
    at: datetime,
    processor: Processor,
    documents: Sequence[Document] = (),
    lists: Sequence[Any] = (),
    recipient: str | None = None,
) -> Verdict:
    """Judges a parsed credential at an instant: structure, contexts, proofs, dates, lists of status, recipient, in that order.

    `documents`: the issuers' did.json held here; `lists`: parsed status list credentials, forged or stale ones are told.
    Never raises on what the document holds.
    """
    issuer = issuer_id(document)
    structure = check_structure(document)
    reasons = list(structure.errors)
    warnings = list(structure.warnings)
    proofs: list[ProofResult] = []
    if not reasons:
        reasons += _unknown_contexts(document, processor)
    if not reasons and issuer is not None:
        proofs = check_proofs(document, lambda method, created: key_in_force(method, issuer, created, documents), at, processor)
        told, ignored = _judge_proofs(proofs)
        reasons += told
        warnings += ignored
    verified = not reasons
    state = UNKNOWN
    seen: Sequence[ListSeen] = ()
    if verified and issuer is not None:
        state, seen, why = _state(document, issuer, at, processor, documents, lists)
        reasons += why
    named = None
    if recipient is not None:
        named = verified and names_recipient(document, recipient) is True
        if not named:
            reasons.append(Reason("recipient", "Cette attestation ne nomme pas la personne demandée."))
    held = document.get("issuer")
    endorsements = document.get("endorsement", [])
    return Verdict(
        verified=verified,
        status=state,
        issuer=issuer,
        level=level_of(document),
        proofs=tuple(proofs),
        reasons=tuple(reasons),
        warnings=tuple(warnings),
        at=at,
        lists=tuple(seen),
        recipient=named,
        name=_text(document.get("name")),
        issuer_name=_text(held.get("name")) if isinstance(held, dict) else None,
        valid_from=_text(document.get("validFrom")),
        valid_until=_text(document.get("validUntil")),
        refresh=_refresh(document.get("refreshService")),
        endorsements=len(endorsements) if isinstance(endorsements, list) else 1,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _refresh(value: Any) -> str | None:
    return _text(value.get("id")) if isinstance(value, dict) else None


def _unknown_contexts(document: Mapping[str, Any], processor: Processor) -> list[Reason]:
    for address in document["@context"]:
        if not processor.knows(address):
            return [Reason("context-unknown", f"Le vocabulaire {quoted(address)} n’est pas connu : le sens des mots ne serait pas sûr.")]
    return []


def _judge_proofs(proofs: Sequence[ProofResult]) -> tuple[list[Reason], list[Reason]]:
    """Why the proofs do not hold (empty when they do), and the ones that were not counted."""
    ignored = [proof.reason for proof in proofs if proof.verified is None and proof.reason]
    broken = list(dict.fromkeys(proof.reason for proof in proofs if proof.verified is False and proof.reason))
    if broken:
        return broken, ignored
    if not proofs:
        return [Reason("proof-missing", "L’attestation n’est pas signée.")], ignored
    if len(ignored) == len(proofs):
        return [Reason("proof-not-understood", "Aucune des signatures ne peut être lue ici."), *ignored], []
    return [], ignored


def _state(
    document: Mapping[str, Any],
    issuer: str,
    at: datetime,
    processor: Processor,
    documents: Sequence[Document],
    lists: Sequence[Any],
) -> tuple[str, Sequence[ListSeen], list[Reason]]:
    """Revoked, suspended, not yet valid, expired, unknown, valid: the first that is true."""
    found: dict[str, list[Reason]] = {}
    seen: list[ListSeen] = []
    given = document.get("credentialStatus", [])
    for members in given if isinstance(given, list) else [given]:
        try:
            entry = lists_of_status.read_entry(members)
            if entry.purpose not in lists_of_status.PURPOSES:
                continue  # a message or a refresh: says nothing about validity
            kept, is_set = _look_up(entry, issuer, at, processor, documents, lists)
        except FaultError as fault:
            found.setdefault(UNKNOWN, []).append(fault.reason)
            continue
        seen.append(ListSeen(entry.address, entry.purpose, kept.dated))
        if is_set:
            if entry.purpose == "revocation" and not _only_suspended(entry, kept.dated, issuer, at, processor, documents, lists):
                found.setdefault(REVOKED, []).append(Reason("revoked", "L’émetteur a retiré cette attestation."))
            else:
                found.setdefault(SUSPENDED, []).append(Reason("suspended", "L’émetteur a suspendu cette attestation."))
    starts = read_instant(document["validFrom"], "validFrom")
    if at < starts:
        found[NOT_YET] = [Reason("not-yet-valid", f"L’attestation n’est valable qu’à partir du {_day(starts)}.")]
    if "validUntil" in document:
        ends = read_instant(document["validUntil"], "validUntil")
        if at >= ends:
            found[EXPIRED] = [Reason("expired", f"L’attestation a expiré le {_day(ends)}.")]
    for state in _PRIORITY:
        if state in found:
            first = found.pop(state)
            return state, seen, [*first, *(reason for others in found.values() for reason in others)]
    return VALID, seen, []


def _day(instant: datetime) -> str:
    return f"{instant:%d/%m/%Y}"


def _look_up(
    entry: lists_of_status.Entry,
    issuer: str,
    at: datetime,
    processor: Processor,
    documents: Sequence[Document],
    lists: Sequence[Any],
) -> tuple[lists_of_status.StatusList, bool]:
    """The list of an entry and its bit. Of several copies of the list, the youngest sound one; raises FaultError when there is none."""
    candidates = [held for held in lists if isinstance(held, dict) and held.get("id") == entry.address]
    if not candidates:
        if lists:
            raise FaultError("list-other", f"Aucune des listes données n’est celle de l’attestation ({quoted(entry.address)}).")
        raise FaultError("list-missing", "La liste d’état n’a pas été donnée : une révocation ne se verrait pas.")
    sound: list[lists_of_status.StatusList] = []
    fault: FaultError | None = None
    for held in candidates:
        try:
            kept = lists_of_status.read_list(held, entry, issuer, at)
            _check_list(held, issuer, at, processor, documents)
            sound.append(kept)
        except FaultError as found:
            fault = fault or found
    if not sound:
        raise fault or FaultError("list-malformed", "La liste d’état n’est pas lisible.")
    youngest = max(sound, key=lambda kept: kept.dated)
    return youngest, lists_of_status.get_bit(youngest.bits, entry.index)


def _only_suspended(
    entry: lists_of_status.Entry,
    dated: datetime,
    issuer: str,
    at: datetime,
    processor: Processor,
    documents: Sequence[Document],
    lists: Sequence[Any],
) -> bool:
    """Whether the issuer's list of suspensions, at least as young as its list of withdrawals, says that this withdrawal may be lifted.

    Open Badges gives a passport one entry: it points to the withdrawals, which any verifier refuses. Nothing is accepted by this list.
    """
    twin = lists_of_status.Entry("suspension", entry.index, entry.address + lists_of_status.SUSPENSIONS)
    try:
        kept, is_set = _look_up(twin, issuer, at, processor, documents, lists)
    except FaultError:
        return False
    return is_set and kept.dated >= dated


def _check_list(held: Mapping[str, Any], issuer: str, at: datetime, processor: Processor, documents: Sequence[Document]) -> None:
    """Raises FaultError unless the list's own proofs hold."""
    contexts = held.get("@context")
    for address in contexts if isinstance(contexts, list) else [contexts]:
        if not processor.knows(address):
            raise FaultError("context-unknown", f"Le vocabulaire {quoted(address)} de la liste d’état n’est pas connu.")
    proofs = check_proofs(held, lambda method, created: key_in_force(method, issuer, created, documents), at, processor)
    told, _ = _judge_proofs(proofs)
    if told:
        raise FaultError("list-proof", f"La signature de la liste d’état ne tient pas : {told[0].text}")
