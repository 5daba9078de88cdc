"""A credential in a PNG picture: one `iTXt` chunk, keyword `openbadgecredential`, before the picture's data."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from yole.passport.engine.faults import NotFoundError, UnreadableError
from yole.passport.engine.reading import LARGEST

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
_MOST_CHUNKS = 100_000


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int, int]]:
    """(kind, content, start, end) of each chunk that is whole in the file; stops at the first that is not."""
    position = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if position + 12 > len(data):
            return
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if end > len(data):
            return
        yield data[position + 4 : position + 8], data[position + 8 : end - 4], position, end
        position = end


def _keyword(kind: bytes, content: bytes) -> bytes | None:
    return content.partition(b"\0")[0] if kind in (b"iTXt", b"tEXt", b"zTXt") else None


def unbake(data: bytes) -> bytes:
    """The text baked in a picture. Raises NotFoundError when there is none, UnreadableError when there are two or it does not inflate."""
    found = [content for kind, content, _, _ in _chunks(data) if kind == b"iTXt" and _keyword(kind, content) == KEYWORD]
    if not found:
        raise NotFoundError("nothing-baked", "Cette image PNG ne contient pas d’attestation.")
    if len(found) > 1:
        raise UnreadableError("baked-twice", "Cette image PNG contient plusieurs attestations : on ne sait pas laquelle lire.")
    rest = found[0][len(KEYWORD) + 1 :]
    compressed, rest = rest[:2], rest[2:]
    _, first, rest = rest.partition(b"\0")  # language tag
    _, second, text = rest.partition(b"\0")  # translated keyword
    if len(compressed) < 2 or not first or not second:
        raise UnreadableError("baked-malformed", "L’attestation de cette image PNG est coupée.")
    return inflate(text) if compressed[0] == 1 else text


def inflate(packed: bytes) -> bytes:
    """zlib within a limit of 1 MB. Raises UnreadableError."""
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(packed, LARGEST + 1)
    except zlib.error:
        raise UnreadableError("not-inflated", "Le texte compressé ne se décompresse pas.") from None
    if len(text) > LARGEST:
        raise UnreadableError("too-large", "Le texte décompressé dépasse 1 Mo : il n’est pas lu.")
    if not unpacking.eof or unpacking.unused_data:
        raise UnreadableError("not-inflated", "Le texte compressé est coupé, ou suivi d’autre chose.")
    return text


def bake(picture: bytes, text: bytes) -> bytes:
    """The picture with this text baked in, in place of any other. Raises UnreadableError when it is not a whole PNG."""
    if not picture.startswith(SIGNATURE):
        raise UnreadableError("not-png", "Cette image n’est pas un PNG.")
    kept, baked, last = [SIGNATURE], False, b""
    for kind, content, start, end in _chunks(picture):
        if kind == b"IDAT" and not baked:
            kept.append(chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + text))
            baked = True
        if _keyword(kind, content) != KEYWORD:
            kept.append(picture[start:end])
        last = kind
    if not baked or last != b"IEND":
        raise UnreadableError("not-png", "Cette image PNG n’est pas entière.")
    return b"".join(kept)


def chunk(kind: bytes, content: bytes) -> bytes:
    """One PNG chunk with its length and its check sum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
