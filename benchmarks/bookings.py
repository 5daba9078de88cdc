"""Places without overbooking: the conditional update against lock-and-count, enrolment at 16 clients, lists over 200,000 enrolments.

Both mechanisms write the same rows in the same tables, one after the other in the same run, on a database of the benchmark's own.
"""

from __future__ import annotations

import multiprocessing
import statistics
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from _apart import printed_by

PROCESSES, REQUESTS, SEATS, DUPLICATES, ROUNDS = 6, 600, 30, 30, 7
CLIENTS, ENROLMENTS = 16, 1600
SESSIONS, BOOKINGS = 20_000, 200_000

INSERT = """INSERT INTO bookings_booking (capacity_id, code, name, email, phone, no_contact, needs, needs_note, consent_version, consent_at, size,
 state,
 marked_from, beyond_capacity, priority, priority_reason, idempotency_key, duplicate_key, source, created_at, changed_at)
 VALUES (%s, %s, %s, '', '', false, '{}', '', 'essai', now(), 1, %s, '', false, 5, '', %s, '', 'public', clock_timestamp(), now()) RETURNING id"""
EVENT = "INSERT INTO bookings_bookingevent (booking_id, act, state, by, reason, at) VALUES (%s, %s, %s, 'essai', '', now())"


def _write(cursor: Any, capacity: int, key: uuid.UUID, held: bool) -> None:
    state = "inscrit" if held else "en_attente"
    cursor.execute(INSERT, [capacity, uuid.uuid4().hex[:10], "Essai", state, key])
    cursor.execute(EVENT, [cursor.fetchone()[0], "booked" if held else "queued", state])


def conditional(cursor: Any, capacity: int, key: uuid.UUID) -> None:
    """The statements of bookings.services.book."""
    cursor.execute("UPDATE bookings_capacity SET taken = taken + 1 WHERE id = %s AND closed_reason = '' AND taken <= seats - 1", [capacity])
    held = cursor.rowcount == 1
    if not held:
        cursor.execute("SELECT seats, taken, closed_reason FROM bookings_capacity WHERE id = %s FOR SHARE", [capacity])
        cursor.fetchone()
    _write(cursor, capacity, key, held)


def lock_and_count(cursor: Any, capacity: int, key: uuid.UUID) -> None:
    cursor.execute("SELECT seats FROM bookings_capacity WHERE id = %s FOR UPDATE", [capacity])
    seats = cursor.fetchone()[0]
    cursor.execute(
        "SELECT count(*) FROM bookings_booking WHERE capacity_id = %s AND state IN ('inscrit', 'proposé', 'confirmé', 'présent')",
        [capacity],
    )
    _write(cursor, capacity, key, cursor.fetchone()[0] < seats)


def _client(url: str, strategy: Callable[..., None], capacity: int, keys: list[uuid.UUID], gate: Any, answers: Any) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        gate.wait()
        started = time.monotonic()
        for key in keys:
            try:
                strategy(connection.cursor(), capacity, key)
                connection.commit()
            except psycopg.errors.UniqueViolation:
                connection.rollback()
        answers.put((started, time.monotonic()))


def _rate(url: str, strategy: Callable[..., None], capacity: int) -> float:
    """Requests a second: 600 requests, 30 of them sent twice, from 6 processes to 30 seats."""
    fork = multiprocessing.get_context("fork")
    keys = [uuid.uuid4() for _ in range(REQUESTS - DUPLICATES)]
    keys += keys[:DUPLICATES]
    gate, answers = fork.Barrier(PROCESSES), fork.Queue()
    clients = [fork.Process(target=_client, args=(url, strategy, capacity, keys[n::PROCESSES], gate, answers)) for n in range(PROCESSES)]
    for client in clients:
        client.start()
    times = [answers.get() for _ in clients]
    for client in clients:
        client.join()
    return REQUESTS / (max(end for _, end in times) - min(start for start, _ in times))


