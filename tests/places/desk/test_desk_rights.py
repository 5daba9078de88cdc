"""Who may open what: every page of the desk, every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from yole.places.models import ImportBatch, PairDecision, Report

ANYONE_IN_THE_FIELD = ["desk", "desk-queue", "desk-csv", "desk-skip", "desk-take-back"]
COORDINATION = ["desk-reports", "desk-pairs", "desk-pairs-search", "desk-decisions", "desk-imports", "desk-import-new"]
ON_PLACE = ["desk-place", "desk-edit", "desk-close", "desk-confirm", "desk-reopen"]


@pytest.mark.parametrize("name", [*ANYONE_IN_THE_FIELD, *COORDINATION, "desk-new"])
def test_a_visitor_is_sent_to_sign_in(client: Any, martinique: Any, name: str) -> None:
    for answer in (client.get(reverse(f"places:{name}")), client.post(reverse(f"places:{name}"))):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("organisations:sign-in"))


@pytest.mark.parametrize("name", COORDINATION)
def test_a_mediator_neither_merges_nor_imports(sign_in: Any, mediator: Any, name: str) -> None:
    client = sign_in(mediator)
    assert client.get(reverse(f"places:{name}")).status_code == 403
    assert client.post(reverse(f"places:{name}")).status_code == 403


def test_a_mediator_verifies_but_does_not_edit(sign_in: Any, mediator: Any, place: Any) -> None:
    client = sign_in(mediator)
    page = client.get(reverse("places:desk-place", args=[place.pk]))
    assert page.status_code == 200
    assert reverse("places:desk-edit", args=[place.pk]) not in page.content.decode()
    for name in ("desk-edit", "desk-close", "desk-reopen"):
        assert client.post(reverse(f"places:{name}", args=[place.pk])).status_code == 403
    assert client.post(reverse("places:desk-new")).status_code == 403


@pytest.mark.parametrize("role", ["volunteer", "event-organiser", "evaluator", "recruiter", "data-protection-officer"])
def test_other_roles_have_no_desk(sign_in: Any, account: Callable[..., Any], role: str) -> None:
    assert sign_in(account(role)).get(reverse("places:desk")).status_code == 403


@pytest.mark.parametrize("name", ON_PLACE)
def test_a_place_of_another_territory_does_not_exist(sign_in: Any, account: Any, elsewhere: Any, place: Any, name: str) -> None:
    client = sign_in(account("territory-coordinator", elsewhere))
    address = reverse(f"places:{name}", args=[place.pk])
    if name != "desk-place":
        assert client.post(address, {"tout": "1"}).status_code == 404
    if name not in ("desk-confirm", "desk-reopen"):
        assert client.get(address).status_code == 404
    assert place.name not in client.get(reverse("places:desk")).content.decode()


def test_what_hangs_on_another_territory_does_not_exist(sign_in: Any, account: Any, elsewhere: Any, place: Any, twin: Any) -> None:
    import uuid

    report = Report.objects.create(place=place, kind="other", text="non", key=uuid.uuid4())
    batch = ImportBatch.objects.create(territory=place.territory, source="x", file_name="x", sha256="0" * 64, content=b"nom\nx\n")
    decision = PairDecision.objects.create(kept=place, other=twin, same=False, score=0.9)
    client = sign_in(account("territory-coordinator", elsewhere))
    assert client.get(reverse("places:desk-report", args=[report.pk])).status_code == 404
    assert client.post(reverse("places:desk-report-reopen", args=[report.pk])).status_code == 404
    for name in ("desk-import", "desk-import-columns", "desk-import-preview", "desk-import-undo", "desk-import-refused"):
        assert client.get(reverse(f"places:{name}", args=[batch.pk])).status_code == 404
    assert client.post(reverse("places:desk-import-preview", args=[batch.pk])).status_code == 404
    assert client.post(reverse("places:desk-import-drop", args=[batch.pk])).status_code == 404
    assert client.get(reverse("places:desk-pair", args=[place.pk, twin.pk])).status_code == 404
    assert client.post(reverse("places:desk-decision-undo", args=[decision.pk])).status_code == 404
    decision.refresh_from_db()
    assert decision.undone_at is None


def test_the_home_shows_what_the_account_may_do(sign_in: Any, mediator: Any, coordinator: Any, account: Any, place: Any) -> None:
    address = reverse("web:desk")
    field = sign_in(mediator).get(address).content.decode()
    assert reverse("places:desk-queue") in field
    assert reverse("places:desk-pairs") not in field
    whole = sign_in(coordinator).get(address).content.decode()
    assert reverse("places:desk-pairs") in whole
    assert reverse("places:desk-import-new") in whole
    nothing = sign_in(account("recruiter")).get(address)
    assert nothing.status_code == 200
    assert reverse("places:desk") not in nothing.content.decode()
