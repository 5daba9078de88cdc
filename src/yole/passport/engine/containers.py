"""One credential, several containers: JSON, PNG, SVG, QR text. The content decides, not the name of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from yole.passport.engine import png, qr, svg
from yole.passport.engine.faults import FaultError, NotFoundError, Reason
from yole.passport.engine.proofs import SUITES
from yole.passport.engine.reading import read_json
from yole.passport.engine.structure import looks_like_credential

LARGEST = 16 * 1024 * 1024  # bytes of a picture
_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")


class Unpacked(NamedTuple):
    """What a file holds: a credential, or the reason why it is a credential of a kind that is not verified here."""

    container: str  # "json", "png", "svg", "qr"
    document: dict[str, Any] | None
    refusal: Reason | None


def unpack(data: bytes) -> Unpacked:
    """The credential in some bytes. Raises NotFoundError when there is none, UnreadableError when it cannot be parsed without ambiguity."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data.startswith(png.SIGNATURE):
        return _read("png", png.unbake(data))
    if start.startswith(b"<"):
        return _read("svg", svg.unbake(data))
    if start.startswith(qr.PREFIX.encode()):
        try:
            text = data.decode("ascii").strip()
        except UnicodeDecodeError:
            raise NotFoundError("not-base45", "Le texte du QR contient des caractères qui n’en sont pas.") from None
        return _read("qr", qr.unpack(text))
    if start.startswith((b"{", b"[")):
        return _read("json", data)
    if _TOKEN.fullmatch(data.strip()[:1_000_000]):
        return _read("json", data)
    raise NotFoundError("nothing-found", "Aucune attestation n’est dans ce fichier.")


def _read(container: str, text: bytes) -> Unpacked:
    if len(text) <= LARGEST and _TOKEN.fullmatch(text.strip()):
        return Unpacked(container, None, _token(text.strip()))
    value = read_json(text)
    if not looks_like_credential(value):
        raise NotFoundError("not-a-credential", "Ce JSON n’est pas une attestation.")
    return Unpacked(container, value, None)


def _token(text: bytes) -> Reason:
    """Why a VC-JWT is refused. Its header is its signer's claim: neither a key nor an algorithm is taken from it."""
    import base64

    algorithm = None
    try:
        head = text.split(b".")[0]
        header = read_json(base64.b64decode(head + b"=" * (-len(head) % 4), altchars=b"-_", validate=True))
        algorithm = header.get("alg") if isinstance(header, dict) else None
    except (ValueError, FaultError):
        pass
    if not isinstance(algorithm, str) or algorithm.lower() == "none" or algorithm.upper().startswith("HS"):
        return Reason("token-algorithm", "Ce jeton n’est pas signé par une clé publique : il ne prouve rien.")
    return Reason("token-unsupported", "C’est une attestation sous forme de jeton (VC-JWT) : cette forme n’est pas vérifiée ici.")


def compact_json(document: Mapping[str, Any]) -> bytes:
    """The JSON text that goes into a container: UTF-8, no spaces."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def qr_text(document: Mapping[str, Any], suites: Sequence[str] = SUITES) -> str:
    """The QR text of a credential, with the proofs of these suites only: the proofs of a set are independent."""
    proofs = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
    kept = [proof for proof in proofs if proof.get("cryptosuite") in suites]
    return qr.pack(compact_json({**document, "proof": kept}))


def bake_png(picture: bytes, document: Mapping[str, Any]) -> bytes:
    """A PNG with the credential in it, in place of any other. Raises UnreadableError when the picture is not a whole PNG."""
    return png.bake(picture, compact_json(document))


def bake_svg(picture: bytes, document: Mapping[str, Any]) -> bytes:
    """An SVG with the credential in it, in place of any other. Raises UnreadableError when the picture is not a sound SVG in UTF-8."""
    return svg.bake(picture, compact_json(document))
