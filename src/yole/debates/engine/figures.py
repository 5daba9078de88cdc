"""Figures of a statement, consensus and representative statements, as Polis publishes them (its `stats.clj` and `repness.clj`).

Same formulas, so that published conversations are reproduced digit for digit; `tests/debates` does it on two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yole.debates.engine.ballots import Counts, Floats, Integers

THRESHOLD = 1.2816  # one-sided 90 %
AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Agreed:
    """A statement of a consensus list: smoothed share `p` and one-proportion statistic `z`."""

    statement: int
    p: float
    z: float


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement that tells a group from the others: ratio of smoothed shares and two-proportion statistic."""

    statement: int
    agrees: bool
    repness: float
    z: float


def share(successes: Integers, seen: Integers) -> Floats:
    """Smoothed share (s + 1) / (n + 2): one half when nobody saw the statement."""
    return np.asarray((successes + 1) / (seen + 2))


def one_proportion(successes: Integers, seen: Integers) -> Floats:
    """z of a share against one half: 2·√(n+1)·((s+1)/(n+1) − ½)."""
    return np.asarray(2 * np.sqrt(seen + 1) * ((successes + 1) / (seen + 1) - 0.5))


def two_proportions(successes: Integers, seen: Integers, other_successes: Integers, other_seen: Integers) -> Floats:
    """z of a share against another, one added to every count; 0 where the pooled share is 1 (no variance)."""
    s, t, s2, t2 = successes + 1, seen + 1, other_successes + 1, other_seen + 1
    pooled = (s + s2) / (t + t2)
    variance = pooled * (1 - pooled) * (1 / t + 1 / t2)
    certain = s + s2 == t + t2
    return np.asarray(np.where(certain, 0.0, (s / t - s2 / t2) / np.sqrt(np.where(certain, 1.0, variance))))


def consensus(counts: Counts) -> tuple[list[Agreed], list[Agreed]]:
    """Statements agreed with, and disagreed with, by the whole room: at most five each, by p·z descending (ties in file order)."""
    return _agreed(counts.agree, counts.seen), _agreed(counts.disagree, counts.seen)


def _agreed(successes: Integers, seen: Integers) -> list[Agreed]:
    p, z = share(successes, seen), one_proportion(successes, seen)
    kept = np.flatnonzero((p > 0.5) & (z > THRESHOLD))
    order = kept[np.argsort(-(p * z)[kept], kind="stable")][:AT_MOST]
    return [Agreed(int(j), float(p[j]), float(z[j])) for j in order]


def group_aware_consensus(groups: Sequence[Counts]) -> Floats:
    """Per statement, the product over the groups of the smoothed share of agrees."""
    return np.asarray(np.prod([share(group.agree, group.seen) for group in groups], axis=0))


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group against the others, per statement: shares `pa` `pd`, their tests `pat` `pdt`, repness `ra` `rd`, its tests `rat` `rdt`."""

    pa: Floats
    pd: Floats
    pat: Floats
    pdt: Floats
    ra: Floats
    rd: Floats
    rat: Floats
    rdt: Floats


def compare(inside: Counts, outside: Counts) -> GroupFigures:
    """Figures of a group; `outside` counts the people of the other groups only, never those in no group."""
    pa, pd = share(inside.agree, inside.seen), share(inside.disagree, inside.seen)
    return GroupFigures(
        pa=pa,
        pd=pd,
        pat=one_proportion(inside.agree, inside.seen),
        pdt=one_proportion(inside.disagree, inside.seen),
        ra=pa / share(outside.agree, outside.seen),
        rd=pd / share(outside.disagree, outside.seen),
        rat=two_proportions(inside.agree, inside.seen, outside.agree, outside.seen),
        rdt=two_proportions(inside.disagree, inside.seen, outside.disagree, outside.seen),
    )


def representatives(inside: Counts, outside: Counts) -> list[Representative]:
    """The statements that represent a group: one to five, agrees before disagrees; empty only without statements."""
    f = compare(inside, outside)
    if not f.pa.size:
        return []
    agrees = f.rat > f.rdt
    metric = np.where(agrees, f.ra * f.rat * f.pa * f.pat, f.rd * f.rdt * f.pd * f.pdt)
    candidates = np.flatnonzero(((f.rat > THRESHOLD) & (f.pat > THRESHOLD)) | ((f.rdt > THRESHOLD) & (f.pdt > THRESHOLD)))
    best = _best_agree(f, np.flatnonzero(inside.agree + inside.disagree > 0))
    ranked = [int(j) for j in candidates[np.argsort(-metric[candidates], kind="stable")] if j != best]
    chosen = ([] if best is None else [best]) + ranked
    if not chosen:
        chosen = [int(np.argmax(np.maximum(f.rat, f.rdt)))]
    chosen = sorted(chosen[:AT_MOST], key=lambda j: not agrees[j])
    return [
        Representative(j, bool(agrees[j]), float(f.ra[j] if agrees[j] else f.rd[j]), float(f.rat[j] if agrees[j] else f.rdt[j]))
        for j in chosen
    ]


def _best_agree(f: GroupFigures, voted: Integers) -> int | None:
    """One pass in file order: the rule for replacing depends on the statement kept so far, so this is no maximum."""
    by_repness, by_share = f.ra * f.rat * f.pa * f.pat, f.pa * f.pat
    best: int | None = None
    for j in map(int, voted):
        if best is None:
            if f.pat[j] > THRESHOLD or (f.ra[j] > 1 and f.pa[j] > 0.5):
                best = j
        else:
            value = by_repness if f.ra[best] > 1 else by_share
            if value[j] > value[best]:
                best = j
    return best
