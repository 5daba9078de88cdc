"""Activities at the size of a region: 1,000,000 reports, 250,000 people, 200 structures. The peer of the roll-ups is the raw table."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

from _apart import cpu_seconds

CLIENTS, READS, SAVES = 16, 96, 960
PAGES = {
    "ma journée": ("/espace-pro/journee/", 20),
    "activités, liste": ("/activites/", 20),
    "activités, liste de la structure": ("/activites/?vue=structure", 20),
    "tableau de bord, médiation": ("/activites/statistiques/?perimetre=moi&periode=12-mois", 60),
    "tableau de bord, structure": ("/activites/statistiques/?perimetre=structure&periode=12-mois", 60),
    "tableau de bord, territoire": ("/activites/statistiques/?perimetre=territoire&periode=12-mois", 60),
    "tableau de bord, territoire et deux filtres": (
        "/activites/statistiques/?perimetre=territoire&periode=12-mois&type=collectif&commune=97209",
        60,
    ),
}

PREPARE = """
import json, os, sys, time
sys.path.insert(0, os.environ["YOLE_BENCHMARKS"])
from pathlib import Path
from yole.base.database import database_session

def cpu(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

with database_session():
    import _activities_fill as fill
    out = {"fill": fill.fill()}
    from django.db import connections
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself after a while
    connections["owner"].close()
    from django.conf import settings
    from django.test import Client
    from django.db import connection
    from yole.activities import rollups
    from yole.activities.models import Cell, Reach, ThemeCell
    from yole.base.scope import system_scope
    from yole.organisations.models import Account
    from yole.territory.models import Territory
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    before = cpu(backend)
    outcome = rollups.rebuild()
    out |= {"rebuild": outcome.seconds, "rebuild_cpu": cpu(backend) - before, "activities": outcome.activities}
    out["cells"] = Cell.objects.count() + ThemeCell.objects.count() + Reach.objects.count()
    started = time.monotonic()
    out["differences"] = rollups.recount().differences
    out["recount"] = time.monotonic() - started
    mediator = Account.objects.get(email="bench-7@exemple.invalid")
    territory = Territory.objects.get(is_default=True)
    coordinator = Account.objects.create(email="bench-c@exemple.invalid", name="Coordination (fictif)", role="territory-coordinator",
        territory=territory, password="!", is_fictional=True)
    def session(account):
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client.cookies[settings.SESSION_COOKIE_NAME].value
    out["mediators"] = [session(one) for one in Account.objects.filter(email__startswith="bench-", role="mediator").order_by("pk")[:16]]
    out["mediator"], out["coordinator"] = session(mediator), session(coordinator)
    out["cookie"] = settings.SESSION_COOKIE_NAME
    raw = ("SELECT kind, count(*), sum(participants), sum(minutes) FROM activities_activity WHERE territory_id = %s AND deleted_at IS NULL "
        "AND date >= current_date - 365 GROUP BY kind")
    people = ("SELECT count(DISTINCT p.person_id) FROM activities_participation p JOIN activities_activity a ON a.id = p.activity_id "
        "WHERE a.territory_id = %s AND a.deleted_at IS NULL AND a.date >= current_date - 365")
    from yole.activities import indicators
    from yole.activities.indicators_read import Question
    from yole.kernel import periods
    import datetime
    question = Question(territory, periods.twelve_months(datetime.date.today()))
    def timed(run):
        laps = []
        for _ in range(5):
            started, used = time.perf_counter(), cpu(backend)
            run()
            laps.append((time.perf_counter() - started, cpu(backend) - used))
        return [1000 * sorted(lap[i] for lap in laps)[2] for i in (0, 1)]
    def read_raw():
        with connection.cursor() as cursor:
            for sql in (raw, people):
                cursor.execute(sql, [territory.pk])
                cursor.fetchall()
    with system_scope():
        out["raw"] = timed(read_raw)
        out["rolled"] = timed(lambda: indicators.measure(question))
    Path(os.environ["YOLE_BENCH_OUT"]).write_text(json.dumps(out))
"""


class Client:
    """One person signed in, with the token that forms ask for."""

    def __init__(self, port: int, cookie: str, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = {cookie: session}
        self.saved = 0

    def _exchange(self, method: str, path: str, body: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        self.connection.request(method, path, body=body or None, headers=headers)
        return self.connection.getresponse()

    def send(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Language": "fr"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = self._exchange(method, path, body, headers)
        except (http.client.RemoteDisconnected, http.client.CannotSendRequest, BrokenPipeError):
            # The server closed an idle connection; every act here may be sent twice.
            self.connection.close()
            answer = self._exchange(method, path, body, headers)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        return answer.status, answer.read().decode("utf-8", "replace")


def _together(clients: list[Client], count: int, act: object) -> tuple[list[float], int, float]:
    """(sorted seconds of each request, errors, seconds in all) of `count` requests by all clients at once."""
    laps: list[float] = []
    errors = 0
    lock = threading.Lock()

    def work(client: Client, mine: int) -> None:
        nonlocal errors
        for _ in range(mine):
            started = time.perf_counter()
            right = act(client)  # type: ignore[operator]
            lap = time.perf_counter() - started
            with lock:
                laps.append(lap)
                errors += not right

    threads = [threading.Thread(target=work, args=(client, count // len(clients))) for client in clients]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(laps), errors, time.perf_counter() - started


def _save(client: Client) -> bool:
    """One report sent as the quick form sends it, with a key of its own. No two in a row are alike."""
    client.saved += 1
    body = {
        "csrfmiddlewaretoken": client.cookies.get("csrftoken", ""), "key": str(uuid.uuid4()), "who": "individuel",
        "duration": ("15", "30", "60", "120")[client.saved % 4], "where": ("a_distance", "domicile")[client.saved % 2], "commune": "Fort-de-France",
        "themes": ("email", "sante", "bureautique")[client.saved % 3], "date": time.strftime("%Y-%m-%d"),
    }  # fmt: skip
    status, _ = client.send("POST", "/activites/nouvelle/", urlencode(body))
    client.cookies.pop("messages", None)  # as once the next page has shown that the report is kept
    return status in (302, 303)


def _server_of(data: Path) -> int:
    """The number of the embedded PostgreSQL's first process."""
    folder = Path((data / "database.path").read_text().strip())
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def run() -> str:
    """Markdown section with the figures."""
    root = Path(tempfile.mkdtemp(prefix="yole-bench-", dir="/var/tmp"))
    root.chmod(0o755)
    out = root / "out.json"
    environment = {
        **os.environ, "YOLE_DATA_DIR": str(root / "data"), "YOLE_BENCH_OUT": str(out), "YOLE_BENCHMARKS": str(Path(__file__).parent),
        "YOLE_RIGHTS_URL": "http://127.0.0.1:9",  # the rights process loads its rules at start: not what is measured here
    }  # fmt: skip
    try:
        subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, stdout=sys.stderr)
        made = json.loads(out.read_text())
        print({key: value for key, value in made.items() if "mediator" not in key and key != "coordinator"}, file=sys.stderr, flush=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "yole", "serve", "--port", str(port)], env=environment)
        try:
            for _ in range(600):
                try:
                    http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
                    break
                except OSError:
                    time.sleep(0.2)
            postgres = _server_of(root / "data")
            lines = []
            for name, (path, target) in PAGES.items():
                who = made["coordinator" if "territoire" in name else "mediator"]
                clients = [Client(port, made["cookie"], who) for _ in range(4)]

                def read(client: Client, path: str = path) -> bool:
                    return client.send("GET", path)[0] == 200

                _together(clients, 64, read)
                before = [cpu_seconds(pid) for pid in (server.pid, postgres)]
                laps, errors, _ = _together(clients, READS, read)
                cpu, base = ((cpu_seconds(pid) - was) * 1000 / len(laps) for pid, was in zip((server.pid, postgres), before, strict=True))
                print(name, round(cpu, 1), round(base, 1), errors, file=sys.stderr, flush=True)
                lines.append(f"| {name} | {cpu:.1f} | {base:.1f} | {target} | {laps[len(laps) // 2] * 1000:.0f} | {errors} |")
            clients = [Client(port, made["cookie"], key) for key in made["mediators"]]
            for client in clients:
                client.send("GET", "/activites/nouvelle/")
            _together(clients, 64, _save)
            before = [cpu_seconds(pid) for pid in (server.pid, postgres)]
            laps, errors, seconds = _together(clients, SAVES, _save)
            cpu, base = ((cpu_seconds(pid) - was) * 1000 / len(laps) for pid, was in zip((server.pid, postgres), before, strict=True))
            p50, p95 = laps[len(laps) // 2] * 1000, laps[int(len(laps) * 0.95)] * 1000
        finally:
            server.terminate()
            server.wait(timeout=60)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return f"""## Activities: 1,000,000 reports, 250,000 people, 200 structures

Invented by PostgreSQL in {made["fill"]:.0f} s. Roll-ups rebuilt from {made["activities"]:,} reports: {made["rebuild"]:.1f} s,
{made["rebuild_cpu"]:.1f} s of processor (target: 60 s), {made["cells"]:,} rows; full recount {made["recount"]:.1f} s, {made["differences"]} differences.

Twelve months of the whole territory (activities, accompaniments, hours, different persons), wall and PostgreSQL processor, median of five:

| read from | wall ms | processor ms |
|---|---|---|
| roll-ups | {made["rolled"][0]:.1f} | {made["rolled"][1]:.0f} |
| raw reports (peer) | {made["raw"][0]:.0f} | {made["raw"][1]:.0f} |

Pages through the web server, 4 clients, {READS} requests each after 64. The target is for the web processes and PostgreSQL together.

| page | web processes, ms | PostgreSQL, ms | target | median ms | errors |
|---|---|---|---|---|---|
{chr(10).join(lines)}

Reports saved through the form, {CLIENTS} clients, {len(laps)} reports, tasks running: median {p50:.0f} ms, p95 {p95:.0f} ms (target: 150),
{len(laps) / seconds:.0f} a second, {cpu:.1f} ms of processor each (worker included) and {base:.1f} ms of PostgreSQL (roll-ups included), {errors} errors.
"""
