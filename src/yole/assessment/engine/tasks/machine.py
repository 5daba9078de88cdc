"""One interpreter for every task: state, act, guard → next state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

GOAL, PARTIAL, MISSED, STOPPED = "goal", "partial", "missed", "stopped"
FINAL = (GOAL, PARTIAL, MISSED, STOPPED)

Condition = tuple[str | int, ...]
"""("right", slot): what was kept is the key's value; ("wrong", slot): it is not; ("is", slot, value); ("caught", n): at least n slots
flagged that had to be; ("alarms", n): at most n slots flagged that had not to be."""

FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Rule:
    """In `state`, the act `verb` (with `arg`, or any argument when empty) leads to `next` when every condition of `guard` holds.

    `keep` names the slot that remembers the argument; the pair `put` writes a fixed value in a slot. Both happen before the guard.
    A `keep` of "*" remembers the verb under the argument: `flag:m3` gives m3 = flag.
    """

    state: str
    verb: str
    next: str
    arg: str = ""
    guard: tuple[Condition, ...] = ()
    keep: str = ""
    put: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Machine:
    """`acts`: verb → arguments it may have, empty for none: the closed list. Rules are tried in order; the first that fits is taken."""

    start: str
    acts: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]


VARIANTS = ("0", "1", "2")
# Acts that every task has. `start` names the variant; `together` is « Faire avec moi ».
COMMON: Mapping[str, tuple[str, ...]] = {"start": VARIANTS, "hint": (), "together": (), "stop": ()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a log of acts leads. `score` is 2 for the goal alone, 1 for a partial goal alone or the goal with one hint, else 0."""

    state: str
    variant: int = 0
    hints: int = 0
    assisted: bool = False
    memory: dict[str, str] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        return self.state in FINAL

    @property
    def score(self) -> int:
        reached = {GOAL: 2, PARTIAL: 1}.get(self.state, 0)
        return max(0, reached - self.hints)


def holds(condition: Condition, memory: Mapping[str, str], key: Mapping[str, str]) -> bool:
    """Whether one condition of a guard holds. Raises ValueError for a condition that does not exist."""
    kind, what = condition[0], condition[1]
    match kind:
        case "right":
            return memory.get(str(what)) == key[str(what)]
        case "wrong":
            return memory.get(str(what)) != key[str(what)]
        case "is":
            return memory.get(str(what)) == condition[2]
        case "caught":
            return sum(value == FLAG and key.get(slot) == FLAG for slot, value in memory.items()) >= int(what)
        case "alarms":
            return sum(value == FLAG and key.get(slot) != FLAG for slot, value in memory.items()) <= int(what)
    raise ValueError(f"unknown condition: {kind}")


def unknown_acts(machine: Machine, acts: Iterable[str]) -> list[str]:
    """Acts that are not in the closed list of the task, in order."""
    allowed = {**COMMON, **machine.acts}

    def known(act: str) -> bool:
        verb, _, arg = act.partition(":")
        return verb in allowed and (arg in allowed[verb] if allowed[verb] else ":" not in act)

    return [act for act in acts if not known(act)]


def replay(machine: Machine, keys: Sequence[Mapping[str, str]], acts: Iterable[str]) -> Outcome:
    """The outcome of a log. `keys`: one right answer per variant, slot → value. An act that the state does not know changes nothing, and
    nothing counts after the end. Raises IndexError for a variant without a key."""
    state, variant, hints, assisted = machine.start, 0, 0, False
    memory: dict[str, str] = {}
    for act in acts:
        if state in FINAL:
            break
        verb, _, arg = act.partition(":")
        if verb == "start":
            variant = int(arg)
        elif verb == "hint":
            hints += 1
        elif verb == "together":
            assisted = True
        elif verb == "stop":
            state = STOPPED
        else:
            state, memory = _step(machine, keys[variant], state, memory, verb, arg)
    return Outcome(state, variant, hints, assisted, memory)


def _step(machine: Machine, key: Mapping[str, str], state: str, memory: dict[str, str], verb: str, arg: str) -> tuple[str, dict[str, str]]:
    for rule in machine.rules:
        if rule.state != state or rule.verb != verb or (rule.arg and rule.arg != arg):
            continue
        after = dict(memory)
        if rule.keep:
            after[arg if rule.keep == "*" else rule.keep] = verb if rule.keep == "*" else arg
        if rule.put[0]:
            after[rule.put[0]] = rule.put[1]
        if all(holds(condition, after, key) for condition in rule.guard):
            return rule.next, after
    return state, memory


def as_data(machine: Machine) -> dict[str, Any]:
    """The machine as JSON values, for the page: {start, acts, rules: [{state, verb, arg, guard, keep, put, next}]}."""
    return {
        "start": machine.start,
        "acts": {verb: list(args) for verb, args in {**COMMON, **machine.acts}.items()},
        "rules": [
            {
                name: value
                for name, value in {
                    "state": rule.state,
                    "verb": rule.verb,
                    "next": rule.next,
                    "arg": rule.arg,
                    "guard": [list(condition) for condition in rule.guard],
                    "keep": rule.keep,
                    "put": list(rule.put) if rule.put[0] else [],
                }.items()
                if value
            }
            for rule in machine.rules
        ],
    }
