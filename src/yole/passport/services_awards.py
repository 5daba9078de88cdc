"""Awards: made, signed, withdrawn, suspended, given again to a holder who lost them. Names are nowhere here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from yole.assessment.words import AREAS
from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import SYSTEM, reference
from yole.journal.services import record
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.passport import keys, permissions, services_status
from yole.passport.contexts import processor
from yole.passport.engine import credential, proofs
from yole.passport.engine.containers import compact_json
from yole.passport.enums import AwardState, KeyEnd, Kind
from yole.passport.models import CLAIM_LENGTH, CODE_LENGTH, Award, Candidacy, Credential, IssuerKey, Level, Scheme
from yole.passport.requirements import months_later, read_evidence, whole

NAME_OF_ISSUER = "Yole"


def level_address(level: Level) -> str:
    """The page of a level: the achievement's identifier inside every credential."""
    return site_address("passport:level", level.scheme.slug, level.code)


def issuer_name(scheme: Scheme) -> str:
    return scheme.structure.name if scheme.structure else f"{NAME_OF_ISSUER} {scheme.territory.name}"


def make(candidacy: Candidacy, level: Level) -> Award:
    """The award of a decision, not signed yet. Call in the transaction of the decision."""
    zone = ZoneInfo(level.scheme.territory.time_zone)
    starts = timezone.now().replace(microsecond=0)
    months = whole(level.requirements)["validity_months"]
    ends = None
    if months is not None:
        day = months_later(starts.astimezone(zone).date(), int(months))
        ends = datetime.combine(day, time(), zone).astimezone(UTC)
    award = Award.objects.create(
        candidacy=candidacy,
        level=level,
        entry=services_status.take_place(),
        valid_from=starts,
        valid_until=ends,
        claim=new_code(CLAIM_LENGTH),
    )
    Credential.objects.create(uuid=award.uuid, award=award, kind=Kind.LEVEL, code=new_code(CODE_LENGTH))
    if candidacy_areas(candidacy):
        Credential.objects.create(uuid=uuid4(), award=award, kind=Kind.AREAS, code=new_code(CODE_LENGTH))
    return award


def candidacy_areas(candidacy: Candidacy) -> list[tuple[int, int]]:
    """(area 1 to 5, level from 1) of the areas that were measured well enough to be told."""
    return [(int(row[0] or 0), int(row[1])) for row in read_evidence(candidacy.evidence).areas if row[1] is not None]


def content(made: Credential) -> dict[str, Any]:
    """The credential without proof."""
    award, level = made.award, made.award.level
    document = credential.build(
        credential.Award(
            id=f"urn:uuid:{made.uuid}",
            issuer_name=issuer_name(level.scheme),
            recipient=f"urn:uuid:{award.recipient}",
            level=level.code,
            achievement=credential.Achievement(
                id=level_address(level),
                name=f"{level.scheme.name} – {level.name}",
                description=level.sentence,
                criteria="Niveau attribué par une personne, au vu d’un diagnostic, d’exercices et des présences.",
            ),
            valid_from=award.valid_from,
            valid_until=award.valid_until,
            status=credential.StatusEntry(services_status.address(award.entry.status_list_id), award.entry.index),
        ),
        keys.issuer(),
    )
    if made.kind == Kind.AREAS and award.candidacy is not None:
        _add_areas(document, candidacy_areas(award.candidacy), level)
    return document


def _add_areas(document: dict[str, Any], areas: list[tuple[int, int]], level: Level) -> None:
    """Open Badges results: the level of each measured area, on the scale of the programme."""
    subject = document["credentialSubject"]
    scale = [str(rank) for rank in range(1, level.scheme.levels.count() + 1)]
    descriptions = []
    for area, _rank in areas:
        descriptions.append(
            {
                "id": f"{level_address(level)}#domaine-{area}",
                "type": ["ResultDescription"],
                "name": str(AREAS[area].name),
                "resultType": "PerformanceLevel",
                "allowedValue": scale,
            }
        )
    subject["achievement"]["resultDescription"] = descriptions
    subject["result"] = [
        {"type": ["Result"], "resultDescription": f"{level_address(level)}#domaine-{area}", "value": str(rank)} for area, rank in areas
    ]


def sign(made: Credential) -> Credential:
    """Signs a credential that has no proof yet; one that has is left as it is."""
    with transaction.atomic():
        held = Credential.objects.select_for_update(of=("self",)).get(pk=made.pk)
        if not held.document:
            row = keys.ensure()
            signed = proofs.sign_set(content(made), keys.signing_key(row), timezone.now().replace(microsecond=0), processor())
            held.document, held.key, held.signed_at = compact_json(signed).decode(), row, timezone.now()
            held.save(update_fields=["document", "key", "signed_at"])
    return held


