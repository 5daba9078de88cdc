"""`yole serve`, `yole worker`, `yole check`, `yole manage`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Annotated

import typer

from yole.base import paths
from yole.base.commandline import DONE, UNSOUND, AsJson, note, print_json
from yole.base.database import database_session, external_urls
from yole.kernel.errors import InputError


@contextlib.contextmanager
def _only_run() -> Iterator[None]:
    """One `yole serve` per data directory; the second says so."""
    lock = (paths.ensure_data_dir() / "serve.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        where = lock.read().strip() or "une autre adresse"
        raise InputError(f"Yole tourne déjà sur ces données, à {where}", expected="l'arrêter d'abord, ou un autre YOLE_DATA_DIR") from None
    try:
        yield
    finally:
        lock.close()


def _free_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise InputError(
                f"le port {port} est déjà pris", expected="l'arrêt du programme qui l'occupe, ou un autre port avec --port"
            ) from None


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port d'écoute.")] = 8000,
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    demo: Annotated[bool, typer.Option("--demo", help="Charge une fois le territoire de démonstration, la Martinique.")] = False,
) -> None:
    _free_port(host, port)
    address = f"http://{host}:{port}"
    os.environ.setdefault("YOLE_BASE_URL", address)

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Set by hand: a shell that starts us in the background has interrupts ignored, and we would inherit that.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if external_urls() is None and not (paths.ensure_data_dir() / "database.path").exists():
        note("yole : premier démarrage, la base de données se prépare. Comptez une minute.")
    with _only_run(), contextlib.suppress(KeyboardInterrupt), database_session():
        from django.conf import settings
        from django.core.management import call_command

        (paths.data_dir() / "serve.lock").write_text(address, encoding="utf-8")
        call_command("collectstatic", verbosity=0, interactive=False)
        if demo:
            from yole.base.registries import load_demonstration

            load_demonstration(note)
        web = [
            *(sys.executable, "-m", "gunicorn", "yole.config.wsgi:application", "--bind", f"{host}:{port}", "--worker-class", "gthread"),
            *(
                "--workers",
                str(settings.WEB_PROCESSES),
                "--threads",
                str(settings.WEB_THREADS),
                "--timeout",
                "60",
                "--log-level",
                "warning",
                "--no-control-socket",
                # Each process listens for itself: with one socket for all, the first to wake takes nearly every connection.
                "--reuse-port",
            ),
        ]
        tasks = [sys.executable, "-m", "yole", "worker"]
        from yole.base.registries import COMPANIONS

        beside = [found for found in (companion() for companion in COMPANIONS) if found is not None]
        for _, environment in beside:
            os.environ.update(environment)
        # In their own group: an interrupt at the keyboard reaches this process alone, which then stops them in order.
        children = [subprocess.Popen(command, start_new_session=True) for command in (web, tasks)]
        companions = [subprocess.Popen(command, start_new_session=True) for command, _ in beside]
        try:
            _wait_until_answering(host, port, children)
            note(f"Yole est prête : {address}   (Ctrl+C pour arrêter)")
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
            raise InputError("un des programmes lancés s'est arrêté", expected="voir les lignes au-dessus")
        finally:
            _stop_all([*children, *companions])


def _wait_until_answering(host: str, port: int, children: list[subprocess.Popen[bytes]]) -> None:
    for _ in range(300):
        if any(child.poll() is not None for child in children):
            return
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.1)


def _stop_all(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def worker() -> None:
    with contextlib.suppress(KeyboardInterrupt), database_session():
        from django.core.management import call_command

        from yole.base.periodic import keep_enqueuing

        done = threading.Event()
        clock = threading.Thread(target=keep_enqueuing, args=(done,), name="periodic", daemon=True)
        clock.start()
        try:
            call_command("db_worker", verbosity=0)
        finally:
            done.set()
            clock.join(timeout=5)


def check() -> None:
    from yole.base.health import lines

    try:
        with database_session(migrate=False):
            results = []
            for right, text in lines():
                print(f"{'✓' if right else '✗'} {text}", flush=True)
                results.append(right)
    except InputError as error:
        print(f"✗ base de données : {error.one_line()}")
        results = [False]
    raise typer.Exit(DONE if all(results) else UNSOUND)


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dit ce qui partirait, sans rien effacer.")] = False,
    json: AsJson = False,
) -> None:
    with database_session():
        from yole.base.registries import RETENTION
        from yole.base.retention import forget

        try:
            touched = forget(dry_run=dry_run)
        except RuntimeError as error:
            note(f"yole : des règles n’ont pas abouti ({error})")
            raise typer.Exit(UNSOUND) from None
        if json:
            print_json(touched)
            return
        for table, count in touched.items():
            print(f"{count:6d}  {RETENTION[table].label or table} : {RETENTION[table].action}")


def manage(ctx: typer.Context) -> None:
    with database_session(migrate=False):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["yole manage", *ctx.args])
