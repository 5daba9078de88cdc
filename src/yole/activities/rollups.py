"""Keeping the roll-ups: `refresh` computes again what changed, `rebuild` everything, `recount` compares everything.

One of them works at a time (advisory lock). What changed is in `Mark`, written by triggers in the transaction of the change: a mark that is
visible has its change visible, so nothing is lost without ever making a report wait. `Total` and `Reach` follow by difference: what the
changed cells gave before is taken away, what they give now is added; a recount proves that this stays exact.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from yole.activities.models import Mark, RollupRun
from yole.activities.rollups_sql import (
    ACTIVITY,
    KEYS,
    MAIN,
    MEASURES,
    REACH_KEYS,
    READ,
    ROOTS,
    SHARED_COLUMNS,
    TOTAL_KEYS,
    cells,
    people,
    reach,
    reach_steps,
    seen,
    shared,
    theme_cells,
    totals,
    visits,
)
from yole.base.scope import system_scope

CELL, THEME, TOTAL, SEEN, REACH, SHARED, MARK, MONTH = (
    f"activities_rollup_{name}" for name in ("cell", "theme", "total", "seen", "reach", "shared", "mark", "month")
)
_LOCK = 726_571
BATCH = 5000
"""Marks taken at once."""
_LATE = timedelta(minutes=10)
_STALE = timedelta(hours=50)  # a nightly recount that was missed twice
_CELL_COLUMNS = (*KEYS, *MEASURES)
_THEME_COLUMNS = (*KEYS, "theme", *MAIN)
_REACH_COLUMNS = (*REACH_KEYS, "gaps", "persons")
_SEEN_COLUMNS = (*KEYS, "themes", "person")
_log = logging.getLogger("yole.activities.rollups")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`activities` counted, in `seconds`; `differences`: rows that a recount found wrong."""

    activities: int
    seconds: float
    differences: int = 0


def _run(cursor: Any, sql: str, params: Sequence[Any] = ()) -> int:
    cursor.execute(sql, params or None)
    return int(cursor.rowcount)


def _insert(table: str, columns: Sequence[str], select: str) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM ({select}) made"


def _prepare(cursor: Any, source: str) -> None:
    """The temporary tables that every SELECT of the roll-ups reads."""
    _run(cursor, "DROP TABLE IF EXISTS yole_people, yole_visit, yole_root")
    _run(cursor, ROOTS)
    _run(cursor, "ANALYZE yole_root")
    _run(cursor, visits(source))
    _run(cursor, "ANALYZE yole_visit")
    _run(cursor, people())
    _run(cursor, "ANALYZE yole_people")


# --- everything -------------------------------------------------------------------------------------------------------------------


