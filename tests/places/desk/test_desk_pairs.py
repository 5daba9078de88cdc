"""Look-alikes: found, merged field by field, told apart, separated again exactly."""

from __future__ import annotations

import uuid
from datetime import date, time
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yole.base.errors import Refused
from yole.places import desk_services_pairs as pairs
from yole.places.desk_fields import EDITED, KIND_OF
from yole.places.models import Confirmation, PairDecision, PairSearch, Place, PlaceChange, Report, Stop, StopCancellation, StopTime


def _furnish(one: Place, mark: str) -> None:
    """Hangs a report, confirmations, stops and a cancelled day on a place."""
    Report.objects.create(place=one, kind="other", text=mark, key=uuid.uuid4())
    for group in ("hours", "contact", "services"):
        Confirmation.objects.create(place=one, group=group, confirmed_on=date(2026, 1, 5), how=mark)
    for name in (f"Arrêt {mark}", "Arrêt commun"):
        stop = Stop.objects.create(place=one, name=name, insee_code="97214", commune_name="Le Lorrain")
        StopTime.objects.create(stop=stop, weekday="Mo", starts=time(8), ends=time(9))
        StopCancellation.objects.create(place=one, stop=stop, on_date=date(2026, 12, 1), reason=mark)
    StopCancellation.objects.create(place=one, on_date=date(2026, 12, 2), reason=mark)


def test_the_search_finds_the_pair_and_not_the_bus(signed: Any, martinique: Any, place: Any, twin: Any, add: Any) -> None:
    vehicle = add(id="bus", nom="Espace numérique du Lorrain", itinerance="Itinérant", source="Liste C")
    assert "Aucune recherche" in signed.get(reverse("places:desk-pairs")).content.decode()
    for _ in range(2):
        assert signed.post(reverse("places:desk-pairs-search")).status_code == 302
    search = PairSearch.objects.get()
    assert [(a, b) for a, b, _ in search.pairs] == [(place.pk, twin.pk)]
    assert search.compared == 3
    page = signed.get(reverse("places:desk-pairs"))
    assert [(c.first.pk, c.second.pk) for c in page.context["candidates"]] == [(place.pk, twin.pk)]
    assert pairs.compared(place, vehicle) is None
    side = signed.get(reverse("places:desk-pair", args=[place.pk, twin.pk])).content.decode()
    assert "même adresse" in side
    assert "même téléphone" in side
    assert signed.get(reverse("places:desk-pair", args=[place.pk, place.pk])).status_code == 404


def test_a_large_territory_is_searched_by_the_worker(
    signed: Any, martinique: Any, coordinator: Any, place: Any, twin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "AT_ONCE", 1)
    assert pairs.ask_search(martinique, by=coordinator) is False
    asked = PairSearch.objects.get().asked_at
    assert asked is not None
    pairs.ask_search(martinique, by=coordinator)
    assert PairSearch.objects.get().asked_at == asked  # asked twice, one search
    assert "Recherche en cours" in signed.get(reverse("places:desk-pairs")).content.decode()
    assert pairs.search_pairs_of.func(martinique.pk) == 1
    assert PairSearch.objects.get().asked_at is None


def test_a_merge_keeps_the_chosen_values_and_what_hangs_on_both(signed: Any, martinique: Any, place: Any, twin: Any) -> None:
    _furnish(place, "A")
    _furnish(twin, "B")
    pairs.search_pairs(martinique)
    address = reverse("places:desk-pair", args=[place.pk, twin.pk])
    data = {"decision": "same", "f_opening_hours": "other", "f_services": "both", "f_emails": "other"}
    for _ in range(2):
        assert signed.post(address, data).status_code == 302
    assert PairDecision.objects.count() == 1
    place.refresh_from_db()
    twin.refresh_from_db()
    assert twin.merged_into_id == place.pk
    assert place.name == "Espace numérique du Lorrain"
    assert place.opening_hours == "Mo-Fr 09:00-12:00"
    assert place.services == ["Aide aux démarches administratives", "Accès internet et matériel informatique"]
    assert place.emails == ["contact@exemple.fr"]
    assert set(place.stops.values_list("name", flat=True)) == {"Arrêt A", "Arrêt B", "Arrêt commun"}
    assert place.reports.count() == 2
    hours = place.confirmations.filter(group="hours")
    assert {c.how for c in hours} == {"A", "B"}  # the hours are now those that B confirmed
    assert {c.how for c in place.confirmations.filter(group="services")} == {"A"}
    change = PlaceChange.objects.filter(place=place, created=False).get()
    assert change.before["opening_hours"] == "Mo-Fr 08:00-12:00"
    assert not signed.get(reverse("places:desk-pairs")).context["candidates"]
    public = signed.get(reverse("places:place", args=[twin.pk, twin.slug]))
    assert public.status_code in (301, 302)


