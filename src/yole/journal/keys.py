"""The signing key of tree heads: a file of the keys folder that the database cannot read, made at first use. No Django here."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yole.base import paths
from yole.base.environment import env_text
from yole.journal.engine import multibase
from yole.kernel.errors import InputError

FILE = "journal-key.json"


def _make(path: Path) -> None:
    """Writes a new pair beside `path`, then links it there: a reader never sees half a key, and of two makers the first wins."""
    key = Ed25519PrivateKey.generate()
    members = {
        "publicKeyMultibase": multibase.public_text(key.public_key()),
        "secretKeyMultibase": multibase.secret_text(key),
        "controller": f"{env_text('YOLE_BASE_URL', 'http://127.0.0.1:8000').rstrip('/')}/journal",
    }
    partial = path.with_name(f".{FILE}.{secrets.token_hex(8)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(members, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _members() -> dict[str, str]:
    path = paths.keys_dir() / FILE
    if not path.exists():
        _make(path)
    try:
        members = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(members[name]) for name in ("publicKeyMultibase", "secretKeyMultibase", "controller")}
    except (ValueError, KeyError, TypeError):
        raise InputError("la clé du journal est illisible", file=str(path), expected="la clé d’une copie de Yole") from None


def signing_key() -> Ed25519PrivateKey:
    """Raises InputError when the file does not hold a pair of keys."""
    members = _members()
    try:
        return multibase.read_secret(members["secretKeyMultibase"], members["publicKeyMultibase"])
    except ValueError:
        path = paths.keys_dir() / FILE
        raise InputError("la clé du journal est illisible", file=str(path), expected="la clé d’une copie de Yole") from None


def public_key() -> dict[str, str]:
    """The public half, as `yole journal verify --key` reads it: {"publicKeyMultibase", "controller"}."""
    public = multibase.public_text(signing_key().public_key())
    return {"publicKeyMultibase": public, "controller": _members()["controller"]}
