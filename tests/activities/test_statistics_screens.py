"""Screens, files, shared links and the API of statistics: the same question has the same answer everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.django_db
YEAR = date.today().year  # open data are those of past and current years


@pytest.fixture
def world(db: None) -> Any:
    from tests.activities.statistics_world import make_world
    from yole.activities import rollups
    from yole.territory.selectors import forget_cached

    made = make_world()
    forget_cached()
    for month in range(1, 4):
        made.report(date(YEAR, month, 3), ["A", "B"], anonymous=9, gender=(3, 4), age=(0, 5), mediator=0, place=0)
        made.report(date(YEAR, month, 9), ["C", "D", "E", "F", "G"], mediator=2, place=1, themes=["sante", "email"])
    made.report(date(YEAR, 2, 20), ["H"], mediator=3, place=0)
    made.report(date(YEAR - 1, 2, 20), ["H", "A"], anonymous=6, mediator=0, place=0)
    while rollups.refresh():
        pass
    return made


@pytest.fixture
def page(client: Any) -> Callable[..., str]:
    def get(account: Any, address: str, **query: str) -> str:
        if account is None:
            client.logout()
        else:
            client.force_login(account)
        response = client.get(address, query)
        assert response.status_code == 200, response.content[:500]
        return str(response.content.decode())

    return get


BASE = "/activites/statistiques/"


def number_on(html: str, name: str) -> str:
    """The value of a figure, digits only."""
    found = re.search(rf'class="name">{name}</p>\s*<p class="value">([^<]*)</p>', html)
    assert found, name
    return re.sub(r"[^\d–]", "", found[1])


def test_the_same_question_has_one_answer_on_two_screens_in_the_files_and_in_the_api(world: Any, page: Any, client: Any) -> None:
    from openpyxl import load_workbook

    from yole.activities import indicators, statistics_links
    from yole.activities.indicators_read import Question
    from yole.kernel import periods

    question = Question(world.territory, periods.year(YEAR))
    board = page(world.coordinator, BASE, perimetre="territoire", periode=str(YEAR))
    made = statistics_links.share(world.coordinator, question, "Rapport", 30)
    shared = page(None, f"{BASE}partage/{made.token}/")
    client.force_login(world.coordinator)
    rows = list(csv.DictReader(io.StringIO(client.get(f"{BASE}statistiques.csv", {"periode": str(YEAR)}).content.decode())))
    book = load_workbook(io.BytesIO(client.get(f"{BASE}statistiques.xlsx", {"periode": str(YEAR)}).content))
    client.logout()
    opened = list(csv.DictReader(io.StringIO(client.get(f"{BASE}donnees-ouvertes/activites-{YEAR}.csv").content.decode())))
    answer = json.loads(client.get("/api/v1/activities/statistics", {"year": YEAR}).content)

    expected = {"activities.activities": 7, "activities.accompaniments": 49, "activities.persons": 8}
    for key, value in expected.items():
        name = indicators.INDICATORS[key].name
        assert number_on(board, name) == number_on(shared, name) == str(value)
        assert [row["valeur"] for row in rows if row["indicateur"] == key] == [str(value)]
        assert [row["valeur"] for row in opened if row["indicateur"] == key and not row["tableau"]] == [str(value)]
        assert [row[3].value for row in book["Chiffres"].iter_rows() if row[0].value == key] == [value]
        assert [one["value"] for one in answer["numbers"] if one["indicator"] == key] == [value]
    themes = {row["label"]: row["value"] for table in answer["tables"] if table["id"] == "theme" for row in table["rows"]}
    assert themes == {row["ligne"]: int(row["valeur"]) for row in rows if row["tableau"] == "Thèmes"}
    assert themes == {row["ligne"]: int(row["valeur"]) for row in opened if row["tableau"] == "Thèmes"}
    assert [row[1].value for row in book["Définitions"].iter_rows(min_row=2)] == [one.name for one in indicators.INDICATORS.values()]
    communes = answer["communes"]
    assert communes["cells"][-1][-1] in (49, None)


def test_every_number_carries_its_definition_its_date_and_its_certainty(world: Any, page: Any) -> None:
    html = page(world.coordinator, BASE, periode=str(YEAR)).replace("\u00a0", " ")
    assert html.count('class="figure"') == 6
    assert html.count("Définition et source") == 6
    assert "comptage exact" in html
    assert "À jour au" in html
    assert "(activities.persons)" in html
    assert "les accompagnements anonymes (55 %) n’y sont pas" in html


def test_what_was_just_saved_is_announced_then_counted(world: Any, page: Any) -> None:
    from yole.activities import rollups

    world.report(date(YEAR, 3, 20), ["Z"], mediator=0)
    html = page(world.mediators[0], BASE, periode=str(YEAR))
    assert "viennent d’être enregistrées" in html
    assert number_on(html, "Activités") == "3"
    rollups.refresh()
    html = page(world.mediators[0], BASE, periode=str(YEAR), perimetre="moi")
    assert "viennent d’être" not in html
    assert number_on(html, "Activités") == "4"


def test_each_sees_what_is_theirs(world: Any, page: Any, client: Any) -> None:
    mine = page(world.mediators[0], BASE, perimetre="moi", periode=str(YEAR))
    assert number_on(mine, "Activités") == "3"
    structure = page(world.mediators[2], BASE, perimetre="structure", periode=str(YEAR))
    assert number_on(structure, "Activités") == "4"
    # A scope that is not theirs gives what is theirs instead.
    sly = page(world.mediators[2], BASE, perimetre="territoire", structure=str(world.structures[0].pk), periode=str(YEAR))
    assert number_on(sly, "Activités") in ("3", "4")
    sly = page(world.mediators[2], BASE, perimetre="structure", mediateur=str(world.mediators[3].pk), periode=str(YEAR))
    assert number_on(sly, "Activités") == "4"
    whole = page(world.coordinator, BASE, perimetre="territoire", structure=str(world.structures[1].pk), periode=str(YEAR))
    assert number_on(whole, "Activités") == "4"
    assert "Médiation 3" not in whole
    client.logout()
    assert client.get(BASE).status_code == 302


def test_comparison_with_the_period_before(world: Any, page: Any) -> None:
    html = page(world.coordinator, BASE, periode=str(YEAR)).replace("\u00a0", " ")
    assert f"année {YEAR - 1}" in html
    assert "+512 %" in html  # 49 accompaniments against 8


def test_small_counts_are_masked_for_others_and_whole_for_oneself(world: Any, page: Any) -> None:
    kept = page(world.mediators[3], BASE, perimetre="moi", periode=f"{YEAR}-02")
    assert number_on(kept, "Activités") == "1"
    masked = page(world.coordinator, BASE, perimetre="territoire", structure=str(world.structures[1].pk), periode=f"{YEAR - 1}-02")
    assert number_on(masked, "Activités") == "0"
    csv_text = page(world.coordinator, f"{BASE}statistiques.csv", periode=str(YEAR), lieu=str(world.places[0].pk), type="individuel")
    assert "masqué : moins de 5" in csv_text
    assert "usage interne" not in csv_text
    assert "usage interne" in page(world.mediators[3], f"{BASE}statistiques.csv", periode=str(YEAR))


def test_cross_table_and_its_not_known(world: Any, page: Any) -> None:
    html = page(world.coordinator, f"{BASE}croisement/", periode=str(YEAR), lignes="age", colonnes="gender").replace("\u00a0", " ")
    assert "Non connu :" in html
    assert "n’invente pas" in html
    html = page(world.coordinator, f"{BASE}croisement/", periode=str(YEAR), lignes="commune", colonnes="gender")
    assert "Saint-Joseph" in html


def test_every_table_has_a_page_and_unknown_ones_do_not(world: Any, page: Any, client: Any) -> None:
    for key in ("month", "structure", "place", "commune", "kind", "theme", "duration", "where", "material", "age", "gender", "status"):
        assert "Parts calculées sur" in page(world.coordinator, f"{BASE}tableau/{key}/", periode=str(YEAR))
    assert client.get(f"{BASE}tableau/nom/").status_code == 404


@pytest.mark.parametrize("query", [
    {"periode": "n’importe quoi"}, {"periode": "libre", "de": "2026-05", "a": "2026-01"}, {"periode": "libre"},
    {"periode": "2026-01-05..2026-02-03"}, {"lieu": "999999"}, {"lieu": "x"}, {"commune": "zz"}, {"theme": "<b>"}, {"type": "\x00"},
])  # fmt: skip
def test_addresses_that_make_no_sense_still_answer(world: Any, page: Any, query: dict[str, str]) -> None:
    html = page(world.coordinator, BASE, **query)
    assert "Statistiques" in html
    if "periode" in query:
        assert "12 derniers mois" in html


# --- shared links -----------------------------------------------------------------------------------------------------------------


def test_a_link_is_made_opened_and_withdrawn(world: Any, client: Any) -> None:
    from yole.activities.models import StatisticsLink

    client.force_login(world.mediators[0])
    response = client.post(f"{BASE}partages/?perimetre=structure&periode={YEAR}", {"label": "Rapport annuel", "days": "30"})
    found = re.search(r'href="(http[^"]+/partage/[^"]+)"', response.content.decode())
    assert found
    address = found[1].replace("http://testserver", "")
    link = StatisticsLink.objects.get()
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert token not in json.dumps(list(StatisticsLink.objects.values()), default=str)  # only its digest is kept
    client.logout()
    shown = client.get(address)
    assert shown.status_code == 200
    html = shown.content.decode()
    assert "noindex" in shown["X-Robots-Tag"] and "noindex" in html
    assert shown["Referrer-Policy"] == "no-referrer"
    assert "Rapport annuel" in html
    assert "Médiation" not in html
    assert "@" not in html
    client.force_login(world.mediators[2])  # of another structure: not theirs to close
    assert client.post(f"{BASE}partages/{link.pk}/retirer/").status_code == 404
    client.force_login(world.mediators[1])  # same structure, but somebody else's link
    assert client.post(f"{BASE}partages/{link.pk}/retirer/").status_code == 403
    client.force_login(world.mediators[0])
    assert client.post(f"{BASE}partages/{link.pk}/retirer/").status_code == 302
    client.logout()
    assert client.get(address).status_code == 404


def test_a_link_ends_and_is_forgotten(world: Any, client: Any) -> None:
    from django.utils import timezone

    from yole.activities import statistics_links
    from yole.activities.indicators_read import Question
    from yole.activities.models import StatisticsLink
    from yole.kernel import periods

    made = statistics_links.share(world.coordinator, Question(world.territory, periods.year(YEAR)), "Fin", 30)
    address = f"{BASE}partage/{made.token}/"
    assert client.get(address).status_code == 200
    now = timezone.now()
    StatisticsLink.objects.update(created_at=now - timedelta(days=40), expires_at=now - timedelta(days=1))
    assert client.get(address).status_code == 404
    assert client.get(f"{BASE}partage/{'x' * 43}/").status_code == 404
    assert statistics_links.forget_old() == 0
    StatisticsLink.objects.update(created_at=now - timedelta(days=400), expires_at=now - timedelta(days=100))
    assert statistics_links.forget_old() == 1
    assert statistics_links.forget_old() == 0


def test_what_may_not_be_shared(world: Any) -> None:
    from yole.activities import statistics_links
    from yole.activities.indicators_read import Question
    from yole.base.errors import Refused
    from yole.kernel import periods

    year = periods.year(YEAR)
    own = Question(world.territory, year, mediator=world.mediators[0].pk)
    with pytest.raises(Refused, match="une seule personne"):
        statistics_links.share(world.mediators[0], own, "Moi", 30)
    with pytest.raises(Refused, match="ne permet pas"):
        statistics_links.share(world.mediators[0], Question(world.territory, year), "Tout", 30)
    with pytest.raises(Refused, match="nom"):
        statistics_links.share(world.coordinator, Question(world.territory, year), "  ", 30)
    with pytest.raises(Refused, match="366"):
        statistics_links.share(world.coordinator, Question(world.territory, year), "Long", 400)


def test_open_data_page_and_definitions(world: Any, page: Any, client: Any) -> None:
    html = page(None, f"{BASE}donnees-ouvertes/")
    assert f"activites-{YEAR}.csv" in html
    assert "Licence Ouverte 2.0" in html
    assert client.get(f"{BASE}donnees-ouvertes/activites-1999.csv").status_code == 404
    assert len(json.loads(client.get("/api/v1/activities/indicators").content)) == 7
    assert client.get("/api/v1/activities/statistics", {"year": "1800"}).status_code == 422


@pytest.mark.parametrize("filters", [{}, {"commune": "97209"}, {"structure": "own", "type": "collectif"}])
def test_no_page_of_statistics_reads_a_report_or_a_person(world: Any, client: Any, filters: dict[str, str]) -> None:
    """Raw tables are read by the task alone: every page, file, link and answer of the API is made of roll-ups."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from yole.activities import statistics_links
    from yole.activities.indicators_read import Question
    from yole.kernel import periods

    raw = ("activities_activity", "activities_participation", "people_person", "activities_rollup_seen", "activities_coordination")
    asked = {"periode": str(YEAR), **filters}
    if "structure" in asked:
        asked["structure"] = str(world.structures[0].pk)
    token = statistics_links.share(world.coordinator, Question(world.territory, periods.year(YEAR)), "Rapport", 30).token
    pages = ["", "tableau/month/", "tableau/theme/", "croisement/", "statistiques.csv", "statistiques.xlsx", "partages/"]
    pages += [f"partage/{token}/", "donnees-ouvertes/", f"donnees-ouvertes/activites-{YEAR}.csv"]
    client.force_login(world.coordinator)
    for address in [*(BASE + one for one in pages), "/api/v1/activities/statistics", "/api/v1/activities/indicators"]:
        with CaptureQueriesContext(connection) as done:
            assert client.get(address, {"year": YEAR} if "api" in address else asked).status_code == 200, address
        assert [query["sql"] for query in done if any(f'"{name}"' in query["sql"] or f" {name} " in query["sql"] for name in raw)] == []
    for account in (world.mediators[0], world.mediators[2]):
        client.force_login(account)
        for scope in ("moi", "structure"):
            with CaptureQueriesContext(connection) as done:
                assert client.get(BASE, {"periode": str(YEAR), "perimetre": scope}).status_code == 200
            assert not [query for query in done if any(name in query["sql"] for name in raw)]


def test_the_threshold_is_that_of_the_territory(world: Any, page: Any) -> None:
    html = page(world.coordinator, BASE, periode=f"{YEAR}-02", structure=str(world.structures[1].pk))
    assert number_on(html, "Accompagnements") == "6"
    world.territory.small_count_threshold = 11
    world.territory.save(update_fields=["small_count_threshold"])
    from yole.territory.selectors import forget_cached

    forget_cached()
    html = page(world.coordinator, BASE, periode=f"{YEAR}-02", structure=str(world.structures[1].pk))
    assert "moins de 11 personnes" in html.replace("\u00a0", " ")
    assert number_on(html, "Accompagnements") in ("", "–")


def test_the_number_of_queries_does_not_grow(world: Any, page: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page(world.coordinator, BASE, periode=str(YEAR))
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(world.coordinator, BASE, periode=str(YEAR))
    assert not [query for query in few if "activities_activity" in query["sql"] or "activities_participation" in query["sql"]]
    assert len(few) <= 40
