"""What a digital level that a candidate shows is worth in a round. The whole table is published on the page of the rule.

A level goes from 1 (begins) to 4 (at ease). Pix: the score out of 1,024 is 128 per level of the Pix scale; the cuts are those of its own
groups (independent from 384, advanced from 640, expert from 896). They are a choice of the house, not a rule of Pix.
"""

from __future__ import annotations

PIX_CUTS = (384, 640, 896)
YEARS = {1: 0, 2: 0, 3: 1, 4: 2}
LEVELS = 4


def pix_level(score: int) -> int:
    return 1 + sum(score >= cut for cut in PIX_CUTS)


def diagnostic_level(level: int, levels: int) -> int:
    """From a level of the diagnosis, counted from 0 among `levels`, to the scale of the room. Raises ValueError out of range."""
    if not 0 <= level < levels or levels < 2:
        raise ValueError(f"level {level} of {levels}")
    return 1 + round(level * (LEVELS - 1) / (levels - 1))


def skills(level: int) -> frozenset[str]:
    """Skills that a post may ask for: « niveau numérique 3 » is met by 3 and by 4."""
    return frozenset(f"niveau numérique {n}" for n in range(1, level + 1))
