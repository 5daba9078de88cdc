"""The machines of the hands-on tasks: scores, closed lists, and the same replay in the page."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.assessment import tasks_oral, tasks_words
from yole.assessment.engine.tasks import MACHINES, as_data, replay, unknown_acts
from yole.assessment.engine.tasks.machine import COMMON, FINAL, holds
from yole.assessment.tasks_content import CONTENT, keys

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "src" / "yole" / "assessment" / "static" / "assessment" / "tasks"

# task, acts after « start:0 », state, score
VECTORS: list[tuple[str, str, str, int]] = [
    ("mailbox", "open:m3 reply to:p1 attach:f2 send", "goal", 2),
    ("mailbox", "open:m5 back open:m3 reply to:p2 back to:p1 attach:f1 back attach:f2 send", "goal", 2),
    ("mailbox", "open:m3 reply to:p1 attach:none send", "partial", 1),
    ("mailbox", "open:m3 reply to:all attach:f2 send", "partial", 1),
    ("mailbox", "open:m3 reply to:all attach:none send", "missed", 0),
    ("mailbox", "open:m3 reply to:p1 attach:f1 send", "missed", 0),
    ("mailbox", "open:m1 reply to:p1 attach:f2 send", "missed", 0),
    ("mailbox", "open:m3 reply hint to:p1 attach:f2 send", "goal", 1),
    ("mailbox", "open:m3 hint reply hint to:p1 attach:f2 send", "goal", 0),
    ("mailbox", "open:m3 reply to:p1 attach:none hint send", "partial", 0),
    ("mailbox", "send", "inbox", 0),
    ("address-bar", "type:official next link:refuse", "goal", 2),
    ("address-bar", "type:lookalike leave type:official next link:refuse", "goal", 2),
    ("address-bar", "type:search result:official next link:refuse", "partial", 1),
    ("address-bar", "type:search result:ad leave type:search result:official next link:refuse", "partial", 1),
    ("address-bar", "type:search result:ad trust", "missed", 0),
    ("address-bar", "type:official next link:open", "missed", 0),
    ("address-bar", "type:other leave type:official leave type:official next link:refuse", "goal", 2),
    ("form", "name:empty name:filled date:invalid date:right attach:f2 send phone:invalid phone:right send", "goal", 2),
    ("form", "name:filled date:other attach:f2 send phone:right send", "partial", 1),
    ("form", "name:filled date:right attach:f1 send phone:right send", "partial", 1),
    ("form", "name:filled date:right attach:f2 send phone:other send", "partial", 1),
    ("form", "name:filled date:other attach:f1 send phone:right send", "missed", 0),
    ("form", "name:filled hint date:right attach:f2 send phone:right send", "goal", 1),
    ("form", "name:empty date:right", "name", 0),
    ("password", "choose:short choose:good", "goal", 2),
    ("password", "choose:common change choose:good", "goal", 2),
    ("password", "choose:reused keep", "partial", 1),
    ("password", "choose:common keep", "partial", 1),
    ("password", "choose:short stop", "stopped", 0),
    ("spreadsheet", "cell:B4 value:right cell:B6 total:formula done", "goal", 2),
    ("spreadsheet", "cell:B6 total:formula cell:B4 value:right done", "goal", 2),
    ("spreadsheet", "cell:B4 value:other cell:B4 value:right cell:B6 total:formula done", "goal", 2),
    ("spreadsheet", "cell:B4 value:right cell:B6 total:number done", "partial", 1),
    ("spreadsheet", "cell:B4 value:right cell:A2 back done", "partial", 1),
    ("spreadsheet", "cell:B6 total:formula done", "partial", 1),
    ("spreadsheet", "cell:B5 value:right done", "missed", 0),
    ("spreadsheet", "cell:B4 value:right cell:B4 value:other cell:B6 total:number done", "missed", 0),
    ("phishing", "flag:m1 trust:m2 flag:m3 trust:m4 flag:m5 trust:m6 done", "goal", 2),
    ("phishing", "flag:m1 flag:m3 flag:m5 flag:m2 trust:m2 trust:m4 trust:m6 done", "goal", 2),
    ("phishing", "flag:m1 flag:m3 flag:m2 done", "partial", 1),
    ("phishing", "flag:m1 flag:m3 flag:m5 flag:m2 done", "partial", 1),
    ("phishing", "flag:m1 flag:m3 flag:m5 flag:m2 flag:m4 done", "missed", 0),
    ("phishing", "flag:m1 done", "missed", 0),
    ("phishing", "flag:m1 together flag:m3 flag:m5 done hint stop", "goal", 2),
]


@pytest.mark.parametrize(("task", "acts", "state", "score"), VECTORS)
def test_the_score_is_the_goal_reached_less_the_help(task: str, acts: str, state: str, score: int) -> None:
    log = ["start:0", *acts.split()]
    assert unknown_acts(MACHINES[task], log) == []
    outcome = replay(MACHINES[task], keys(task), log)
    assert (outcome.state, outcome.score) == (state, score)


def test_together_is_noted_and_nothing_counts_after_the_end() -> None:
    outcome = replay(MACHINES["phishing"], keys("phishing"), ["start:0", "together", "flag:m1", "done", "flag:m3", "hint"])
    assert outcome.assisted
    assert (outcome.state, outcome.hints, outcome.memory) == ("missed", 0, {"m1": "flag"})


@pytest.mark.parametrize("variant", [0, 1, 2])
@pytest.mark.parametrize("task", list(MACHINES))
def test_each_variant_can_be_done_wholly(task: str, variant: int) -> None:
    """By the right ticks of the oral version; a wrong first answer never reaches the goal."""
    best = [0] * len(tasks_oral.ORAL[task])
    if task == "phishing":
        best = [3, 0]
    machine = MACHINES[task]
    log = tasks_oral.log(task, variant, best)
    assert unknown_acts(machine, log) == []
    assert replay(machine, keys(task), log).score == 2
    assert replay(machine, keys(task), tasks_oral.log(task, variant, best, hints=1)).score == 1
    wrong = [1 if task != "phishing" else 0, *best[1:]]
    assert replay(machine, keys(task), tasks_oral.log(task, variant, wrong)).score < 2


def test_an_unanswered_oral_question_is_refused() -> None:
    for ticked in ([], [0, 0], [0, 0, 5], [0, 0, -1]):
        with pytest.raises(IndexError):
            tasks_oral.log("mailbox", 0, ticked)


@pytest.mark.parametrize("act", ["open", "open:m7", "open:", "send:now", "hint:2", "start:3", "Send", "", "secret", "type:official"])
def test_an_act_outside_the_closed_list_is_named(act: str) -> None:
    assert unknown_acts(MACHINES["mailbox"], ["start:0", act, "send"]) == [act]


def test_every_state_has_a_hint_and_every_line_of_feedback_can_be_reached() -> None:
    for task, machine in MACHINES.items():
        states = {machine.start} | {rule.next for rule in machine.rules}
        assert set(tasks_words.HINTS[task]) == states - set(FINAL)
        for variant in range(3):
            best = [3, 0] if task == "phishing" else [0] * len(tasks_oral.ORAL[task])
            outcome = replay(machine, keys(task), tasks_oral.log(task, variant, best))
            assert all(holds(condition, outcome.memory, keys(task)[variant]) for condition, _did, _next in tasks_words.FEEDBACK[task])


def test_variants_differ_and_name_only_addresses_that_belong_to_nobody() -> None:
    for task, variants in CONTENT.items():
        assert len(variants) >= 3
        assert len({json.dumps(variant, sort_keys=True) for variant in variants}) == len(variants), task
    text = json.dumps(CONTENT)
    for ending in (".fr", ".com", ".org", ".net", "gouv", "http"):
        assert f"{ending}/" not in text and f'{ending}"' not in text, ending


def acts_of(task: str) -> st.SearchStrategy[list[str]]:
    allowed = {**COMMON, **MACHINES[task].acts}
    every = [f"{verb}:{arg}" if arg else verb for verb, args in allowed.items() for arg in args or ("",) if verb not in ("start", "stop")]
    return st.lists(st.sampled_from(every), max_size=30)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_log_has_a_score_that_help_never_raises(data: st.DataObject) -> None:
    task = data.draw(st.sampled_from(list(MACHINES)))
    log = ["start:1", *data.draw(acts_of(task))]
    outcome = replay(MACHINES[task], keys(task), log)
    assert outcome.score in (0, 1, 2)
    helped = replay(MACHINES[task], keys(task), ["start:1", "hint", *log[1:]])
    assert helped.state == outcome.state
    assert helped.score == max(0, outcome.score - 1)


REPLAY = """
import { readFileSync } from "node:fs";
import { replay, score, finished } from "./machine.mjs";
const { machines, keys, logs } = JSON.parse(readFileSync(0, "utf8"));
const out = logs.map(([task, acts]) => {
  const run = replay(machines[task], keys[task], acts);
  return [run.state, run.variant, run.hints, run.assisted, run.memory, score(run), finished(run)];
});
console.log(JSON.stringify(out));
"""

JUDGE = """
import { judge } from "./password.mjs";
import { kind as address } from "./address-bar.mjs";
import { kind as cell } from "./spreadsheet.mjs";
import { kindOfDate, kindOfPhone } from "./form.mjs";
import { readFileSync } from "node:fs";
const { passwords, used, common, addresses, site, cells, sheet, dates, day, phones, phone } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify({
  passwords: passwords.map((one) => judge(one, used, common)),
  addresses: addresses.map((one) => address(one, site)),
  cells: cells.map(([text, where]) => cell(text, sheet, where).join(":")),
  dates: dates.map((one) => kindOfDate(one, day)),
  phones: phones.map((one) => kindOfPhone(one, phone)),
}));
"""


def node(folder: Path, program: str, given: object) -> object:
    """Runs a program beside copies of the modules of the page."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("needs Node.js")
    for script in SCRIPTS.glob("*.js"):
        (folder / f"{script.stem}.mjs").write_text(script.read_text(encoding="utf-8").replace('.js"', '.mjs"'), encoding="utf-8")
    (folder / "program.mjs").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [path, str(folder / "program.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_page_replays_every_log_as_the_server_does(tmp_path: Path) -> None:
    import random

    draw = random.Random(5)
    logs = [(task, ["start:0", *acts.split()]) for task, acts, _state, _score in VECTORS]
    for task, machine in MACHINES.items():
        allowed = {**COMMON, **machine.acts}
        every = [f"{verb}:{arg}" if arg else verb for verb, args in allowed.items() for arg in args or ("",) if verb != "stop"]
        logs += [(task, [f"start:{n % 3}", *draw.choices(every, k=n % 40)]) for n in range(300)]
    given = {"machines": {task: as_data(machine) for task, machine in MACHINES.items()}, "keys": {task: keys(task) for task in MACHINES}}
    page = node(tmp_path, REPLAY, {**given, "logs": logs})
    server = []
    for task, acts in logs:
        one = replay(MACHINES[task], keys(task), acts)
        server.append([one.state, one.variant, one.hints, one.assisted, one.memory, one.score, one.finished])
    assert page == server
    assert len({row[0] for row in server}) > 15


def test_what_is_typed_is_judged_in_the_page(tmp_path: Path) -> None:
    from yole.assessment.tasks_messages import COMMON_WORDS

    passwords = {
        "court1": "short",
        "onzesignes!": "short",
        "motdepasse2024!": "common",
        "Martinique972972": "common",
        "soleilsoleilsoleil": "common",
        "azertyuiopqsdf": "common",
        "123456789012": "common",
        "197203142580": "common",
        "aaaaaaaaaaaaaaaa": "common",
        "Étoile-1234567": "common",
        "belleanse1958!": "reused",
        "vivelamangue2025!!": "reused",
        "lampe-tiroir-comete": "good",
        "Le café de 6 h 12 !": "good",
    }
    addresses = {
        "bus-belleanse.example": "official",
        " HTTPS://www.Bus-Belleanse.example/horaires ": "official",
        "bus-belleanse.paiement-carte.example": "lookalike",
        "bus-belle-anse-carte.example/offre": "lookalike",
        "horaires bus": "search",
        "bus": "search",
        "bus-belleanse.exemple": "other",
        "bus-belleanse.example.autre.example": "other",
    }
    cells = {
        ("45", "B4"): "value:right",
        ("45,00 €", "B4"): "value:right",
        ("54", "B4"): "value:other",
        ("", "B4"): "value:other",
        ("=SOMME(B2:B5)", "B6"): "total:formula",
        ("= sum( b2 : b5 )", "B6"): "total:formula",
        ("=B5+B4+B3+B2", "B6"): "total:formula",
        ("=SOMME(B2:B4)", "B6"): "value:other",
        ("523", "B6"): "total:number",
        ("523", "B4"): "value:other",
    }
    dates = [(["14", "03", "1958"], "right"), (["14", "3", "1958"], "right"), (["3", "14", "1958"], "invalid"), (["", "", ""], "invalid")]
    dates += [
        (["31", "2", "1958"], "invalid"),
        (["14", "03", "1800"], "invalid"),
        (["14", "03", "58"], "invalid"),
        (["13", "03", "1958"], "other"),
    ]
    phones = {"05 00 00 27 41": "right", "0500002741": "right", "05 00 00 27": "invalid", "05 00 00 27 42": "other"}
    given = {
        "passwords": list(passwords),
        "used": CONTENT["password"][0]["used"],
        "common": COMMON_WORDS,
        "addresses": list(addresses),
        "site": CONTENT["address-bar"][0],
        "cells": [list(cell) for cell in cells],
        "sheet": CONTENT["spreadsheet"][0],
        "dates": [typed for typed, _ in dates],
        "day": "1958-03-14",
        "phones": list(phones),
        "phone": "05 00 00 27 41",
    }
    assert node(tmp_path, JUDGE, given) == {
        "passwords": list(passwords.values()),
        "addresses": list(addresses.values()),
        "cells": list(cells.values()),
        "dates": [kind for _, kind in dates],
        "phones": list(phones.values()),
    }
