"""Timetables: rules kept (checked by other code), what makes one impossible, the command."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from yole.advisers.cli import app
from yole.advisers.engine import timetable_solve
from yole.advisers.engine.timetable import Adviser, Cohort, Meeting, Room, Slot, Timetable
from yole.advisers.engine.timetable_check import faults
from yole.advisers.engine.timetable_solve import causes, solve
from yole.advisers.files_timetable import read_timetable
from yole.kernel.errors import InputError

MONDAY = date(2026, 11, 30)


def week(days: int = 5, hours: tuple[int, ...] = (9, 11, 14), weeks: int = 1) -> list[Slot]:
    return [
        Slot(f"w{w}d{d}h{h}", MONDAY + timedelta(days=7 * w + d), h * 60, h * 60 + 120)
        for w in range(weeks)
        for d in range(days)
        for h in hours
    ]


def asked(**changes: Any) -> Timetable:
    whole = Timetable(
        week(),
        [Room("petite", 8, "bourg"), Room("grande", 15, "bourg"), Room("loin", 12, "quartier")],
        [Adviser("ana", frozenset({"mail", "impots"})), Adviser("bob", frozenset({"mail", "photo"}), max_hours=10)],
        [
            Cohort("a", 7, ("mail", "impots", "mail")),
            Cohort("b", 12, ("mail", "photo", "photo")),
            Cohort("c", 6, ("impots", "mail", "photo")),
        ],
        {("bourg", "quartier"): 45, ("quartier", "bourg"): 45},
    )
    return replace(whole, **changes)


def test_every_rule_is_kept_and_preferences_count() -> None:
    wish = asked()
    plain = solve(wish, seconds_left=lambda: 20.0)
    assert plain.status == "optimal" and len(plain.meetings) == 9 and faults(wish, plain.meetings) == []
    assert plain.bound is not None and plain.penalty == pytest.approx(plain.bound, abs=0.1)
    late = asked(cohorts=[replace(cohort, days=frozenset({3, 4, 5})) for cohort in wish.cohorts])
    answer = solve(late, seconds_left=lambda: 20.0)
    days = {slot.id: slot.day.isoweekday() for slot in late.slots}
    assert faults(late, answer.meetings) == [] and {days[m.slot] for m in answer.meetings} == {3, 4, 5}


def test_locked_sessions_stay_and_moves_are_counted() -> None:
    wish = asked()
    first = solve(wish, seconds_left=lambda: 20.0)
    locked = Meeting("a", 1, "w0d1h14", "grande", "bob")
    again = asked(previous=first.meetings, locked=[locked])
    answer = solve(again, seconds_left=lambda: 20.0)
    assert faults(again, answer.meetings) == [] and locked in answer.meetings
    assert 1 <= answer.moved <= 4
    assert solve(asked(previous=first.meetings), seconds_left=lambda: 20.0).moved == 0


def test_travel_between_sites_is_kept() -> None:
    rooms = [Room("ici", 10, "bourg"), Room("la", 20, "quartier")]
    wish = asked(
        slots=week(days=1, hours=(9, 11)),
        rooms=rooms,
        advisers=[Adviser("ana", frozenset({"mail"}))],
        cohorts=[Cohort("a", 5, ("mail",), slots=frozenset({"w0d0h9"})), Cohort("b", 15, ("mail",), slots=frozenset({"w0d0h11"}))],
    )
    small = [m for m in solve(wish, seconds_left=lambda: 5.0).meetings if m.cohort == "a"]
    assert [m.room for m in small] == ["la"]  # no time for the way: the small group goes where the large one must be
    tight = replace(wish, rooms=[replace(rooms[0], slots=None), replace(rooms[1], slots=frozenset({"w0d0h11"}))])
    assert solve(tight, seconds_left=lambda: 5.0).status == "infeasible"
    assert any("trajet" in cause for cause in causes(tight, seconds_left=lambda: 5.0))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"advisers": [Adviser("ana", frozenset({"mail", "impots", "photo"}), frozenset({"w0d0h9", "w0d1h9"}))]},
            "« mail » demande 4 créneaux ; ses 1 conseillers en ont 2",
        ),
        ({"rooms": [Room("petite", 8, "bourg")]}, "12 personnes, la plus grande salle a 8 places"),
        ({"slots": week(days=2)}, "3 séances, ses jours en permettent 2"),
        ({"advisers": [Adviser("ana", frozenset({"mail", "impots", "photo"}), max_hours=10)]}, "heures par semaine des conseillers"),
        ({"advisers": [Adviser("ana", frozenset({"mail", "impots"}))]}, "les thèmes que les conseillers savent animer"),
    ],
)
def test_what_makes_it_impossible(changes: dict[str, Any], words: str) -> None:
    wish = asked(**changes)
    assert solve(wish, seconds_left=lambda: 10.0).status == "infeasible"
    told = causes(wish, seconds_left=lambda: 5.0)
    assert any(words in cause for cause in told), told


def test_the_checker_sees_what_is_wrong() -> None:
    wish = asked()
    good = solve(wish, seconds_left=lambda: 20.0).meetings
    for change in ({"room": "petite", "cohort": "b"}, {"adviser": "bob", "cohort": "a", "number": 2}, {"slot": good[-1].slot}):
        at = next(i for i, m in enumerate(good) if all(getattr(m, k) == v for k, v in change.items() if k in ("cohort", "number")))
        bad = [*good[:at], replace(good[at], **change), *good[at + 1 :]]
        assert faults(wish, bad), change
    assert faults(wish, good[1:])


def test_ten_cohorts() -> None:
    themes = ("mail", "impots", "photo")
    wish = asked(
        rooms=[Room(f"r{i}", 12, "bourg") for i in range(3)],
        advisers=[Adviser(f"a{i}", frozenset(themes)) for i in range(4)],
        cohorts=[Cohort(f"c{i}", 10, themes) for i in range(10)],
    )
    answer = solve(wish, seconds_left=lambda: 15.0)
    assert len(answer.meetings) == 30 and faults(wish, answer.meetings) == []


def test_a_large_timetable_is_built_cohort_by_cohort_then_improved(monkeypatch: pytest.MonkeyPatch) -> None:
    wish = asked()
    whole = solve(wish, seconds_left=countdown(10.0))
    monkeypatch.setattr(timetable_solve, "WHOLE", 0)
    parts = solve(wish, seconds_left=countdown(3.0))
    assert faults(wish, parts.meetings) == [] and len(parts.meetings) == 9
    assert parts.penalty is not None and parts.bound is not None and whole.penalty is not None and whole.bound is not None
    assert parts.bound <= whole.penalty + 1e-3 and whole.penalty * (1 - 2e-4) <= parts.penalty <= whole.penalty * 1.05
    # Where no order of insertion works, the whole programme says that there is none.
    assert solve(asked(slots=week(days=2)), seconds_left=countdown(10.0)).status == "infeasible"


def countdown(seconds: float) -> Callable[[], float]:
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


DEMAND = {
    "slots": [
        {"id": "s1", "date": "2026-11-30", "start": "09:00", "end": "11:00"},
        {"id": "s2", "date": "2026-12-01", "start": "09:00", "end": "11:00"},
    ],
    "rooms": [{"id": "r", "capacity": 10}],
    "advisers": [{"id": "ana", "skills": ["mail"]}],
    "cohorts": [{"id": "a", "size": 8, "themes": ["mail", "mail"]}],
}


def command(folder: Path, demand: Any, *options: str) -> Any:
    from typer.main import get_command

    (folder / "d.json").write_text(demand if isinstance(demand, str) else json.dumps(demand))
    return get_command(app).main(args=["timetable", str(folder / "d.json"), *options], standalone_mode=False)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, DEMAND, "--json", "-o", str(tmp_path / "out.json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "out.json").read_text())
    assert [(s["session"], s["date"], s["room"], s["adviser"]) for s in told["sessions"]] == [
        (1, "2026-11-30", "r", "ana"),
        (2, "2026-12-01", "r", "ana"),
    ]
    assert command(tmp_path, DEMAND | {"cohorts": [{"id": "a", "size": 20, "themes": ["mail"]}]}, "--json") == 1
    assert json.loads(capsys.readouterr().out)["causes"][0] == "Le groupe a compte 20 personnes, la plus grande salle a 10 places."


@pytest.mark.parametrize(
    ("demand", "told"),
    [
        ("[]", "ce n'est pas un objet"),
        ("{", "JSON illisible"),
        (DEMAND | {"rooms": []}, "rooms"),
        (DEMAND | {"rooms": [{"id": "r", "capacity": 0}]}, "rooms[0].capacity"),
        (DEMAND | {"rooms": [{"id": "r", "capacity": 5}] * 2}, "rooms[1].id"),
        (DEMAND | {"slots": [{"id": "s", "date": "2026-02-30", "start": "09:00", "end": "10:00"}]}, "slots[0].date"),
        (DEMAND | {"slots": [{"id": "s", "date": "2026-02-03", "start": "09:00", "end": "08:00"}]}, "slots[0].end"),
        (DEMAND | {"advisers": [{"id": "ana", "skills": ["mail"], "available": ["nowhen"]}]}, "advisers[0].available"),
        (DEMAND | {"locked": [{"cohort": "a", "session": 3, "slot": "s1", "room": "r", "adviser": "ana"}]}, "locked[0].session"),
    ],
)
def test_refusals(tmp_path: Path, demand: Any, told: str) -> None:
    (tmp_path / "d.json").write_text(demand if isinstance(demand, str) else json.dumps(demand))
    with pytest.raises(InputError) as refused:
        read_timetable(tmp_path / "d.json")
    assert told in str(refused.value)
