"""What every exchange format shares: the part of a question that the format cannot say, carried beside it, and put together again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from yole.assessment.bank.files import item_from_json, item_to_json
from yole.assessment.bank.model import Item
from yole.kernel.text import fold

_CODE = re.compile(r"(?<![\d.])([1-5]\.[1-4])(?![\d.])")
FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def extra(item: Item) -> dict[str, Any]:
    """The question's JSON without what the format says itself: question, answers, scores, explanations."""
    entry = item_to_json(item)
    for key in ("feedback", "prior"):
        entry.pop(key, None)
    entry["stem"] = {key: value for key, value in entry["stem"].items() if key != "text"}
    entry["options"] = [
        {key: value for key, value in option.items() if key not in ("text", "score", "feedback")} for option in entry["options"]
    ]
    return entry


def rebuild(
    carried: Mapping[str, Any] | None,
    *,
    item_id: str,
    kind: str,
    text: str,
    options: Sequence[Mapping[str, Any]],
    feedback: str,
    category: str,
    file: str,
    row: int,
) -> Item:
    """A question from what the format says and what was `carried`; without the latter, a draft whose competence is read in `category`.

    Raises InputError when what was carried is not a question's.
    """
    entry: dict[str, Any] = dict(carried or {})
    if carried is None and (code := _CODE.search(category)):
        entry["frameworks"] = [{"framework": "CRCN", "version": "2019", "code": code.group(1)}]
    beside = entry.get("options")
    told = beside if isinstance(beside, list) and len(beside) == len(options) else [{}] * len(options)
    entry["id"] = entry.get("id") or item_id
    entry["type"] = kind
    stem = entry.get("stem")
    entry["stem"] = {**(stem if isinstance(stem, dict) else {}), "text": text}
    entry["options"] = [{**(old if isinstance(old, dict) else {}), **new} for old, new in zip(told, options, strict=True)]
    entry["feedback"] = feedback
    return item_from_json(entry, file, row)


def identifier(given: str, text: str, taken: set[str]) -> str:
    """An identifier not in `taken` (and added to it): the one given when it has our form, else made from the words of the question."""
    base = given if FORM.fullmatch(given) else "-".join(fold(given or text).split()[:8]) or "question"
    name, rank = base, 2
    while name in taken:
        name, rank = f"{base}-{rank}", rank + 1
    taken.add(name)
    return name
