"""Fixtures of the whole suite. The database is a real PostgreSQL and tests run as the site's own role, `yole_app`."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _prepare_environment() -> Path:
    """A data directory of the suite's own, shared by the xdist workers, before Django reads its settings."""
    # The suite starts `yole` a hundred times: what Python compiled is kept beside the sources, even where the machine says not to.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
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
    if "tests/interop/test_interop_node.py" in nodeid:
        return "tests/interop"
    if "tests/browser/" in nodeid:
        # Two sites, one for each worker; the walks of a site keep their order.
        return "tests/browser/" + ("0" if nodeid.rpartition("tests/browser/")[2] < "test_o" else "1")
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


_COUNTERS = """
    SELECT setval(format('public.%%I', sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> ALL(%s)
"""


@pytest.fixture(autouse=True, scope="session")
def _empty_what_was_filled() -> None:
    """After a transactional test the tables that hold something are emptied and every counter begins again.

    TRUNCATE of all of them makes the files of each table and index anew: seconds. DELETE without triggers is the right of the server's own
    administrator, neither the site's nor the owner's.
    """
    import psycopg
    from django.db import connections
    from django.test import TransactionTestCase
    from psycopg import sql

    from yole.base.database import EmbeddedServer

    keep = ["django_migrations", "django_content_type", "auth_permission"]
    listed = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL(%s)"

    def empty(self: TransactionTestCase) -> None:
        connections["default"].close()
        connections["owner"].close()
        with psycopg.connect(EmbeddedServer(DATA).url("postgres", str(connections["default"].settings_dict["NAME"]))) as server:
            server.execute("SET session_replication_role = replica")
            tables = [name for (name,) in server.execute(listed, [keep])]
            held = [sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name)) for name in tables]
            for (name,) in server.execute(sql.SQL(" UNION ALL ").join(held)).fetchall():
                server.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            server.execute(_COUNTERS, [[f"{name}_id_seq" for name in keep]])

    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


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
