"""What several benchmarks need: a process on a data directory of its own, and the processor time of a tree of processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def data_directory() -> Iterator[Path]:
    """A folder that the database's own user can reach, gone afterwards; the data directory is `data` in it."""
    root = Path(tempfile.mkdtemp(prefix="yole-bench-", dir="/var/tmp"))
    root.chmod(0o755)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def printed_by(program: str) -> str:
    """What a benchmark's own file prints when it is run as a program, on a data directory of its own."""
    with data_directory() as root:
        environment = {**os.environ, "YOLE_DATA_DIR": str(root / "data")}
        return subprocess.run([sys.executable, program], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def cpu_seconds(root: int) -> float:
    """User and system time of a process, its children and what they left, in seconds (Linux)."""
    tick = os.sysconf("SC_CLK_TCK")
    parents: dict[int, int] = {}
    times: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            times[int(entry.name)] = sum(int(fields[i]) for i in (11, 12, 13, 14)) / tick

    def below(pid: int) -> bool:
        while pid > 1:
            if pid == root:
                return True
            pid = parents.get(pid, 0)
        return False

    return sum(seconds for pid, seconds in times.items() if below(pid))