def unsigned(jury_id: int | None = None) -> Any:
    """Credentials that wait for their signature."""
    found = Credential.objects.filter(document="").select_related(
        "award__level__scheme__territory", "award__level__scheme__structure", "award__entry", "award__candidacy"
    )
    return found if jury_id is None else found.filter(award__candidacy__jury_id=jury_id)


def sign_waiting(jury_id: int | None = None) -> int:
    """Signs what waits, each in its own transaction: whatever stops the work, the next run goes on from there. Returns how many."""
    return sum(1 for _ in _signed(jury_id))


def _signed(jury_id: int | None) -> Iterator[Credential]:
    for made in list(unsigned(jury_id).order_by("pk")):
        yield sign(made)


def sign_award(award: Award) -> None:
    for made in unsigned().filter(award=award):
        sign(made)


def _locked(account: Account, uuid: UUID, act: str) -> Award:
    """The award, if the account may do the act and its rows are shown to it. Raises Refused."""
    require(account, act)
    found = (
        Award.objects.select_for_update(of=("self",))
        .select_related("entry", "level__scheme")
        .filter(pk=uuid, level__scheme__territory_id=account.territory_id)
        .first()
    )
    if found is None:
        raise Refused("Ce passeport n’existe pas, ou n’est pas de votre jury.", code="unknown", status=404)
    return found


def _change(account: Account, uuid: UUID, state: AwardState, reason: str, action: str) -> Award:
    with transaction.atomic():
        award = _locked(account, uuid, permissions.REVOKE)
        if award.state == AwardState.REVOKED:
            raise Refused("Ce passeport est déjà retiré. Un retrait ne se défait pas.", code="revoked")
        if award.state == state:
            raise Refused("Ce passeport est déjà dans cet état.", code="same-state")
        if len(reason.strip()) < 5:
            raise Refused("Dites pourquoi, en quelques mots et sans nom.", field="reason", code="reason")
        award.state, award.state_reason, award.state_changed_at = state, reason.strip()[:300], timezone.now()
        award.save(update_fields=["state", "state_reason", "state_changed_at"])
        services_status.set_state(award.entry, withdrawn=state != AwardState.ACTIVE, suspended=state == AwardState.SUSPENDED)
        record(
            action,
            reference("account", account.pk),
            reference("award", award.pk),
            {"level": award.level.code, "list": award.entry.status_list_id},
        )
    return award


def revoke(account: Account, uuid: UUID, reason: str) -> Award:
    """Withdraws a passport for good. The list is signed again at once. Raises Refused."""
    return _change(account, uuid, AwardState.REVOKED, reason, "passport.revoke")


def suspend(account: Account, uuid: UUID, reason: str) -> Award:
    """Refused everywhere until it is lifted."""
    return _change(account, uuid, AwardState.SUSPENDED, reason, "passport.suspend")


def lift(account: Account, uuid: UUID, reason: str) -> Award:
    """Ends a suspension."""
    return _change(account, uuid, AwardState.ACTIVE, reason, "passport.lift")


def reissue(account: Account, uuid: UUID) -> Award:
    """A new code for a holder who lost theirs; the old one opens nothing any more. Whoever asks was seen at the desk."""
    with transaction.atomic():
        award = _locked(account, uuid, permissions.REISSUE)
        award.claim = new_code(CLAIM_LENGTH)
        award.save(update_fields=["claim"])
        record("passport.reissue", reference("account", account.pk), reference("award", award.pk))
    return award


def rotate(account: Account, end: str, reason: str) -> IssuerKey:
    """A new signing key. A replaced key's signatures hold; those of a stolen one do not, and everything is signed again. Raises Refused."""
    require(account, permissions.KEYS)
    if end not in KeyEnd.values:
        raise Refused("Dites pourquoi la clé change.", field="end", code="end")
    if len(reason.strip()) < 5:
        raise Refused("Dites pourquoi, en quelques mots.", field="reason", code="reason")
    with transaction.atomic(), system_scope():
        keys.lock()
        old = keys.in_use()
        if old is not None:
            old.revoked_at, old.end, old.reason = timezone.now(), end, reason.strip()[:200]
            old.save(update_fields=["revoked_at", "end", "reason"])
            if end == KeyEnd.COMPROMISED:
                Credential.objects.filter(key=old).update(document="", key=None, signed_at=None)
        new = keys.make(by=account)
        services_status.sign_all()
        record(
            "passport.rotate", reference("account", account.pk), SYSTEM, {"end": end, "new": new.public, "old": old.public if old else ""}
        )
    return new
