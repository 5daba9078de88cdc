"""A credential as the text of a QR code: `YP1:` and base45 (RFC 9285) of the zlib-compressed JSON, all alphanumeric symbols."""

from __future__ import annotations

import zlib

from yole.passport.engine.faults import NotFoundError, UnreadableError
from yole.passport.engine.png import inflate

PREFIX = "YP1:"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LONGEST = 2 * 1024 * 1024  # symbols; the largest QR code holds 4,296
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}


def encode45(data: bytes) -> str:
    """Base45: two bytes in three symbols, a last byte alone in two."""
    symbols = []
    for position in range(0, len(data) - 1, 2):
        number = data[position] * 256 + data[position + 1]
        symbols += [ALPHABET[number % 45], ALPHABET[number // 45 % 45], ALPHABET[number // 2025]]
    if len(data) % 2:
        symbols += [ALPHABET[data[-1] % 45], ALPHABET[data[-1] // 45]]
    return "".join(symbols)


def decode45(text: str) -> bytes:
    """The bytes of a base45 text. Raises ValueError."""
    try:
        values = [_VALUES[symbol] for symbol in text]
    except KeyError:
        raise ValueError("a symbol is not in the base45 alphabet") from None
    out = bytearray()
    for position in range(0, len(values) - 2, 3):
        number = values[position] + values[position + 1] * 45 + values[position + 2] * 2025
        if number > 0xFFFF:
            raise ValueError("three symbols tell more than two bytes")
        out += number.to_bytes(2, "big")
    rest = values[len(values) - len(values) % 3 :]
    if len(rest) == 1 or (rest and rest[0] + rest[1] * 45 > 0xFF):
        raise ValueError("the last symbols do not tell a byte")
    if rest:
        out.append(rest[0] + rest[1] * 45)
    return bytes(out)


def pack(text: bytes) -> str:
    """The QR text of a JSON text."""
    return PREFIX + encode45(zlib.compress(text, 9))


def unpack(text: str) -> bytes:
    """The JSON text of a QR text. Raises NotFoundError when it is not one, UnreadableError when it does not inflate within 1 MB."""
    if not text.startswith(PREFIX):
        raise NotFoundError("not-qr", "Ce texte n’est pas celui d’un passeport : il ne commence pas par « YP1: ».")
    if len(text) > LONGEST:
        raise UnreadableError("too-large", "Le texte du QR est trop long.")
    try:
        packed = decode45(text.removeprefix(PREFIX))
    except ValueError:
        raise NotFoundError("not-base45", "Le texte du QR contient des caractères qui n’en sont pas, ou il est coupé.") from None
    return inflate(packed)
