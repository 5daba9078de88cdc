"""What is somebody else's: a link to revoke, a key already taken behind row policies, one key sent twice at once."""

from __future__ import annotations

import threading
import uuid
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from yole.base import scope
from yole.base.errors import Refused

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.territory import selectors

    monkeypatch.setattr(selectors, "today", lambda: TODAY)


def report(house: SimpleNamespace) -> dict[str, Any]:
    return {
        "kind": "individuel", "date": "2026-11-20", "minutes": 30, "place_kind": "lieu_activite", "place": house.place.pk,
        "themes": ["email"], "group": {"total": 1},
    }  # fmt: skip


def save_as(account: Any, data: dict[str, Any], key: uuid.UUID) -> Any:
    from yole.activities.services import save_activity

    with scope.scope(scope.scope_of(account)):
        return save_activity(account, data, key)


@pytest.fixture
def link(house: SimpleNamespace) -> Any:
    from django.utils import timezone

    from yole.activities.models import StatisticsLink

    def make(author: Any, structure: Any) -> Any:
        return StatisticsLink.objects.create(
            territory=house.territory, structure=structure, label="Essai", token_digest=uuid.uuid4().hex * 2, question={},
            created_by=author, expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip

    return make


def test_a_link_is_closed_by_its_author_or_a_coordinator_of_its_scope(house: Any, link: Any, client: Any) -> None:
    of_structure = link(house.colleague, house.structure)
    of_territory = link(house.chief, None)
    listed = reverse("activities:statistics-links")

    def close(account: Any, one: Any) -> int:
        client.force_login(account)
        return client.post(reverse("activities:statistics-revoke", args=[one.pk])).status_code

    def offered(account: Any, one: Any) -> bool:
        client.force_login(account)
        return reverse("activities:statistics-revoke", args=[one.pk]) in client.get(listed).content.decode()

    assert not offered(house.mediator, of_structure)
    assert close(house.mediator, of_structure) == 403
    assert close(house.stranger, of_structure) == 404
    assert close(house.coordinator, of_territory) == 404
    of_structure.refresh_from_db()
    assert of_structure.revoked_at is None
    for account, one in ((house.colleague, of_structure), (house.chief, of_territory)):
        assert offered(account, one)
        assert close(account, one) == 302
        one.refresh_from_db()
        assert one.revoked_at is not None
    assert close(house.coordinator, link(house.colleague, house.structure)) == 302
    assert close(house.chief, link(house.colleague, house.structure)) == 302


def test_numbers_of_a_territory_are_read_by_others_who_close_no_link(house: Any, link: Any, client: Any) -> None:
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account

    evaluator = create_account(
        email="evaluation@exemple.invalid", name="Éval (fictif)", role=Role.EVALUATOR, territory=house.territory, password="x" * 14
    )
    one = link(house.chief, None)
    client.force_login(evaluator)
    assert client.post(reverse("activities:statistics-revoke", args=[one.pk])).status_code == 403
    one.refresh_from_db()
    assert one.revoked_at is None


def test_the_page_of_an_import_without_counts(house: Any, client: Any) -> None:
    from yole.activities.models import ImportBatch

    client.force_login(house.mediator)
    for state in ("previewed", "undone"):
        batch = ImportBatch.objects.create(
            territory=house.territory, structure=house.structure, account=house.mediator, file_name="essai.csv", sha256="0" * 64,
            schema="yole", counts={}, state=state,
        )  # fmt: skip
        answer = client.get(reverse("activities:import", args=[batch.pk]))
        assert answer.status_code == 200
        assert "0 ligne" in answer.content.decode().replace("\u00a0", " ")


def test_the_key_of_another_structure_s_report_is_refused_in_words(house: Any) -> None:
    key = uuid.uuid4()
    assert save_as(house.stranger, report(house), key).created
    with pytest.raises(Refused) as refusal:
        save_as(house.mediator, report(house), key)
    assert (refusal.value.code, refusal.value.status) == ("foreign", 409)
    assert "autre structure" in refusal.value.reason


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_one_key_sent_twice_at_once_is_one_report(house: Any) -> None:
    from yole.activities.models import Activity

    key, together, found, wrong = uuid.uuid4(), threading.Barrier(2), [], []
    data = report(house)

    def send() -> None:
        try:
            together.wait(20)
            found.append(save_as(house.mediator, data, key))
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert wrong == []
    assert sorted(saved.created for saved in found) == [False, True]
    assert {saved.activity.pk for saved in found} == {key}
    with scope.system_scope():
        assert Activity.objects.filter(pk=key).count() == 1
