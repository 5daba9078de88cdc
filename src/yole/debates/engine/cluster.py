"""Groups of points of the map: k-means with many starts at once, and the silhouette that chooses k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yole.debates.engine.ballots import Floats, Integers

STARTS = 20
MAX_ROUNDS = 100
SILHOUETTE_AT_MOST = 1000
_PEOPLE_PER_GROUP = 12
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Clustering:
    """The best number of groups: label of each point (0 … k−1), mean silhouette, k."""

    labels: Integers
    silhouette: float
    k: int


def most_groups(people: int, k_max: int) -> int:
    return min(k_max, 2 + people // _PEOPLE_PER_GROUP)


def best_clustering(points: Floats, k_max: int, rng: np.random.Generator) -> Clustering | None:
    """k-means for k = 2 … `most_groups`, best mean silhouette (smallest k of equal ones); None when all points are one."""
    people = len(points)
    distinct = len(np.unique(np.round(points, _DECIMALS), axis=0))
    judge = _Silhouette(points, rng)
    best: Clustering | None = None
    for k in range(2, min(most_groups(people, k_max), distinct) + 1):
        labels = k_means(points, k, rng)
        silhouette = judge.mean(labels, k)
        if best is None or silhouette > best.silhouette:
            best = Clustering(labels, silhouette, k)
    return best


def k_means(points: Floats, k: int, rng: np.random.Generator, starts: int = STARTS) -> Integers:
    """Labels of the start of least inertia among `starts` k-means++ starts, run side by side. `points` is (people, 2)."""
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    cx, cy = _seeds(x, y, k, starts, rng)
    n = len(x)
    labels = np.full((starts, n), -1, dtype=np.int32)
    moving = np.arange(starts)
    tiled = (np.tile(x, starts), np.tile(y, starts))
    for _ in range(MAX_ROUNDS):
        new = _nearest(x, y, cx[moving], cy[moving])
        changed = (new != labels[moving]).any(axis=1)
        labels[moving] = new
        moving, new = moving[changed], new[changed]
        if not len(moving):
            break
        keys = (new + k * np.arange(len(moving))[:, None]).ravel()
        shape = (len(moving), k)
        sizes = np.bincount(keys, minlength=len(moving) * k).reshape(shape)
        for axis, centres in enumerate((cx, cy)):
            sums = np.bincount(keys, weights=tiled[axis][: keys.size], minlength=len(moving) * k).reshape(shape)
            # A centre that lost everybody stays where it was.
            centres[moving] = np.where(sizes > 0, sums / np.maximum(sizes, 1), centres[moving])
    rows = np.arange(starts)[:, None]
    inertia = ((x - cx[rows, labels]) ** 2 + (y - cy[rows, labels]) ** 2).sum(axis=1)
    return np.asarray(labels[int(np.argmin(inertia))], dtype=np.int64)


def _nearest(x: Floats, y: Floats, cx: Floats, cy: Floats) -> NDArray[np.int32]:
    """Nearest centre of every point, for several sets of centres (sets, k): shape (sets, people)."""
    labels = np.zeros((len(cx), len(x)), dtype=np.int32)
    least = _half_distance(x, y, cx[:, 0], cy[:, 0])
    for j in range(1, cx.shape[1]):
        other = _half_distance(x, y, cx[:, j], cy[:, j])
        np.copyto(labels, j, where=other < least)
        np.minimum(least, other, out=least)
    return labels


def _half_distance(x: Floats, y: Floats, cx: Floats, cy: Floats) -> Floats:
    """Half the squared distance less the point's own square, which is the same for every centre."""
    half = np.multiply.outer(-cx, x)
    half -= np.multiply.outer(cy, y)
    half += ((cx**2 + cy**2) / 2)[:, None]
    return np.asarray(half)


def _seeds(x: Floats, y: Floats, k: int, starts: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """k-means++: each next centre is a point drawn with a chance in proportion to its squared distance from the centres so far."""
    chosen = np.empty((starts, k), dtype=np.intp)
    chosen[:, 0] = rng.integers(len(x), size=starts)
    squared = np.full((starts, len(x)), np.inf)
    for j in range(1, k):
        last = chosen[:, j - 1]
        np.minimum(squared, (x - x[last][:, None]) ** 2 + (y - y[last][:, None]) ** 2, out=squared)
        cumulated = np.cumsum(squared, axis=1)
        aim = rng.random(starts) * cumulated[:, -1]
        drawn = [int(np.searchsorted(cumulated[s], aim[s], side="right")) for s in range(starts)]
        chosen[:, j] = np.minimum(drawn, len(x) - 1)
    return x[chosen], y[chosen]


class _Silhouette:
    """Mean silhouette of labellings of the same points; above a thousand points, on a random thousand of them."""

    def __init__(self, points: Floats, rng: np.random.Generator) -> None:
        self.rows = (
            np.sort(rng.choice(len(points), SILHOUETTE_AT_MOST, replace=False))
            if len(points) > SILHOUETTE_AT_MOST
            else np.arange(len(points))
        )
        x, y = points[self.rows, 0], points[self.rows, 1]
        self.distances = np.sqrt((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2)

    def mean(self, labels: Integers, k: int) -> float:
        """A person alone in a group counts for 0; groups without anybody do not count."""
        own = labels[self.rows]
        member = np.zeros((len(own), k))
        member[np.arange(len(own)), own] = 1.0
        sizes = member.sum(axis=0)
        if np.count_nonzero(sizes) < 2:
            return -1.0
        sums = self.distances @ member
        within = sums[np.arange(len(own)), own] / np.maximum(sizes[own] - 1, 1)
        means = sums / np.maximum(sizes, 1)
        means[:, sizes == 0] = np.inf
        means[np.arange(len(own)), own] = np.inf
        nearest = means.min(axis=1)
        largest = np.maximum(within, nearest)
        values = np.where((sizes[own] > 1) & (largest > 0), (nearest - within) / np.where(largest > 0, largest, 1.0), 0.0)
        return float(values.mean())
