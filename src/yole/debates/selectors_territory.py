"""What the cafés of a territory said together: sentences voted in several rooms, by public and by place, with protected counts.

A room with fewer than five ballots is left out: with the other rooms published one by one, the total would give its votes away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Max

from yole.base.memo import remember
from yole.debates.debrief import LICENCE
from yole.debates.engine import analysis, honesty
from yole.debates.engine.ballots import UNSEEN, Ballots
from yole.debates.enums import CafePublic
from yole.debates.models import Cafe, StatementVersion, Vote
from yole.debates.selectors import LEAST_BALLOTS, Pole
from yole.kernel.tables import write_safe_table
from yole.territory.models import Territory

FORMAT = "yole-cafe-ia-territoire-1"
NOWHERE = "Lieu non renseigné"
ALONE = "Aucune phrase n’a été votée dans deux cafés : il n’y a rien à rapprocher."


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a breakdown; counts are None when protected."""

    label: str
    agree: int | None
    disagree: int | None
    passed: int | None

    @property
    def hidden(self) -> bool:
        return self.agree is None


@dataclass(frozen=True, slots=True)
class PooledRow:
    """One sentence, in its words, over every room that voted on it. A breakdown is empty when there is one line only."""

    key: int
    wording: str
    kind_label: str
    cafes: int
    result: honesty.Result
    by_public: Sequence[Part]
    by_place: Sequence[Part]

    @property
    def low(self) -> int:
        return round(100 * self.result.low)

    @property
    def high(self) -> int:
        return round(100 * self.result.high)

    @property
    def words(self) -> str:
        return self.result.label[:1].upper() + self.result.label[1:]


@dataclass(frozen=True, slots=True)
class TerritoryReport:
    """`left_out`: rooms with too few ballots. `poles` are empty unless the engine says that groups may be shown."""

    cafes: int
    ballots: int
    left_out: int
    fictional: bool
    rows: Sequence[PooledRow]
    poles: Sequence[Pole]
    why_no_poles: str


def territory_report(territory: Territory) -> TerritoryReport:
    """The pooled report of a territory. Kept for an hour; a closing or an opening of a vote makes it anew."""
    state = Cafe.objects.filter(territory=territory, vote_closed_at__isnull=False).aggregate(Max("vote_closed_at"), Count("pk"))
    key = ("debates.territory", territory.pk, state["vote_closed_at__max"], state["pk__count"])
    return remember(key, 3600, lambda: _report(territory))


def _report(territory: Territory) -> TerritoryReport:
    closed = list(
        Cafe.objects.filter(territory=territory, vote_closed_at__isnull=False)
        .annotate(held=Count("ballots"))
        .select_related("commune")
        .order_by("pk")
    )
    cafes = {one.pk: one for one in closed if one.held >= LEAST_BALLOTS}
    strata = {pk: number for number, pk in enumerate(cafes)}
    votes = list(Vote.objects.filter(ballot__cafe__in=cafes).values_list("ballot_id", "ballot__cafe_id", "statement__version_id", "value"))
    people = {pk: i for i, pk in enumerate(sorted({vote[0] for vote in votes}))}
    versions = {pk: j for j, pk in enumerate(sorted({vote[2] for vote in votes}))}
    table = np.full((len(people), len(versions)), UNSEEN, dtype=np.int8)
    stratum = np.zeros(len(people), dtype=np.int64)
    for ballot, cafe, version, value in votes:
        table[people[ballot], versions[version]] = value
        stratum[people[ballot]] = strata[cafe]
    of_row = [list(cafes.values())[number] for number in stratum.tolist()]
    ballots = Ballots(tuple(f"p{i + 1}" for i in range(len(people))), tuple(f"v{pk}" for pk in versions), table)
    words = {one.pk: one for one in StatementVersion.objects.filter(pk__in=versions).select_related("statement")}
    rows = [_row(words[pk], j, ballots, of_row) for pk, j in versions.items()]
    poles, why = _poles(ballots, stratum, [words[pk].wording for pk in versions])
    return TerritoryReport(
        cafes=len(cafes),
        ballots=len(people),
        left_out=len(closed) - len(cafes),
        fictional=any(one.is_fictional for one in cafes.values()),
        rows=sorted(rows, key=lambda row: (-row.cafes, -row.result.low, row.key)),
        poles=poles,
        why_no_poles=why,
    )


