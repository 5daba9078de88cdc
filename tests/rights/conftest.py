from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def engine() -> Any:
    """The rules, built once for the whole session."""
    from yole.rights import openfisca
    from yole.rights.evaluation import Engine

    if not openfisca.installed():
        pytest.skip("the rules (openfisca-france) are not installed: extra « rights »")
    return Engine()


@pytest.fixture(scope="session")
def cases(shared: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((shared / "data" / "rights" / "situations.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def address(engine: Any) -> Iterator[str]:
    """A resident rights process, in a thread, with the session's rules."""
    from yole.rights.servercommands import make_server

    made = make_server("127.0.0.1", 0, engine)
    made.ready.wait(120)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    made.server_close()
