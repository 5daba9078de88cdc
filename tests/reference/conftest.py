"""The library as the project carries it, loaded once for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def library(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Sheets, synonyms and words counted, in a transaction that is undone."""
    from django.db import transaction

    from yole.base.memo import forget_all
    from yole.reference.services import load_own

    with django_db_blocker.unblock(), transaction.atomic():
        forget_all()
        load_own()
        yield
        transaction.set_rollback(True)
    forget_all()
