"""`yole serve`: a second run says so, stopping it stops all that it started, a second start is ready and keeps the data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import start_site, stop_site


@pytest.fixture
def data() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="yole-serve-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None))
    root.chmod(0o755)
    (root / "data").mkdir()
    yield root / "data"
    shutil.rmtree(root, ignore_errors=True)


def users_of(data: Path) -> list[str]:
    """Command lines of the processes that work on a data directory."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\x00", b" ").decode(errors="replace")
                variables = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if f"YOLE_DATA_DIR={data}\x00" in variables or str(data) in line:
                found.append(line)
    return found


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_one_run_at_a_time_and_nothing_left_behind(data: Path, how: signal.Signals) -> None:
    process, address = start_site(data)
    try:
        port = int(address.rsplit(":", 1)[1])
        environment = {**os.environ, "YOLE_DATA_DIR": str(data)}
        for other in (port, port + 1):
            second = subprocess.run(
                [sys.executable, "-m", "yole", "serve", "--port", str(other)],
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert second.returncode == 2
            assert second.stderr.count("\n") == 1
            assert address in second.stderr or str(port) in second.stderr
        with urllib.request.urlopen(address + "/lieux/tous/") as answer:
            first = answer.read().count(b"/lieux/")
        process.send_signal(how)
        process.wait(timeout=40)
        assert users_of(data) == []
        process, address = start_site(data)
        with urllib.request.urlopen(address + "/lieux/tous/") as answer:
            assert answer.read().count(b"/lieux/") == first
    finally:
        stop_site(process)
