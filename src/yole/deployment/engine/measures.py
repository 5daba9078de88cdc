"""What a plan changes for people: distance to the nearest place, who is covered, what each site alone covers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from yole.deployment.engine.reach import Floats, unit_vectors, within
from yole.kernel.geo import EARTH_RADIUS_KM


def nearest_km(points: Floats, places: Floats) -> Floats:
    """Kilometres from each point (n, 2) to the nearest place (m, 2), in degrees; infinite without a place."""
    if not len(places):
        return np.full(len(points), np.inf)
    chords = cKDTree(unit_vectors(places)).query(unit_vectors(points), k=1)[0]
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, chords / 2)))


def covered(points: Floats, places: Floats, radius_km: float) -> NDArray[np.bool_]:
    return np.asarray(within(places, points, radius_km).sum(axis=0)).ravel() > 0


def reached(points: Floats, weights: Floats, sites: Floats, radius_km: float) -> Floats:
    """Weight within reach of each of `sites`."""
    return np.asarray(within(sites, points, radius_km) @ weights)


def alone(points: Floats, weights: Floats, sites: Floats, others: Floats, radius_km: float) -> Floats:
    """Weight that each of `sites` covers and that none of the other sites, nor of `others`, covers."""
    reach = within(sites, points, radius_km)
    times = np.asarray(reach.sum(axis=0)).ravel() + np.asarray(within(others, points, radius_km).sum(axis=0)).ravel()
    return np.asarray(reach @ (weights * (times == 1)))
