"""The lines of `yole check`: what is right, and in words what is not."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from yole.base import paths
from yole.base.registries import HEALTH


def lines() -> Iterator[tuple[bool, str]]:
    """(right, words) for configuration, database, migrations, keys, mail, then what each room declares."""
    yield _configuration()
    yield _database()
    yield _migrations()
    yield _keys()
    yield _mail()
    for check in HEALTH:
        right, words = check.run()
        yield right, f"{check.name} : {words}"


def _configuration() -> tuple[bool, str]:
    problems = [message for message in run_checks() if message.is_serious()]
    if problems:
        return False, f"configuration : {' '.join(str(problems[0].msg).split())}"
    where = "adresse publique " + settings.BASE_URL
    return True, f"configuration : données dans {paths.data_dir()}, {where}"


def _database() -> tuple[bool, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_user, usesuper FROM pg_user WHERE usename = current_user")
        row = cursor.fetchone()
    version, user, is_superuser = row
    if is_superuser:
        return (
            False,
            f"base de données : le site se connecte en superutilisateur ({user}) ; donnez-lui un rôle ordinaire (YOLE_DATABASE_URL)",
        )
    major = int(str(version).split(".")[0])
    if major < 16:
        return False, f"base de données : PostgreSQL {version} ; il faut la version 16 ou une plus récente"
    return True, f"base de données : PostgreSQL {version}, rôle {user}"


def _migrations() -> tuple[bool, str]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return False, f"migrations : {len(missing)} à appliquer ; lancez « yole serve », ou une commande qui utilise la base"
    return True, "migrations : toutes appliquées"


def _keys() -> tuple[bool, str]:
    folder = paths.keys_dir()
    open_files = [path.name for path in _files(folder) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_files:
        return False, f"clés : {', '.join(open_files)} lisible par d'autres ; faites « chmod 600 » dans {folder}"
    return True, "clés : présentes, lisibles de Yole seule"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_file())


def _mail() -> tuple[bool, str]:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return True, f"courriel : écrit en fichiers dans {settings.EMAIL_FILE_PATH} (pour envoyer : YOLE_EMAIL_URL)"
    from django.core.mail import get_connection

    try:
        server = get_connection()
        server.open()
        server.close()
    except OSError as error:
        return False, f"courriel : {settings.EMAIL_HOST}:{settings.EMAIL_PORT} ne répond pas ({error.__class__.__name__})"
    return True, f"courriel : {settings.EMAIL_HOST}:{settings.EMAIL_PORT} répond"
