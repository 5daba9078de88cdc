"""Every read of the journal: the chain verified as it stands in the database, its export, its pages, its receipts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.utils import timezone

from yole.journal.engine.canonical import FaultError, canonical, read_json
from yole.journal.engine.checking import Checker, Verdict
from yole.journal.engine.entries import GENESIS, TreeHead, export_line, read_entry, read_head
from yole.journal.engine.merkle import Frontier, inclusion_path
from yole.journal.models import Entry
from yole.journal.models import TreeHead as TreeHeadRow

RECENT = 1000  # entries checked by `yole check`
HEAD_LATE = timedelta(hours=25)
_CHUNK = 2000
# As the trigger writes it; a text, because a value that Python cannot hold must be told, not crash the check.
_INSTANT = Func(
    Func(Value("UTC"), F("at"), function="timezone"),
    Value('YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    function="to_char",
    output_field=TextField(),
)


@dataclass(frozen=True, slots=True)
class State:
    """`since` counts the entries that no head covers yet; `signed_at` is None without a head, or when its signature does not hold."""

    entries: int
    head: TreeHead | None
    signed_at: datetime | None

    @property
    def head_age(self) -> timedelta | None:
        return timezone.now() - self.signed_at if self.signed_at is not None else None

    @property
    def since(self) -> int:
        return self.entries - (self.head.size if self.head else 0)


def _head(row: TreeHeadRow) -> TreeHead:
    return TreeHead(origin=row.origin, size=row.size, root=row.root, at=row.at, key=row.key, signature=row.signature)


def last_head() -> TreeHead | None:
    row = TreeHeadRow.objects.order_by("-size", "-id").first()
    return _head(row) if row is not None else None


def state() -> State:
    head = last_head()
    signed_at = None
    if head is not None and head.holds():  # what is not signed may be anything
        signed_at = datetime.fromisoformat(head.at).astimezone(UTC)
    last = Entry.objects.order_by("-seq").values_list("seq", flat=True).first()
    return State(last or 0, head, signed_at)


def _rows(*, after: int = 0, until: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number, members) of the entries in order, with the body as stored; constant memory."""
    queryset = Entry.objects.filter(seq__gt=after)
    if until is not None:
        queryset = queryset.filter(seq__lte=until)
    names = ("seq", "actor", "action", "subject_ref", "body", "prev", "hash")
    for row in queryset.order_by("seq").annotate(instant=_INSTANT).values_list(*names, "instant").iterator(chunk_size=_CHUNK):
        members = dict(zip((*names, "at"), row, strict=True))
        for name in ("prev", "hash"):
            members[name] = bytes(members[name]).hex() if members[name] is not None else None
        yield row[0], members


def _feed(checker: Checker, rows: Iterable[tuple[int, dict[str, Any]]]) -> None:
    for seq, members in rows:
        where = f"acte {seq}"
        try:
            stored = (members["body"] or "").encode("utf-8")
            members["body"] = read_json(stored)
            if canonical(members["body"]) != stored:
                raise FaultError("« body » n’est pas écrit sous sa forme canonique")
            checker.entry(where, read_entry(members))
        except FaultError as fault:
            checker.lost(where, str(fault))


def verify(*, key: str | None = None, kept: TreeHead | None = None) -> Verdict:
    """Verifies the whole journal of the database: every entry, every head. `key` and `kept` as in `Checker`.

    Entries written since the last head are no fault here; `Verdict.since` counts them.
    """
    # Heads first: whatever is written meanwhile, the entries they cover are all there.
    heads = list(TreeHeadRow.objects.order_by("size", "id"))
    checker, waiting = Checker(key=key, kept=kept), iter([*heads, None])
    head = next(waiting)
    rows = _rows()
    read = 0
    following = next(rows, None)
    while head is not None or following is not None:
        if head is not None and (following is None or head.size <= read):
            try:
                checker.head(f"tête {head.pk}", read_head(_head(head).members()))
            except FaultError as fault:
                checker.fault(f"tête {head.pk}", str(fault))
            head = next(waiting)
        elif following is not None:
            _feed(checker, [following])
            read += 1
            following = next(rows, None)
    return checker.finish(tail_allowed=True)


def checked_since_last_head() -> tuple[Frontier, Verdict]:
    """The tree of every entry, grown from what the last head keeps, and the verdict on that head and on what follows it."""
    row = TreeHeadRow.objects.order_by("-size", "-id").first()
    tree, previous, problem = Frontier(), GENESIS, ""
    if row is not None:
        peaks = bytes(row.peaks)
        try:
            tree = Frontier(row.size, (peaks[i : i + 32] for i in range(0, len(peaks), 32)))
        except ValueError:
            problem = "elle ne garde pas ce qu’il faut pour la suite"
        covered = Entry.objects.filter(seq=row.size).values_list("hash", flat=True).first()
        if not _head(row).holds():
            problem = "sa signature ne tient pas"
        elif tree.root().hex() != row.root:
            problem = problem or "sa racine n’est pas celle de ce qu’elle garde"
        elif covered is None and row.size:
            problem = f"l’acte {row.size}, qu’elle couvre, manque"
        previous = bytes(covered) if covered is not None else GENESIS
    checker = Checker(start=tree, previous=previous)
    if problem:
        checker.fault("dernière tête", problem)
    _feed(checker, _rows(after=tree.size))
    return tree, checker.finish(tail_allowed=True)


