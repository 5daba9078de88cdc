"""A share of a count with what chance allows around it."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959964
"""Half-width of a 95 % interval, in standard deviations."""


def wilson(part: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, as fractions that hold it; (0, 1) when nobody was counted.

    Raises ValueError for an impossible count. Wilson (1927), doi:10.1080/01621459.1927.10502953.
    """
    if not 0 <= part <= total:
        raise ValueError(f"impossible share {part}/{total}")
    if not total:
        return 0.0, 1.0
    share, square = part / total, Z95 * Z95
    centre = share + square / (2 * total)
    spread = Z95 * sqrt(share * (1 - share) / total + square / (4 * total * total))
    low, high = (centre - spread) / (1 + square / total), (centre + spread) / (1 + square / total)
    return min(max(low, 0.0), share), max(min(high, 1.0), share)
