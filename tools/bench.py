"""Runs every benchmark of benchmarks/ (each a module with `run() -> str`) and writes docs/benchmarks.md.

`python tools/bench.py [NAME …]` runs only those; the others keep the section of the last run.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import sys
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "benchmarks.md"


def machine() -> str:
    cpu = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        cpu = next((line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")), cpu)
    return f"{os.cpu_count()} cores ({cpu}), Python {platform.python_version()}"


def sections(text: str) -> dict[str, str]:
    """Sections of the file by benchmark name."""
    parts = re.split(r"^<!-- (\w+) -->\n", text, flags=re.M)
    return dict(zip(parts[1::2], (part.strip() + "\n" for part in parts[2::2]), strict=True))


def main(names: list[str]) -> int:
    modules = sorted(path for path in (ROOT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
    known = {path.stem for path in modules}
    if unknown := set(names) - known:
        print(f"no such benchmark: {', '.join(sorted(unknown))} (there are: {', '.join(sorted(known))})", file=sys.stderr)
        return 2
    done = sections(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    sys.path.insert(0, str(ROOT / "benchmarks"))
    for path in modules:
        if names and path.stem not in names:
            continue
        started = time.monotonic()
        spec = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        print(f"{path.stem}…", file=sys.stderr, flush=True)
        done[path.stem] = f"{module.run().strip()}\n\n_Measured on {date.today()} in {time.monotonic() - started:.0f} s._\n"
    head = (
        "# Benchmarks\n\nWritten by `make bench`. Each engine beside its peer in the same run, "
        f"on a machine with {machine()}. The machine is noisy: trust the ratios.\n"
    )
    body = "".join(f"\n<!-- {name} -->\n{done[name]}" for name in sorted(known & done.keys()))
    TARGET.write_text(head + body, encoding="utf-8")
    print(head + body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
