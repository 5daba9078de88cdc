"""Settings read from the environment; nonsense is refused loudly at start."""

from __future__ import annotations

import os

from yole.kernel.errors import InputError

_TRUE, _FALSE = {"1", "true", "yes", "oui", "on"}, {"0", "false", "no", "non", "off", ""}


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_bool(name: str, default: bool = False) -> bool:
    """Raises InputError when the value is neither yes nor no."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise InputError(f"réglage {name}", found=value, expected="1 ou 0")


def env_int(name: str, default: int, *, low: int, high: int) -> int:
    """Raises InputError when the value is not a whole number between `low` and `high`."""
    value = os.environ.get(name)
    if value is None or not value.strip():
        return default
    try:
        number = int(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise InputError(f"réglage {name}", found=value, expected=f"un nombre entier de {low} à {high}")
    return number


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]
