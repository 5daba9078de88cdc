"""The clock that engines ask: a limit counted from the start of the command, and a stop asked by Ctrl+C or by a page."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

# What is kept for checking and writing the answer once the engine has ended: seconds, and a share of the limit (large limits go with
# large files).
FINISH_SECONDS, FINISH_SHARE = 0.4, 0.01
LONGEST_START = 5.0


class Clock:
    """Seconds since `started` (monotonic) against `limit`. `watch` is told of progress; `ask` may answer that a stop was asked."""

    def __init__(
        self,
        limit: float,
        *,
        started: float | None = None,
        watch: Callable[[str, float, float | None], None] | None = None,
        ask: Callable[[], bool] | None = None,
    ) -> None:
        self.started = time.monotonic() if started is None else started
        self.deadline = self.started + limit - min(FINISH_SECONDS + FINISH_SHARE * limit, limit / 2)
        self._watch, self._ask, self._asked = watch, ask, False

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def stop(self) -> None:
        self._asked = True

    def stopped(self) -> bool:
        if not self._asked and self._ask is not None:
            self._asked = self._ask()
        return self._asked

    def tell(self, stage: str, share: float, best: float | None = None) -> None:
        if self._watch is not None:
            self._watch(stage, share, best)

    def seconds(self) -> float:
        return time.monotonic() - self.started


def process_start() -> float:
    """When this process started, on the monotonic clock; now when it has run for long, and is no command of its own.

    Where the system does not tell, the processor time spent stands for it.
    """
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        uptime = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
        spent = uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        spent = time.process_time()
    return time.monotonic() - (spent if 0 < spent < LONGEST_START else 0.0)


@contextmanager
def stopped_by_interrupt(clock: Clock) -> Iterator[None]:
    """The first Ctrl+C asks for the best plan so far; a second one interrupts as usual."""

    def ask(signum: int, frame: FrameType | None) -> None:
        clock.stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
