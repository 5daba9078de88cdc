"""Acts to record, and a superuser who tampers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

# Imported inside fixtures: this file is read before Django is set up.
if TYPE_CHECKING:
    import psycopg

Account = Callable[[str], Any]


@pytest.fixture
def account(db: None) -> Account:
    from yole.organisations.models import Account
    from yole.territory import demo
    from yole.territory.models import Territory

    demo.load(lambda message: None)

    def make(role: str) -> Any:
        made = Account(
            email=f"{role}@exemple.invalid",
            name=f"Personne fictive ({role})",
            role=role,
            territory=Territory.objects.get(is_default=True),
            is_fictional=True,
        )
        made.set_unusable_password()
        made.save()
        return made

    return make


@pytest.fixture
def superuser(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """The superuser of the server, for whom triggers are set aside; everything is committed at once."""
    import psycopg
    from django.db import connection

    from tests.conftest import DATA
    from yole.base.database import EmbeddedServer

    with psycopg.connect(EmbeddedServer(DATA).url("postgres", str(connection.settings_dict["NAME"])), autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        yield server


def record_some(count: int = 6) -> None:
    """`count` acts, each in its own transaction."""
    from django.db import transaction

    from yole.journal import services

    for number in range(count):
        with transaction.atomic():
            services.record("mandate.use", "agent:1", f"person:{number}", {"step": number, "é": 'ﬁ 😀 " \\ \x01\x7f\u2028'}, "structure:3")
