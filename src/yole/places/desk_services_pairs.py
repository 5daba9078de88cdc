"""Look-alike places: searched in the background, merged or told apart by a person, and separated again exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.places.buses import shown
from yole.places.columns import GROUP_OF_FIELD
from yole.places.desk_fields import EDITED, KIND_OF, differing, label, plain
from yole.places.desk_services import cells_of_values, record, require_here, store, values_of
from yole.places.engine.duplicates import Pair, compare, duplicates, profile
from yole.places.engine.rows import read
from yole.places.importing import DERIVED
from yole.places.models import Confirmation, PairDecision, PairSearch, Place, Report, Stop, StopCancellation
from yole.places.permissions import MERGE
from yole.territory.models import Territory

AT_ONCE = 2000  # places compared within the page; beyond, the worker does it
KEPT, OTHER, BOTH = "kept", "other", "both"


# Searching


def search_pairs(territory: Territory) -> PairSearch:
    """Compares the places shown in a territory and stores the pairs that look alike, best first."""
    places = list(shown(territory).order_by("pk"))
    found = duplicates(read(cells_of_values(values_of(place)) for place in places))
    pairs = sorted(found, key=lambda pair: -pair.score)
    stored = [[places[p.rows[0] - 1].pk, places[p.rows[1] - 1].pk, p.score] for p in pairs]
    search, _ = PairSearch.objects.update_or_create(
        territory=territory, defaults={"computed_at": timezone.now(), "asked_at": None, "compared": len(places), "pairs": stored}
    )
    return search


@task()
def search_pairs_of(territory_id: int) -> int:
    """Background: the search of one territory; returns the number of pairs."""
    return len(search_pairs(Territory.objects.get(pk=territory_id)).pairs)


@task()
def search_all_pairs() -> int:
    """Background, once a day: the search of every territory that has places."""
    return sum(len(search_pairs(t).pairs) for t in Territory.objects.filter(places__isnull=False).distinct())


def ask_search(territory: Territory, *, by: Any) -> bool:
    """« Chercher maintenant »: at once for a small territory (True), else by the worker (False). Asked twice, it is one search."""
    require(by, MERGE)
    require_here(by, territory.pk)
    if shown(territory).count() <= AT_ONCE:
        search_pairs(territory)
        return True
    with transaction.atomic():
        search, _ = PairSearch.objects.select_for_update().get_or_create(territory=territory)
        waiting = search.asked_at is not None and timezone.now() - search.asked_at < timedelta(hours=1)
        if not waiting:
            search.asked_at = timezone.now()
            search.save(update_fields=["asked_at"])
            search_pairs_of.enqueue(territory.pk)
    return False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two places that look alike, as the list shows them."""

    first: Place
    second: Place
    score: float


def decided(territory: Territory) -> set[frozenset[int]]:
    """Pairs of places that a person told apart for good."""
    rows = PairDecision.objects.filter(kept__territory=territory, same=False, undone_at__isnull=True).values_list("kept_id", "other_id")
    return {frozenset(pair) for pair in rows}


def candidates(territory: Territory) -> tuple[PairSearch | None, list[tuple[int, int, float]]]:
    """The last search, and its pairs that nobody decided and whose places are still shown."""
    search = PairSearch.objects.filter(territory=territory).first()
    if search is None or not search.pairs:
        return search, []
    ids = {pk for first, second, _ in search.pairs for pk in (first, second)}
    still = set(shown(territory).filter(pk__in=ids).values_list("pk", flat=True))
    known = decided(territory)
    return search, [(a, b, s) for a, b, s in search.pairs if a in still and b in still and frozenset((a, b)) not in known]


def loaded(territory: Territory, pairs: Iterable[tuple[int, int, float]]) -> list[Candidate]:
    """The candidates of one page, places read in one query."""
    wanted = list(pairs)
    places = shown(territory).in_bulk([pk for a, b, _ in wanted for pk in (a, b)])
    return [Candidate(places[a], places[b], score) for a, b, score in wanted if a in places and b in places]


