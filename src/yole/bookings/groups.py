"""A pasted list of people, registered one by one: what is usable is done, what is wrong is told line by line."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar

from yole.base.errors import Refused
from yole.bookings.engine.pasted import PastedError, PastedPerson, parse_pasted_list

T = TypeVar("T")


def each_person(
    text: str, key: uuid.UUID, act: Callable[[PastedPerson, uuid.UUID], T], *, consent: bool
) -> tuple[tuple[T, ...], tuple[PastedError, ...]]:
    """What `act` gave for each usable line, and the errors in the order of the list. `key` is the form's: each person has one of its own,
    so that sending the list again registers nobody twice. `consent`: whoever pastes it says that each person agreed. Raises Refused without
    it, and for an empty list.
    """
    if not consent:
        raise Refused("Cochez l’accord : chaque personne sait qu’elle est inscrite.", field="consent", code="consent")
    pasted = parse_pasted_list(text)
    if not pasted.people and not pasted.errors:
        raise Refused("La liste est vide : collez une personne par ligne.", field="text", code="empty")
    done, errors = [], list(pasted.errors)
    for person in pasted.people:
        try:
            done.append(act(person, uuid.uuid5(key, f"{person.name}|{person.contact}")))
        except Refused as refusal:
            errors.append(PastedError(person.line, person.name, str(refusal)))
    return tuple(done), tuple(sorted(errors, key=lambda error: error.line))
