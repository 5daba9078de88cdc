"""Ed25519 keys and signatures as text: multibase `z` (base58btc) over multicodec-prefixed bytes (W3C Controlled Identifiers, Multikey)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LONGEST = 200  # symbols; the longest text we read (a signature) has 89
PUBLIC_PREFIX, SECRET_PREFIX = b"\xed\x01", b"\x80\x26"
KEY_SIZE, SIGNATURE_SIZE = 32, 64  # bytes


def encode(data: bytes) -> str:
    """`z` and the base58btc digits; one leading `1` for each leading zero byte."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = ALPHABET[rest] + digits
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def decode(text: str) -> bytes:
    """The bytes of a multibase text. Raises ValueError when it is not base58btc."""
    if not text.startswith("z") or len(text) > _LONGEST:
        raise ValueError("not multibase base58btc")
    digits, number = text[1:], 0
    for symbol in digits:
        value = _VALUES.get(symbol)
        if value is None:
            raise ValueError("not multibase base58btc")
        number = number * 58 + value
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def public_text(key: Ed25519PublicKey) -> str:
    """`z6Mk…`."""
    return encode(PUBLIC_PREFIX + key.public_bytes_raw())


def read_public(text: str) -> Ed25519PublicKey:
    """Raises ValueError when the text is not an Ed25519 public key."""
    data = decode(text)
    if len(data) != len(PUBLIC_PREFIX) + KEY_SIZE or not data.startswith(PUBLIC_PREFIX):
        raise ValueError("not an Ed25519 public key")
    return Ed25519PublicKey.from_public_bytes(data[len(PUBLIC_PREFIX) :])


def secret_text(key: Ed25519PrivateKey) -> str:
    """The short form: prefix and seed."""
    return encode(SECRET_PREFIX + key.private_bytes_raw())


def read_secret(text: str, public: str) -> Ed25519PrivateKey:
    """The signing key, from the short form (seed) or the long one (seed and public key).

    Raises ValueError, without the secret in its message, when the text is not a key or is not the pair of `public`.
    """
    try:
        data = decode(text)
    except ValueError:
        raise ValueError("not an Ed25519 secret key") from None
    seed, rest = data[len(SECRET_PREFIX) :][:KEY_SIZE], data[len(SECRET_PREFIX) + KEY_SIZE :]
    if not data.startswith(SECRET_PREFIX) or len(seed) != KEY_SIZE or len(rest) not in {0, KEY_SIZE}:
        raise ValueError("not an Ed25519 secret key")
    key = Ed25519PrivateKey.from_private_bytes(seed)
    if public_text(key.public_key()) != public or (rest and rest != key.public_key().public_bytes_raw()):
        raise ValueError("the two halves of the key do not match")
    return key
