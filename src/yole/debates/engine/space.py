"""The map: principal components of the votes, with the scaling of people who saw few statements (Polis's sparsity-aware projection)."""

from __future__ import annotations

import numpy as np

from yole.debates.engine.ballots import Booleans, Floats

COMPONENTS = 2
MIN_VOTES = 7


def enough_votes(statements: int) -> int:
    """Votes that a person must have cast to be on the map."""
    return min(MIN_VOTES, statements)


def centred(votes: Floats, seen: Booleans) -> Floats:
    """Votes minus the mean of their statement over those who saw it; 0 where not seen (as if filled with the mean)."""
    sums = np.where(seen, votes, 0.0).sum(axis=0)
    means = sums / np.maximum(seen.sum(axis=0), 1)
    return np.where(seen, votes - means, 0.0)


def components(matrix: Floats) -> Floats:
    """The first two principal axes of a centred matrix, shape (2, statements), each with its largest loading positive.

    Eigenvectors of the smaller Gram matrix. An axis without variance is 0: a room that votes alike has no direction.
    """
    people, statements = matrix.shape
    axes = np.zeros((COMPONENTS, statements))
    if people <= statements:
        values, vectors = np.linalg.eigh(matrix @ matrix.T)
    else:
        values, vectors = np.linalg.eigh(matrix.T @ matrix)
    floor = max(people, statements) * np.finfo(np.float64).eps * max(float(values[-1]), 0.0)
    for i in range(min(COMPONENTS, len(values))):
        value, vector = values[-1 - i], vectors[:, -1 - i]
        if value <= floor or value <= 0:
            break
        axis = matrix.T @ vector / np.sqrt(value) if people <= statements else vector
        axes[i] = axis if axis[np.argmax(np.abs(axis))] > 0 else -axis
    return axes


def project(matrix: Floats, votes_cast: Floats, axes: Floats) -> Floats:
    """Points (people, 2) from the votes people did cast, times √(statements / votes cast) so that few votes do not mean "in the middle"."""
    return np.asarray(matrix @ axes.T * np.sqrt(matrix.shape[1] / np.maximum(votes_cast, 1))[:, None])
