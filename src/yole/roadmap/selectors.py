"""Reads of the room: commitments with their computed status, the chain in both directions. No page computes a status itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from yole.kernel.text import fold
from yole.roadmap.engine.status import Aim, Course, Point, Promise, Status, Step, Verdict, judge
from yole.roadmap.engine.trajectory import Read, Trajectory, trajectory
from yole.roadmap.enums import DAYS, Direction, Periodicity, ReadingKind
from yole.roadmap.models import Axis, Commitment, Indicator, Objective, Proposal, Reading, Roadmap, Takeaway
from yole.territory.models import Territory
from yole.territory.selectors import today

PAGE = 20


def tidy(value: Decimal | None) -> int | Decimal | None:
    """A number without the noughts that its column adds."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else value.normalize()


def standing(readings: Iterable[Reading]) -> list[Reading]:
    """The readings that hold, in order: neither replaced nor withdrawn."""
    rows = list(readings)
    replaced = {one.replaces_id for one in rows}
    return sorted((r for r in rows if r.pk not in replaced and r.kind != ReadingKind.WITHDRAWAL), key=lambda r: (r.day, r.pk))


def complete(indicator: Indicator) -> bool:
    """Whether an indicator can be judged: baseline, target and their dates."""
    return None not in (indicator.baseline, indicator.baseline_on, indicator.target, indicator.target_on)


def aim_of(indicator: Indicator) -> Aim | None:
    """The indicator as the engine sees it; None while its baseline, its target or their dates are wanting."""
    baseline, starts, target, ends = indicator.baseline, indicator.baseline_on, indicator.target, indicator.target_on
    if baseline is None or starts is None or target is None or ends is None:
        return None
    points = [Point(r.day, r.value, r.low, r.high) for r in standing(indicator.readings.all()) if r.value is not None]
    days = DAYS[Periodicity(indicator.periodicity)]
    return Aim(baseline, starts, target, ends, days, indicator.direction == Direction.RISING, points)


def living(commitment: Commitment) -> list[Indicator]:
    return [one for one in commitment.indicators.all() if one.retired_on is None]


def verdict_of(commitment: Commitment, day: date) -> Verdict:
    """The computed status. Needs indicators, readings and milestones, best read with `with_measures`."""
    aims = [aim_of(one) for one in living(commitment)]
    known = [one for one in aims if one is not None]
    steps = [Step(one.due_on, one.delivered_on) for one in commitment.milestones.all()]
    # An indicator that cannot be judged yet measures nothing: neither does the commitment.
    return judge(Promise(commitment.due_on, known if len(known) == len(aims) else (), steps, commitment.abandoned_on), day)


@dataclass(frozen=True, slots=True)
class Gauge:
    """An indicator on its way: where it started, where it is, where it should be. `share` is the % of the way done."""

    indicator: Indicator
    latest: Reading | None
    course: Course | None

    @property
    def value(self) -> int | Decimal | None:
        return tidy(self.latest.value) if self.latest is not None else None

    @property
    def baseline(self) -> int | Decimal | None:
        return tidy(self.indicator.baseline)

    @property
    def target(self) -> int | Decimal | None:
        return tidy(self.indicator.target)

    @property
    def share(self) -> int | None:
        return round(100 * self.course.progress) if self.course is not None and self.course.progress is not None else None

    @property
    def gone(self) -> int:
        """% of the time between baseline and target that has passed."""
        return round(100 * self.course.elapsed) if self.course is not None else 0

    @property
    def bar(self) -> dict[str, float] | None:
        """Value, interval, target and axis of the bar; None without a reading."""
        if self.latest is None or self.latest.value is None or self.indicator.baseline is None or self.indicator.target is None:
            return None
        value, target, start = float(self.latest.value), float(self.indicator.target), float(self.indicator.baseline)
        low = float(self.latest.low) if self.latest.low is not None else value
        high = float(self.latest.high) if self.latest.high is not None else value
        least, greatest = min(start, target, low), max(start, target, high)
        if least == greatest:
            greatest = least + 1
        return {"value": value, "low": low, "high": high, "target": target, "least": least, "greatest": greatest}


@dataclass(frozen=True, slots=True)
class Line:
    """A commitment and its status on a day."""

    commitment: Commitment
    verdict: Verdict
    gauges: Sequence[Gauge]

    @property
    def status(self) -> Status:
        return self.verdict.status


def gauge_of(indicator: Indicator, day: date) -> Gauge:
    from yole.roadmap.engine.status import course

    aim = aim_of(indicator)
    known = [one for one in standing(indicator.readings.all()) if one.day <= day]
    return Gauge(indicator, known[-1] if known else None, course(aim, day) if aim is not None else None)


def line_of(commitment: Commitment, day: date) -> Line:
    return Line(commitment, verdict_of(commitment, day), [gauge_of(one, day) for one in living(commitment)])


