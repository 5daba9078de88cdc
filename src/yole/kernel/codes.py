"""Short codes that people copy by hand: Crockford base 32 with a check symbol, groups of four."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"  # 31 symbols, a prime: Z is left out so that the check sees every wrong symbol
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def _check(payload: str) -> str:
    """Weighted sum modulo 31: sees any one wrong symbol and any swap of two symbols (up to 30 symbols)."""
    total = sum((i + 1) * ALPHABET.index(c) for i, c in enumerate(payload))
    return ALPHABET[total % len(ALPHABET)]


def new_code(length: int = 10) -> str:
    """A random code of `length` symbols, the last one a check symbol."""
    payload = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return payload + _check(payload)


def clean_code(typed: str) -> str:
    """What a person typed, brought to the stored form: upper case, no separators, O I L U read as 0 1 1 V."""
    kept = "".join(c for c in typed.upper() if c.isalnum())
    return kept.translate(_CONFUSED)


def is_code(code: str, length: int = 10) -> bool:
    """Whether a cleaned code has the right length, alphabet and check symbol."""
    return len(code) == length and all(c in ALPHABET for c in code) and _check(code[:-1]) == code[-1]


def show_code(code: str) -> str:
    """Groups of four, as printed: `ABCD-EFGH-12`."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
