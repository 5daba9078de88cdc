"""A question as a frozen value, and a bank of them as the engine takes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yole.assessment.engine.model import Bank, Flags
from yole.assessment.engine.online import expert_difficulty
from yole.assessment.framework import CRCN

# One answer; several answers, all and only the right ones; an act done on a simulator, scored 0, 1 or 2.
KINDS = ("choice", "multi", "task")
STATUSES = ("draft", "pilot", "live", "withdrawn")
MODES = ("screen", "phone", "paper", "oral")
LEVELS = (1.0, 8.0)

# Starting slopes: the fewer the answers, the more a lucky guess blurs what the answer says.
_SLOPES = {2: 0.8, 3: 0.9}
_SLOPE = 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of the bank's folder and the text that stands for it."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Option:
    """An answer. `score` is 1 for a right one, 0 otherwise; `spoken` is what is read aloud when the text reads badly."""

    id: str
    text: str
    score: int
    feedback: str = ""
    spoken: str = ""
    picture: Picture | None = None

    @property
    def right(self) -> bool:
        return self.score > 0


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Parameters fitted on answers, on the metric of the engine; `on` is the day of the calibration."""

    a: float
    b: float
    se_a: float
    se_b: float
    n: int
    on: str


@dataclass(frozen=True, slots=True)
class Item:
    """A question. `text` is what is asked, `spoken` what is read aloud when it differs; `feedback` teaches, after the test.

    `codes` are (framework, version, code). `level` is the author's, from 1 to 8 of the CRCN, halves allowed; None in a draft from outside.
    `exclusion_group`: at most one question of a group in a session. `enemies`: questions that give this one away.
    `reviewed_by` is a role, empty as long as nobody has reread the question. `task` describes what a simulator needs.
    """

    id: str
    kind: str
    text: str
    options: tuple[Option, ...]
    feedback: str
    codes: tuple[tuple[str, str, str], ...]
    topics: tuple[str, ...] = ()
    level: float | None = None
    status: str = "draft"
    version: int = 1
    lang: str = "fr"
    seconds: int = 30
    spoken: str = ""
    picture: Picture | None = None
    modes: tuple[str, ...] = MODES
    needs_sight: bool = False
    exclusion_group: str = ""
    enemies: tuple[str, ...] = ()
    author: str = ""
    licence: str = ""
    written: str = ""
    reviewed_by: str = ""
    reviewed_on: str = ""
    calibrated: Calibrated | None = None
    task: dict[str, Any] | None = None

    @property
    def competence(self) -> str:
        """The first CRCN competence, empty when there is none."""
        return next((code for framework, version, code in self.codes if (framework, version) == CRCN), "")

    @property
    def area(self) -> str:
        return self.competence.partition(".")[0]

    @property
    def right(self) -> frozenset[str]:
        """Identifiers of the right answers."""
        return frozenset(option.id for option in self.options if option.right)

    @property
    def prior_a(self) -> float:
        """Slope before any calibration, from the number of answers offered."""
        return _SLOPE if self.kind != "choice" else _SLOPES.get(len(self.options), _SLOPE)

    @property
    def prior_b(self) -> float:
        """Difficulty before any calibration: levels 1…8 map to −2.5…2.5. Raises ValueError without a level."""
        if self.level is None:
            raise ValueError(f"item {self.id} has no level")
        return expert_difficulty(self.level)

    @property
    def a(self) -> float:
        return self.prior_a if self.calibrated is None else self.calibrated.a

    @property
    def b(self) -> float:
        return self.prior_b if self.calibrated is None else self.calibrated.b

    def score(self, chosen: Collection[str]) -> int:
        """1 when the answers chosen are all the right ones and no other, else 0; « Je ne sais pas » is an empty choice.

        Raises ValueError on an answer that the question does not have, or for a task, which a simulator scores.
        """
        if self.kind == "task":
            raise ValueError("a task is scored by its simulator")
        if unknown := set(chosen) - {option.id for option in self.options}:
            raise ValueError(f"item {self.id} has no answer {sorted(unknown)}")
        return int(frozenset(chosen) == self.right)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        every = (self.picture, *(option.picture for option in self.options))
        return tuple(picture for picture in every if picture is not None)


@dataclass(frozen=True, slots=True)
class ItemBank:
    """Questions with distinct identifiers, in order."""

    items: tuple[Item, ...]
    _by_id: dict[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {item.id: item for item in self.items})
        if len(self._by_id) != len(self.items):
            raise ValueError("two items have the same identifier")

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def get(self, item_id: str) -> Item:
        """Raises KeyError when the bank has no such question."""
        return self._by_id[item_id]

    def where(
        self,
        *,
        statuses: Collection[str] = ("pilot", "live"),
        mode: str | None = None,
        kinds: Collection[str] = ("choice", "multi"),
        sight: bool = True,
    ) -> ItemBank:
        """The questions in given states, of given kinds, usable in a mode; `sight` False leaves out those that must be seen."""
        return ItemBank(
            tuple(
                item
                for item in self.items
                if item.status in statuses
                and item.kind in kinds
                and (mode is None or mode in item.modes)
                and (sight or not item.needs_sight)
            )
        )

    def engine(self) -> Bank:
        """Arrays for the engine: a, d = −a·b, area 0…4 from the CRCN; row i is item i. Raises ValueError without level or competence."""
        if missing := [item.id for item in self.items if not item.area]:
            raise ValueError(f"item {missing[0]} has no competence")
        a = np.array([item.a for item in self.items], dtype=np.float64)
        b = np.array([item.b for item in self.items], dtype=np.float64)
        area = np.array([int(item.area) - 1 for item in self.items], dtype=np.intp)
        return Bank(tuple(item.id for item in self.items), a, -a * b, area)

    def barred(self, asked: Iterable[str]) -> Flags:
        """Per item, whether an item already asked bars it: same exclusion group, or enemies in either direction; (items,).

        The items asked themselves are not marked: a session knows them. Raises KeyError on an unknown item.
        """
        seen = [self.get(item_id) for item_id in asked]
        ids = {item.id for item in seen}
        groups = {item.exclusion_group for item in seen if item.exclusion_group}
        named = {enemy for item in seen for enemy in item.enemies}
        return np.array(
            [
                item.id not in ids and (item.exclusion_group in groups or item.id in named or bool(ids & set(item.enemies)))
                for item in self.items
            ],
            dtype=bool,
        )
