"""The embedded server: shared, stopped by the last one, unharmed by a process that is killed. And the copy that restores."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HOLD = """
import sys
from yole.base.database import running_server
with running_server() as urls:
    print("up", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data directory with a short path that the server's own user can reach."""
    path = Path(tempfile.mkdtemp(prefix="yole-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def hold(data: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env={**os.environ, "YOLE_DATA_DIR": str(data)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def release(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=60)


def running(data: Path) -> bool:
    return (Path((data / "database.path").read_text().strip()) / "postmaster.pid").exists()


def test_the_last_one_stops_the_server_even_after_a_kill(folder: Path) -> None:
    data = folder / "data"
    first, second, killed = hold(data), hold(data), hold(data)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    release(first)
    assert running(data)
    release(second)
    assert not running(data)


def test_a_long_path_and_a_closed_parent_still_get_a_database(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    data = closed / ("x" * 90)
    holder = hold(data)
    release(holder)
    assert closed.stat().st_mode & 0o777 == 0o700
    place = Path((data / "database.path").read_text().strip())
    assert place.joinpath("PG_VERSION").exists()
    if not place.is_relative_to(data):
        shutil.rmtree(place)


def yole(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yole", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "YOLE_DATA_DIR": str(data)},
        check=False,
        timeout=120,
    )


SHELL = """
from yole.base.database import database_session
with database_session():
    from yole.base.models import PeriodicRun
    from django.utils import timezone
    {}
"""


def shell(code: str, data: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SHELL.format(code)],
        capture_output=True,
        text=True,
        env={**os.environ, "YOLE_DATA_DIR": str(data)},
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


def test_a_copy_brings_everything_back_and_a_damaged_one_changes_nothing(folder: Path) -> None:
    data, copy = folder / "data", folder / "copy.yole"
    shell("PeriodicRun.objects.create(name='avant', last_run=timezone.now())", data)
    made = yole("backup", str(copy), data=data)
    assert made.returncode == 0, made.stderr
    assert copy.stat().st_mode & 0o777 == 0o600
    key = (data / "keys" / "site-secret").read_text()

    shell("PeriodicRun.objects.create(name='après', last_run=timezone.now())", data)
    (data / "keys" / "site-secret").write_text("other")
    assert yole("restore", str(copy), data=data).returncode == 0
    assert shell("print(list(PeriodicRun.objects.values_list('name', flat=True)))", data) == "['avant']"
    assert (data / "keys" / "site-secret").read_text() == key

    broken = folder / "broken.yole"
    with tarfile.open(copy) as archive:
        archive.extractall(folder / "open", filter="data")
    table = folder / "open" / "tables" / "base_periodicrun.copy"
    table.write_bytes(table.read_bytes().replace(b"avant", b"autre"))
    with tarfile.open(broken, "w:gz") as archive:
        archive.add(folder / "open", ".")
    refused = yole("restore", str(broken), data=data)
    assert refused.returncode == 2
    assert "base_periodicrun.copy" in refused.stderr
    assert refused.stderr.count("\n") == 1
    noise = folder / "noise"
    noise.write_bytes(os.urandom(5000))
    assert yole("restore", str(noise), data=data).returncode == 2
    assert shell("print(PeriodicRun.objects.get().name)", data) == "avant"
