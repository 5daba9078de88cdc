"""The master key that wraps each person's own key: a file of the keys folder, made at first use. No Django here.

Several master keys may live in the file: the newest wraps, the others still open. Renewing re-wraps keys; sealed data stay as they are.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yole.base import paths
from yole.kernel.errors import InputError
from yole.kernel.files import atomic_write

FILE = "people-keys.json"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """Keys by number (1 to 255), the number of the one that wraps, and the key of the look-up digests and of the pseudonyms."""

    keys: dict[int, bytes]
    current: int
    index: bytes
    pseudonym: bytes


def _new() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _make(path: Path) -> None:
    """Writes the file beside `path`, then links it there: of two makers the first wins, and nobody reads half a key."""
    partial = path.with_name(f".{FILE}.{secrets.token_hex(8)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({"master": {"1": _new()}, "index": _new(), "pseudonym": _new()}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _key(text: object) -> bytes:
    key = base64.b64decode(str(text), validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("length of a key")
    return key


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> MasterKeys:
    try:
        members = json.loads(path.read_text(encoding="utf-8"))
        keys = {int(number): _key(text) for number, text in members["master"].items()}
        return MasterKeys(keys, max(keys), _key(members["index"]), _key(members["pseudonym"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError("les clés des personnes sont illisibles", file=str(path), expected="les clés d’une copie de Yole") from None


def master_keys() -> MasterKeys:
    """The keys, made at the first call. Raises InputError when the file does not hold them."""
    path = paths.data_dir() / "keys" / FILE
    if not path.exists():
        _make(paths.keys_dir() / FILE)
    return _read(path, path.stat().st_mtime_ns)


def renew() -> int:
    """Adds a master key, which wraps from now on. Returns its number. Raises InputError when 255 keys were made already."""
    known = master_keys()
    number = known.current + 1
    path = paths.keys_dir() / FILE
    if number > 255:
        raise InputError("255 clés ont déjà été faites", file=str(path))
    members = json.loads(path.read_text(encoding="utf-8"))
    members["master"][str(number)] = _new()
    with atomic_write(path) as stream:
        stream.write(json.dumps(members).encode("utf-8"))
    path.chmod(0o600)
    return number


def forget_older() -> int:
    """Drops every master key but the newest, once all keys are wrapped by it. Returns how many went."""
    known = master_keys()
    path = paths.keys_dir() / FILE
    members = json.loads(path.read_text(encoding="utf-8"))
    members["master"] = {str(known.current): members["master"][str(known.current)]}
    with atomic_write(path) as stream:
        stream.write(json.dumps(members).encode("utf-8"))
    path.chmod(0o600)
    return len(known.keys) - 1
