"""`yole serve`: a second run says so, stopping it stops all that it started, a second start is ready and keeps the data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from browsing import start_site, stop_site


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


def listed(address: str) -> int:
    """How many addresses of places the list of all of them gives."""
    with urllib.request.urlopen(address + "/lieux/tous/") as answer:
        return answer.read().count(b"/lieux/")


def test_one_run_at_a_time_and_nothing_left_behind(own_data: Path) -> None:
    process, address = start_site(own_data)
    try:
        port = int(address.rsplit(":", 1)[1])
        environment = {**os.environ, "YOLE_DATA_DIR": str(own_data)}
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
        first = listed(address)
        assert first > 20
        assert users_of(own_data) != []
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
        assert users_of(own_data) == []
        process, address = start_site(own_data)
        assert listed(address) == first
        process.send_signal(signal.SIGINT)
        process.wait(timeout=40)
        assert users_of(own_data) == []
    finally:
        stop_site(process)
