"""Paper ballots read back: 60 generated pages, half as from a flatbed, half as from a telephone. Right, doubtful, wrong, time a page."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from _apart import printed_by

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
PAGES, SEED = 60, 20261122


def _prepare() -> None:
    """Django for the templates of the sheets alone: no database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "yole.config.settings"
    sys.path.insert(0, str(ROOT))
    import django
    from django.conf import settings

    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    django.setup()


def measure(harsh: float) -> dict[str, float]:
    import numpy as np
    from tests.debates import ballot_pages as pages

    from yole.debates import scan

    rng = np.random.default_rng(SEED)
    found = dict.fromkeys(("right", "doubtful", "wrong", "unread pages"), 0.0)
    times: dict[bool, list[float]] = {False: [], True: []}
    for number in range(PAGES):
        sheet = pages.filled(1 + number % 6, rng)
        phone = number % 2 == 1
        data = pages.photographed(sheet.image, rng, harsh=harsh) if phone else pages.scanned(sheet.image, rng)
        begun = time.process_time()
        try:
            (image,) = scan.pictures(data, "page", most_pages=1)
            rows = scan.decide(scan.read_cells(scan.place(image), len(pages.STATEMENTS)))
        except scan.UnreadableError:
            found["unread pages"] += 1
            continue
        times[phone].append(time.process_time() - begun)
        for row in rows:
            found["doubtful" if row.doubtful else "right" if row.vote == sheet.votes[row.row] else "wrong"] += 1
    for phone, name in ((False, "ms a scan"), (True, "ms a photo")):
        found[name] = round(1000 * sum(times[phone]) / max(len(times[phone]), 1))
    return found


def _measure() -> None:
    _prepare()
    print(f"## Paper ballots: {PAGES} generated pages of 12 rows, seed {SEED}\n")
    print(
        "| pages | rows right | rows to a person | rows wrong | pages refused | CPU ms, scan | CPU ms, photo |\n|---|---|---|---|---|---|---|"
    )
    for name, harsh in (("usual", 1.0), ("harsher: 1.5 × the blur, shadow and slant", 1.5)):
        one = measure(harsh)
        figures = (one[key] for key in ("right", "doubtful", "wrong", "unread pages", "ms a scan", "ms a photo"))
        print(f"| {name} | " + " | ".join(f"{figure:g}" for figure in figures) + " |")
    print("\nThe pages are drawn, not photographed: real photographs remain to be measured.")


def run() -> str:
    """Markdown section with the figures."""
    return printed_by(__file__)


if __name__ == "__main__":
    _measure()
