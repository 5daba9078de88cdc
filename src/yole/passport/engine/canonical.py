"""Canonical JSON (RFC 8785) of a document already read."""

from __future__ import annotations

import json
import re
from typing import Any

import rfc8785

from yole.passport.engine.faults import FaultError

# Past this character the order of UTF-16 code units, which RFC 8785 wants, is no longer the order of Python's texts.
_BEYOND = re.compile("[\ud800-\U0010ffff]")


def jcs(value: Any) -> bytes:
    """RFC 8785 bytes. Raises FaultError `number-inexact` for an integer beyond ±(2^53−1), `lone-surrogate` for text that is not Unicode."""
    if not _has_numbers(value):
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
        if text.isascii() or not _BEYOND.search(text):
            return text.encode("utf-8")
    try:
        return rfc8785.dumps(value)
    except (rfc8785.IntegerDomainError, rfc8785.FloatDomainError):
        raise FaultError("number-inexact", "Un nombre n’a pas d’écriture exacte commune à tous les lecteurs.") from None
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        raise FaultError("lone-surrogate", "Un texte n’est pas de l’Unicode bien formé.") from None


def _has_numbers(value: Any) -> bool:
    """Whether a number other than a boolean is anywhere in it: only those have several spellings."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return False
    if kind is dict:
        return any(map(_has_numbers, value.values()))
    if kind is list:
        return any(map(_has_numbers, value))
    return True