def test_two_places_are_remembered_until_forgotten(signed: Any, martinique: Any, place: Any, twin: Any) -> None:
    pairs.search_pairs(martinique)
    for first, second in ((place, twin), (twin, place)):
        signed.post(reverse("places:desk-pair", args=[first.pk, second.pk]), {"decision": "two"})
    assert PairDecision.objects.count() == 1
    assert not pairs.candidates(martinique)[1]
    pairs.search_pairs(martinique)
    assert not pairs.candidates(martinique)[1]
    undo = reverse("places:desk-decision-undo", args=[PairDecision.objects.get().pk])
    for _ in range(2):
        assert signed.post(undo).status_code == 302
    assert len(pairs.candidates(martinique)[1]) == 1


def test_a_bus_and_an_office_are_never_merged(martinique: Any, coordinator: Any, place: Any, add: Any) -> None:
    vehicle = add(id="bus", itinerance="Itinérant", source="Liste C")
    with pytest.raises(Refused, match="jamais le même lieu"):
        pairs.merge(martinique, place.pk, vehicle.pk, choices={}, by=coordinator)
    vehicle.refresh_from_db()
    assert vehicle.merged_into_id is None


def test_merges_that_cannot_be(
    martinique: Any, elsewhere: Any, coordinator: Any, mediator: Any, place: Any, twin: Any, add: Any, signed: Any
) -> None:
    far = add(id="z", nom="Médiathèque", adresse="1 rue Basse", latitude="", longitude="", telephone="")
    with pytest.raises(Refused, match="ressemblent plus"):
        pairs.merge(martinique, place.pk, far.pk, choices={}, by=coordinator)
    with pytest.raises(Refused, match="quelle valeur"):
        pairs.merge(martinique, place.pk, twin.pk, choices={"opening_hours": "both"}, by=coordinator)
    with pytest.raises(Refused, match="ne permet pas"):
        pairs.merge(martinique, place.pk, twin.pk, choices={}, by=mediator)
    with pytest.raises(Refused, match="autre territoire"):
        pairs.merge(elsewhere, place.pk, twin.pk, choices={}, by=coordinator)
    answer = signed.post(reverse("places:desk-pair", args=[place.pk, twin.pk]), {"decision": "same", "f_name": "ni l’un ni l’autre"})
    assert answer.status_code == 400
    assert not PairDecision.objects.exists()
    assert not Place.objects.filter(merged_into__isnull=False).exists()


def test_the_last_merge_is_undone_first(martinique: Any, coordinator: Any, place: Any, twin: Any, add: Any) -> None:
    third = add(id="c", source="Liste C")
    first = pairs.merge(martinique, place.pk, twin.pk, choices={}, by=coordinator)
    second = pairs.merge(martinique, third.pk, place.pk, choices={}, by=coordinator)
    with pytest.raises(Refused, match="depuis"):
        pairs.undo_decision(martinique, first.pk, by=coordinator)
    pairs.undo_decision(martinique, second.pk, by=coordinator)
    pairs.undo_decision(martinique, first.pk, by=coordinator)
    assert not Place.objects.filter(merged_into__isnull=False).exists()


def test_a_correction_after_the_merge_survives_the_separation(martinique: Any, coordinator: Any, place: Any, twin: Any) -> None:
    decision = pairs.merge(martinique, place.pk, twin.pk, choices={"name": "other", "opening_hours": "other"}, by=coordinator)
    Place.objects.filter(pk=place.pk).update(opening_hours="Sa 09:00-10:00")
    pairs.undo_decision(martinique, decision.pk, by=coordinator)
    place.refresh_from_db()
    assert (place.name, place.opening_hours) == ("Espace numérique du Lorrain", "Sa 09:00-10:00")


_WORDS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3)
_CHOICES = st.dictionaries(st.sampled_from(EDITED), st.sampled_from(["kept", "other", "both"]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=_WORDS, theirs=_WORDS, detail=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40), choices=_CHOICES)
def test_merge_then_separate_is_identity(
    martinique: Any, coordinator: Any, place: Any, twin: Any, snapshot: Any, mine: Any, theirs: Any, detail: str, choices: dict[str, str]
) -> None:
    from django.db import transaction

    choices = {name: "other" if choice == "both" and KIND_OF.get(name) != "list" else choice for name, choice in choices.items()}
    with transaction.atomic():
        Place.objects.filter(pk=place.pk).update(websites=mine, other_labels=theirs, languages=mine)
        Place.objects.filter(pk=twin.pk).update(websites=theirs, other_labels=mine, detail=detail, lat=None, lon=None)
        _furnish(place, "A")
        _furnish(twin, "B")
        before = snapshot(place, twin)
        decision = pairs.merge(martinique, place.pk, twin.pk, choices=choices, by=coordinator)
        assert snapshot(place, twin) != before
        pairs.undo_decision(martinique, decision.pk, by=coordinator)
        assert snapshot(place, twin) == before
        transaction.set_rollback(True)
