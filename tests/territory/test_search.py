from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from yole.territory import selectors, services
from yole.territory.models import Commune, Territory
from yole.territory.selectors import Match, search_communes


def codes(typed: str, **kwargs: Any) -> list[str]:
    return [place.code for place in search_communes(typed, **kwargs).places]


def test_nothing_typed(martinique: Territory) -> None:
    for typed in ("", "   ", "\x00", "\u00a0"):
        assert search_communes(typed).match is Match.EMPTY


def test_a_name_an_error_a_choice_and_nothing(martinique: Territory) -> None:
    exact = search_communes("l’ajoupa-bouillon")
    assert (exact.match, exact.place and exact.place.code) == (Match.EXACT, "97201")
    guessed = search_communes("lamantin")
    assert (guessed.match, guessed.place and guessed.place.name) == (Match.GUESSED, "Le Lamentin")
    several = search_communes("rivière")
    assert (several.match, several.place, len(several.places)) == (Match.SEVERAL, None, 2)
    assert search_communes("xyzzy").match is Match.NONE
    assert search_communes("a" * 500).match is Match.NONE


def test_a_postcode_of_one_commune_or_of_several(martinique: Territory) -> None:
    assert search_communes("97232").match is Match.EXACT
    assert codes("97232") == ["97213"]
    assert codes(" 97 232 ") == codes("972 32") == ["97213"]
    shared = search_communes("97250")
    assert (shared.match, shared.postcode) == (Match.SEVERAL, "97250")
    assert sorted(place.code for place in shared.places) == ["97208", "97219", "97225"]
    assert search_communes("97250 Saint-Pierre").match is Match.EXACT
    assert codes("st pierre 97250") == ["97225"]
    # 97212 is the postcode of Saint-Joseph (and of a part of Fort-de-France); as an official code it is Gros-Morne.
    assert sorted(codes("97212")) == ["97209", "97224"]
    assert codes("97250", limit=2) == ["97225", "97219"]


def test_a_postcode_of_elsewhere_is_told_apart_from_one_that_does_not_exist(martinique: Territory) -> None:
    away = search_communes("97110")
    assert (away.match, away.elsewhere, away.places) == (Match.ELSEWHERE, "Guadeloupe", [])
    assert search_communes("75011 Paris").elsewhere == "Paris"
    assert search_communes("20000").elsewhere == "Corse-du-Sud ou Haute-Corse"
    assert search_communes("97299").match is Match.NONE
    assert search_communes("00000").match is Match.NONE
    cedex = search_communes("97261 Fort-de-France Cedex")
    assert (cedex.match, cedex.place and cedex.place.code) == (Match.GUESSED, "97209")


def test_the_name_of_a_commune_of_elsewhere(martinique: Territory) -> None:
    Commune.objects.create(
        code="97120",
        name="Petit-Bourg",
        sort_key="petit bourg",
        search_key="petit bourg",
        departement="971",
        source="essai",
        source_date="2026",
    )
    away = search_communes("petit bourg")
    assert (away.match, away.elsewhere) == (Match.ELSEWHERE, "Guadeloupe")
    assert "97120" not in {place.code for place in selectors.communes()}


def test_a_quartier_is_found_under_its_commune(tartane: Any) -> None:
    for typed in ("Tartane", "tartanne"):
        place = search_communes(typed).place
        assert place is not None
        assert (place.code, place.label, place.lat) == ("97230", "Tartane (La Trinité)", 14.757)


def test_the_search_asks_the_database_once_then_not_at_all(martinique: Territory, django_assert_num_queries: Any) -> None:
    selectors.forget_cached()
    with django_assert_num_queries(3):  # territory, communes, quartiers
        search_communes("lamentin")
    with django_assert_num_queries(0):
        search_communes("97250")
        search_communes("le robert")


def test_a_change_made_by_another_process_is_seen(martinique: Territory, settings: Any) -> None:
    settings.TERRITORY_CACHE_SECONDS = 0
    assert codes("fort de france") == ["97209"]
    Commune.objects.filter(pk="97209").update(name="Fort-Royal", search_key="fort royal")
    assert search_communes("fort royal").match is Match.NONE
    Territory.objects.update(communes_version=martinique.communes_version + 1)
    assert codes("fort royal") == ["97209"]


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=500))
def test_no_text_breaks_the_search(martinique: Territory, typed: str) -> None:
    outcome = search_communes(typed)
    assert isinstance(outcome.match, Match)
    assert len(outcome.places) <= 8


@pytest.mark.parametrize(
    ("lat", "lon", "code"), [(14.6037, -61.0667, "97209"), (14.757, -60.922, "97230"), (14.86, -61.18, "97211"), (14.4, -60.84, "97226")]
)
def test_the_nearest_commune(martinique: Territory, lat: float, lon: float, code: str) -> None:
    found = selectors.nearest_commune(lat, lon)
    assert found is not None
    assert found.place.code == code
    assert found.km < 8
    assert found.inside is None


def test_far_away_there_is_no_nearest_commune(martinique: Territory) -> None:
    assert selectors.nearest_commune(48.85, 2.35) is None
    assert selectors.nearest_commune(16.0, -61.7) is None
    for lat, lon in ((91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0)):
        with pytest.raises(ValueError, match="out of range"):
            selectors.nearest_commune(lat, lon)


def test_a_contour_decides_before_the_centre(martinique: Territory) -> None:
    """A point nearer to the centre of Le Lamentin, inside a contour given to Le Robert, is in Le Robert."""
    from yole.territory.models import Contour

    lamentin = selectors.commune("97213")
    assert lamentin.lat is not None
    assert lamentin.lon is not None
    lat, lon = lamentin.lat + 0.005, lamentin.lon + 0.005
    square = [
        [lon - 0.001, lat - 0.001],
        [lon + 0.001, lat - 0.001],
        [lon + 0.001, lat + 0.001],
        [lon - 0.001, lat + 0.001],
        [lon - 0.001, lat - 0.001],
    ]
    Contour.objects.create(
        commune_id="97222", geometry={"type": "Polygon", "coordinates": [square]}, outline=[], source="essai", source_date="2026"
    )
    found = selectors.nearest_commune(lat, lon)
    assert found is not None
    assert (found.place.code, found.inside) == ("97222", True)
    beside = selectors.nearest_commune(lamentin.lat, lamentin.lon)
    assert beside is not None
    assert (beside.place.code, beside.inside) == ("97213", False)


def test_a_site_without_territory_still_answers(db: None) -> None:
    assert selectors.current().pk is None
    assert selectors.current().small_count_threshold == 5
    assert search_communes("Fort-de-France").match is Match.NONE
    assert selectors.nearest_commune(14.6, -61.0) is None
    assert selectors.health()[0] is False


def test_a_second_territory_needs_data_alone(db: None) -> None:
    from pathlib import Path

    from yole.territory.importing import import_communes
    from yole.territory.records import gather

    gathered = gather(Path(__file__).parent / "reunion.csv")
    import_communes(gathered, origin="reunion.csv", write_files=False)
    territory, made = services.ensure_default(["974"])
    assert made
    assert (territory.name, territory.time_zone, territory.holiday_subdivision) == ("La Réunion", "Indian/Reunion", "RE")
    assert codes("st denis") == ["97411"]
    assert search_communes("97200").elsewhere == "Martinique"
    assert codes("97480") == ["97412"]
    assert services.ensure_default(["972"]) == (territory, False)
