"""The traps of statistics of digital mediation, one test each: what other systems got wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from unittest import mock

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Any:
    from tests.activities.statistics_world import make_world

    return make_world()


def ask(world: Any, key: str = "2026", *, protected: bool = False, **narrowed: Any) -> Any:
    """What is measured once every change is counted."""
    from yole.activities import indicators, rollups
    from yole.activities.indicators_read import Question
    from yole.kernel import periods

    while rollups.refresh():
        pass
    return indicators.measure(Question(world.territory, periods.parse(key, date(2026, 11, 22)), protected=protected, **narrowed))


def lines(table: Any) -> dict[str, int | None]:
    return {row.key: row.value for row in table.rows}


def test_a_past_year_is_the_same_a_year_later_byte_for_byte(world: Any) -> None:
    from django.utils import timezone

    from yole.activities import files_statistics, rollups, statistics
    from yole.kernel import periods

    world.report(date(2025, 5, 5), ["A"], age_band="vingt_cinq_trente_neuf")
    world.report(date(2025, 6, 5), ["A", "B"], anonymous=9, age=(2, 3))
    rollups.refresh()
    question = ask(world, "2025").question

    def files() -> tuple[bytes, bytes, bytes]:
        board = statistics.dashboard(question)
        return files_statistics.csv(board), files_statistics.xlsx(board), files_statistics.open_csv(world.territory, 2025)

    first = files()
    later = timezone.now().replace(year=timezone.now().year + 1)
    world.person("A").birth_year = 1985
    world.person("A").age_band = "quarante_cinquante_neuf"  # older since; the past does not move
    world.person("A").save()
    with mock.patch("django.utils.timezone.now", return_value=later):
        rollups.refresh()
        assert rollups.recount().differences == 0
        assert files() == first
    assert periods.parse("2025", date(2026, 11, 22)) == periods.parse("2025", date(2027, 11, 22))


def test_margins_stay_margins(world: Any) -> None:
    from yole.activities import indicators
    from yole.activities.models import Activity

    world.report(date(2026, 3, 3), anonymous=12, gender=(5, 6), age=(0, 4, 0, 0, 8))
    found = ask(world)
    joint = indicators.cross(found, "age", "gender")
    assert joint.unknown.startswith("non connu")
    assert not joint.cells
    before = [lines(indicators.by_age(found)), lines(indicators.by_gender(found))]
    for one in Activity.objects.all():
        one.save()
    again = ask(world)
    assert [lines(indicators.by_age(again)), lines(indicators.by_gender(again))] == before
    assert before[1] == {"masculin": 5, "feminin": 6, "non_communique": 1}
    by_commune = indicators.cross(found, "commune", "gender")  # a place and one margin: known
    assert (list(by_commune.lines), by_commune.cells, by_commune.total) == (["Fort-de-France"], [[5, 6, 1]], 12)


def test_accompaniments_persons_and_activities_are_three_numbers(world: Any) -> None:
    from yole.activities import indicators

    world.report(date(2026, 3, 3), ["A", "B"], anonymous=10)
    world.report(date(2026, 4, 3), ["A"])
    world.report(date(2026, 4, 4), anonymous=1)
    found = ask(world)
    values = {key: function(found).value for key, function in indicators.NUMBERS.items()}
    assert values["activities.activities"] == 3
    assert values["activities.accompaniments"] == 14
    assert values["activities.persons"] == 2
    assert values["activities.anonymous-share"] == pytest.approx(100 * 11 / 14)
    assert "79 %" in indicators.persons(found).note
    assert len({one.name for one in indicators.INDICATORS.values()}) == len(indicators.INDICATORS)
    months = [indicators.persons(ask(world, key)).value for key in ("2026-03", "2026-04")]
    assert sum(value or 0 for value in months) == 3  # not the 2 of the year: unique counts are never sums


def test_theme_table_prints_its_denominator_and_exceeds_it(world: Any) -> None:
    from yole.activities import indicators

    for _ in range(3):
        world.report(date(2026, 3, 3), anonymous=9, themes=["sante", "aide_aux_demarches_administratives"], admin=["social_sante"])
    world.report(date(2026, 3, 4), anonymous=9, themes=["email"])
    found = ask(world)
    table = indicators.by_theme(found)
    assert lines(table) == {"sante": 3, "aide_aux_demarches_administratives": 3, "email": 1}
    assert table.denominator == "4 activités"
    assert not table.adds_up
    assert sum(row.share or 0 for row in table.rows) == pytest.approx(175)
    assert lines(indicators.by_theme(found, administrative=True)) == {"social_sante": 3}  # a sub-theme is never counted again above


def test_a_duration_falls_in_one_band(world: Any) -> None:
    from yole.activities import indicators

    for minutes in (0, 29, 30, 59, 60, 119, 120, 121):
        world.report(date(2026, 3, 3), anonymous=9, minutes=minutes)
    world.report(date(2026, 3, 3), anonymous=9, minutes=None, schema="cnfs-v1")
    found = ask(world)
    assert lines(indicators.by_duration(found)) == {"0-30": 2, "30-60": 2, "60-120": 2, "120+": 2, "unknown": 1}
    hours = indicators.hours(found)
    assert hours.value == pytest.approx((29 + 30 + 59 + 60 + 119 + 120 + 121) / 60)
    assert "1 activité" in hours.note  # nought minutes is known, a missing duration is not


def test_a_deleted_report_leaves_every_count_at_once(world: Any) -> None:
    from yole.activities import indicators

    world.report(date(2026, 3, 3), ["A"])
    gone = world.report(date(2026, 3, 4), ["B"], anonymous=12, themes=["sante"])
    assert ask(world).persons == 2
    gone.deleted_at = datetime(2026, 3, 5, tzinfo=UTC)
    gone.save()
    found = ask(world)
    assert (found.persons, found.sums["activities"], found.sums["accompaniments"]) == (1, 1, 1)
    assert lines(indicators.by_theme(found)) == {"email": 1}
    for by in ("commune", "place", "structure", "kind", "month"):
        assert sum(value or 0 for value in lines(indicators.grouped(found, by)).values()) == 1


def test_merged_people_count_once_in_every_past_period_and_come_back(world: Any) -> None:
    world.report(date(2024, 3, 3), ["A", "B"])  # both cards were ticked at the same workshop
    world.report(date(2025, 3, 3), ["A"])
    world.report(date(2025, 4, 3), ["B"], mediator=3)
    world.report(date(2025, 5, 3), ["C"])

    def state() -> list[Any]:
        found = [ask(world, key) for key in ("2024", "2025", "2024-01..2025-12", "2025-03")]
        return [(one.persons, one.sums) for one in found]

    apart = state()
    assert [persons for persons, _ in apart] == [2, 3, 3, 1]
    world.merge("B", "A")
    merged = state()
    assert [persons for persons, _ in merged] == [1, 2, 2, 1]
    assert merged[0][1]["accompaniments"] == 1  # one human being, one accompaniment
    world.merge("B", None)
    assert state() == apart


def test_the_day_is_that_of_the_territory(world: Any) -> None:
    from zoneinfo import ZoneInfo

    from yole.kernel.periods import local_day

    act = datetime(2026, 1, 1, 0, 15, tzinfo=UTC)  # 20:15 on 31 December in Fort-de-France
    world.report(local_day(act, ZoneInfo(world.territory.time_zone)), ["A"])
    assert ask(world, "2025").sums["activities"] == 1
    assert ask(world, "2026").sums["activities"] == 0


def test_two_tools_share_only_common_age_bands(world: Any) -> None:
    from yole.activities import indicators

    world.report(date(2026, 3, 3), anonymous=10, age=(1, 2, 3, 1, 1, 1, 1))
    assert set(lines(indicators.by_age(ask(world)))) >= {"dix_huit_vingt_quatre", "vingt_cinq_trente_neuf"}
    world.report(date(2026, 3, 4), anonymous=20, schema="cnfs-v1", v1_age=(2, 3, 4, 5, 6))
    table = indicators.by_age(ask(world))
    assert lines(table) == {"0-11": 3, "12-17": 5, "18-59": 14, "60+": 8, "unknown": 0}
    assert "communes" in table.note
    assert table.total == 30
    assert "harmonisés" in indicators.by_theme(ask(world)).note
    assert indicators.cross(ask(world), "commune", "age").unknown


def test_one_person_reported_by_two_structures_for_one_workshop_is_one_attendance(world: Any) -> None:
    from tests.activities.statistics_world import make_session
    from yole.activities import indicators

    session = make_session(world, date(2026, 3, 3))
    world.report(date(2026, 3, 3), ["A", "B"], session=session, mediator=0, sex="feminin")
    world.report(date(2026, 3, 3), ["A"], session=session, mediator=2, sex="feminin")
    found = ask(world)
    assert (found.persons, found.sums["accompaniments"], found.sums["activities"]) == (2, 2, 2)
    assert lines(indicators.by_gender(found))["feminin"] == 2
    for structure, people in zip(world.structures, (2, 1), strict=True):
        assert ask(world, structure=structure.pk).sums["accompaniments"] == people
    assert sum(row[0] for row in indicators.cross(found, "kind", "gender").cells) == 2
    filtered = ask(world, kind="collectif", commune="97209")
    assert filtered.sums["accompaniments"] == 2  # « collectif » of structure A alone; B made an individual report


def test_small_counts_are_masked_and_cannot_be_subtracted(world: Any) -> None:
    from yole.activities import indicators

    world.report(date(2026, 3, 3), anonymous=3, place=0)
    world.report(date(2026, 3, 4), anonymous=30, place=1)
    found = ask(world, protected=True)
    table = indicators.grouped(found, "commune")
    assert lines(table) == {"97209": None, "97224": None}  # the second one would give the first away
    assert table.total == 2
    alone = ask(world, protected=True, commune="97209")
    value = indicators.accompaniments(alone)
    assert (value.masked, value.value) == (True, None)
    assert "moins de 5" in value.note
    assert lines(indicators.grouped(ask(world), "commune")) == {"97209": 1, "97224": 1}


def test_filters_together_give_what_a_plain_count_gives(world: Any) -> None:
    import random

    from tests.activities.statistics_world import make_session, scramble
    from yole.activities.models import Activity

    draw = random.Random(11)
    sessions = [None, None, make_session(world, date(2026, 3, 3))]
    for _ in range(60):
        scramble(world, draw, sessions[:2])
    for _ in range(40):
        narrowed: dict[str, Any] = {}
        rows = Activity.objects.filter(deleted_at__isnull=True, date__range=(date(2026, 1, 1), date(2026, 12, 31)))
        if draw.random() < 0.4:
            narrowed["structure"] = draw.choice(world.structures).pk
            rows = rows.filter(structure=narrowed["structure"])
        if draw.random() < 0.3:
            narrowed["mediator"] = draw.choice(world.mediators).pk
            rows = rows.filter(mediator=narrowed["mediator"])
        if draw.random() < 0.4:
            narrowed["kind"] = draw.choice(["individuel", "collectif"])
            rows = rows.filter(kind=narrowed["kind"])
        if draw.random() < 0.4:
            narrowed["place"] = draw.choice(world.places).pk
            rows = rows.filter(place=narrowed["place"])
        if draw.random() < 0.4:
            narrowed["theme"] = draw.choice(["email", "sante", "diagnostic_numerique"])
            rows = rows.filter(themes__contains=[narrowed["theme"]])
        found = ask(world, **narrowed)
        assert found.sums["activities"] == rows.count()
        assert found.sums["minutes"] == sum(rows.values_list("minutes", flat=True))
        if found.persons is not None:
            people = {(p.person.canonical_id or p.person_id) for one in rows for p in one.participations.select_related("person")}
            assert found.persons == len(people)
        from yole.activities import indicators_read

        for by in ("commune", "month", "structure", "place", "kind"):
            assert sum(one["activities"] for one in indicators_read.grouped(found.question, by, found.twice).values()) == rows.count()
