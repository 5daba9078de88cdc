"""Skills typed as a list, the same on both sides of a match."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yole.base.errors import Refused

MOST = 12
LONGEST = 40


def skills_of(typed: str) -> list[str]:
    """Lower-case skills of a text with commas, sorted, each once. Raises Refused for more than 12, or one over 40 characters."""
    found = sorted({" ".join(part.split()).lower() for part in typed.split(",")} - {""})
    if len(found) > MOST or any(len(one) > LONGEST for one in found):
        limits = {"most": MOST, "longest": LONGEST}
        raise Refused(_("%(most)s compétences au plus, de %(longest)s caractères au plus.") % limits, field="skills", code="skills")
    return found
