"""Where things live: the checkout when there is one, the data directory, the keys."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from platformdirs import user_data_path

PACKAGE = Path(__file__).resolve().parent.parent


def checkout() -> Path | None:
    """The root of the source checkout that this package runs from, or None when it is installed elsewhere."""
    root = PACKAGE.parent.parent
    return root if (root / "pyproject.toml").is_file() and (root / "src").is_dir() else None


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@lru_cache(maxsize=64)
def _resolved(given: str, where: str) -> Path:
    # Asked for with every sealed value that is opened: the folders of the path are read once.
    return (Path(where) / Path(given).expanduser()).resolve()


def data_dir() -> Path:
    """`YOLE_DATA_DIR`, else `var/` of the checkout (started as root: a folder of ours under /var/lib), else the user's data directory."""
    given = os.environ.get("YOLE_DATA_DIR")
    if given:
        return _resolved(given, "" if Path(given).is_absolute() else str(Path.cwd()))
    root = checkout()
    if is_root():
        # The database server drops to its own system user, which must be able to reach its files.
        name = hashlib.sha256(str(root).encode()).hexdigest()[:8] if root else "site"
        return Path("/var/lib/yole") / name
    return root / "var" if root else user_data_path("yole")


def ensure_data_dir() -> Path:
    path = data_dir()
    path.mkdir(parents=True, exist_ok=True)
    return path


def keys_dir() -> Path:
    """The 0700 folder of secrets, made when absent."""
    path = ensure_data_dir() / "keys"
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    return path


def secret(name: str) -> str:
    """A random secret kept in the keys folder (0600), made at the first call; two processes agree on one value."""
    path = keys_dir() / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        value = secrets.token_urlsafe(48)
        stream.write(value)
    return value
