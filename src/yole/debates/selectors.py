"""What is read about cafés: lists, the room, what it said once the vote is closed, what goes to the roadmap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from yole.base.memo import remember
from yole.base.registries import Outcome, outcomes_of
from yole.base.scope import system_scope
from yole.debates.engine import analysis, honesty
from yole.debates.engine.ballots import UNSEEN, Ballots
from yole.debates.enums import OVERTIME, PUBLIC_STATES, CafeState, ContributionKind, Moderation
from yole.debates.models import Cafe, CafeStatement, Contribution, SentIdea, StatementVersion, Vote
from yole.kernel.text import fold
from yole.organisations.models import Account
from yole.territory.models import Territory

SOURCE = "cafe-ia"  # name under which cafés offer their ideas to the roadmap
LEAST_BALLOTS = 5  # under this, counts would tell how somebody voted
TOO_FEW = "Moins de 5 bulletins : les chiffres diraient comment quelqu’un a voté."


def public_cafes(territory: Territory) -> QuerySet[Cafe]:
    """Every announced café, those to come first is for the caller to choose."""
    return Cafe.objects.filter(territory=territory, state__in=PUBLIC_STATES).select_related("place", "commune", "structure")


def upcoming(territory: Territory) -> QuerySet[Cafe]:
    """Cafés to come, and those that run, even late."""
    now = timezone.now()
    soon = Q(ends_at__gt=now) | Q(state=CafeState.OPEN, ends_at__gt=now - OVERTIME)
    return public_cafes(territory).filter(soon).exclude(state=CafeState.CLOSED).order_by("starts_at", "pk")


def past(territory: Territory) -> QuerySet[Cafe]:
    """Cafés that are over, latest first."""
    return public_cafes(territory).filter(state=CafeState.CLOSED).order_by("-starts_at", "-pk")


def public_cafe(territory: Territory, pk: int) -> Cafe | None:
    return public_cafes(territory).select_related("territory").filter(pk=pk).first()


def by_room_code(territory: Territory, code: str) -> Cafe | None:
    """The café that is running, or over, under a room code."""
    return public_cafes(territory).select_related("territory").filter(room_code=code, state__in=[CafeState.OPEN, CafeState.CLOSED]).first()


def desk_cafes(account: Account, *, text: str = "", state: str = "", mine: bool = False) -> QuerySet[Cafe]:
    """Cafés of the account's territory, latest first. `text`: every word of it in the title, the place or the commune."""
    found = Cafe.objects.filter(territory_id=account.territory_id).select_related("place", "commune", "structure", "host")
    for word in fold(text).split()[:8]:
        found = found.filter(search_key__contains=word)
    if state:
        found = found.filter(state=state)
    if mine:
        found = found.filter(Q(host=account) | Q(structure_id=account.structure_id, structure__isnull=False))
    return found.order_by("-starts_at", "-pk")


def desk_cafe(account: Account, pk: int) -> Cafe | None:
    return (
        Cafe.objects.filter(territory_id=account.territory_id, pk=pk)
        .select_related("territory", "place", "commune", "structure", "host")
        .first()
    )


def where(cafe: Cafe) -> str:
    """The place and its commune in one line."""
    name = cafe.place.name if cafe.place is not None else cafe.place_text
    return ", ".join(dict.fromkeys(part for part in (name, cafe.commune.name if cafe.commune is not None else "") if part))


def local_day(cafe: Cafe) -> date:
    return cafe.starts_at.astimezone(ZoneInfo(cafe.territory.time_zone)).date()


# --- texts -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A published text with those that were merged with it. `count`: how many people wrote it, in their own words."""

    pk: int
    kind: str
    label: str
    text: str
    theme: str
    count: int
    merged: Sequence[Contribution]


def published_texts(cafe: Cafe, kind: str = "") -> list[Text]:
    """Published texts, the most written first, then in the order they came."""
    rows = cafe.contributions.filter(moderation=Moderation.PUBLISHED, erased_at__isnull=True).order_by("pk")
    inside: dict[int, list[Contribution]] = {}
    for one in rows:
        if one.merged_into_id is not None:
            inside.setdefault(one.merged_into_id, []).append(one)
    found = [
        Text(one.pk, one.kind, one.get_kind_display(), one.text, one.theme, 1 + len(inside.get(one.pk, ())), inside.get(one.pk, ()))
        for one in rows
        if one.merged_into_id is None and (not kind or one.kind == kind)
    ]
    return sorted(found, key=lambda one: (-one.count, one.pk))


def clouds(cafe: Cafe) -> list[tuple[str, list[Text]]]:
    """Published texts by theme, the fullest cloud first; those without a theme last."""
    groups: dict[str, list[Text]] = {}
    for one in published_texts(cafe):
        groups.setdefault(one.theme, []).append(one)
    return sorted(groups.items(), key=lambda pair: (not pair[0], -sum(one.count for one in pair[1]), fold(pair[0])))


