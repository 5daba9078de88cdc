"""Where official sheets are. Their host may change: it is written here and nowhere else."""

from __future__ import annotations

import re

HOST = "https://www.service-public.fr"
_NUMBER = re.compile(r"[FNR][0-9]{1,7}")


def is_number(code: str) -> bool:
    """Whether a code is the number of an official sheet: F19778."""
    return _NUMBER.fullmatch(code) is not None


def sheet_url(code: str) -> str:
    """The address of an official sheet by its number; empty for a code of ours."""
    return f"{HOST}/particuliers/vosdroits/{code}" if is_number(code) else ""
