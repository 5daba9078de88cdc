"""The six tasks. A typed answer never appears in an act: the page only says whether it was right."""

from __future__ import annotations

from yole.assessment.engine.tasks.machine import GOAL, MISSED, PARTIAL, Machine, Rule

MESSAGES = ("m1", "m2", "m3", "m4", "m5", "m6")
FILES = ("f1", "f2", "f3")
NO_FILE = "none"
EVERYBODY = "all"
CELLS = tuple(f"{column}{row}" for column in "AB" for row in range(1, 7))

_MAILBOX = Machine(
    start="inbox",
    acts={
        "open": MESSAGES,
        "back": (),
        "reply": (),
        "to": ("p1", "p2", EVERYBODY),
        "attach": (*FILES, NO_FILE),
        "send": (),
    },
    rules=(
        Rule("inbox", "open", "reading", keep="message"),
        Rule("reading", "back", "inbox"),
        Rule("reading", "reply", "to"),
        Rule("to", "back", "reading"),
        Rule("to", "to", "file", keep="to"),
        Rule("file", "back", "to"),
        Rule("file", "attach", "check", keep="file"),
        Rule("check", "back", "file"),
        Rule("check", "send", GOAL, guard=(("right", "message"), ("right", "to"), ("right", "file"))),
        Rule("check", "send", PARTIAL, guard=(("right", "message"), ("right", "to"), ("is", "file", NO_FILE))),
        Rule("check", "send", PARTIAL, guard=(("right", "message"), ("is", "to", EVERYBODY), ("right", "file"))),
        Rule("check", "send", MISSED),
    ),
)

_ADDRESS_BAR = Machine(
    start="bar",
    acts={
        "type": ("official", "lookalike", "search", "other"),
        "result": ("ad", "official", "other"),
        "leave": (),
        "trust": (),
        "next": (),
        "link": ("refuse", "open"),
    },
    rules=(
        Rule("bar", "type", "site", arg="official", put=("way", "typed")),
        Rule("bar", "type", "fake", arg="lookalike"),
        Rule("bar", "type", "results", arg="search"),
        Rule("bar", "type", "nowhere", arg="other"),
        Rule("results", "result", "site", arg="official", put=("way", "search")),
        Rule("results", "result", "fake", arg="ad"),
        Rule("results", "result", "nowhere", arg="other"),
        Rule("results", "leave", "bar"),
        Rule("nowhere", "leave", "bar"),
        Rule("fake", "leave", "bar", put=("fake", "left")),
        Rule("fake", "trust", MISSED, put=("fake", "trusted")),
        Rule("site", "leave", "bar"),
        Rule("site", "next", "link"),
        Rule("link", "link", MISSED, arg="open", keep="link"),
        Rule("link", "link", GOAL, arg="refuse", keep="link", guard=(("right", "way"),)),
        Rule("link", "link", PARTIAL, arg="refuse", keep="link"),
    ),
)

_FORM = Machine(
    start="name",
    acts={
        "name": ("filled", "empty"),
        "date": ("right", "other", "invalid"),
        "attach": FILES,
        "send": (),
        "phone": ("right", "other", "invalid"),
        "back": (),
    },
    rules=(
        Rule("name", "name", "date", arg="filled", keep="name"),
        Rule("name", "name", "name", arg="empty", keep="name"),
        Rule("date", "date", "date", arg="invalid", keep="date"),
        Rule("date", "date", "file", keep="date"),
        Rule("date", "back", "name"),
        Rule("file", "attach", "check", keep="file"),
        Rule("file", "back", "date"),
        Rule("check", "back", "file"),
        Rule("check", "send", "error"),
        Rule("error", "phone", "error", arg="invalid", keep="phone"),
        Rule("error", "phone", "review", keep="phone"),
        Rule("review", "back", "error"),
        Rule("review", "send", GOAL, guard=(("right", "date"), ("right", "file"), ("right", "phone"))),
        Rule("review", "send", PARTIAL, guard=(("right", "date"), ("right", "phone"))),
        Rule("review", "send", PARTIAL, guard=(("right", "file"), ("right", "phone"))),
        Rule("review", "send", PARTIAL, guard=(("right", "date"), ("right", "file"))),
        Rule("review", "send", MISSED),
    ),
)

_PASSWORD = Machine(
    start="choose",
    acts={"choose": ("short", "common", "reused", "good"), "keep": (), "change": ()},
    rules=(
        Rule("choose", "choose", "choose", arg="short", keep="chosen"),
        Rule("choose", "choose", GOAL, arg="good", keep="chosen"),
        Rule("choose", "choose", "weak", keep="chosen"),
        Rule("weak", "change", "choose"),
        Rule("weak", "keep", PARTIAL),
    ),
)

_SPREADSHEET = Machine(
    start="grid",
    acts={"cell": CELLS, "value": ("right", "other"), "total": ("formula", "number"), "back": (), "done": ()},
    rules=(
        Rule("grid", "cell", "edit", keep="cell"),
        Rule("edit", "back", "grid"),
        Rule("edit", "value", "grid", arg="right", put=("entry", "right"), guard=(("right", "cell"),)),
        Rule("edit", "value", "grid", put=("entry", "other"), guard=(("right", "cell"),)),
        Rule("edit", "value", "grid", put=("total", "other"), guard=(("is", "cell", "B6"),)),
        Rule("edit", "value", "grid", put=("strayed", "yes")),
        Rule("edit", "total", "grid", arg="formula", put=("total", "formula"), guard=(("is", "cell", "B6"),)),
        Rule("edit", "total", "grid", arg="number", put=("total", "number"), guard=(("is", "cell", "B6"),)),
        Rule("edit", "total", "grid", put=("entry", "other"), guard=(("right", "cell"),)),
        Rule("edit", "total", "grid", put=("strayed", "yes")),
        Rule("grid", "done", GOAL, guard=(("right", "entry"), ("right", "total"))),
        Rule("grid", "done", PARTIAL, guard=(("right", "entry"),)),
        Rule("grid", "done", PARTIAL, guard=(("right", "total"),)),
        Rule("grid", "done", MISSED),
    ),
)

_PHISHING = Machine(
    start="sort",
    acts={"flag": MESSAGES, "trust": MESSAGES, "done": ()},
    rules=(
        Rule("sort", "flag", "sort", keep="*"),
        Rule("sort", "trust", "sort", keep="*"),
        Rule("sort", "done", GOAL, guard=(("caught", 3), ("alarms", 0))),
        Rule("sort", "done", PARTIAL, guard=(("caught", 2), ("alarms", 1))),
        Rule("sort", "done", MISSED),
    ),
)

MACHINES: dict[str, Machine] = {
    "mailbox": _MAILBOX,
    "address-bar": _ADDRESS_BAR,
    "form": _FORM,
    "password": _PASSWORD,
    "spreadsheet": _SPREADSHEET,
    "phishing": _PHISHING,
}
