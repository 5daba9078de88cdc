"""A complete copy of a site in one file: every table, the files, the keys, with checksums. Restored in one transaction.

The file is a gzipped tar: `manifest.json` (format, version, migrations, rows and SHA-256 of each part), `tables/NAME.copy`
(PostgreSQL COPY text with its column names in the manifest), `files/…`, `keys/…`. It holds personal data and secrets: keep it as such.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from yole import __version__
from yole.base import paths
from yole.base.database import GUARDED_TABLES, Urls
from yole.kernel.errors import InputError
from yole.kernel.files import atomic_write

FORMAT = "yole-backup-1"
_CHUNK = 1 << 20


def _tables(server: psycopg.Connection[Any]) -> list[str]:
    rows = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename").fetchall()
    return [row[0] for row in rows]


def _columns(server: psycopg.Connection[Any], table: str) -> list[str]:
    """Stored columns in order; generated ones are left to the database."""
    query = (
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
    )
    return [row[0] for row in server.execute(query, [table]).fetchall()]


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(table), names)


def _kept_files() -> Iterator[tuple[str, Path]]:
    for folder in ("files", "keys", "territory"):
        root = paths.data_dir() / folder
        if root.is_dir():
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    yield f"{folder}/{path.relative_to(root).as_posix()}", path


def write_backup(urls: Urls, target: Path) -> dict[str, int]:
    """Writes the copy (atomically, readable by its owner alone) and returns {"tables", "rows", "files"}.

    The tables are read in one repeatable-read transaction: one moment, whatever goes on meanwhile.
    """
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": __version__,
        "made_at": datetime.now(UTC).isoformat(),
        "tables": {},
        "files": {},
    }
    with tempfile.TemporaryDirectory(prefix="yole-backup-") as scratch, psycopg.connect(urls.owner) as server:
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        manifest["migrations"] = [
            list(row) for row in server.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        ]
        for table in _tables(server):
            columns = _columns(server, table)
            digest, part = hashlib.sha256(), Path(scratch) / f"{table}.copy"
            with part.open("wb") as out, server.cursor() as cursor:
                with cursor.copy(_copy(table, columns, "TO STDOUT")) as rows:
                    for block in rows:
                        digest.update(block)
                        out.write(block)
                count = cursor.rowcount
            manifest["tables"][table] = {"columns": columns, "rows": count, "sha256": digest.hexdigest()}
        for name, path in _kept_files():
            manifest["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
        with atomic_write(target) as stream, tarfile.open(fileobj=stream, mode="w:gz") as archive:
            _add(archive, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
            for table in manifest["tables"]:
                archive.add(Path(scratch) / f"{table}.copy", f"tables/{table}.copy")
            for name, path in _kept_files():
                archive.add(path, name)
    target.chmod(0o600)
    return {
        "tables": len(manifest["tables"]),
        "rows": sum(entry["rows"] for entry in manifest["tables"].values()),
        "files": len(manifest["files"]),
    }


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    archive.addfile(info, io.BytesIO(data))


def _sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := stream.read(_CHUNK):
        digest.update(block)
    return digest.hexdigest()


def verify_backup(source: Path, scratch: Path) -> dict[str, Any]:
    """Unpacks the copy in `scratch` and checks every checksum. Raises InputError naming the part that does not hold."""
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            archive.extractall(scratch, filter="data")
        manifest: dict[str, Any] = json.loads((scratch / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise KeyError("format")
        expected = {f"tables/{table}.copy": entry["sha256"] for table, entry in manifest["tables"].items()} | manifest["files"]
    except FileNotFoundError:
        if source.exists():
            raise InputError("ce fichier n'est pas une copie de Yole", file=str(source)) from None
        raise InputError("fichier introuvable", file=str(source)) from None
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError):
        raise InputError(
            "ce fichier n'est pas une copie de Yole, ou il est abîmé", file=str(source), expected="un fichier écrit par « yole backup »"
        ) from None
    for name, digest in expected.items():
        part = scratch / name
        if not part.is_file():
            raise InputError(f"la copie est abîmée : {name} manque", file=str(source))
        with part.open("rb") as stream:
            if _sha256(stream) != digest:
                raise InputError(f"la copie est abîmée : la somme de contrôle de {name} ne tombe pas juste", file=str(source))
    return manifest


def restore_backup(urls: Urls, source: Path) -> dict[str, int]:
    """Verifies the copy, then replaces every table in one transaction, then the files. Returns {"tables", "rows", "files"}.

    Raises InputError, nothing changed: damaged copy, or copy made with other migrations than those of this database.
    """
    with tempfile.TemporaryDirectory(prefix="yole-restore-") as folder:
        scratch = Path(folder)
        manifest = verify_backup(source, scratch)
        with psycopg.connect(urls.owner) as server:
            here = [list(row) for row in server.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()]
            if here != manifest["migrations"]:
                version = manifest["version"]
                raise InputError(
                    f"la copie a été faite avec une autre version ({version})",
                    file=str(source),
                    expected=f"restaurer avec Yole {version}, puis mettre à jour",
                )
            tables = [table for table in manifest["tables"] if table != "django_migrations"]
            guarded = [row[0] for row in server.execute(GUARDED_TABLES).fetchall()]
            for table in guarded:
                server.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
            server.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
            # Rows come in the order of table names: Django's foreign keys are deferred and checked at the end.
            for table in tables:
                copy = _copy(table, manifest["tables"][table]["columns"], "FROM STDIN")
                with server.cursor() as cursor, cursor.copy(copy) as rows, (scratch / f"tables/{table}.copy").open("rb") as data:
                    while block := data.read(_CHUNK):
                        rows.write(block)
                _reset_sequences(server, table)
            server.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in guarded:
                server.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
        for name in manifest["files"]:
            destination = paths.data_dir() / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(scratch / name, destination)
            if name.startswith("keys/"):
                destination.chmod(0o600)
        paths.keys_dir()
    return {
        "tables": len(manifest["tables"]),
        "rows": sum(entry["rows"] for entry in manifest["tables"].values()),
        "files": len(manifest["files"]),
    }


def _reset_sequences(server: psycopg.Connection[Any], table: str) -> None:
    identity = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'YES'"
    )
    for (column,) in server.execute(identity, [table]).fetchall():
        query = sql.SQL("SELECT setval(pg_get_serial_sequence(%s, %s), GREATEST((SELECT COALESCE(MAX({}), 0) FROM {}), 1))")
        server.execute(query.format(sql.Identifier(column), sql.Identifier(table)), [f'"{table}"', column])
