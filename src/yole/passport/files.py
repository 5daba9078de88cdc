"""Files of `yole passport`: keys, awards, issuers' documents, lists of status, credentials in their containers. No Django here."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from yole.base.commandline import to_json
from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.passport.engine import containers, pictures
from yole.passport.engine.credential import Award, read_award
from yole.passport.engine.did import Document, read_document
from yole.passport.engine.faults import FaultError
from yole.passport.engine.keys import SigningKey, read_signing_key
from yole.passport.engine.reading import LARGEST, read_json

T = TypeVar("T")


def _told(path: Path, read: Callable[[], T], expected: str | None = None) -> T:
    """What `read` answers; its fault becomes one line that names the file."""
    try:
        return read()
    except FaultError as fault:
        raise InputError(fault.text, file=str(path), expected=expected) from None


def _bytes(path: Path, limit: int) -> bytes:
    """The content of a file of at most `limit` bytes. Raises InputError, also when a .gz file is damaged inside."""
    try:
        return read_bytes(path, limit=limit)
    except zlib.error:
        raise InputError("le fichier compressé est abîmé", file=str(path)) from None


def _json(path: Path, expected: str) -> Any:
    data = _bytes(path, LARGEST)
    return _told(path, lambda: read_json(data), expected)


def signing_key(path: Path) -> SigningKey:
    """KEY.json. Raises InputError; the secret is never in its message."""
    expected = "un objet JSON avec « publicKeyMultibase », « secretKeyMultibase » et « controller »"
    members = _json(path, expected)
    return _told(path, lambda: read_signing_key(members), expected)


def award(path: Path, new_id: str) -> tuple[Award, datetime | None]:
    """AWARD.json, and the proof's date when it gives one. Raises InputError."""
    members = _json(path, "une attribution en JSON")
    return _told(path, lambda: read_award(members, new_id))


def did_document(path: Path) -> Document:
    """did.json of an issuer, or its public key file. Raises InputError."""
    expected = "le document did.json de l’émetteur"
    members = _json(path, expected)
    return _told(path, lambda: read_document(members), expected)


def status_list(path: Path) -> Any:
    """A list of status, not judged yet; nothing when it is not JSON: a damaged list makes a status unknown, it is not a usage error."""
    data = _bytes(path, LARGEST)
    try:
        return read_json(data)
    except FaultError:
        return None


def unpacked(path: Path) -> containers.Unpacked:
    """The credential in a file. Raises InputError when there is none or when it cannot be parsed."""
    data = _bytes(path, containers.LARGEST)
    if not data.strip():
        raise InputError("le fichier est vide", file=str(path), expected=_CREDENTIAL)
    return _told(path, lambda: containers.unpack(data), _CREDENTIAL)


_CREDENTIAL = "une attestation : JSON, PNG ou SVG qui en contient une, ou texte d’un QR"


def _as_png(document: dict[str, Any], picture: bytes | None, level: str) -> bytes:
    return containers.bake_png(picture or pictures.plain_png(pictures.colour_of(level)), document)


def _as_svg(document: dict[str, Any], picture: bytes | None, level: str) -> bytes:
    return containers.bake_svg(picture or pictures.plain_svg(str(document["name"]), pictures.colour_of(level)), document)


_WRITERS: dict[str, Callable[[dict[str, Any], bytes | None, str], bytes]] = {
    ".json": lambda document, picture, level: to_json(document),
    ".png": _as_png,
    ".svg": _as_svg,
    ".txt": lambda document, picture, level: containers.qr_text(document).encode("ascii"),
}


def check_extension(output: Path | None, picture: Path | None) -> str:
    """The container that the name of the output asks for, JSON without a name. Raises InputError."""
    suffix = output.suffix.lower() if output is not None else ".json"
    if suffix not in _WRITERS:
        raise InputError("extension inconnue", file=str(output), found=suffix or "aucune", expected=".json, .png, .svg ou .txt")
    if picture is not None and suffix not in (".png", ".svg"):
        raise InputError("une image ne va que dans un PNG ou un SVG", file=str(picture), expected="-o FICHIER.png ou FICHIER.svg")
    return suffix


def contained(document: dict[str, Any], suffix: str, picture: Path | None, level: str) -> bytes:
    """The bytes of a credential in its container. Raises InputError when the picture does not fit."""
    given = _bytes(picture, containers.LARGEST) if picture is not None else None
    return _told(picture or Path(suffix), lambda: _WRITERS[suffix](document, given, level))


def write_secret(path: Path, data: bytes) -> None:
    """A new file that its owner alone can read. Raises InputError when it exists or cannot be written."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError("ce fichier existe déjà : une clé n’est jamais remplacée", file=str(path), expected="un autre nom") from None
    except OSError:
        raise InputError("écriture impossible", file=str(path), expected="un dossier qui existe et où l’on peut écrire") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
