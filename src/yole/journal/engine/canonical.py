"""Canonical JSON (RFC 8785, JCS) of the values a journal may hold, and the strict reading of one JSON text."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import rfc8785

LARGEST = 2**53 - 1
DEEPEST = 256  # levels of lists and objects
_SURROGATE = re.compile("[\ud800-\udfff]")
# From here on the order of UTF-16 code units, which JCS wants, is no longer the order of characters.
_BEYOND = re.compile("[\ud800-\U0010ffff]")


class FaultError(ValueError):
    """What a line has wrong, in French."""


def canonical(value: Any) -> bytes:
    """JCS of a value that `check_value` accepts."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    if text.isascii() or not _BEYOND.search(text):
        return text.encode("utf-8")
    return rfc8785.dumps(value)


def check_value(value: Any) -> None:
    """Raises FaultError unless the value is made of strings, booleans, null, integers within ±(2^53−1), lists and objects."""
    level = [value]
    for _ in range(DEEPEST):
        deeper: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str:
                _check_text(item)
            elif kind is int:
                if not -LARGEST <= item <= LARGEST:
                    raise FaultError(f"nombre hors des bornes ±(2^53−1) : {str(item)[:30]}")
            elif kind is dict:
                for name in item:
                    if type(name) is not str:
                        raise FaultError(f"nom de membre qui n’est pas un texte : {name!r:.40}")
                    _check_text(name)
                deeper.extend(item.values())
            elif kind is list:
                deeper.extend(item)
            elif kind is not bool and item is not None:
                raise FaultError(f"valeur refusée ({kind.__name__}) : seuls textes, entiers, vrai/faux, null, listes et objets sont permis")
        if not deeper:
            return
        level = deeper
    raise FaultError(f"imbrication de plus de {DEEPEST} niveaux")


def _check_text(text: str) -> None:
    if not text.isascii() and _SURROGATE.search(text):
        raise FaultError("texte qui n’est pas de l’Unicode bien formé (demi-caractère isolé)")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise FaultError(f"membre répété : « {repeated[:40]} »")
    return found


def _integer(text: str) -> int:
    if text == "-0" or len(text) > 17:
        raise FaultError(f"nombre refusé : {text[:30]} (entier entre −(2^53−1) et 2^53−1 attendu)")
    return int(text)


def _no_other_number(text: str) -> NoReturn:
    raise FaultError(f"nombre refusé : {text[:30]} (seuls les entiers sont permis ; les montants s’écrivent en texte)")


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_int=_integer, parse_float=_no_other_number, parse_constant=_no_other_number)


def read_json(data: bytes) -> Any:
    """One JSON text, strictly: UTF-8, no repeated member, no number but plain integers. Raises FaultError."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FaultError(f"octets qui ne sont pas de l’UTF-8 (position {error.start + 1})") from None
    try:
        return _DECODER.decode(text)
    except FaultError:
        raise
    except json.JSONDecodeError as error:
        raise FaultError(f"ce n’est pas du JSON (position {error.pos + 1})") from None
    except RecursionError:
        raise FaultError(f"imbrication de plus de {DEEPEST} niveaux") from None
