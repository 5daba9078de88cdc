"""Search in everyday words: hit@1 and hit@3 on the gold set, silence on questions out of subject, time; and a peer, BM25 in plain Python.

The gold set, the sheets and the synonyms were written by the same people: these figures say that nothing broke, not how strangers will fare.
"""

from __future__ import annotations

import csv
import math
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _apart import printed_by

ROOT = Path(__file__).resolve().parent.parent
COPIES = 30  # of the corpus, for the time at some 3,000 sheets
Ask = Callable[[str], list[str]]


def gold() -> list[tuple[str, set[str]]]:
    with (ROOT / "tests" / "reference" / "gold.csv").open(encoding="utf-8", newline="") as stream:
        return [(row["question"], set(row["sheets"].split("|")) - {""}) for row in csv.DictReader(stream)]


class Bm25:
    """The peer: k1 1.2, b 0.75, title weight 3, a light French stem, the same synonyms on demand. No threshold: it always answers."""

    def __init__(self, synonyms: bool) -> None:
        from yole.reference import files
        from yole.reference.engine.words import search_text

        self.pairs = [(search_text(a), search_text(b)) for a, b, _reviewed in files.read_synonyms()] if synonyms else []
        self.sections: list[tuple[str, Counter[str]]] = []
        for record in files.read_own():
            for path, text in record.sections:
                words = Counter(self.stems(search_text(text)))
                for word in self.stems(search_text(" ".join(path))):
                    words[word] += 3
                self.sections.append((record.code, words))
        self.held = Counter(word for _code, words in self.sections for word in words)
        self.mean = sum(words.total() for _code, words in self.sections) / len(self.sections)

    @staticmethod
    def stems(text: str) -> list[str]:
        return [re.sub(r"(?:ements?|ations?|ions?|ees?|es|er|ez|ent|s|x|e)$", "", word) or word for word in text.split()]

    def ask(self, question: str) -> list[str]:
        from yole.reference.engine.words import content_words, expansions

        words = self.stems(" ".join([*content_words(question), *expansions(question, self.pairs)]))
        best: dict[str, float] = {}
        total = len(self.sections)
        for code, held in self.sections:
            size = held.total() / self.mean
            score = sum(
                math.log(1 + (total - self.held[word] + 0.5) / (self.held[word] + 0.5))
                * held[word] * 2.2 / (held[word] + 1.2 * (0.25 + 0.75 * size))
                for word in words if word in held
            )  # fmt: skip
            best[code] = max(best.get(code, 0.0), score)
        return sorted((code for code in best if best[code] > 0), key=lambda code: -best[code])[:3]


def measure(ask: Ask) -> tuple[float, float, float, float, float]:
    """hit@1, hit@3, share of silence out of subject, median and 95th centile in milliseconds."""
    first = third = asked = silent = absurd = 0
    times = []
    for question, sheets in gold():
        begun = time.perf_counter()
        found = ask(question)
        times.append(1000 * (time.perf_counter() - begun))
        if sheets:
            asked += 1
            first += bool(found) and found[0] in sheets
            third += bool(sheets & set(found[:3]))
        else:
            absurd += 1
            silent += not found
    times.sort()
    return first / asked, third / asked, silent / absurd, times[len(times) // 2], times[int(0.95 * len(times))]


def _line(name: str, figures: tuple[float, float, float, float, float]) -> str:
    one, three, silence, half, most = figures
    return f"| {name} | {one:.3f} | {three:.3f} | {silence:.2f} | {half:.1f} | {most:.1f} |"


def _copies() -> int:
    """The corpus many times over, under other numbers, to measure time at the size of the official one. Returns the sheets added."""
    from django.db import connection, transaction

    from yole.reference.services import count_words

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reference_sheet (code, origin, status, theme, url, benefits) SELECT code || '~' || n, origin, status, theme, url, "
            "benefits FROM reference_sheet, generate_series(1, %s) n",
            [COPIES],
        )
        added: int = cursor.rowcount
        cursor.execute(
            "INSERT INTO reference_sheetversion (sheet_id, number, title, source, checksum, is_current, read_at) SELECT c.id, v.number, "
            "v.title, v.source, v.checksum, true, v.read_at FROM reference_sheetversion v JOIN reference_sheet s ON s.id = v.sheet_id "
            "CROSS JOIN generate_series(1, %s) n JOIN reference_sheet c ON c.code = s.code || '~' || n",
            [COPIES],
        )
        cursor.execute(
            'INSERT INTO reference_section (version_id, "order", path, content, words, search) SELECT w.id, x."order", x.path, x.content, '
            "x.words, x.search FROM reference_section x JOIN reference_sheetversion v ON v.id = x.version_id "
            "JOIN reference_sheet s ON s.id = v.sheet_id CROSS JOIN generate_series(1, %s) n JOIN reference_sheet c ON c.code = s.code || '~' || n "
            "JOIN reference_sheetversion w ON w.sheet_id = c.id",
            [COPIES],
        )
        count_words()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reference_section")
    return added


def _measure() -> None:
    from yole.base.database import database_session

    with database_session(migrate=True):
        from yole.base.memo import forget_all
        from yole.reference import selectors, services

        loaded: Any = services.load_own()
        forget_all()
        rows = gold()
        print(
            f"## Reference library: {loaded.added} sheets, {sum(bool(s) for _q, s in rows)} questions, {sum(not s for _q, s in rows)} out of subject\n"
        )
        print("| search | hit@1 | hit@3 | silent out of subject | p50 ms | p95 ms |\n|---|---|---|---|---|---|")

        def ours(synonyms: bool) -> Ask:
            return lambda question: [hit.code for hit in selectors.search(question, synonyms=synonyms).hits]

        print(_line("PostgreSQL, with synonyms", measure(ours(True))))
        print(_line("PostgreSQL, without synonyms", measure(ours(False))))
        print(_line("BM25 in plain Python, with synonyms", measure(Bm25(True).ask)))
        print(_line("BM25 in plain Python, without synonyms", measure(Bm25(False).ask)))
        added = _copies()
        _one, _three, _silence, half, most = measure(ours(True))
        print(
            f"\nWith {loaded.added + added} sheets (the same ones copied): p50 {half:.1f} ms, p95 {most:.1f} ms. Target: under 50 ms at 3,000 sheets."
        )


def run() -> str:
    """Markdown section with the figures."""
    return printed_by(__file__)


if __name__ == "__main__":
    _measure()