def verify_recent(count: int = RECENT) -> Verdict:
    """The verdict on the last `count` entries of the chain."""
    last = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    after = max(last - count, 0)
    previous = Entry.objects.filter(seq=after).values_list("hash", flat=True).first()
    checker = Checker(after=after, previous=bytes(previous) if previous is not None else GENESIS)
    _feed(checker, _rows(after=after))
    return checker.finish(tail_allowed=True)


def health() -> tuple[bool, str]:
    """For `yole check`: the age of the last head, and whether the last 1,000 entries hold."""
    now = state()
    recent = verify_recent()
    if not recent.verified:
        return False, f"la chaîne ne tient pas ({recent.reasons[0]}) ; lancez « yole journal verify »"
    if now.head is None:
        if not now.entries:
            return True, "aucun acte pour l’instant"
        first = Entry.objects.order_by("seq").values_list("at", flat=True)[0]
        late = timezone.now() - first > HEAD_LATE
        return not late, f"{now.entries} actes, aucune tête signée" + (" depuis plus de 25 heures" if late else " encore")
    if now.head_age is None:
        return False, "la signature de la dernière tête ne tient pas ; lancez « yole journal verify »"
    if now.since < 0:
        return False, f"la dernière tête couvre {now.head.size} actes, il en reste {now.entries} ; lancez « yole journal verify »"
    hours = int(now.head_age.total_seconds() // 3600)
    words = f"{now.entries} actes, les {recent.entries} derniers tiennent ; dernière tête signée il y a {hours} h"
    return now.head_age <= HEAD_LATE, words


def export(head: TreeHead) -> Iterator[bytes]:
    """The lines of an export that ends with `head`: entries, and every earlier head after the entries it covers."""
    earlier = iter([_head(row) for row in TreeHeadRow.objects.filter(size__lte=head.size).order_by("size", "id")])
    following = next((one for one in earlier if one != head), None)
    for seq, members in chain(_rows(until=head.size), [(head.size + 1, None)]):
        while following is not None and following.size < seq:
            yield following.line()
            following = next((one for one in earlier if one != head), None)
        if members is not None:
            members["body"] = read_json(members["body"].encode("utf-8"))
            yield export_line(members)
    yield head.line()


def entries(
    *,
    action: str = "",
    actor: str = "",
    subject_ref: str = "",
    organisation: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    hidden: Collection[str] = (),
) -> QuerySet[Entry]:
    """Entries, the youngest first. `end` is excluded; so is an entry whose organisation or subject is one of `hidden`."""
    wanted: dict[str, Any] = {
        "action": action, "actor": actor, "subject_ref": subject_ref, "organisation": organisation, "at__gte": start, "at__lt": end,
    }  # fmt: skip
    found = Entry.objects.filter(**{name: value for name, value in wanted.items() if value}).order_by("-seq")
    if hidden:
        found = found.filter(Q(organisation__isnull=True) | ~Q(organisation__in=hidden)).exclude(subject_ref__in=hidden)
    return found


_ACTIONS = """
    WITH RECURSIVE met(action) AS (
        (SELECT action FROM journal_entry ORDER BY action LIMIT 1)
        UNION ALL
        SELECT (SELECT entry.action FROM journal_entry entry WHERE entry.action > met.action ORDER BY entry.action LIMIT 1)
        FROM met WHERE met.action IS NOT NULL
    )
    SELECT action FROM met WHERE action IS NOT NULL
"""


def actions() -> list[str]:
    """The actions that the journal has met, in order; one index look-up for each, however many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIONS)
        return [action for (action,) in cursor.fetchall()]


def receipt(seq: int, head: TreeHead) -> dict[str, Any]:
    """What proves one entry to who holds it: {"entry", "path" (hex64, from the leaf up), "head"}.

    Raises ValueError when the head does not cover the entry.
    """

    def leaves(start: int, stop: int) -> Iterator[bytes]:
        hashes = Entry.objects.filter(seq__gt=start, seq__lte=stop).order_by("seq").values_list("hash", flat=True)
        return (bytes(value) for value in hashes.iterator(chunk_size=_CHUNK))

    path = inclusion_path(seq - 1, head.size, leaves)
    _, members = next(_rows(after=seq - 1, until=seq))
    members["body"] = read_json(members["body"].encode("utf-8"))
    return {"entry": members, "path": [sibling.hex() for sibling in path], "head": head.members()}