def to_read(cafe: Cafe) -> list[Contribution]:
    return list(cafe.contributions.filter(moderation=Moderation.TO_READ, erased_at__isnull=True).order_by("pk"))


def refused(cafe: Cafe) -> list[Contribution]:
    return list(cafe.contributions.filter(moderation=Moderation.REFUSED, erased_at__isnull=True).order_by("-pk"))


def reusable(cafe: Cafe, limit: int = 60) -> list[StatementVersion]:
    """Words already voted in a closed café of the territory, the most used first, that this café does not have."""
    voted = Q(uses__cafe__state=CafeState.CLOSED, uses__cafe__vote_closed_at__isnull=False)
    return list(
        StatementVersion.objects.filter(statement__territory_id=cafe.territory_id)
        .exclude(uses__cafe=cafe)
        .annotate(times=Count("uses", filter=voted))
        .filter(times__gt=0)
        .select_related("statement")
        .order_by("-times", "pk")[:limit]
    )


# --- votes -------------------------------------------------------------------------------------------------------------------------


def statements_of(cafe: Cafe) -> list[CafeStatement]:
    """The statements of a café in the host's order, with their words."""
    return list(cafe.statements.select_related("version__statement").order_by("order"))


def answers_of(cafe: Cafe, digest: str) -> dict[int, int]:
    """What one ballot has answered: {statement: value}."""
    return dict(Vote.objects.filter(ballot__cafe=cafe, ballot__digest=digest).values_list("statement_id", "value"))


def results_open(cafe: Cafe) -> bool:
    """Whether what the room voted may be read: after the host closed the vote, never before."""
    return cafe.vote_closed_at is not None


def ballots_of(cafe: Cafe) -> Ballots:
    """Votes of a café for the engine: statements named s1 … in the host's order, participants p1 … in the order of random keys.

    Raises ValueError before the vote is closed: nothing may be counted until then.
    """
    if not results_open(cafe):
        raise ValueError("the vote of this café is not closed")
    columns = {pk: j for j, pk in enumerate(cafe.statements.order_by("order").values_list("pk", flat=True))}
    rows = {pk: i for i, pk in enumerate(cafe.ballots.order_by("pk").values_list("pk", flat=True))}
    votes = np.full((len(rows), len(columns)), UNSEEN, dtype=np.int8)
    for ballot, statement, value in Vote.objects.filter(ballot__cafe=cafe).values_list("ballot_id", "statement_id", "value"):
        votes[rows[ballot], columns[statement]] = value
    return Ballots(tuple(f"p{i + 1}" for i in range(len(rows))), tuple(f"s{j + 1}" for j in range(len(columns))), votes)


