"""Acts made without a network and delivered later: each one takes effect exactly once, whatever is sent again or out of order.

A device sends a batch `{"sent_at": its clock, "acts": [envelope…]}`. An envelope is `{uuid, device, sequence, kind, made_at, payload}` and,
once a person has settled what the server could not, `decision`. A room declares what a kind does with `declare_offline_act`. The
handler's writes and the row that says « done » are one transaction. Nothing of the content is kept here: what is refused or in
conflict stays on the device until a person settles it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import traceback
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.models import Delivery, DeliveryState

_log = logging.getLogger("yole.deliveries")

BATCH_MOST = 100
PAYLOAD_MOST = 8 * 1024
PER_MINUTE = 3000
OLDEST = timedelta(hours=72)
AHEAD = timedelta(minutes=2)
LATENCY = 5
"""Seconds under which a difference between two clocks is the time of the journey, not a wrong clock."""
KEPT = timedelta(days=35)
OLD_CONFLICT = timedelta(days=7)
DROP = "drop"
"""The decision that no handler sees: a person gives the act up."""
DEVICE_NAME = re.compile(r"[A-Za-z0-9-]{4,40}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One act as its handler reads it.

    `at` is the true instant: the device's time less its drift, within the last 72 hours. `doubtful`: what the device said was out of
    these bounds, so a person is asked to confirm. `decision` is what a person chose after a conflict, empty the first time.
    """

    uuid: UUID
    device: str
    sequence: int
    kind: str
    made_at: datetime
    payload: Mapping[str, Any]
    drift: int
    at: datetime
    doubtful: bool = False
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers: never personal data, because it is kept. `conflict`: done, and a person still has to look."""

    body: dict[str, Any] = field(default_factory=dict)
    conflict: bool = False


class Conflict(Exception):  # noqa: N818  # as Refused: an answer, not a fault
    """The act is not done: things changed meanwhile, and a person decides. `body` says how (no personal data); `code` is stable."""

    def __init__(self, code: str, reason: str, body: Mapping[str, Any] | None = None) -> None:
        self.code, self.reason, self.body = code, reason, dict(body or {})
        super().__init__(reason)


Handler = Callable[[Any, Envelope], Answer]
_HANDLERS: dict[str, Handler] = {}


def declare_offline_act(kind: str, handle: Handler) -> None:
    """What a kind of act does: `handle(account, envelope)` checks the right to do it, writes and answers, in the caller's transaction.

    It raises Refused or Conflict when it does nothing. Raises ValueError for a kind declared twice.
    """
    if _HANDLERS.setdefault(kind, handle) is not handle:
        raise ValueError(f"offline act declared twice: {kind}")


def device_key(account: Any, device: str) -> str:
    """The secret that closes what an account keeps on a device: 32 bytes, base64. The same at each sign-in, so that acts that were not
    sent yet open again; another account or device gets another."""
    master = hmac.digest(settings.SECRET_KEY.encode(), b"yole day devices v1", hashlib.sha256)
    return b64encode(hmac.digest(master, f"{account.pk}|{device}".encode(), hashlib.sha256)).decode()


def offline_acts() -> tuple[str, ...]:
    return tuple(sorted(_HANDLERS))


def deliver(account: Any, batch: Any, now: datetime | None = None) -> dict[str, Any]:
    """Takes a batch and answers `{"now", "drift", "answers": [{"uuid", "state", "answer"}…]}`, one answer an envelope, in their order.

    States: `done`, `conflict`, `refused`, `dropped`, and `later` for what failed on our side and must be sent again. An empty batch
    only measures the clock. Raises Refused for a batch that is not one, or for more than a device can have to say.
    """
    now = now or timezone.now()
    if not isinstance(batch, Mapping) or not isinstance(acts := batch.get("acts", []), list):
        raise Refused("Cet envoi est illisible.", code="unreadable", status=400)
    if len(acts) > BATCH_MOST:
        raise Refused(f"Un envoi a {BATCH_MOST} actes au plus.", code="too-many", status=413)
    sent_at = _moment(batch.get("sent_at"))
    if sent_at is None:
        raise Refused("Cet envoi ne dit pas l’heure de l’appareil.", code="unreadable", status=400)
    drift = round((sent_at - now).total_seconds())
    drift = 0 if abs(drift) <= LATENCY else drift
    if acts:
        minute = Delivery.objects.filter(account_id=account.pk, received_at__gt=now - timedelta(minutes=1)).count()
        if minute + len(acts) > PER_MINUTE:
            raise Refused("Trop d’envois en une minute.", remedy="Le reste partira tout seul.", code="throttled", status=429)
    answers: list[dict[str, Any] | None] = [None] * len(acts)
    order = sorted(range(len(acts)), key=lambda n: _order(acts[n]))
    for n in order:
        answers[n] = _answer_one(account, acts[n], drift, now)
    return {"now": now.isoformat(), "drift": drift, "answers": answers}


def _order(raw: Any) -> tuple[str, int]:
    sequence = raw.get("sequence") if isinstance(raw, Mapping) else None
    return (str(raw.get("device", "")), sequence) if isinstance(sequence, int) else ("", 0)


def _answer_one(account: Any, raw: Any, drift: int, now: datetime) -> dict[str, Any]:
    said = str(raw.get("uuid", ""))[:40] if isinstance(raw, Mapping) else ""
    envelope = _read(raw, drift, now)
    if isinstance(envelope, str):
        return {"uuid": said, "state": DeliveryState.REFUSED, "answer": {"code": "unreadable", "reason": envelope}}
    try:
        state, answer = _deliver_one(account, envelope, now)
    except _Foreign as refusal:
        state, answer = DeliveryState.REFUSED, {"code": refusal.code, "reason": refusal.reason}
    except Exception as error:
        # The others must arrive: what failed here is sent again. An error's text may hold what somebody typed: only where it was is logged.
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        _log.error("offline act %s could not be written: %s at %s", envelope.kind, type(error).__name__, where)
        state, answer = "later", {"code": "failed", "reason": "Le site n’a pas pu l’enregistrer. L’envoi recommencera."}
    return {"uuid": str(envelope.uuid), "state": state, "answer": answer}


def _deliver_one(account: Any, envelope: Envelope, now: datetime) -> tuple[str, dict[str, Any]]:
    try:
        with transaction.atomic():
            row = _claim(account, envelope, now)
            if row.state != DeliveryState.NEW and not (envelope.decision and row.state in DeliveryState.open_states()):
                return str(row.state), dict(row.answer)
            if envelope.decision == DROP:
                outcome = Answer({"code": "dropped"})
                state = DeliveryState.DROPPED
            else:
                handler = _HANDLERS.get(envelope.kind)
                if handler is None:
                    raise Refused("Ce site ne connaît pas cet acte.", remedy="Mettez l’application à jour.", code="unknown-kind")
                outcome = handler(account, envelope)
                state = DeliveryState.CONFLICT if outcome.conflict else DeliveryState.DONE
            body = outcome.body
            if envelope.doubtful and state == DeliveryState.DONE:
                body = {**body, "doubtful": True, "kept": envelope.at.isoformat()}
            _keep(row, envelope, state, body, now)
            return str(state), body
    except Conflict as conflict:
        state, body = DeliveryState.CONFLICT, {**conflict.body, "code": conflict.code, "reason": conflict.reason}
    except Refused as refusal:
        state, body = DeliveryState.REFUSED, {"code": refusal.code, "reason": refusal.reason, "remedy": refusal.remedy}
    with transaction.atomic():
        row = _claim(account, envelope, now)
        if row.state in (DeliveryState.DONE, DeliveryState.DROPPED):  # the same envelope, sent by another tab, went through meanwhile
            return str(row.state), dict(row.answer)
        _keep(row, envelope, state, body, now)
    return str(state), body


def _claim(account: Any, envelope: Envelope, now: datetime) -> Delivery:
    """The row of this envelope, locked: a second sending waits here until the first is committed. Raises Refused for another account."""
    fresh = Delivery(
        uuid=envelope.uuid,
        account_id=account.pk,
        device=envelope.device,
        sequence=envelope.sequence,
        kind=envelope.kind,
        made_at=envelope.made_at,
        drift=envelope.drift,
        received_at=now,
        state=DeliveryState.NEW,
    )
    Delivery.objects.bulk_create([fresh], ignore_conflicts=True)
    row = Delivery.objects.select_for_update(no_key=True).filter(uuid=envelope.uuid).first()
    if row is None or row.account_id != account.pk:
        # Row-level security may hide the other account's row: the answer is the same.
        raise _Foreign
    return row


class _Foreign(Refused):
    def __init__(self) -> None:
        super().__init__("Cet envoi est celui d’un autre compte.", code="foreign", status=403)


def _keep(row: Delivery, envelope: Envelope, state: str, answer: dict[str, Any], now: datetime) -> None:
    row.state, row.answer, row.doubtful = state, answer, envelope.doubtful and state == DeliveryState.DONE
    if row.tries:
        row.settled_at = now if state in (DeliveryState.DONE, DeliveryState.DROPPED) else None
    row.tries = F("tries") + 1
    row.save(update_fields=["state", "answer", "doubtful", "settled_at", "tries"])


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    # A clock can say anything; what a column and an arithmetic cannot hold is brought to the nearest year they can.
    low, high = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    return low if moment.year < 1971 else high if moment.year > 2199 else moment


def _read(raw: Any, drift: int, now: datetime) -> Envelope | str:
    """The envelope, or in words why it is not one."""
    if not isinstance(raw, Mapping):
        return "Ce n’est pas un acte."
    try:
        uuid = UUID(str(raw.get("uuid")))
    except ValueError:
        return "L’identifiant de l’acte est illisible."
    device, sequence, kind, payload = raw.get("device"), raw.get("sequence"), raw.get("kind"), raw.get("payload")
    decision = raw.get("decision", "")
    made_at = _moment(raw.get("made_at"))
    if not isinstance(device, str) or not DEVICE_NAME.fullmatch(device):
        return "Le nom de l’appareil est illisible."
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 <= sequence < 2**31:
        return "Le numéro d’ordre est illisible."
    if not isinstance(kind, str) or not 1 <= len(kind) <= 30 or not isinstance(decision, str) or len(decision) > 30:
        return "La sorte d’acte est illisible."
    if made_at is None:
        return "L’heure de l’acte est illisible."
    if not isinstance(payload, Mapping) or len(json.dumps(payload)) > PAYLOAD_MOST:
        return "Le contenu est illisible ou trop long."
    if "\x00" in json.dumps(payload, ensure_ascii=False) or "\\u0000" in json.dumps(payload):
        return "Le contenu a un caractère interdit."
    at, doubtful = _true_instant(made_at, drift, now)
    return Envelope(uuid, device, sequence, kind, made_at, payload, drift, at, doubtful, decision)


def _true_instant(made_at: datetime, drift: int, now: datetime) -> tuple[datetime, bool]:
    """When it happened by the server's clock, brought within [72 hours ago, now]; True when the device said something else."""
    at = made_at.astimezone(UTC) - timedelta(seconds=drift)
    if at > now:
        return now, at > now + AHEAD
    oldest = now - OLDEST
    return (oldest, True) if at < oldest else (at, False)


