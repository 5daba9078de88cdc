"""The signing keys of this site's passports: secrets in files of the keys folder (0600), public halves and their dates in the database."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from yole.base import paths
from yole.base.errors import Refused
from yole.passport.engine import did
from yole.passport.engine.faults import FaultError
from yole.passport.engine.keys import SigningKey, key_from_seed, read_signing_key
from yole.passport.enums import KeyEnd
from yole.passport.models import IssuerKey

_LOCK = 726573
# A thief chooses the date he writes: a stolen key is withdrawn from before any date.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def issuer() -> str:
    """The did:web of this site."""
    return did.did_of_site(settings.BASE_URL)


def _path(public: str) -> Path:
    return paths.keys_dir() / f"passport-{public}.json"


def in_use() -> IssuerKey | None:
    """The key that signs now; None before the first passport."""
    return IssuerKey.objects.filter(controller=issuer(), revoked_at__isnull=True).first()


def make(by: Any = None) -> IssuerKey:
    """A new pair for this site's issuer. The file is written before the row: a row always has its secret. Call in a transaction, locked."""
    made = key_from_seed(secrets.token_bytes(32), issuer())
    handle = os.open(_path(made.public), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(made.members(), stream)
        stream.flush()
        os.fsync(stream.fileno())
    return IssuerKey.objects.create(public=made.public, controller=made.controller, since=timezone.now(), by=by)


def lock() -> None:
    """One maker or renewer of keys at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def ensure() -> IssuerKey:
    """The key in use, made when there is none."""
    if (found := in_use()) is not None:
        return found
    lock()
    return in_use() or make()


def signing_key(row: IssuerKey) -> SigningKey:
    """The pair of a row. Raises Refused when its file is missing or is not its own."""
    try:
        pair = read_signing_key(json.loads(_path(row.public).read_text(encoding="utf-8")))
    except (OSError, ValueError, FaultError):
        pair = None
    if pair is None or pair.public != row.public or pair.controller != row.controller:
        raise Refused(
            "La clé de signature des passeports n’est pas lisible sur ce serveur.",
            remedy="Remettez le dossier des clés, ou renouvelez la clé.",
            code="no-key",
            status=503,
        )
    return pair


def _history(rows: Iterable[IssuerKey]) -> list[did.IssuerKey]:
    return [
        did.IssuerKey(
            row.public,
            _EVER if row.end == KeyEnd.COMPROMISED else row.since,
            row.revoked_at,
            compromised=row.end == KeyEnd.COMPROMISED,
        )
        for row in rows
    ]


def document(controller: str | None = None) -> dict[str, Any] | None:
    """did.json of an issuer of this site: every key ever used. None before the first key."""
    rows = list(IssuerKey.objects.filter(controller=controller or issuer()).order_by("since", "pk"))
    return did.build_document(rows[0].controller, _history(rows)) if rows else None


def documents() -> list[did.Document]:
    """The issuers of this site, as a verification reads them: the address of a site may have changed."""
    names = IssuerKey.objects.order_by().values_list("controller", flat=True).distinct()
    return [did.read_document(made) for name in names if (made := document(name)) is not None]


def health() -> tuple[bool, str]:
    """Line of `yole check`."""
    row = in_use()
    if row is None:
        return True, "clé de signature : elle sera faite au premier passeport"
    try:
        signing_key(row)
    except Refused as refusal:
        return False, f"{refusal.reason} {refusal.remedy}"
    return True, f"clé de signature en service depuis le {row.since:%d/%m/%Y}"