def _row(version: StatementVersion, column: int, ballots: Ballots, of_row: Sequence[Cafe]) -> PooledRow:
    cast = ballots.votes[:, column]
    seen = np.flatnonzero(cast != UNSEEN).tolist()
    counted = honesty.results(ballots.counts())[column]

    def by(label: Callable[[Cafe], str]) -> list[Part]:
        found: dict[str, list[int]] = {}
        for i in seen:
            counts = found.setdefault(label(of_row[i]), [0, 0, 0])
            counts[{1: 0, -1: 1, 0: 2}[int(cast[i])]] += 1
        return _parts(found)

    return PooledRow(
        version.pk,
        version.wording,
        version.statement.get_kind_display(),
        len({of_row[i].pk for i in seen}),
        counted,
        by(lambda cafe: str(CafePublic(cafe.public).label)),
        by(lambda cafe: cafe.commune.name if cafe.commune is not None else NOWHERE),
    )


def _parts(found: dict[str, list[int]]) -> list[Part]:
    """Lines of a breakdown in alphabetical order, small ones hidden, and others with them until nothing can be subtracted."""
    if len(found) < 2:
        return []
    labels = sorted(found)
    shown = honesty.publishable_rows([found[label] for label in labels])
    return [Part(label, *found[label]) if visible else Part(label, None, None, None) for label, visible in zip(labels, shown, strict=True)]


def _poles(ballots: Ballots, stratum: np.ndarray, wordings: Sequence[str]) -> tuple[list[Pole], str]:
    """Groups over the sentences voted in several rooms, each room a stratum of the test; and why there are none."""
    common = [j for j in range(len(ballots.statements)) if len(set(stratum[np.flatnonzero(ballots.votes[:, j] != UNSEEN)].tolist())) > 1]
    if not common:
        return [], ALONE
    done = analysis.analyse(
        Ballots(ballots.participants, tuple(ballots.statements[j] for j in common), ballots.votes[:, common]), strata=stratum.tolist()
    )
    if not done.groups_shown:
        return [], done.why_not_shown
    return [
        Pole(group.id, len(group.members), [(wordings[common[item.statement]], item.agrees) for item in group.representative])
        for group in done.groups
    ], ""


def as_json(territory: Territory) -> dict[str, Any]:
    """Open data of the territory: pooled counts, breakdowns with protected lines left empty. No ballot."""
    report = territory_report(territory)

    def lines(parts: Sequence[Part]) -> list[dict[str, Any]]:
        return [{"name": one.label, "agree": one.agree, "disagree": one.disagree, "pass": one.passed} for one in parts]

    return {
        "format": FORMAT,
        "licence": LICENCE,
        "fictional": report.fictional,
        "territory": territory.name,
        "cafes": report.cafes,
        "ballots": report.ballots,
        "smallest_count": honesty.SMALLEST_CELL,
        "statements": [
            {
                "statement": row.wording,
                "type": row.kind_label,
                "cafes": row.cafes,
                "agree": row.result.agree,
                "disagree": row.result.disagree,
                "pass": row.result.passed,
                "seen": row.result.seen,
                "low": round(row.result.low, 6),
                "high": round(row.result.high, 6),
                "label": row.result.label,
                "by_public": lines(row.by_public),
                "by_place": lines(row.by_place),
            }
            for row in report.rows
        ],
    }


def as_csv(territory: Territory) -> bytes:
    """The same as one table: a line per sentence, then its breakdowns; protected cells are empty."""
    header = ("phrase", "decoupage", "nom", "cafes", "daccord", "pas_daccord", "passe", "vu", "mot", "licence")
    rows: list[tuple[object, ...]] = []
    for row in territory_report(territory).rows:
        whole = row.result
        rows.append((row.wording, "ensemble", "", row.cafes, whole.agree, whole.disagree, whole.passed, whole.seen, whole.label, LICENCE))
        for name, parts in (("public", row.by_public), ("lieu", row.by_place)):
            for one in parts:
                seen = None if one.agree is None else one.agree + (one.disagree or 0) + (one.passed or 0)
                rows.append((row.wording, name, one.label, None, one.agree, one.disagree, one.passed, seen, "", LICENCE))
    return write_safe_table(header, rows)