# --- what people still have to settle, and what is forgotten ---------------------------------------------------------------------------


def to_settle(account: Any) -> list[Delivery]:
    """What waits for a decision of this account: conflicts, refusals, dates to confirm; oldest first."""
    waiting = Q(state__in=DeliveryState.open_states()) | Q(doubtful=True, settled_at__isnull=True)
    return list(Delivery.objects.filter(waiting, account_id=account.pk).order_by("received_at", "sequence")[:100])


@transaction.atomic
def settle(account: Any, uuid: UUID, now: datetime | None = None) -> Delivery:
    """A person confirms a doubtful date, or gives up an act that its device cannot bring back. Twice changes nothing.

    Raises Refused for an envelope that this account did not send.
    """
    row = Delivery.objects.select_for_update(no_key=True).filter(uuid=uuid, account_id=account.pk).first()
    if row is None:
        raise Refused("Cet envoi n’est pas à vous, ou n’existe plus.", code="unknown", status=404)
    if row.state in DeliveryState.open_states():
        row.state, row.answer = DeliveryState.DROPPED, {"code": "dropped"}
    if row.settled_at is None:
        row.settled_at = now or timezone.now()
    row.save(update_fields=["state", "answer", "settled_at"])
    return row


def purge() -> int:
    """Deletes the rows received 35 days ago and more; returns how many."""
    return Delivery.objects.filter(received_at__lte=timezone.now() - KEPT).delete()[0]


def health() -> tuple[bool, str]:
    """The line of `yole check`: wrong when something waits for a person for more than a week."""
    waiting = Delivery.objects.filter(state__in=DeliveryState.open_states())
    old = waiting.filter(received_at__lt=timezone.now() - OLD_CONFLICT).count()
    count = waiting.count()
    if old:
        return False, f"{old} à régler depuis plus de 7 jours ; ouvrez « Ma journée » avec le compte qui les a envoyés"
    return True, f"{count} à régler" if count else "tout est réglé"
