"""Programmes of 1,000 slots in and out, beside the libraries alone; the merge of doors."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from icalendar import Calendar
from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.events.programmes import by_hand

from yole.events.engine.checkin import Entry, merge
from yole.events.formats import ics, schedule_json, schedule_xml, table
from yole.events.formats.reading import read

SLOTS, ROUNDS = 1000, 5
ACTS = 5000


def cpu(work: Callable[[], object]) -> float:
    """Best processor milliseconds of a few rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000


def lxml_alone(data: bytes) -> Callable[[], object]:
    """Parse to a tree and every text of it, with entities and the network off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return lambda: [element.text for element in etree.fromstring(data, parser).iter()]


def door(acts: int) -> list[Entry]:
    start = datetime(2026, 12, 12, 12, tzinfo=UTC)
    return [
        Entry(UUID(int=n + 1), f"b:{n % (acts * 9 // 10)}", "0", "arrivée", f"porte {n % 4}", n, start + timedelta(seconds=n))
        for n in range(acts)
    ]


def run() -> str:
    """The section of the report, in Markdown."""
    programme = by_hand(SLOTS)
    stamp = datetime(2026, 11, 22, tzinfo=UTC)
    writers: dict[str, Callable[[], bytes]] = {
        "schedule.xml": lambda: schedule_xml.write(programme, url="https://yole.invalid/schedule.xml", version="1"),
        "schedule.json": lambda: schedule_json.write(programme, version="1"),
        "iCalendar": lambda: ics.write(programme, host="yole.invalid", stamp=stamp),
        "CSV": lambda: table.write(programme),
    }
    files = {name: write() for name, write in writers.items()}
    peers: dict[str, Callable[[], object]] = {
        "schedule.xml": lxml_alone(files["schedule.xml"]),
        "iCalendar": lambda: Calendar.from_ical(files["iCalendar"]),
    }
    rows = []
    for name, write in writers.items():
        data = files[name]
        back = read(data, name).programme
        same = sum(a.title == b.title and a.starts_at == b.starts_at for a, b in zip(back.slots, programme.slots, strict=True))
        peer = f"{cpu(peers[name]):.0f}" if name in peers else "–"
        rows.append(
            f"| {name} | {len(data) // 1024} | {cpu(write):.0f} | {cpu(lambda data=data, name=name: read(data, name)):.0f} | {peer} | {same} |"
        )
    acts = door(ACTS)
    small = cpu(lambda: merge(acts[: ACTS // 10]))
    large = cpu(lambda: merge(acts))
    lines = "\n".join(rows)
    return f"""## events: programmes in and out, doors merged

One programme of {SLOTS:,} slots. Milliseconds of processor, best of {ROUNDS}. « Library alone »: the same file parsed by lxml or icalendar, without anything
being checked, repaired or understood.

| format | kB | written | read | library alone | slots that come back |
|---|---|---|---|---|---|
{lines}

{ACTS:,} acts of four doors merged: {large:.0f} ms; ten times the acts cost {large / small:.1f} times the processor time.
"""


if __name__ == "__main__":
    print(run())