def rebuild() -> Outcome:
    """Empties the roll-ups and makes them again from the reports, in one transaction: readers see the old numbers until the end."""
    started = timezone.now()
    with system_scope(), transaction.atomic(), connection.cursor() as cursor:
        _run(cursor, "SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _run(cursor, "SET LOCAL work_mem = '192MB'")
        _run(cursor, f"CREATE TEMPORARY TABLE yole_taken ON COMMIT DROP AS SELECT id FROM {MARK}")
        _prepare(cursor, ACTIVITY)
        for table in (CELL, THEME, TOTAL, SEEN, REACH, SHARED, MONTH):
            _run(cursor, f"DELETE FROM {table}")
        _run(cursor, _insert(CELL, _CELL_COLUMNS, cells(ACTIVITY)))
        _run(cursor, _insert(THEME, _THEME_COLUMNS, theme_cells(ACTIVITY)))
        for columns, statement in totals(CELL, THEME):
            _run(cursor, _insert(TOTAL, columns, statement))
        _run(cursor, _insert(SEEN, _SEEN_COLUMNS, seen(ACTIVITY)))
        _run(cursor, _insert(SHARED, SHARED_COLUMNS, shared(ACTIVITY)))
        _run(cursor, _insert(REACH, _REACH_COLUMNS, reach(reach_steps(SEEN))))
        _run(
            cursor,
            f"INSERT INTO {MONTH} (territory, month, computed_at) "
            f"SELECT territory, month, statement_timestamp() FROM {TOTAL} WHERE dim = ''",
        )
        _run(cursor, f"DELETE FROM {MARK} WHERE id IN (SELECT id FROM yole_taken)")
        _run(cursor, "DROP TABLE yole_taken")
        count = _activities(cursor)
        return _record(RollupRun.Kind.REBUILD, started, count, 0)


def recount() -> Outcome:
    """Compares every roll-up with what the reports give. What is marked to be computed again is left out. Logs an error on a difference."""
    started = timezone.now()
    while refresh():
        pass
    pending = f"NOT EXISTS (SELECT FROM {MARK} k WHERE k.structure = c.structure AND k.mediator = c.mediator AND k.month = c.month)"
    with system_scope(), transaction.atomic(), connection.cursor() as cursor:
        _run(cursor, "SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _run(cursor, "SET LOCAL work_mem = '192MB'")
        _prepare(cursor, ACTIVITY)
        found = 0
        for table, columns, select in (
            (CELL, _CELL_COLUMNS, cells(ACTIVITY)),
            (THEME, _THEME_COLUMNS, theme_cells(ACTIVITY)),
            (SEEN, _SEEN_COLUMNS, seen(ACTIVITY)),
            (SHARED, SHARED_COLUMNS, shared(ACTIVITY)),
        ):
            found += _differences(cursor, table, columns, select, pending)
        for (columns, select), kept in zip(totals(CELL, THEME), ("dim <> 'theme'", "dim = 'theme'"), strict=True):
            found += _differences(cursor, TOTAL, columns, select, kept)
        found += _differences(cursor, REACH, _REACH_COLUMNS, reach(reach_steps(SEEN)), "true")
        outcome = _record(RollupRun.Kind.RECOUNT, started, _activities(cursor), found)
    if found:
        _log.error("roll-ups: %s rows differ from the reports; run « yole activities rollup --rebuild »", found)
    return outcome


def _differences(cursor: Any, table: str, columns: Sequence[str], select: str, kept: str) -> int:
    """Rows that are in the table and should not be, and the reverse."""
    names = ", ".join(columns)
    _run(cursor, f"CREATE TEMPORARY TABLE yole_expected ON COMMIT DROP AS SELECT {names} FROM ({select}) made")
    stored, expected = (f"SELECT {names} FROM {source} c WHERE {kept}" for source in (table, "yole_expected"))
    cursor.execute(
        f"SELECT (SELECT count(*) FROM ({stored} EXCEPT ALL {expected}) x) + (SELECT count(*) FROM ({expected} EXCEPT ALL {stored}) y)"
    )
    found = int(cursor.fetchone()[0])
    _run(cursor, "DROP TABLE yole_expected")
    return found


def _activities(cursor: Any) -> int:
    cursor.execute(f"SELECT coalesce(sum(activities), 0) FROM {TOTAL} WHERE dim = ''")
    return int(cursor.fetchone()[0])


def _record(kind: str, started: datetime, activities: int, differences: int) -> Outcome:
    finished = timezone.now()
    RollupRun.objects.create(kind=kind, started_at=started, finished_at=finished, activities=activities, differences=differences)
    return Outcome(activities, (finished - started).total_seconds(), differences)


# --- what changed -----------------------------------------------------------------------------------------------------------------

_DIRTY = f"""
CREATE TEMPORARY TABLE yole_dirty ON COMMIT DROP AS
SELECT DISTINCT territory, structure, mediator, month,
    make_date(month / 12, mod(month, 12) + 1, 1) AS first, make_date((month + 1) / 12, mod(month + 1, 12) + 1, 1) AS after
FROM {MARK} WHERE id = ANY(%s)
"""
_COLUMNS = ", ".join(f"a.{column}" for column in READ)
# Three ways in, so that each has its index: by mediator, by structure without mediator, by territory without either.
_WANTED = f"""
CREATE TEMPORARY TABLE yole_wanted ON COMMIT DROP AS
SELECT {_COLUMNS} FROM yole_dirty d JOIN activities_activity a
    ON a.mediator_id = d.mediator AND a.date >= d.first AND a.date < d.after AND coalesce(a.structure_id, 0) = d.structure
WHERE d.mediator <> 0 AND a.deleted_at IS NULL
UNION ALL
SELECT {_COLUMNS} FROM yole_dirty d JOIN activities_activity a
    ON a.structure_id = d.structure AND a.date >= d.first AND a.date < d.after AND a.mediator_id IS NULL
WHERE d.mediator = 0 AND d.structure <> 0 AND a.deleted_at IS NULL
UNION ALL
SELECT {_COLUMNS} FROM yole_dirty d JOIN activities_activity a
    ON a.territory_id = d.territory AND a.date >= d.first AND a.date < d.after AND a.mediator_id IS NULL AND a.structure_id IS NULL
WHERE d.mediator = 0 AND d.structure = 0 AND a.deleted_at IS NULL
"""
_OF_DIRTY = "(c.structure, c.mediator, c.month) IN (SELECT structure, mediator, month FROM yole_dirty)"
_TEMPORARY = (
    "yole_dirty", "yole_wanted", "yole_before", "yole_after", "yole_theme_before", "yole_theme_after", "yole_seen", "yole_person",
    "yole_step", "yole_change", "yole_reach", "yole_session", "yole_of_session",
)  # fmt: skip


def refresh(limit: int = BATCH) -> int:
    """Computes again what up to `limit` marks name; returns how many marks were done: 0 when none waits or another worker is at it."""
    with system_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(f"SELECT id FROM {MARK} ORDER BY id LIMIT %s", [limit])
        taken = [row[0] for row in cursor.fetchall()]
        if not taken:
            return 0
        _run(cursor, f"DROP TABLE IF EXISTS {', '.join(_TEMPORARY)}")
        _run(cursor, _DIRTY, [taken])
        _run(cursor, "ANALYZE yole_dirty")
        _run(cursor, _WANTED)
        _run(cursor, "ANALYZE yole_wanted")
        _prepare(cursor, "yole_wanted")
        _refresh_cells(cursor)
        _refresh_reach(cursor)
        _refresh_shared(cursor)
        _run(
            cursor,
            f"INSERT INTO {MONTH} (territory, month, computed_at) SELECT DISTINCT territory, month, statement_timestamp() FROM yole_dirty "
            "ON CONFLICT (territory, month) DO UPDATE SET computed_at = EXCLUDED.computed_at",
        )
        _run(cursor, f"DELETE FROM {MARK} WHERE id = ANY(%s)", [taken])
        _run(cursor, f"DROP TABLE IF EXISTS {', '.join(_TEMPORARY)}, yole_people, yole_visit, yole_root")
        return len(taken)


def _refresh_cells(cursor: Any) -> None:
    differences = []
    for table, columns, select, prefix in (
        (CELL, _CELL_COLUMNS, cells("yole_wanted"), "yole"),
        (THEME, _THEME_COLUMNS, theme_cells("yole_wanted"), "yole_theme"),
    ):
        names = ", ".join(columns)
        _run(cursor, f"CREATE TEMPORARY TABLE {prefix}_before ON COMMIT DROP AS SELECT {names} FROM {table} c WHERE {_OF_DIRTY}")
        _run(cursor, f"CREATE TEMPORARY TABLE {prefix}_after ON COMMIT DROP AS SELECT {names} FROM ({select}) made")
        _run(cursor, f"DELETE FROM {table} c WHERE {_OF_DIRTY}")
        _run(cursor, _insert(table, columns, f"SELECT * FROM {prefix}_after"))
        negative = ", ".join(f"-{name}" if name in MEASURES else name for name in columns)
        differences.append(f"(SELECT {names} FROM {prefix}_after UNION ALL SELECT {negative} FROM {prefix}_before)")
    for columns, statement in totals(*differences):
        added = ", ".join(f"{name} = {TOTAL}.{name} + EXCLUDED.{name}" for name in columns if name in MEASURES)
        _run(cursor, f"{_insert(TOTAL, columns, statement)} ON CONFLICT ({', '.join(TOTAL_KEYS)}) DO UPDATE SET {added}")
    _run(cursor, f"DELETE FROM {TOTAL} t WHERE activities = 0 AND (territory, month) IN (SELECT territory, month FROM yole_dirty)")


def _refresh_reach(cursor: Any) -> None:
    """Takes away what the people concerned gave, changes who was seen, adds what they give now.

    Concerned are those whose rows differ: most reports of a month are still there, and a group without names moves nobody.
    """
    names = ", ".join(_SEEN_COLUMNS)
    stored, made = f"SELECT {names} FROM {SEEN} c WHERE {_OF_DIRTY}", f"SELECT {names} FROM yole_seen"
    _run(cursor, f"CREATE TEMPORARY TABLE yole_seen ON COMMIT DROP AS {seen('yole_wanted')}")
    concerned = _run(
        cursor,
        "CREATE TEMPORARY TABLE yole_person ON COMMIT DROP AS "
        f"SELECT person FROM ({stored} EXCEPT ALL {made}) gone UNION SELECT person FROM ({made} EXCEPT ALL {stored}) come",
    )
    if not concerned:
        return
    _run(cursor, "ANALYZE yole_person")
    of_concerned = "person IN (SELECT person FROM yole_person)"
    keys = ", ".join(REACH_KEYS)
    steps = reach_steps(f"(SELECT * FROM {SEEN} WHERE {of_concerned})")
    _run(cursor, f"CREATE TEMPORARY TABLE yole_step ON COMMIT DROP AS SELECT {keys}, gap, -persons AS persons FROM ({steps}) old")
    _run(cursor, f"DELETE FROM {SEEN} c WHERE {_OF_DIRTY} AND {of_concerned}")
    _run(cursor, _insert(SEEN, _SEEN_COLUMNS, f"SELECT * FROM yole_seen WHERE {of_concerned}"))
    _run(cursor, f"INSERT INTO yole_step SELECT {keys}, gap, persons FROM ({steps}) new")
    _run(
        cursor,
        "CREATE TEMPORARY TABLE yole_change ON COMMIT DROP AS "
        f"SELECT {keys}, gap, sum(persons)::int AS persons FROM yole_step GROUP BY {keys}, gap HAVING sum(persons) <> 0",
    )
    _run(cursor, "ANALYZE yole_change")
    touched = f"({', '.join(f'r.{key}' for key in REACH_KEYS)}) IN (SELECT {keys} FROM yole_change)"
    kept = f"SELECT {keys}, unnest(gaps) AS gap, unnest(persons) AS persons FROM {REACH} r WHERE {touched}"
    summed = f"SELECT {keys}, gap, sum(persons)::int AS persons FROM ({kept} UNION ALL TABLE yole_change) x GROUP BY {keys}, gap"
    _run(cursor, f"CREATE TEMPORARY TABLE yole_reach ON COMMIT DROP AS {reach(f'{summed} HAVING sum(persons) <> 0')}")
    _run(cursor, f"DELETE FROM {REACH} r WHERE {touched}")
    _run(cursor, _insert(REACH, _REACH_COLUMNS, "SELECT * FROM yole_reach"))


def _refresh_shared(cursor: Any) -> None:
    """The sessions of the dirty cells, with all the activities that report them, whosever they are."""
    _run(
        cursor,
        f"CREATE TEMPORARY TABLE yole_session ON COMMIT DROP AS SELECT session FROM {SHARED} c WHERE {_OF_DIRTY} "
        "UNION SELECT session_id FROM yole_wanted WHERE session_id IS NOT NULL",
    )
    _run(cursor, f"DELETE FROM {SHARED} WHERE session IN (SELECT session FROM yole_session)")
    _run(
        cursor,
        f"CREATE TEMPORARY TABLE yole_of_session ON COMMIT DROP AS SELECT {_COLUMNS} FROM {ACTIVITY} a "
        "JOIN yole_session s ON s.session = a.session_id WHERE a.deleted_at IS NULL",
    )
    _run(cursor, "DROP TABLE yole_visit")
    _run(cursor, visits("yole_of_session"))
    _run(cursor, _insert(SHARED, SHARED_COLUMNS, shared("yole_of_session")))


# --- state ------------------------------------------------------------------------------------------------------------------------


def oldest_mark() -> datetime | None:
    """When the oldest change that is not counted yet was made, None when everything is."""
    found: datetime | None = Mark.objects.aggregate(at=Min("at"))["at"]
    return found


def health() -> tuple[bool, str]:
    """Line of `yole check`."""
    waiting = oldest_mark()
    if waiting is not None and timezone.now() - waiting > _LATE:
        return (
            False,
            f"des changements attendent depuis {timezone.localtime(waiting):%d/%m à %H:%M} ; le traitement des tâches tourne-t-il ?",
        )
    last = RollupRun.objects.filter(kind=RollupRun.Kind.RECOUNT).order_by("-finished_at").first()
    if last is None:
        return True, "à jour ; premier recomptage la nuit prochaine"
    if last.differences:
        return False, f"{last.differences} lignes fausses au recomptage ; lancez « yole activities rollup --rebuild »"
    if timezone.now() - last.finished_at > _STALE:
        return False, f"aucun recomptage depuis le {timezone.localtime(last.finished_at):%d/%m/%Y}"
    return True, f"{last.activities} activités recomptées le {timezone.localtime(last.finished_at):%d/%m/%Y}, aucune différence"