def compared(first: Place, second: Place) -> Pair | None:
    """The score and the reasons of two places as they stand; None when a veto holds or they no longer look alike."""
    a, b = (profile(row) for row in read([cells_of_values(values_of(first)), cells_of_values(values_of(second))]))
    return compare(a, b)


# Deciding


def _locked(territory: Territory, ids: Sequence[int]) -> list[Place]:
    found = {place.pk: place for place in Place.objects.select_for_update().filter(territory=territory, pk__in=ids).order_by("pk")}
    if len(found) != 2:
        raise Refused("Ce lieu n’existe pas ici.", code="missing", status=404)
    return [found[pk] for pk in ids]


def _pair(kept: Place, other: Place) -> Pair:
    if kept.kind != other.kind:
        raise Refused(
            "Un lieu fixe et un bus ne sont jamais le même lieu.", remedy="Corrigez « fixe ou itinérant » si besoin.", code="kinds"
        )
    pair = compared(kept, other)
    if pair is None:
        raise Refused("Ces deux lieux ne se ressemblent plus.", remedy="Cherchez de nouveau les doublons.", code="not-alike")
    return pair


@transaction.atomic
def tell_apart(territory: Territory, first: int, second: int, *, by: Any) -> PairDecision:
    """« Deux lieux »: the pair is never proposed again. The same decision twice is one."""
    require(by, MERGE)
    require_here(by, territory.pk)
    kept, other = _locked(territory, (first, second))
    known = PairDecision.objects.filter(Q(kept=kept, other=other) | Q(kept=other, other=kept), same=False, undone_at__isnull=True).first()
    if known is not None:
        return known
    pair = compared(kept, other)
    return PairDecision.objects.create(
        kept=kept, other=other, same=False, score=pair.score if pair else 0.0, reasons=list(pair.reasons) if pair else [], by_account=by
    )


@transaction.atomic
def merge(territory: Territory, kept_id: int, other_id: int, *, choices: Mapping[str, str], by: Any) -> PairDecision:
    """« Même lieu »: `other` stands behind `kept`. `choices`: by field, « kept », « other » or (lists) « both »; absent: « kept ».

    Stops, cancellations and reports follow; so do the confirmations of a group whose fields end up those of `other`.
    Sent twice, it is one merge. Raises Refused: right, other territory, closed or merged place, fixed with itinerant, not alike.
    """
    require(by, MERGE)
    require_here(by, territory.pk)
    kept, other = _locked(territory, (kept_id, other_id))
    if other.merged_into_id == kept.pk:
        known = PairDecision.objects.filter(kept=kept, other=other, same=True, undone_at__isnull=True).order_by("-id").first()
        if known is not None:
            return known
    for place in (kept, other):
        if place.merged_into_id is not None or place.closed_on is not None:
            raise Refused(f"« {place.name} » est fermé ou déjà réuni.", remedy="Cherchez de nouveau les doublons.", code="gone")
    pair = _pair(kept, other)
    mine, theirs = values_of(kept), values_of(other)
    new = {name: _chosen(name, choices.get(name, KEPT), mine[name], theirs[name]) for name in differing(mine, theirs)}
    new = {name: value for name, value in new.items() if value != mine[name]}
    before = {name: plain(getattr(kept, name)) for name in (*new, *DERIVED)}
    if new:
        store(kept, new)
        record(kept, {n: plain(mine[n]) for n in new}, {n: plain(v) for n, v in new.items()}, f"Réuni avec « {other.name} »", by)
    moved = _follow(kept, other)
    other.merged_into = kept
    other.save(update_fields=["merged_into", "changed_at"])
    record(other, {"merged_into": None}, {"merged_into": f"{kept.name} (n° {kept.pk})"}, "Même lieu qu’un autre", by)
    return PairDecision.objects.create(
        kept=kept,
        other=other,
        same=True,
        score=pair.score,
        reasons=list(pair.reasons),
        before={"fields": before, "after": {n: plain(getattr(kept, n)) for n in before}, "moved": moved},
        by_account=by,
    )


