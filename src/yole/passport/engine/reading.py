"""Strict reading of one JSON text: what two readers could understand differently is refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from yole.passport.engine.faults import UnreadableError, quoted

LARGEST = 1024 * 1024  # bytes of one JSON text
DEEPEST = 64  # levels of lists and objects
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAYBE_SURROGATE = re.compile(r"\\u[dD]")
_LONGEST_NUMBER = 400  # characters


def read_json(data: bytes) -> Any:
    """One JSON text in UTF-8.

    Raises UnreadableError on more than 1 MB, other encodings, repeated member names, unpaired surrogates, NaN and infinities,
    and more than 64 levels.
    """
    if len(data) > LARGEST:
        raise UnreadableError("too-large", "Le texte dépasse 1 Mo : il n’est pas lu.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("not-utf8", f"Le texte n’est pas en UTF-8 (octet {error.start + 1}).") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableError("not-json", f"Ce n’est pas du JSON (ligne {error.lineno}, colonne {error.colno}).") from None
    except RecursionError:
        raise _too_deep() from None
    _check(value, surrogates=_MAYBE_SURROGATE.search(text) is not None)
    return value


def _too_deep() -> UnreadableError:
    return UnreadableError("too-deep", f"Le texte imbrique plus de {DEEPEST} niveaux.")


def _check(value: Any, *, surrogates: bool) -> None:
    level = [value]
    for depth in range(DEEPEST + 1):
        deeper: list[Any] = []
        for item in level:
            if depth == DEEPEST and isinstance(item, dict | list):
                raise _too_deep()
            if isinstance(item, dict):
                deeper.extend(item.values())
                if surrogates:
                    deeper.extend(item)
            elif isinstance(item, list):
                deeper.extend(item)
            elif surrogates and isinstance(item, str) and _SURROGATE.search(item):
                raise UnreadableError("lone-surrogate", "Un texte contient un demi-caractère isolé.")
        if not deeper:
            return
        level = deeper


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise UnreadableError("repeated-member", f"Le membre {quoted(repeated)} est écrit deux fois.")
    return found


def _number(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise UnreadableError("number", "Un nombre est trop long.")
    return text


def _integer(text: str) -> int:
    return int(_number(text))


def _real(text: str) -> float:
    value = float(_number(text))
    if math.isinf(value):
        raise UnreadableError("number", "Un nombre est trop grand.")
    return value


def _no_constant(text: str) -> NoReturn:
    raise UnreadableError("number", f"{quoted(text)} n’est pas un nombre.")


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_int=_integer, parse_float=_real, parse_constant=_no_constant)
