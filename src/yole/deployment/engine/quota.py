"""Sites per group: largest remainder (Hamilton), groups short of sites capped and the rest shared again by the same rule."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


def largest_remainder(seats: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole shares of `seats` in proportion to `weights` (sum above 0); ties of fractional parts by group name."""
    total = sum(Fraction(weight) for weight in weights.values())
    exact = {name: seats * Fraction(weight) / total for name, weight in weights.items()}
    shares = {name: int(value) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in order[: seats - sum(shares.values())]:
        shares[name] += 1
    return shares


def quotas(seats: int, weights: Mapping[str, float], sites: Mapping[str, int]) -> dict[str, int]:
    """Sites of each group of `sites` (how many it has). `weights`: demand of each group, groups without a site left out.

    `seats` must not be above the number of sites. Where no group left has demand, sites are shared by the number of sites.
    """
    shares: dict[str, int] = {}
    free = dict(sites)
    while free:
        left = seats - sum(shares.values())
        demand = {name: weights.get(name, 0.0) for name in free}
        if not any(demand.values()):
            demand = {name: float(count) for name, count in free.items()}
        if not any(demand.values()):
            return shares | dict.fromkeys(free, 0)
        offered = largest_remainder(left, demand)
        capped = {name: free[name] for name in free if offered[name] >= free[name]}
        short = any(offered[name] > free[name] for name in free)
        if not short:
            return shares | offered
        shares |= capped
        for name in capped:
            del free[name]
    return shares
