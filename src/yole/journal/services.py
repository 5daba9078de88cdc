"""Every write of the journal: an act recorded, a head signed. Other rooms call `record`, last in their transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.journal import keys, references, selectors
from yole.journal.engine.canonical import canonical, check_value
from yole.journal.engine.entries import TreeHead, instant
from yole.journal.engine.entries import sign_head as signed
from yole.journal.models import TreeHead as TreeHeadRow

_HEAD_LOCK = 726572
_ACTION = re.compile(r"[a-z][a-z-]{0,28}\.[a-z][a-z-]{0,28}")
BODY_LIMIT = 256 * 1024  # bytes of canonical JSON
HEAD_EVERY = 1000  # entries
HEAD_MAX_AGE = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a receipt needs to name the entry: its number, its instant, its hash (hex64)."""

    seq: int
    at: datetime
    hash: str


def _plain(value: Any) -> Any:
    """A choice of a closed list is written by its value; the canonical form knows plain texts alone."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def record(action: str, actor: str, subject_ref: str, body: Mapping[str, Any] | None = None, organisation: str = "") -> Recorded:
    """Adds an act to the chain. Call it last in the transaction of the act: every other writer waits until that transaction ends.

    `action` is `room.verb`; `actor`, `subject_ref` and `organisation` are opaque references (`references.reference`), never names.
    `body` holds texts, booleans, None, integers, lists and dictionaries; amounts as texts; personal content never in clear.
    Raises ValueError for anything else, RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the journal line must be in the transaction of the act")
    if not _ACTION.fullmatch(action):
        raise ValueError(f"not an action: {action!r}")
    for name, text in (("actor", actor), ("subject_ref", subject_ref), ("organisation", organisation)):
        if not references.is_reference(text) and (text or name != "organisation"):
            raise ValueError(f"{name} must be an opaque reference, as references.reference makes them")
    content = {name: _plain(value) for name, value in (body or {}).items()}
    if content.setdefault("organisation", organisation) != organisation:
        raise ValueError("the body names another organisation")
    if not organisation:
        del content["organisation"]
    check_value(content)
    canonical_body = canonical(content)
    if len(canonical_body) > BODY_LIMIT:
        raise ValueError(f"a body has at most {BODY_LIMIT} bytes")
    if b"\\u0000" in canonical_body.replace(b"\\\\", b""):
        raise ValueError("a body has no null character")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (actor, action, subject_ref, body) VALUES (%s, %s, %s, %s) RETURNING seq, at, hash",
            [actor, action, subject_ref, canonical_body.decode("utf-8")],
        )
        seq, at, hash_ = cursor.fetchone()
    if seq % HEAD_EVERY == 0:
        from yole.journal.tasks import sign_head as task

        transaction.on_commit(task.enqueue)
    return Recorded(seq, at, bytes(hash_).hex())


@transaction.atomic
def sign_head() -> TreeHead:
    """Checks the entries added since the last head, then signs a head that covers them all.

    Raises Refused when the last head or the chain after it does not hold: a broken chain is never signed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_HEAD_LOCK])
    key = keys.signing_key()
    tree, verdict = selectors.checked_since_last_head()
    if not verdict.verified:
        raise Refused(
            f"Aucune tête n’est signée, car le journal ne tient pas : {verdict.reasons[0]}.",
            remedy="Lancez « yole journal verify » et prévenez la personne chargée de la protection des données.",
            code="chain-broken",
        )
    head = signed(key, origin=f"{settings.BASE_URL}/journal", size=tree.size, root=tree.root(), at=instant(timezone.now().astimezone(UTC)))
    TreeHeadRow.objects.create(**head.members(), peaks=b"".join(tree.peaks))
    return head


def sign_if_due() -> TreeHead | None:
    """Signs when entries wait for a head, or when the last head is 20 hours old; None when there is nothing to do."""
    state = selectors.state()
    fresh = state.head is not None and state.head_age is not None and state.head_age < HEAD_MAX_AGE
    if state.entries == 0 or (fresh and state.since == 0):
        return None
    return sign_head()


@transaction.atomic
def record_export(account: Any) -> TreeHead:
    """Notes in the journal that an account takes an export of it, and signs the head that ends this export. Raises Refused."""
    record("journal.export", references.reference("account", account.pk), references.SYSTEM)
    return sign_head()
