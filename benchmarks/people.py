"""People: looking for somebody and for their duplicates among 25,000 then 250,000 synthetic cards of one structure.

One structure is the worst case: look-ups never leave a structure. Names are drawn from syllables, some of them far more often than others.
"""

from __future__ import annotations

import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from _apart import printed_by

SMALL, LARGE = 25_000, 250_000
QUERIES = 200
CHUNK = 12_500
_SYLLABLES = """ba be bo ca co da de do fa fe ga go ja jo la le li lo ma me mi mo na no pa pe ra re ri ro sa se so ta te to va vi za zé
ba be da di do la li lo ma me mi na ni ra ri ro ta ti va vi
n l r t s x ne le re te lle sse ette ine on an ier eau"""
STARTS, MIDDLES, ENDS = (line.split() for line in _SYLLABLES.splitlines())

# Rows are right by construction: the checks of keys are taken away while the tables are filled, the index is made afterwards.
FASTER = (
    "SET synchronous_commit = off",
    """DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT conrelid::regclass AS of, conname FROM pg_constraint WHERE contype = 'f'
            AND conrelid IN ('people_lookup'::regclass, 'people_person'::regclass)
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of, one.conname); END LOOP;
    END $$""",
)


def _names(draw: random.Random, count: int) -> list[str]:
    return ["".join((draw.choice(STARTS), draw.choice(MIDDLES), draw.choice(ENDS))).capitalize() for _ in range(count)]


def _people(seed: int, count: int) -> Iterator[tuple[Any, int, str]]:
    """(identity, year of birth, gender): names by rank, the first hundred times more common than the thousandth."""
    from yole.people.engine.identity import Identity

    draw = random.Random(seed)
    pool = random.Random(1)
    lasts, firsts = sorted(set(_names(pool, 14_000))), sorted(set(_names(pool, 3_000)))
    pool.shuffle(lasts)
    pool.shuffle(firsts)
    for _ in range(count):
        last = lasts[int(len(lasts) * draw.random() ** 2.2)]
        first = firsts[int(len(firsts) * draw.random() ** 2.2)]
        phone = f"0639{draw.randrange(10**6):06d}" if draw.random() < 0.7 else ""
        yield Identity(first, last, phone), draw.randrange(1930, 2010), draw.choice(["feminin", "masculin"])


def _fill(server: Any, territory: int, structure: int, seed: int, count: int) -> None:
    from yole.kernel.codes import new_code
    from yole.people import sealing
    from yole.people.engine import lookups

    rows, found = [], []
    for identity, year, gender in _people(seed, count):
        pk = uuid.uuid4()
        key, wrapped = sealing.new_key(sealing.PERSON, pk)
        rows.append((pk, territory, structure, "followed", new_code(), year, gender, sealing.seal(key, identity, pk), wrapped))
        found += [(pk, structure, kind, sealing.digest(structure, kind, value)) for kind, value in lookups.stored(identity, year)]
    with server.cursor() as cursor:
        head = "id, territory_id, structure_id, kind, code, birth_year, gender, sealed, wrapped_key"
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS incoming (id uuid, territory_id bigint, structure_id bigint, kind text, code text, birth_year int, "
            "gender text, sealed bytea, wrapped_key bytea)"
        )
        with cursor.copy(f"COPY incoming ({head}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO people_person ({head}, age_band, social_status, is_fictional, created_at, last_contact_on, kept_reason) "
            f"SELECT {head}, 'non_communique', 'non_communique', true, now(), current_date - (random() * 300)::int, '' FROM incoming"
        )
        cursor.execute("TRUNCATE incoming")
        with cursor.copy("COPY people_lookup (person_id, structure_id, kind, digest) FROM STDIN") as copy:
            for row in found:
                copy.write_row(row)
    server.commit()