def _chosen(name: str, choice: str, mine: Any, theirs: Any) -> Any:
    if choice not in (KEPT, OTHER, BOTH) or (choice == BOTH and KIND_OF.get(name) != "list"):
        raise Refused(f"Dites quelle valeur garder : {label(name)}.", field=name, code="choice", status=400)
    if choice == BOTH:
        return list(dict.fromkeys([*mine, *theirs]))
    return theirs if choice == OTHER else mine


def _follow(kept: Place, other: Place) -> dict[str, list[int]]:
    """Moves to `kept` what must not disappear with `other`; returns the keys of what moved."""
    taken = set(kept.stops.values_list("name", flat=True))
    stops = [stop.pk for stop in other.stops.all() if stop.name not in taken]
    cancellations = list(other.cancellations.filter(Q(stop__isnull=True) | Q(stop_id__in=stops)).values_list("pk", flat=True))
    reports = list(other.reports.values_list("pk", flat=True))
    groups = {
        group
        for group in set(GROUP_OF_FIELD.values())
        if all(getattr(kept, name) == getattr(other, name) for name, of in GROUP_OF_FIELD.items() if of == group)
    }
    confirmations = list(other.confirmations.filter(group__in=groups).values_list("pk", flat=True))
    moved = {"stops": stops, "cancellations": cancellations, "reports": reports, "confirmations": confirmations}
    for name, model in _FOLLOWING.items():
        model.objects.filter(pk__in=moved[name]).update(place=kept)  # type: ignore[attr-defined]  # a model
    return moved


_FOLLOWING: dict[str, type] = {"stops": Stop, "cancellations": StopCancellation, "reports": Report, "confirmations": Confirmation}


@transaction.atomic
def undo_decision(territory: Territory, decision_id: int, *, by: Any) -> PairDecision:
    """« Séparer à nouveau », or forget that two places were told apart. A field corrected since the merge keeps its correction.

    Raises Refused when the kept place was itself merged since: the last merge is undone first.
    """
    require(by, MERGE)
    require_here(by, territory.pk)
    decision = PairDecision.objects.select_for_update().filter(pk=decision_id, kept__territory=territory).first()
    if decision is None:
        raise Refused("Cette décision n’existe pas ici.", code="missing", status=404)
    if decision.undone_at is not None:
        return decision
    if decision.same:
        _separate(territory, decision, by)
    decision.undone_at = timezone.now()
    decision.save(update_fields=["undone_at"])
    return decision


def _separate(territory: Territory, decision: PairDecision, by: Any) -> None:
    kept, other = _locked(territory, (decision.kept_id, decision.other_id))
    if kept.merged_into_id is not None:
        raise Refused(
            f"« {kept.name} » a été réuni avec un autre lieu depuis.", remedy="Défaites d’abord la réunion la plus récente.", code="merged"
        )
    fields, after = decision.before["fields"], decision.before["after"]
    back = {n: v for n, v in fields.items() if n in EDITED and plain(getattr(kept, n)) == after[n] and v != after[n]}
    if back:
        now = {n: plain(getattr(kept, n)) for n in back}
        store(kept, back)
        record(kept, now, dict(back), f"Séparé de « {other.name} »", by)
    for name, model in _FOLLOWING.items():
        model.objects.filter(pk__in=decision.before["moved"][name], place=kept).update(place=other)  # type: ignore[attr-defined]  # a model
    other.merged_into = None
    other.save(update_fields=["merged_into", "changed_at"])
    record(other, {"merged_into": f"{kept.name} (n° {kept.pk})"}, {"merged_into": None}, "Séparé à nouveau", by)


def decisions(territory: Territory) -> Any:
    """Past decisions of a territory, newest first."""
    return PairDecision.objects.filter(kept__territory=territory).select_related("kept", "other", "by_account").order_by("-at", "-id")