def _mechanism(url: str, new_capacity: Callable[[], int], check: Callable[[int], int]) -> str:
    rates: dict[str, list[float]] = {"conditional update, insert": [], "lock, count, insert": []}
    over = dict.fromkeys(rates, 0)
    for _ in range(ROUNDS):
        for name, strategy in zip(rates, (conditional, lock_and_count), strict=True):
            capacity = new_capacity()
            rates[name].append(_rate(url, strategy, capacity))
            over[name] += max(0, check(capacity) - SEATS)
    middle = {name: statistics.median(values) for name, values in rates.items()}
    ratio = statistics.median(a / b for a, b in zip(*rates.values(), strict=True))
    rows = [f"| {name} | {middle[name]:.0f} | {min(rates[name]):.0f} | {max(rates[name]):.0f} | {over[name]} |" for name in rates]
    return (
        f"{PROCESSES} processes, {REQUESTS} requests ({DUPLICATES} sent twice), {SEATS} seats, {ROUNDS} rounds in turn, one capacity a round.\n\n"
        "| strategy | requests/s (median) | lowest | highest | overbooked |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
        + f"\n\nRatio, round by round: {ratio:.2f} (target 2).\n"
    )


def _enrolment() -> str:
    """Enrolment through the service: 4 processes with 4 connections each, as 4 web processes would."""
    from datetime import timedelta

    from django.db import connection, connections
    from django.utils import timezone

    from yole.bookings.services import Request, book
    from yole.bookings.services_capacity import make_capacity

    start = timezone.now() + timedelta(days=10)
    capacities = [make_capacity(20, starts_at=start, ends_at=start + timedelta(hours=2)).pk for _ in range(40)]
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(CLIENTS), fork.Queue()

    def process(number: int) -> None:
        laps: list[float] = []

        def client(place: int) -> None:
            connection.ensure_connection()
            gate.wait()
            for n in range(ENROLMENTS // CLIENTS):
                asked = Request(name=f"Essai {place} {n}", consent_version="essai", idempotency_key=uuid.uuid4())
                began = time.perf_counter()
                book(capacities[(n * 7 + place) % len(capacities)], asked, by="essai")
                laps.append(time.perf_counter() - began)
            connections.close_all()

        threads = [threading.Thread(target=client, args=(number * 4 + k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers.put(laps)

    clients = [fork.Process(target=process, args=(n,)) for n in range(CLIENTS // 4)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    laps = sorted(lap for _ in clients for lap in answers.get())
    seconds = time.perf_counter() - began
    for client in clients:
        client.join()
    p = [1000 * laps[int(len(laps) * share)] for share in (0.5, 0.95, 0.99)]
    head = f"{len(laps)} enrolments, {CLIENTS} clients, 40 sessions of 20 seats"
    return f"{head}: median {p[0]:.0f} ms, p95 {p[1]:.0f} ms (target 150), p99 {p[2]:.0f} ms, {len(laps) / seconds:.0f} a second.\n"


FILL = [
    """INSERT INTO bookings_capacity (capacity, overbooking_percent, taken, starts_at, ends_at, closed_reason, offer_hours, offers_stop_hours, created_at)
    SELECT 10, 0, 0, s, s + interval '2 hours', 'bench', 48, 4, now()
    FROM generate_series(1, %(sessions)s) n, LATERAL (SELECT now() + (n - 10000) * interval '30 minutes' AS s) t""",
    """INSERT INTO workshops_session (programme_id, territory_id, kind, place_id, room, starts_at, ends_at, half_days, capacity_id,
        state, state_reason, uid, sequence, created_at, changed_at)
    SELECT p.ids[1 + c.id %% array_length(p.ids, 1)], %(territory)s, 'single', l.ids[1 + c.id %% array_length(l.ids, 1)], 'Salle ' || c.id %% 5,
        c.starts_at, c.ends_at, '{matin}', c.id, 'planned', '', gen_random_uuid(), 0, now(), now()
    FROM bookings_capacity c, (SELECT array_agg(id) ids FROM workshops_programme) p, (SELECT array_agg(id) ids FROM places_place) l
    WHERE c.closed_reason = 'bench'""",
    """INSERT INTO bookings_booking (capacity_id, code, name, email, phone, no_contact, needs, needs_note, consent_version, consent_at, size, state,
        marked_from, beyond_capacity, priority, priority_reason, idempotency_key, duplicate_key, source, created_at, changed_at)
    SELECT ids[1 + n %% array_length(ids, 1)], 'B' || lpad(n::text, 9, '0'), 'Essai ' || n, 'p' || n || '@exemple.invalid', '', false, '{}', '',
        'essai', now(), 1, CASE WHEN n %% 10 = 0 THEN 'en_attente' ELSE 'inscrit' END, '', false, 5, '', gen_random_uuid(), md5(n::text),
        'public', now(), now()
    FROM generate_series(1, %(bookings)s) n, (SELECT array_agg(id) ids FROM bookings_capacity WHERE closed_reason = 'bench') c""",
    """UPDATE bookings_capacity c SET closed_reason = '', taken = b.n
    FROM (SELECT capacity_id, count(*) n FROM bookings_booking WHERE state = 'inscrit' GROUP BY 1) b
    WHERE b.capacity_id = c.id AND c.closed_reason = 'bench'""",
    "ANALYZE",
]


def _lists() -> str:
    from datetime import timedelta

    from django.db import connection, connections, reset_queries
    from django.utils import timezone

    from yole.territory.models import Territory
    from yole.workshops import selectors, selectors_desk

    territory = Territory.objects.get(is_default=True)
    with connections["owner"].cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"sessions": SESSIONS, "bookings": BOOKINGS, "territory": territory.pk})
    today = timezone.localdate()
    one = selectors.public_sessions(territory).rows[0].pk

    def sheet() -> object:
        found = selectors.session(territory, one)
        assert found is not None
        return selectors_desk.session_sheet(found)

    pages: dict[str, Callable[[], object]] = {
        "public list, first page": lambda: selectors.public_sessions(territory),
        "public list, page 200": lambda: selectors.public_sessions(territory, page=200),
        "public list, theme, audience, commune, places left": lambda: selectors.public_sessions(
            territory, selectors.Filters(theme="securite_numerique", audience="tous", insee_code="97209", places_left=True)
        ),
        "desk list": lambda: selectors.desk_sessions(territory, first=today),
        "calendar, day": lambda: selectors.calendar(territory, "day", today),
        "calendar, week (336 sessions)": lambda: selectors.calendar(territory, "week", today + timedelta(days=7)),
        "calendar, week at the desk": lambda: selectors.calendar(territory, "week", today, public=False),
        "home page, three next": lambda: selectors.upcoming_sessions(territory, near=(14.6, -61.0)),
        "sheet of a session": sheet,
        "filter choices": lambda: selectors.filter_choices(territory),
    }
    rows = []
    for name, page in pages.items():
        reset_queries()
        connection.force_debug_cursor = True
        page()
        connection.force_debug_cursor = False
        laps, walls = [], []
        for _ in range(7):
            cpu, wall = time.process_time(), time.perf_counter()
            page()
            laps.append(1000 * (time.process_time() - cpu))
            walls.append(1000 * (time.perf_counter() - wall))
        rows.append(f"| {name} | {len(connection.queries)} | {statistics.median(laps):.1f} | {statistics.median(walls):.1f} |")
    head = f"{SESSIONS:,} sessions, {BOOKINGS:,} enrolments; reads alone, without the page. Targets: 12 queries, 20 ms CPU.\n\n"
    return head + "| read | queries | CPU ms | wall ms |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def _measure() -> str:
    from yole.base.database import database_session

    with database_session():
        from datetime import timedelta

        from django.db import connections
        from django.utils import timezone

        from yole.base.database import urls_for_settings
        from yole.base.registries import load_demonstration
        from yole.bookings.enums import HOLDING
        from yole.bookings.models import Booking
        from yole.bookings.services_capacity import make_capacity

        start = timezone.now() + timedelta(days=10)

        def new_capacity() -> int:
            pk = make_capacity(SEATS, starts_at=start, ends_at=start + timedelta(hours=2)).pk
            connections.close_all()
            return pk

        def check(capacity: int) -> int:
            return Booking.objects.filter(capacity_id=capacity, state__in=HOLDING).count()

        first = _mechanism(urls_for_settings().app, new_capacity, check)
        second = _enrolment()
        load_demonstration(lambda message: None)
        third = _lists()
    return f"## Places without overbooking\n\n{first}\n### Enrolment through the service\n\n{second}\n### Lists and calendars\n\n{third}"


def run() -> str:
    """Markdown section with the figures."""
    return printed_by(__file__)


if __name__ == "__main__":
    print(_measure())
