from __future__ import annotations

import json
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
