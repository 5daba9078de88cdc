"""A territory with a host and a café that can run. Django is imported inside: this file is read before it is set up."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    from tests.debates.cafes import make_house

    return make_house()
