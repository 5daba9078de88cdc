"""Fixtures of the whole suite. The database is a real PostgreSQL and tests run as the site's own role, `yole_app`."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _prepare_environment() -> Path:
    """A data directory of the suite's own, shared by the xdist workers, before Django reads its settings."""
    given = os.environ.get("YOLE_TEST_DATA_DIR")
    if given:
        data = Path(given)
    else:
        data = Path(tempfile.mkdtemp(prefix="yole-tests-", dir="/var/tmp" if Path("/var/tmp").is_dir() else None))
        data.chmod(0o711)
        os.environ["YOLE_TEST_DATA_DIR"] = str(data)
        owner = os.getpid()
        atexit.register(lambda: shutil.rmtree(data, ignore_errors=True) if os.getpid() == owner else None)
    os.environ["YOLE_DATA_DIR"] = str(data)
    for name in ("YOLE_DATABASE_URL", "YOLE_DATABASE_OWNER_URL", "YOLE_BASE_URL", "YOLE_ALLOWED_HOSTS", "YOLE_EMAIL_URL", "YOLE_DEBUG"):
        os.environ.pop(name, None)
    # Named here and not in pyproject.toml: Django must not read its settings before the lines above.
    os.environ["DJANGO_SETTINGS_MODULE"] = "yole.config.settings"
    return data


DATA = _prepare_environment()


def shared_need(nodeid: str) -> str:
    """What a test shares with others that costs much to prepare: one running site, one world of the access matrix, one Node process."""
    for folder in ("tests/browser/", "tests/interop/test_interop_node.py"):
        if folder in nodeid:
            return folder
    if "tests/access/test_access_matrix.py" in nodeid:
        return "tests/access/" + ("1" if "group1" in nodeid else "0")
    return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of one need on one worker, in their order; the others wherever there is room.

    Written out because xdist 3.8 puts its groups in a private field that pytest 9.2 no longer reads.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByNeed(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return shared_need(nodeid)

    return ByNeed(config, log)


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the checkout; its tests are skipped on machines that do not have it."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("no ../shared folder beside this checkout")
    return folder


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    from yole.base.database import running_server

    with running_server():
        yield


def _template_database() -> None:
    """One database migrated by the owner; every worker copies it."""
    import psycopg
    from django.core.management import call_command
    from django.db import connections

    from yole.base.database import OWNER, EmbeddedServer, as_owner, grant_app_rights
    from yole.base.migrating import fresh_state

    server = EmbeddedServer(DATA)
    with (DATA / "template.turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if (DATA / "template.done").exists():
            return
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                admin.execute(f"ALTER SYSTEM SET {setting} = off")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute(f"CREATE DATABASE yole_template OWNER {OWNER}")
        for alias in ("owner", "default"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = "yole_template"
        with as_owner(), fresh_state():
            call_command("migrate", verbosity=0, interactive=False)
        grant_app_rights()
        connections["owner"].close()
        (DATA / "template.done").touch()


def new_database(name: str) -> None:
    """A fresh copy of the migrated database, owned by the owner role."""
    import psycopg

    from yole.base.database import OWNER, EmbeddedServer

    with psycopg.connect(EmbeddedServer(DATA).url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE yole_template OWNER {OWNER}")


@pytest.fixture(scope="session")
def django_db_setup(database_server: None, django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    from django.db import connections

    with django_db_blocker.unblock():
        _template_database()
        name = f"yole_test_{worker_id}"
        with (DATA / "template.turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            new_database(name)
        for alias in ("owner", "default"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        yield
        connections.close_all()


@pytest.fixture(autouse=True, scope="session")
def _flush_as_owner() -> None:
    """Emptying tables after a transactional test is the owner's right, not the site's."""
    from django.db import connections, transaction
    from django.test import TransactionTestCase

    from yole.base.database import GUARDED_TABLES

    def flush(self: TransactionTestCase) -> None:
        connections["default"].close()
        owner = connections["owner"]
        keep = {"django_migrations", "django_content_type", "auth_permission"}
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            tables = [t for t in owner.introspection.table_names(cursor) if t not in keep]
            cursor.execute(GUARDED_TABLES)
            guarded = [owner.ops.quote_name(name) for (name,) in cursor.fetchall()]
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute("TRUNCATE " + ", ".join(owner.ops.quote_name(t) for t in tables) + " RESTART IDENTITY CASCADE")
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.close()

    TransactionTestCase._fixture_teardown = flush  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    workerinput = getattr(request.config, "workerinput", None)
    return str(workerinput["workerid"]) if workerinput else "main"


@pytest.fixture(autouse=True, scope="session")
def _as_system() -> None:
    """Tests call services as the house does. Requests of a test client keep the scope of who signed in: tests/access."""
    from yole.base.scope import work_as_system

    work_as_system()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Each test starts without what the process remembers."""
    from django.core.cache import cache
    from django.utils import translation

    from yole.base.memo import forget_all
    from yole.territory.selectors import forget_cached

    translation.activate("fr")  # a page asked for in English by another test leaves its language behind
    forget_cached()
    forget_all()
    cache.clear()
