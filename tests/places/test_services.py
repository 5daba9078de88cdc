"""Acts on one place: rights, refusals, idempotence; retention."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.places.factories import PlaceFactory, ReportFactory
from yole.base.errors import Refused
from yole.places import retention, services
from yole.places.freshness import score
from yole.places.models import Confirmation, ImportBatch, PlaceChange, Report
from yole.places.selectors import freshness_of
from yole.territory.models import Territory

TODAY = date(2026, 11, 23)


def test_a_report_sent_twice_is_one(territory: Territory) -> None:
    place, key = PlaceFactory(), uuid4()
    first = services.report_error(place, kind="hours", text=" 9 h ", contact="", key=key)
    again = services.report_error(place, kind="closed", text="autre", contact="x", key=key)
    assert (first.pk, first.text) == (again.pk, "9 h")
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "nope"}, "kind"),
        ({"kind": "other", "text": "  "}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"contact": "x" * 201}, "contact"),
    ],
)
def test_a_report_that_cannot_be_used_is_refused(territory: Territory, said: dict[str, str], field: str) -> None:
    place = PlaceFactory()
    with pytest.raises(Refused) as refusal:
        services.report_error(place, **{"kind": "hours", "text": "", "contact": "", **said}, key=uuid4())
    assert refusal.value.field == field
    assert not Report.objects.exists()


def test_confirming_twice_is_one_confirmation(coordinator: Any) -> None:
    place = PlaceFactory()
    for _ in range(2):
        services.confirm(place, groups=["hours", "contact"], on=TODAY, by=coordinator, how="appel", today=TODAY)
    assert Confirmation.objects.count() == 2


@pytest.mark.parametrize("bad", [{"groups": []}, {"groups": ["x"]}, {"on": TODAY + timedelta(days=1)}, {"how": " "}])
def test_a_confirmation_that_says_nothing_is_refused(coordinator: Any, bad: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        services.confirm(PlaceFactory(), **{"groups": ["hours"], "on": TODAY, "how": "appel", **bad}, by=coordinator, today=TODAY)
    assert not Confirmation.objects.exists()


def test_a_volunteer_may_neither_close_nor_confirm(volunteer: Any) -> None:
    place = PlaceFactory()
    with pytest.raises(Refused):
        services.close_place(place, on=TODAY, reason="x", by=volunteer)
    with pytest.raises(Refused):
        services.confirm(place, groups=["hours"], on=TODAY, by=volunteer, how="appel", today=TODAY)
    with pytest.raises(Refused):
        services.reopen_place(PlaceFactory(closed=True), by=volunteer)
    assert not PlaceChange.objects.exists()


def test_closing_and_reopening_leave_a_history(coordinator: Any) -> None:
    place = PlaceFactory()
    services.close_place(place, on=TODAY, reason="déménagement", by=coordinator)
    with pytest.raises(Refused):
        services.close_place(place, on=TODAY, reason="encore", by=coordinator)
    services.reopen_place(place, by=coordinator)
    place.refresh_from_db()
    assert place.closed_on is None
    assert [change.after["closed_reason"] for change in PlaceChange.objects.order_by("pk")] == ["déménagement", ""]


def test_contacts_are_erased_30_days_after_handling(territory: Territory) -> None:
    now = timezone.now()
    kept = ReportFactory(state="accepted", handled_at=now - timedelta(days=29))
    due = ReportFactory(state="refused", handled_at=now - timedelta(days=30, minutes=1))
    waiting = ReportFactory()
    forgotten = ReportFactory()
    Report.objects.filter(pk=forgotten.pk).update(created_at=now - timedelta(days=366))
    assert retention.purge_contacts() == 2
    assert retention.purge_contacts() == 0
    contacts = dict(Report.objects.values_list("pk", "contact"))
    assert contacts[kept.pk] == contacts[waiting.pk] == "secret-contact@exemple.invalid"
    assert contacts[due.pk] == contacts[forgotten.pk] == ""
    assert Report.objects.get(pk=due.pk).text


def test_imported_files_are_erased_after_7_days(territory: Territory) -> None:
    made = [ImportBatch.objects.create(territory=territory, source="s", file_name="f", sha256="0" * 64, content=b"x") for _ in range(2)]
    ImportBatch.objects.filter(pk=made[0].pk).update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    assert {rule.table: rule.purge() for rule in retention.RULES} == {"places_report": 0, "places_importbatch": 1}
    assert [batch.content is None for batch in ImportBatch.objects.order_by("pk")] == [True, False]


def test_freshness_is_full_for_six_months_and_gone_at_two_years(territory: Territory) -> None:
    assert score(TODAY - timedelta(days=180), TODAY, check_days=180, stale_days=730) == 1
    assert score(TODAY - timedelta(days=455), TODAY, check_days=180, stale_days=730) == pytest.approx(0.5)
    assert score(TODAY - timedelta(days=730), TODAY, check_days=180, stale_days=730) == 0
    assert score(TODAY - timedelta(days=4000), TODAY, check_days=180, stale_days=730) == 0
    place = PlaceFactory(updated_on=date(2024, 8, 1))
    Confirmation.objects.create(place=place, group="hours", confirmed_on=TODAY, how="appel")
    fresh = freshness_of([place], TODAY, territory)[place.pk]
    assert (fresh["hours"].score, fresh["hours"].verified) == (1.0, True)
    assert (fresh["contact"].score, fresh["contact"].verified) == (0.0, False)
