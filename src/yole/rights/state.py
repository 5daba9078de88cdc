"""The answers given so far, as they travel in the page: signed, nowhere kept, void after some hours. Or as a file that the person keeps, to
resume within a month: signed too, and nowhere kept by the house."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.core import signing

from yole.rights.engine.household import ADULTS, FIELDS

_SALT = "yole.rights.answers"
_FILE_SALT = "yole.rights.kept"
HOURS = 12
KEPT_DAYS = 30
LONGEST = 12_000
LONGEST_FILE = 20_000
MARK = "YOLE-DROITS-1:"  # stands before the signed answers in a kept file
RECEIVED = "received"
SKIPPED = None


class ExpiredError(ValueError):
    """The page was open for too long, or its hidden answers were changed."""


@dataclass(frozen=True, slots=True)
class State:
    """`given`: (field, value) in the order of the answers; None stands for « Je ne sais pas »."""

    month: str
    given: tuple[tuple[str, Any], ...] = field(default=())

    def with_answer(self, name: str, value: Any) -> State:
        kept = tuple(pair for pair in self.given if pair[0] != name)
        return replace(self, given=(*kept, (name, value)))

    def without(self, name: str) -> State:
        return replace(self, given=tuple(pair for pair in self.given if pair[0] != name))

    def without_last(self) -> tuple[State, str]:
        """The state one answer before, and the field of that answer ("" at the beginning)."""
        if not self.given:
            return self, ""
        return replace(self, given=self.given[:-1]), self.given[-1][0]

    @property
    def skipped(self) -> frozenset[str]:
        return frozenset(name for name, value in self.given if value is SKIPPED)

    def value(self, name: str) -> Any:
        return dict(self.given).get(name)

    def situation(self) -> dict[str, Any]:
        """The situation (JSON, version 1) that these answers make, without those that no longer count (a partner after « no couple »)."""
        values = {name: value for name, value in self.given if value is not SKIPPED}
        persons: list[dict[str, Any]] = [{"id": "applicant", "role": "applicant"}]
        if values.get("couple"):
            persons.append({"id": "partner", "role": "partner"})
        for name, value in values.items():
            adult, _, short = name.rpartition(".")
            if adult in ADULTS and ADULTS.index(adult) < len(persons):
                persons[ADULTS.index(adult)][short] = value
        births = values.get("children_birth_dates") or []
        count = values.get("children_count")
        kept = births if count is None else births[: int(count)]
        persons += [{"id": f"child{rank}", "role": "child", "birth_date": born} for rank, born in enumerate(kept, 1)]
        plain = ("couple", "children_count", "housing_status", "rent", "other_situations", "received")
        answers = {name: values[name] for name in plain if name in values}
        found: dict[str, Any] = {"date": self.month, "persons": persons, "answers": answers}
        if "commune" in values:
            found["commune"] = values["commune"]
        return found

    def digest(self) -> str:
        """SHA-256 of the situation: says later whether two results come from the same answers, without keeping them."""
        return hashlib.sha256(json.dumps(self.situation(), sort_keys=True, ensure_ascii=False).encode("utf-8")).hexdigest()


def dump(state: State) -> str:
    return signing.dumps(_plain(state), salt=_SALT, compress=True)


def load(text: str) -> State:
    """Raises ExpiredError when the text is not one of ours, or is too old."""
    if len(text) > LONGEST:
        raise ExpiredError
    try:
        return _read(signing.loads(text, salt=_SALT, max_age=HOURS * 3600))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise ExpiredError from None


def _plain(state: State) -> dict[str, Any]:
    return {"month": state.month, "given": [list(pair) for pair in state.given]}


def _read(found: dict[str, Any]) -> State:
    return State(found["month"], tuple((name, value) for name, value in found["given"]))


# A file that the person keeps


class NotOursError(ValueError):
    """The text was not made by this site, or was changed since."""


class TooOldError(ValueError):
    """The file was made too long ago."""


def keep(state: State, words: str) -> str:
    """The text of a file that the person keeps: `words` that say what it is, then the answers, signed and compressed on one line.

    Signed with another salt than the page: what a page carries for some hours is not a file that lasts for days.
    """
    return f"{words}\n\n{MARK}{signing.dumps(_plain(state), salt=_FILE_SALT, compress=True)}\n"


def resume(text: str, month: str) -> State:
    """The answers of a kept file, or of its text pasted with line breaks; the situation is that of `month` ("YYYY-MM").

    Raises NotOursError (not one of ours, cut, changed, or with questions that no longer exist) or TooOldError.
    """
    _words, mark, signed = text.rpartition(MARK)
    if not mark or len(text) > LONGEST_FILE:
        raise NotOursError
    try:
        found = _read(signing.loads("".join(signed.split()), salt=_FILE_SALT, max_age=timedelta(days=KEPT_DAYS)))
    except signing.SignatureExpired:
        raise TooOldError from None
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise NotOursError from None
    if not {name for name, _ in found.given} <= {*FIELDS, RECEIVED}:
        raise NotOursError
    return replace(found, month=month)
