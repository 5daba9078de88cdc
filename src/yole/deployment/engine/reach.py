"""Who is within reach of which site: great-circle distance on the mean sphere, the radius included.

Points are unit vectors in space and neighbours come from a k-d tree on the chord 2·sin(d/2R): right at the poles, across longitude
180° and near the equator alike. Memory grows with the pairs in reach, not with sites × points.
"""

from __future__ import annotations

from math import pi, sin

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from yole.kernel.errors import InputError
from yole.kernel.geo import EARTH_RADIUS_KM

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PAIRS = 30_000_000
# Distances come from floating point: a site told to be at the very radius must count, a metre beyond must not.
TOLERANCE_KM = 1e-9


def unit_vectors(points: Floats) -> Floats:
    """(n, 3) unit vectors of (n, 2) latitudes and longitudes in degrees."""
    lat, lon = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def within(sites: Floats, points: Floats, radius_km: float) -> csr_matrix:
    """Sites × points, 1.0 where the point is at `radius_km` or nearer. Raises InputError beyond MOST_PAIRS pairs."""
    if not len(sites) or not len(points):
        return csr_matrix((len(sites), len(points)))
    angle = (radius_km + TOLERANCE_KM) / EARTH_RADIUS_KM
    chord = 2.0 if angle >= pi else 2 * sin(angle / 2)
    reached = min(2.0, chord * (1 + 1e-9) + 1e-12)
    from_sites, to_points = cKDTree(unit_vectors(sites)), cKDTree(unit_vectors(points))
    if (pairs := int(from_sites.count_neighbors(to_points, reached))) > MOST_PAIRS:
        raise InputError(
            f"{pairs} paires site-point à moins de {radius_km:g} km : trop pour cette machine",
            expected=f"au plus {MOST_PAIRS} paires ; réduisez le rayon ou le nombre de points",
        )
    found = from_sites.sparse_distance_matrix(to_points, reached, output_type="ndarray")
    exact = 2 * np.arcsin(np.minimum(1.0, found["v"] / 2)) <= angle
    rows, columns = found["i"][exact], found["j"][exact]
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(sites), len(points)))
