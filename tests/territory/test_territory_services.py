from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from yole.base.errors import Refused
from yole.kernel.errors import InputError
from yole.territory import selectors, services
from yole.territory.models import Quartier, Territory


def test_a_quartier_says_who_added_it(tartane: Quartier, coordinator: Any) -> None:
    assert (tartane.commune_id, tartane.name, tartane.search_key) == ("97230", "Tartane", "tartane")
    assert tartane.added_by == "Coordination du territoire"
    assert tartane.added_by_account == str(coordinator.pk)
    assert [quartier.pk for quartier in selectors.quartiers_listed()] == [tartane.pk]


def test_rename_and_remove_say_who_and_keep_the_row(tartane: Quartier, coordinator: Any) -> None:
    renamed = services.rename_quartier(coordinator, tartane.pk, "  Tartane  Bourg ")
    assert (renamed.name, renamed.changed_by_account) == ("Tartane Bourg", str(coordinator.pk))
    assert selectors.search_communes("tartane bourg").match is selectors.Match.EXACT
    services.remove_quartier(coordinator, tartane.pk)
    assert Quartier.objects.get(pk=tartane.pk).removed_at is not None
    assert not selectors.quartiers_listed().exists()
    assert selectors.search_communes("tartane bourg").places == []
    with pytest.raises(Refused, match="déjà été retiré"):
        services.remove_quartier(coordinator, tartane.pk)
    assert services.add_quartier(coordinator, "97230", "Tartane Bourg").pk != tartane.pk


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "empty"), ("   ", "empty"), ("!!!", "empty"), ("x" * 81, "too-long"), ("TARTANE", "exists"), ("tartané", "exists")],
)
def test_names_that_cannot_be_added(tartane: Quartier, coordinator: Any, name: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        services.add_quartier(coordinator, "97230", name)
    assert (refusal.value.code, refusal.value.field) == (code, "name")
    assert Quartier.objects.count() == 1


def test_the_same_name_in_another_commune_is_another_quartier(tartane: Quartier, coordinator: Any) -> None:
    assert services.add_quartier(coordinator, "97228", "Tartane").pk != tartane.pk
    other = services.add_quartier(coordinator, "97230", "Brin d’Amour")
    with pytest.raises(Refused, match="existe déjà"):
        services.rename_quartier(coordinator, other.pk, "Tartane")


@pytest.mark.parametrize(
    ("commune", "lat", "lon", "field"),
    [
        ("97120", None, None, "commune"),
        ("x", None, None, "commune"),
        ("97230", 14.7, None, "lat"),
        ("97230", 95.0, -61.0, "lat"),
        ("97230", float("nan"), 0.0, "lat"),
    ],
)
def test_a_commune_or_a_position_that_is_not_possible(
    coordinator: Any, commune: str, lat: float | None, lon: float | None, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        services.add_quartier(coordinator, commune, "Nouveau", lat=lat, lon=lon)
    assert refusal.value.field == field
    assert not Quartier.objects.exists()


def test_rights(tartane: Quartier, account: Callable[[str], Any]) -> None:
    structure = account("structure-coordinator")
    assert services.add_quartier(structure, "97230", "La Crique").added_by == "Coordination d’une structure"
    for act in (lambda who: services.rename_quartier(who, tartane.pk, "Autre"), lambda who: services.remove_quartier(who, tartane.pk)):
        with pytest.raises(Refused) as refusal:
            act(structure)
        assert refusal.value.status == 403
    with pytest.raises(Refused):
        services.add_quartier(account("mediator"), "97230", "Autre")
    assert sorted(quartier.name for quartier in selectors.quartiers_listed()) == ["La Crique", "Tartane"]


SET = [
    ("name", "Martinique et Guadeloupe", "Martinique et Guadeloupe"),
    ("departements", "972, 971,972", ["972", "971"]),
    ("departements", "", []),
    ("time_zone", "Indian/Reunion", "Indian/Reunion"),
    ("languages", "fr,gcf", ["fr", "gcf"]),
    ("holiday_subdivision", "GP", "GP"),
    ("holiday_subdivision", "", ""),
    ("phone", "0596 00 00 00", "0596 00 00 00"),
    ("phone", "", ""),
    ("small_count_threshold", "11", 11),
    ("place_check_days", "90", 90),
    ("slug", "ma-terre", "ma-terre"),
]


@pytest.mark.parametrize(("key", "value", "stored"), SET)
def test_a_setting_changes_once(martinique: Territory, key: str, value: str, stored: Any) -> None:
    before = getattr(martinique, key)
    territory, changed = services.change_setting(key, value)
    assert getattr(Territory.objects.get(pk=territory.pk), key) == stored
    assert changed is (before != stored)
    assert services.change_setting(key, value)[1] is False
    assert getattr(selectors.current(), key) == stored


def test_extra_holidays_from_one_line(martinique: Territory) -> None:
    territory, _ = services.change_setting("extra_holidays", "easter-2=Vendredi saint; 12-20=Fête de la Liberté !")
    assert territory.extra_holidays == [
        {"when": "easter-2", "name": "Vendredi saint", "customary": True},
        {"when": "12-20", "name": "Fête de la Liberté", "customary": False},
    ]


REFUSED = [
    ("colour", "blue"),
    ("name", ""),
    ("slug", "Ma Terre"),
    ("slug", ""),
    ("departements", "972,999"),
    ("time_zone", "America/Fort-de-France"),
    ("time_zone", ""),
    ("languages", "fr,de"),
    ("languages", ""),
    ("holiday_country", "ZZ"),
    ("holiday_subdivision", "Zone"),
    ("extra_holidays", "13-45=Jamais"),
    ("extra_holidays", "Mi-Carême"),
    ("extra_holidays", "easter-24="),
    ("phone", "12"),
    ("phone", "appelez-nous"),
    ("phone", "0" * 40),
    ("small_count_threshold", "2"),
    ("small_count_threshold", "²"),
    ("place_check_days", "0"),
    ("place_check_days", "731"),
    ("place_stale_days", "180"),
]


@pytest.mark.parametrize(("key", "value"), REFUSED)
def test_a_setting_that_is_not_possible(martinique: Territory, key: str, value: str) -> None:
    before = Territory.objects.filter(pk=martinique.pk).values().get()
    with pytest.raises(InputError) as refusal:
        services.change_setting(key, value)
    assert key in refusal.value.one_line()
    assert Territory.objects.filter(pk=martinique.pk).values().get() == before


def test_a_new_country_forgets_the_subdivision(martinique: Territory) -> None:
    territory, _ = services.change_setting("holiday_country", "GB")
    assert territory.holiday_subdivision == ""
