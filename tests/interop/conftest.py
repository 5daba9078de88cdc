"""Fixtures of the independent verifiers. Their packages are installed at first use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop.node import Peer


@pytest.fixture(scope="session")
def peer() -> Iterator[Peer]:
    """The node verifiers. The test fails, and says why, when they cannot be installed."""
    try:
        running = Peer()
    except (RuntimeError, OSError) as error:
        pytest.fail(str(error), pytrace=False)
    with running:
        yield running
