"""Reading bytes and writing files so that nothing half-written is ever left."""

from __future__ import annotations

import gzip
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from yole.kernel.errors import InputError

BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError)
"""What `zipfile` raises for an archive that cannot be read; RuntimeError: an encrypted member, or a compression unknown to Python."""


def read_bytes(path: Path | str, *, limit: int | None = None) -> bytes:
    """The content of a file, decompressed when its name ends with .gz.

    Raises InputError when it cannot be read or is over `limit` bytes.
    """
    path = Path(path)
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as packed:
                data = packed.read(-1 if limit is None else limit + 1)
        else:
            with path.open("rb") as plain:
                data = plain.read(-1 if limit is None else limit + 1)
    except FileNotFoundError:
        raise InputError("fichier introuvable", file=str(path), expected="un fichier qui existe") from None
    except IsADirectoryError:
        raise InputError("c'est un dossier", file=str(path), expected="un fichier") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"lecture impossible ({error.__class__.__name__})", file=str(path)) from None
    if limit is not None and len(data) > limit:
        raise InputError("fichier trop grand", file=str(path), expected=f"au plus {limit // (1024 * 1024)} Mo")
    return data


@contextmanager
def atomic_write(path: Path | str) -> Iterator[IO[bytes]]:
    """Opens a temporary file beside `path` and renames it at the end; nothing is left when the block fails.

    Raises InputError when the folder does not exist or cannot be written.
    """
    path = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent or Path("."), prefix=f".{path.name}.")
    except OSError:
        raise InputError("écriture impossible", file=str(path), expected="un dossier qui existe et où l'on peut écrire") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
