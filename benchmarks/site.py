"""The site under 16 clients with 25,000 places: CPU per request, errors, weight of a first visit.

No other program serves the same pages, so the peer is the same server's static file (what the machine can do at best) and the size of the work.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from _apart import cpu_seconds

CLIENTS, REQUESTS = 16, 480
PAGES = {
    "fichier statique (repère)": "/static/yole/logo.svg",
    "accueil": "/",
    "recherche, commune": "/lieux/?ou=Saint-Joseph",
    "recherche, filtres": "/lieux/?ou=97232&gratuit=on",
    "page d’un lieu": "/lieux/1-france-services-le-lorrain/",
    "le bus": "/lieux/bus/",
    "ateliers": "/ateliers/",
}

FILL = """
import random, itertools
from yole.base.database import database_session
from yole.base.registries import load_demonstration
with database_session():
    load_demonstration(print)
    from yole.territory.models import Commune, Territory
    from yole.places.models import Place
    territory = Territory.objects.get(is_default=True)
    communes = list(Commune.objects.filter(lat__isnull=False))
    draw = random.Random(7)
    have = Place.objects.count()
    hours = ["Mo-Fr 08:00-16:00", "Mo-Fr 08:30-12:30,14:00-17:00", "Tu-Sa 09:00-13:00", "Mo,We 14:00-18:00; PH off", ""]
    rows = []
    for number in range(have, 25000):
        commune = draw.choice(communes)
        name = f"Lieu d'essai {number}"
        rows.append(Place(territory=territory, source="bench", source_id=str(number), slug=f"lieu-{number}", name=name, commune_name=commune.name,
            postcode=commune.postcodes[0], insee_code=commune.code, address=f"{number} rue de l'Essai", lat=commune.lat + draw.gauss(0, .02), lon=commune.lon + draw.gauss(0, .02),
            opening_hours=draw.choice(hours), updated_on="2026-01-01", services=["Aide aux démarches administratives"], fees=["Gratuit"] if number % 2 else [],
            sort_key=name.lower(), name_key=name.lower(), address_key=f"{number} rue essai"))
    Place.objects.bulk_create(rows, batch_size=2000)
    print(Place.objects.order_by("pk").values_list("pk", "slug").first())
"""


def _load(port: int, path: str) -> tuple[float, list[float], int]:
    """(seconds, each request's seconds, errors) for REQUESTS requests by CLIENTS clients."""
    laps: list[float] = []
    errors = 0
    lock = threading.Lock()

    def client(count: int) -> None:
        nonlocal errors
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(count):
            started = time.perf_counter()
            try:
                connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Accept-Language": "fr"})
                answer = connection.getresponse()
                answer.read()
                right = answer.status in {200, 301, 302}
            except OSError:
                right = False
                connection.close()
            with lock:
                laps.append(time.perf_counter() - started)
                errors += not right
        connection.close()

    threads = [threading.Thread(target=client, args=(REQUESTS // CLIENTS,)) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, sorted(laps), errors


def run() -> str:
    """Markdown section with the figures."""
    root = Path(tempfile.mkdtemp(prefix="yole-bench-", dir="/var/tmp"))
    root.chmod(0o755)
    environment = {**os.environ, "YOLE_DATA_DIR": str(root / "data")}
    try:
        subprocess.run([sys.executable, "-c", FILL], env=environment, check=True, stdout=sys.stderr)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "yole", "serve", "--port", str(port)], env=environment)
        try:
            for _ in range(300):
                try:
                    http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
                    break
                except OSError:
                    time.sleep(0.2)
            lines = []
            for name, path in PAGES.items():
                _load(port, path)  # warm
                before = cpu_seconds(server.pid)
                seconds, laps, errors = _load(port, path)
                cpu = (cpu_seconds(server.pid) - before) * 1000 / REQUESTS
                median, p95 = laps[len(laps) // 2] * 1000, laps[int(len(laps) * 0.95)] * 1000
                lines.append(f"| {name} | {cpu:.1f} | {median:.0f} | {p95:.0f} | {REQUESTS / seconds:.0f} | {errors} |")
        finally:
            server.terminate()
            server.wait(timeout=40)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    head = f"## The site: 25,000 places, {CLIENTS} clients\n\n{REQUESTS} requests a page, after as many to warm up. CPU counts the web processes and what `yole serve` started (not PostgreSQL); target: 20 ms.\n\n"
    table = "| page | CPU ms per request | median ms | p95 ms | requests/s | errors |\n|---|---|---|---|---|---|\n"
    return head + table + "\n".join(lines) + "\n"
