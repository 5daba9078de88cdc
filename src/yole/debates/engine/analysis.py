"""The whole analysis of a room, and its JSON (`yole debates analyse`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.debates.engine import figures, honesty, space
from yole.debates.engine.ballots import UNSEEN, Ballots, Floats, Integers
from yole.debates.engine.cluster import Clustering, best_clustering

K_MAX = 5
ALIKE = "Tout le monde a voté de la même façon : il n'y a pas de groupes à distinguer."
SMALL_GROUP = "Un des groupes trouvés compte moins de 5 personnes, ou moins d'une personne sur dix : le montrer désignerait des personnes."
CHANCE = (
    "Des réponses données au hasard forment des groupes aussi nets (test de permutation, seuil de 1 %) : "
    "rien ne permet de dire que la salle se partage en groupes."
)


@dataclass(frozen=True, slots=True)
class Group:
    """A group: its name, the positions of its members in file order, what represents it."""

    id: str
    members: tuple[int, ...]
    representative: tuple[figures.Representative, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that may be said of a room. `projection`: point by position of the participant, empty when it must not be shown."""

    ballots: Ballots
    people_on_map: int
    results: tuple[honesty.Result, ...]
    agree: tuple[figures.Agreed, ...]
    disagree: tuple[figures.Agreed, ...]
    groups: tuple[Group, ...]
    group_aware: tuple[float, ...]
    groups_shown: bool
    why_not_shown: str
    projection: dict[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """Points (people, 2) of the participants at `rows` (positions in file order) and, when they were sought, their groups."""

    rows: Integers
    points: Floats
    clustering: Clustering | None


def analyse(
    ballots: Ballots,
    *,
    groups: Sequence[tuple[str, Sequence[int]]] | None = None,
    k_max: int = K_MAX,
    seed: int = 0,
    strata: Sequence[int] | None = None,
    watch: honesty.Watch = iter,
) -> Analysis:
    """Figures, consensus and groups of a room.

    `groups`: given groups as (name, positions of participants); then nothing is sought and their figures are always computed.
    `strata`: one number per participant when several rooms are pooled; votes are shuffled inside a room only.
    Neither the order of rows nor that of columns changes what is found. Raises ValueError for `k_max` under 2 or impossible groups.
    """
    if k_max < 2:
        raise ValueError("k_max under 2")
    if groups is not None:
        return _of_given(ballots, groups, k_max, seed)
    kept = _on_map(ballots)
    found: list[tuple[str, Sequence[int]]] = []
    projection: dict[int, tuple[float, float]] = {}
    why = _too_few(len(kept))
    if not why:
        room = _Room(ballots, kept, seed, strata)
        chart = room.chart(k_max)
        why = ALIKE if chart.clustering is None else room.why_not(chart.clustering, k_max, watch)
        if not why and chart.clustering is not None:
            found, projection = _named(chart, chart.clustering.labels), _points(chart)
    return _assemble(ballots, len(kept), found, projection, not why, why)


def find_groups(ballots: Ballots, *, k_max: int = K_MAX, seed: int = 0) -> Chart:
    """Map and groups as the algorithm finds them, whether or not they may be shown: for checks and comparisons, never for a page."""
    return _Room(ballots, _on_map(ballots), seed, None).chart(k_max)


def _of_given(ballots: Ballots, groups: Sequence[tuple[str, Sequence[int]]], k_max: int, seed: int) -> Analysis:
    members = [position for _, positions in groups for position in positions]
    if (
        len(set(members)) != len(members)
        or not all(positions for _, positions in groups)
        or len({name for name, _ in groups}) != len(groups)
    ):
        raise ValueError("a given group is empty or named twice, or a participant is in two groups")
    why = "" if groups else "Aucun groupe n'est donné."
    for name, positions in groups:
        if len(positions) < honesty.GROUP_AT_LEAST:
            size = "1 personne" if len(positions) == 1 else f"{len(positions)} personnes"
            why = f"Le groupe « {name} » compte {size} ; il en faut au moins {honesty.GROUP_AT_LEAST}."
            break
    kept = _on_map(ballots)
    visible = not why and not _too_few(len(kept))
    projection = _points(_Room(ballots, kept, seed, None).chart(k_max, seek=False)) if visible else {}
    return _assemble(ballots, len(kept), groups, projection, not why, why)


def _assemble(
    ballots: Ballots,
    people_on_map: int,
    groups: Sequence[tuple[str, Sequence[int]]],
    projection: dict[int, tuple[float, float]],
    shown: bool,
    why: str,
) -> Analysis:
    room = ballots.counts()
    agree, disagree = figures.consensus(room)
    counts = [ballots.counts(positions) for _, positions in groups]
    grouped = ballots.counts([position for _, positions in groups for position in positions])
    return Analysis(
        ballots=ballots,
        people_on_map=people_on_map,
        results=tuple(honesty.results(room)),
        agree=tuple(agree),
        disagree=tuple(disagree),
        groups=tuple(
            Group(name, tuple(sorted(positions)), tuple(figures.representatives(inside, grouped - inside)))
            for (name, positions), inside in zip(groups, counts, strict=True)
        ),
        group_aware=tuple(figures.group_aware_consensus(counts).tolist()) if counts else (),
        groups_shown=shown,
        why_not_shown=why,
        projection=projection,
    )


def _on_map(ballots: Ballots) -> Integers:
    return np.flatnonzero(ballots.votes_cast >= max(1, space.enough_votes(len(ballots.statements))))


def _too_few(people: int) -> str:
    if people >= honesty.ROOM_AT_LEAST:
        return ""
    who = "personne a" if people < 2 else "personnes ont"
    return (
        f"{people} {who} assez voté ; sous {honesty.ROOM_AT_LEAST}, des groupes apparaissent même "
        "quand les réponses sont données au hasard, et l'on pourrait reconnaître quelqu'un."
    )


class _Room:
    """The people on the map in an order of its own (by their votes, statements by name), so that file order decides nothing.

    The sign is settled too (more agrees than disagrees): a room where every vote is reversed gives the mirrored map and the same groups.
    """

    def __init__(self, ballots: Ballots, kept: Integers, seed: int, strata: Sequence[int] | None) -> None:
        columns = sorted(range(len(ballots.statements)), key=lambda j: ballots.statements[j])
        votes = ballots.votes[kept][:, columns]
        self.sign = _leaning(votes)
        votes = np.where(votes == UNSEEN, votes, votes * np.int8(self.sign)).astype(np.int8)
        of_stratum = np.zeros(len(kept), dtype=np.int64) if strata is None else np.asarray(strata, dtype=np.int64)[kept]
        text = np.ascontiguousarray(votes + np.int8(2)).view(f"S{max(1, votes.shape[1])}").ravel() if votes.size else np.arange(len(kept))
        order = np.lexsort((text, of_stratum))
        self.rows, self.votes, self.strata = kept[order], votes[order], of_stratum[order]
        self.for_groups, self.for_test = np.random.default_rng(seed).spawn(2)

    def chart(self, k_max: int, *, seek: bool = True) -> Chart:
        if not self.votes.size:
            return Chart(self.rows, np.zeros((len(self.rows), space.COMPONENTS)), None)
        seen = self.votes != UNSEEN
        matrix = space.centred(self.votes.astype(np.float64), seen)
        points = space.project(matrix, seen.sum(axis=1).astype(np.float64), space.components(matrix))
        return Chart(self.rows, points * self.sign, best_clustering(points, k_max, self.for_groups) if seek else None)

    def why_not(self, found: Clustering, k_max: int, watch: honesty.Watch) -> str:
        """Why the groups must not be shown; empty when they may. The test comes last: it is the long one."""
        if honesty.too_small(np.bincount(found.labels, minlength=found.k).tolist(), len(self.rows)):
            return SMALL_GROUP
        return "" if honesty.stands_out(self.votes, self.strata, k_max, self.for_test, watch) else CHANCE


def _leaning(votes: NDArray[np.int8]) -> int:
    """1 when the room agrees more than it disagrees, −1 in the other case; settled by the first uneven statement when both are equal."""
    sums = np.where(votes == UNSEEN, 0, votes).sum(axis=0, dtype=np.int64)
    total = int(sums.sum())
    uneven = sums[sums != 0]
    return -1 if total < 0 or (total == 0 and uneven.size and uneven[0] < 0) else 1


def _named(chart: Chart, labels: Integers) -> list[tuple[str, Sequence[int]]]:
    """Groups numbered from 1, the largest first (then from left to right), members in file order."""
    parts = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    parts.sort(key=lambda part: (-len(part), float(chart.points[part, 0].mean()), float(chart.points[part, 1].mean())))
    return [(str(i), sorted(chart.rows[part].tolist())) for i, part in enumerate(parts, 1)]


def _points(chart: Chart) -> dict[int, tuple[float, float]]:
    placed = zip(chart.rows.tolist(), chart.points.tolist(), strict=True)
    return {row: (point[0], point[1]) for row, point in sorted(placed)}


def as_json(analysis: Analysis) -> dict[str, Any]:
    """The object of the command line contract: names of participants and statements as they stand in the file."""
    people, names = analysis.ballots.participants, analysis.ballots.statements

    def agreed(items: Sequence[figures.Agreed]) -> list[dict[str, Any]]:
        return [{"statement": names[item.statement], "p": item.p, "z": item.z} for item in items]

    return {
        "participants": len(people),
        "statements": len(names),
        "groups": [
            {
                "id": group.id,
                "members": [people[i] for i in group.members],
                "representative": [
                    {
                        "statement": names[item.statement],
                        "direction": "agree" if item.agrees else "disagree",
                        "repness": item.repness,
                        "z": item.z,
                    }
                    for item in group.representative
                ],
            }
            for group in analysis.groups
        ],
        "consensus": {"agree": agreed(analysis.agree), "disagree": agreed(analysis.disagree)},
        "group_aware_consensus": dict(zip(names, analysis.group_aware, strict=True)) if analysis.group_aware else {},
        "groups_shown": analysis.groups_shown,
        "why_not_shown": analysis.why_not_shown,
        "projection": {people[i]: list(point) for i, point in analysis.projection.items()},
        "results": [
            {
                "statement": names[result.statement],
                "agree": result.agree,
                "disagree": result.disagree,
                "pass": result.passed,
                "seen": result.seen,
                "low": result.low,
                "high": result.high,
                "label": result.label,
            }
            for result in analysis.results
        ],
    }
