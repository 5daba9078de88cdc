"""Texts that may say the same thing: shared trigrams of their folded letters. A person decides; nothing is merged here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from yole.kernel.text import fold

ALIKE = 0.45
MOST_PAIRS = 40


def trigrams(text: str) -> frozenset[str]:
    """Trigrams of each folded word, with two spaces before it and one after: « ia » gives `  i`, ` ia`, `ia `."""
    return frozenset(padded[i : i + 3] for word in fold(text).split() for padded in (f"  {word} ",) for i in range(len(padded) - 2))


def similarity(one: str, other: str) -> float:
    """Shared trigrams over all trigrams, 0 … 1; 0 when either has no letter. Symmetric, 1 for texts that fold alike."""
    first, second = trigrams(one), trigrams(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def pairs(texts: Sequence[str], *, least: float = ALIKE, most: int = MOST_PAIRS) -> list[tuple[int, int, float]]:
    """(i, j, similarity) with i < j, the most alike first, at most `most`. Ties keep the order of the texts."""
    sets = [trigrams(text) for text in texts]
    found = []
    for i, j in combinations(range(len(sets)), 2):
        small, large = sorted((len(sets[i]), len(sets[j])))
        if not small or small < least * large:  # the share cannot reach the threshold
            continue
        shared = len(sets[i] & sets[j])
        share = shared / (small + large - shared)
        if share >= least:
            found.append((i, j, share))
    found.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    return found[:most]
