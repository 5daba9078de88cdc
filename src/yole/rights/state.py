"""The answers given so far, as they travel in the page: signed, nowhere kept, void after some hours."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

from django.core import signing

from yole.rights.engine.household import ADULTS

_SALT = "yole.rights.answers"
HOURS = 12
LONGEST = 12_000
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
    return signing.dumps({"month": state.month, "given": [list(pair) for pair in state.given]}, salt=_SALT, compress=True)


def load(text: str) -> State:
    """Raises ExpiredError when the text is not one of ours, or is too old."""
    if len(text) > LONGEST:
        raise ExpiredError
    try:
        found = signing.loads(text, salt=_SALT, max_age=HOURS * 3600)
        return State(found["month"], tuple((name, value) for name, value in found["given"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise ExpiredError from None