def _laps(work: Callable[[Any], object], inputs: list[Any]) -> tuple[float, float, float]:
    """(median, p95) of the wall time and median of the CPU time of this process, in ms."""
    for one in inputs[:5]:
        work(one)
    walls, cpus = [], []
    for one in inputs:
        cpu, wall = time.process_time(), time.perf_counter()
        work(one)
        cpus.append(1000 * (time.process_time() - cpu))
        walls.append(1000 * (time.perf_counter() - wall))
    walls.sort()
    return statistics.median(walls), walls[int(len(walls) * 0.95)], statistics.median(cpus)


def _measure() -> str:
    from yole.base.database import database_session

    with database_session():
        import psycopg
        from django.db import connections

        from yole.base.database import urls_for_settings
        from yole.base.registries import load_demonstration
        from yole.base.scope import work_as_system
        from yole.organisations.models import Account
        from yole.people import selectors
        from yole.people.services import About
        from yole.people.services_pairs import candidate_ids, compared

        work_as_system()
        load_demonstration(lambda message: None)
        account = Account.objects.get(email="mediation@yole.invalid")
        structure = account.structure_id
        assert structure is not None
        asked = list(_people(99, QUERIES))
        works: dict[str, Callable[[Any], object]] = {
            "search, two beginnings of names": lambda one: [
                selectors.card(person) for person in selectors.search(account, f"{one[0].first_name[:3]} {one[0].last_name[:3]}")[:25]
            ],
            "search, whole name": lambda one: [selectors.card(person) for person in selectors.search(account, one[0].full_name)[:25]],
            "search, telephone": lambda one: list(selectors.search(account, one[0].phone or "0639000000")[:25]),
            "candidates by digests": lambda one: candidate_ids(structure, one[0], one[1]),
            "perhaps known: candidates, opened, compared": lambda one: compared(structure, one[0], About(one[1], gender=one[2])),
        }
        results: dict[str, dict[int, tuple[float, float, float]]] = {name: {} for name in works}
        met: dict[int, float] = {}
        filled = 0
        with psycopg.connect(urls_for_settings().owner) as server:
            for statement in FASTER:
                server.execute(statement)
            for size in (SMALL, LARGE):
                server.execute("ALTER TABLE people_lookup DROP CONSTRAINT IF EXISTS people_lookup_once")
                while filled < size:
                    _fill(server, account.territory_id, structure, filled, CHUNK)
                    filled += CHUNK
                server.execute("ALTER TABLE people_lookup ADD CONSTRAINT people_lookup_once UNIQUE (digest, kind, structure_id, person_id)")
                server.commit()
                with connections["owner"].cursor() as cursor:
                    cursor.execute("ANALYZE people_person")
                    cursor.execute("ANALYZE people_lookup")
                met[size] = statistics.mean(len(candidate_ids(structure, identity, year)) for identity, year, _ in asked)
                for name, work in works.items():
                    results[name][size] = _laps(work, asked)
    rows = [
        f"| {name} | {at[SMALL][0]:.1f} | {at[LARGE][0]:.1f} | {at[LARGE][1]:.1f} | {at[LARGE][2]:.1f} | {at[LARGE][0] / at[SMALL][0]:.1f} | {at[LARGE][2] / at[SMALL][2]:.1f} |"
        for name, at in results.items()
    ]
    return (
        f"## People\n\n{QUERIES} look-ups of people who are not there, in one structure of {SMALL:,} then {LARGE:,} named cards, sealed and "
        f"filed. Candidates met: {met[SMALL]:.1f} then {met[LARGE]:.1f} on average (a value shared by more than 60 is left out). Looking for the "
        "duplicates of everybody is one such look-up a card: its cost for 10 times more people is 10 times the ratio "
        "(target: 12 times at most).\n\n"
        f"| look-up | ms, {SMALL:,} | ms, {LARGE:,} | p95 | CPU of the site, ms | ratio | ratio of CPU |\n|---|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def run() -> str:
    """Markdown section with the figures."""
    return printed_by(__file__)


if __name__ == "__main__":
    print(_measure())