def with_measures(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """Commitments with everything that a status needs, in four queries."""
    return rows.select_related("axis", "objective", "responsible", "roadmap", "national").prefetch_related(
        Prefetch("indicators", queryset=Indicator.objects.order_by("pk").prefetch_related("readings")), "milestones", "copilots"
    )


def commitments(roadmap: Roadmap, *, public: bool) -> list[Commitment]:
    rows = Commitment.objects.filter(roadmap=roadmap)
    return list(with_measures(rows.filter(published_at__isnull=False) if public else rows).order_by("axis__number", "number"))


@dataclass(frozen=True, slots=True)
class Group:
    """An axis with its commitments, and how many have each status: counts, never an average."""

    axis: Axis
    lines: list[Line] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[str, int]]:
        found = Counter(line.status for line in self.lines)
        return [(status, found[status]) for status in Status if found[status]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty texts for nothing. `words` is looked for in titles, descriptions and structures."""

    axis: str = ""
    status: str = ""
    words: str = ""

    def keeps(self, line: Line) -> bool:
        one = line.commitment
        if self.axis and str(one.axis.number) != self.axis:
            return False
        if self.status and line.status != self.status:
            return False
        if not self.words:
            return True
        responsible = one.responsible.name if one.responsible is not None else ""
        haystack = fold(" ".join([str(one.number), one.title, one.description, responsible, one.publics]))
        return all(word in haystack for word in fold(self.words).split())


def lines(roadmap: Roadmap, *, public: bool, filters: Filters | None = None, day: date | None = None) -> list[Line]:
    on = day or today()
    found = [line_of(one, on) for one in commitments(roadmap, public=public)]
    return [line for line in found if filters is None or filters.keeps(line)]


def grouped(roadmap: Roadmap, found: Iterable[Line]) -> list[Group]:
    """The axes of the roadmap in order, each with its lines; an axis without line stays."""
    groups = {axis.pk: Group(axis) for axis in roadmap.axes.select_related("frame_axis").order_by("number")}
    for line in found:
        groups[line.commitment.axis_id].lines.append(line)
    return list(groups.values())


def totals(found: Iterable[Line]) -> list[tuple[str, int]]:
    """How many commitments have each status, those of the computation in their order."""
    counts = Counter(line.status for line in found)
    return [(status, counts[status]) for status in Status]


# Roadmaps and their objects


def roadmaps(territory: Territory, *, public: bool) -> QuerySet[Roadmap]:
    rows = Roadmap.objects.filter(territory_id=territory.pk).select_related("frame", "carrier")
    return (rows.filter(published_at__isnull=False) if public else rows).order_by("-starts_on", "-pk")


def roadmap(territory: Territory, uid: str = "", *, public: bool) -> Roadmap | None:
    """The one asked for, else the newest; None when there is none."""
    rows = roadmaps(territory, public=public)
    return rows.filter(uid=uid).first() if uid else rows.first()


def commitment(territory: Territory, pk: int, *, public: bool) -> Commitment | None:
    rows = Commitment.objects.filter(territory_id=territory.pk, pk=pk)
    return with_measures(rows.filter(published_at__isnull=False) if public else rows).first()


def objectives(of: Roadmap) -> list[Objective]:
    measured = Prefetch("indicators", queryset=Indicator.objects.prefetch_related("readings"))
    rows = Objective.objects.filter(axis__roadmap=of).select_related("axis").prefetch_related(measured)
    return list(rows.order_by("axis__number", "pk"))


def proposals(territory: Territory, answer: str = "") -> QuerySet[Proposal]:
    rows = Proposal.objects.filter(territory_id=territory.pk).prefetch_related("takeaways", "answers__committee", "commitments")
    return rows.filter(answer=answer) if answer else rows


def takeaway(territory: Territory, pk: int) -> Takeaway | None:
    """A takeaway that became a proposal; the others are not public."""
    return Takeaway.objects.filter(territory_id=territory.pk, pk=pk, proposals__isnull=False).distinct().first()


def proposals_of(of: Commitment) -> list[Proposal]:
    return list(of.proposals.prefetch_related("takeaways", "answers__committee").order_by("pk"))


def path_of(indicator: Indicator, day: date) -> Trajectory | None:
    """Where the readings of an indicator lead; None while it cannot be judged."""
    if indicator.target is None or indicator.target_on is None:
        return None
    reads = []
    for one in standing(indicator.readings.all()):
        if one.value is not None:
            margin = float(one.high - one.low) / 2 if one.low is not None and one.high is not None else None
            reads.append(Read(one.day, float(one.value), margin))
    bounds = (0.0, 100.0) if indicator.unit.strip().startswith("%") else None
    return trajectory(
        reads, float(indicator.target), indicator.target_on, rising=indicator.direction == Direction.RISING, today=day, bounds=bounds
    )