_TAGS = {
    honesty.WIDE_AGREEMENT: ("ok", "check-circle"),
    honesty.AGREEMENT: ("ok", "check"),
    honesty.SPLIT: ("warning", "group"),
    honesty.DISAGREEMENT: ("", "cross"),
    honesty.WIDE_DISAGREEMENT: ("", "cross"),
    honesty.FEW: ("", "info"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What the room said of one statement. `low` and `high`: the interval of the share that agrees, in whole percents."""

    pk: int
    name: str
    wording: str
    kind: str
    kind_label: str
    result: honesty.Result

    @property
    def low(self) -> int:
        return round(100 * self.result.low)

    @property
    def high(self) -> int:
        return round(100 * self.result.high)

    @property
    def words(self) -> str:
        """The label with its capital."""
        return (self.result.label[:1].upper() + self.result.label[1:]).replace("'", "’")

    @property
    def tag(self) -> str:
        return _TAGS[self.result.label][0]

    @property
    def icon(self) -> str:
        return _TAGS[self.result.label][1]


@dataclass(frozen=True, slots=True)
class Pole:
    """A group that may be shown: its size and what represents it, as (words, agrees)."""

    name: str
    size: int
    representative: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class RoomResult:
    """What may be said of a closed vote. `withheld`: why no figure is shown, empty when they are."""

    ballots: int
    withheld: str
    rows: Sequence[Row]
    groups_shown: bool
    why_not_shown: str
    poles: Sequence[Pole]


def room_result(cafe: Cafe) -> RoomResult | None:
    """The result of the room by the engine, the largest agreement first; None before the host closes the vote, or without a vote."""
    if cafe.vote_closed_at is None:
        return None
    return remember(("debates.result", cafe.pk, cafe.vote_closed_at), 3600, lambda: _result(cafe))


def _result(cafe: Cafe) -> RoomResult:
    ballots = ballots_of(cafe)
    people = len(ballots.participants)
    if people < LEAST_BALLOTS:
        return RoomResult(people, TOO_FEW, (), False, "", ())
    done = analysis.analyse(ballots)
    used = statements_of(cafe)
    rows = [
        Row(one.pk, f"s{j + 1}", one.version.wording, one.version.statement.kind, one.version.statement.get_kind_display(), done.results[j])
        for j, one in enumerate(used)
    ]
    shown = sorted(rows, key=lambda row: (-(row.result.agree - row.result.disagree) / max(row.result.seen, 1), -row.result.agree, row.pk))
    poles = [
        Pole(group.id, len(group.members), [(used[item.statement].version.wording, item.agrees) for item in group.representative])
        for group in (done.groups if done.groups_shown else ())
    ]
    return RoomResult(people, "", shown, done.groups_shown, done.why_not_shown, poles)


# --- after -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contacts:
    """How many left an address, how many wait for the message, how many got it. Nobody reads the addresses."""

    left: int
    waiting: int
    informed: int


def contacts(cafe: Cafe) -> Contacts:
    with system_scope():
        states = Counter(
            "informed" if informed else "waiting" if asked else "left"
            for asked, informed in cafe.contacts.values_list("asked_at", "informed_at")
        )
    return Contacts(states.total(), states["waiting"], states["informed"])


@dataclass(frozen=True, slots=True)
class Idea:
    """Something a café sends to the roadmap. A voted statement has counts and an interval (shares 0 … 1); a text has `support` alone.

    `support`: people who agreed, or who wrote it. `taken_as`: what the roadmap noted, empty until then.
    """

    id: int
    cafe_id: int
    cafe_title: str
    date: date
    text: str
    kind: str
    support: int
    seen: int | None
    disagree: int | None
    low: float | None
    high: float | None
    label: str
    sent_at: datetime
    taken_as: str


def ideas_for_roadmap(territory: Territory, *, taken: bool | None = None) -> list[Idea]:
    """Ideas sent and not withdrawn, latest first; `taken` keeps those that the roadmap took (True) or not yet (False)."""
    sent = (
        SentIdea.objects.filter(cafe__territory=territory, withdrawn_at__isnull=True)
        .select_related("cafe__territory", "contribution", "statement__version__statement")
        .order_by("-sent_at", "-pk")
    )
    if taken is not None:
        sent = sent.exclude(taken_as="") if taken else sent.filter(taken_as="")
    return [idea for one in sent if (idea := _idea(one)) is not None]


def _idea(sent: SentIdea) -> Idea | None:
    cafe = sent.cafe
    if sent.contribution is not None:
        one = sent.contribution
        if one.erased_at is not None:
            return None
        return Idea(
            sent.pk, cafe.pk, cafe.title, local_day(cafe), one.text, ContributionKind(one.kind).label, 1 + one.merged.count(),
            None, None, None, None, "", sent.sent_at, sent.taken_as,
        )  # fmt: skip
    if sent.statement is None:
        return None
    version = sent.statement.version
    result = room_result(cafe)
    row = next((row for row in result.rows if row.pk == sent.statement_id), None) if result is not None else None
    figures = row.result if row is not None else None
    return Idea(
        id=sent.pk, cafe_id=cafe.pk, cafe_title=cafe.title, date=local_day(cafe), text=version.wording,
        kind=ContributionKind(version.statement.kind).label, support=figures.agree if figures else 0,
        seen=figures.seen if figures else None, disagree=figures.disagree if figures else None,
        low=figures.low if figures else None, high=figures.high if figures else None,
        label=figures.label if figures else "", sent_at=sent.sent_at, taken_as=sent.taken_as,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Followed:
    """An idea sent to the roadmap and what became of it there, nothing yet when `outcomes` is empty."""

    text: str
    outcomes: Sequence[Outcome]


def followed(cafe: Cafe) -> list[Followed]:
    """The ideas of a café at the roadmap, the first sent first, for its page and its report."""
    sent = cafe.sent_ideas.filter(withdrawn_at__isnull=True).select_related("contribution", "statement__version").order_by("pk")
    rows = [(str(one.pk), one.contribution, one.statement) for one in sent]
    found = outcomes_of(SOURCE, {key for key, _contribution, _statement in rows})
    kept = []
    for key, contribution, statement in rows:
        text = contribution.text if contribution is not None else statement.version.wording if statement is not None else ""
        if text:
            kept.append(Followed(text, found.get(key, [])))
    return kept


def sent_from(cafe: Cafe) -> dict[tuple[str, int], SentIdea]:
    """Ideas of a café at the roadmap: {("text" or "statement", its key): row}."""
    found = {}
    for one in cafe.sent_ideas.filter(withdrawn_at__isnull=True):
        key = ("text", one.contribution_id) if one.contribution_id else ("statement", one.statement_id)
        if key[1] is not None:
            found[key[0], key[1]] = one
    return found
