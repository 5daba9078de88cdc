"""Follow-ups: opened with an agreement, moved on step by step, told by a named person, forgotten after six months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def house(db: None) -> Iterator[SimpleNamespace]:
    from tests.people.conftest import make_house
    from yole.base.scope import system_scope
    from yole.people.services import About, create_anonymous

    with system_scope():
        made = make_house()
        made.person = create_anonymous(made.mediator, About())
        yield made


RESULT: dict[str, Any] = {
    "benefits": [
        {"id": "rsa", "verdict": "yes", "probability": 1.0, "period": "month", "rules_dated": "2026-04-01"},
        {"id": "ppa", "verdict": "undetermined", "probability": 0.4, "period": "month", "rules_dated": "2026-04-01"},
        {"id": "aspa", "verdict": "no", "probability": 0.0, "period": "month", "rules_dated": "2026-01-01"},
    ],
    "engine": {"openfisca_france": "176.1.8", "openfisca_core": "44.7.1", "seed": 0},
}


def opened(house: SimpleNamespace, *names: str, agreed: bool = True, code: str = "") -> Any:
    from yole.rights.services import open_follow_ups

    return open_follow_ups(
        house.mediator, code or house.person.code, list(names or ("rsa",)), RESULT, inputs_hash="a" * 64, commune="97209", agreed=agreed
    )


def refused(code: str) -> Any:
    from yole.base.errors import Refused

    return pytest.raises(Refused, check=lambda error: error.code == code)


def test_nothing_without_agreement_card_or_result(house: SimpleNamespace) -> None:
    from yole.rights.models import FollowUp

    with refused("no-agreement"):
        opened(house, agreed=False)
    with refused("unknown-card"):
        opened(house, code="AAAAAAAAAA")
    with refused("not-in-result"):
        opened(house, "aspa")
    with refused("not-in-result"):
        opened(house, "mva")
    assert not FollowUp.objects.exists()


def test_from_identified_to_granted_with_its_journal(house: SimpleNamespace) -> None:
    from yole.journal.models import Entry
    from yole.rights import services
    from yole.territory.selectors import today

    row = opened(house)[0]
    assert (row.inputs_hash, row.told_by, row.remind_on) == ("a" * 64, house.mediator, today() + timedelta(days=14))
    with refused("already-followed"):
        opened(house)
    with refused("wrong-step"):
        services.note_answer(house.mediator, row.pk, today(), "granted")
    with refused("future"):
        services.file_claim(house.mediator, row.pk, today() + timedelta(days=1))
    services.prepare(house.mediator, row.pk, today())
    services.file_claim(house.mediator, row.pk, today())
    done = services.note_answer(house.mediator, row.pk, today(), "granted", amount=Decimal("573.49"), outcome="non-connaissance")
    assert (done.step, done.answer, done.amount, done.remind_on) == ("answered", "granted", Decimal("573.49"), None)
    actions = list(Entry.objects.order_by("seq").values_list("action", flat=True))
    assert actions[-4:] == ["rights.follow", "rights.prepare", "rights.file", "rights.answer"]
    opened(house)  # a new one may begin once the first is answered


def test_a_refusal_has_a_reason_and_may_be_appealed(house: SimpleNamespace) -> None:
    from yole.rights import services
    from yole.territory.selectors import today

    row = opened(house)[0]
    services.file_claim(house.mediator, row.pk, today())
    with refused("no-reason"):
        services.note_answer(house.mediator, row.pk, today(), "refused")
    with refused("amount-with-refusal"):
        services.note_answer(house.mediator, row.pk, today(), "refused", amount=Decimal(3), refusal_reason="pieces")
    services.note_answer(house.mediator, row.pk, today(), "refused", refusal_reason="pieces")
    services.appeal(house.mediator, row.pk, today())
    done = services.note_answer(house.mediator, row.pk, today(), "granted", amount=Decimal(100))
    assert (done.answer, done.refusal_reason) == ("granted", "")


def test_not_claiming_says_why(house: SimpleNamespace) -> None:
    from yole.rights import services

    row = opened(house)[0]
    with refused("no-reason"):
        services.close(house.mediator, row.pk, "non-demande")
    assert services.close(house.mediator, row.pk, "non-demande", "complexite").reason == "complexite"


def test_contested_it_is_checked_by_somebody_else(house: SimpleNamespace) -> None:
    from yole.rights import services

    row = opened(house)[0]
    with refused("not-contested"):
        services.review(house.colleague, row.pk, "relu")
    services.contest(house.mediator, row.pk)
    with refused("same-person"):
        services.review(house.mediator, row.pk, "relu")
    with refused("no-words"):
        services.review(house.colleague, row.pk, "  ")
    done = services.review(house.colleague, row.pk, "Le loyer était faux.")
    assert (done.reviewed_by, done.overruled) == (house.colleague, "Le loyer était faux.")


def test_another_structure_knows_nothing_of_it(house: SimpleNamespace) -> None:
    from yole.rights import selectors, services

    row = opened(house)[0]
    assert selectors.follow_up(house.neighbour, row.pk) is None
    with refused("not-found"):
        services.contest(house.neighbour, row.pk)
    with refused("forbidden"):
        services.contest(house.coordinator, row.pk)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_database_hides_it_too(house: SimpleNamespace) -> None:
    from yole.base.scope import NOBODY, scope, scope_of
    from yole.rights.models import FollowUp

    row = opened(house)[0]
    for account, seen in ((house.mediator, 1), (house.colleague, 1), (house.neighbour, 0), (house.coordinator, 0), (house.outsider, 0)):
        with scope(scope_of(account)):
            assert FollowUp.objects.filter(pk=row.pk).count() == seen, account
    with scope(NOBODY):
        assert not FollowUp.objects.exists()


def test_six_months_later_the_person_is_forgotten_and_the_count_stays(house: SimpleNamespace) -> None:
    from yole.rights import person_data, retention
    from yole.rights.models import FollowUp

    row = opened(house)[0]
    assert retention.purge_follow_ups() == 0
    assert person_data.collect(house.person.pk)[0]["droit"] == "RSA"
    FollowUp.objects.update(changed_at=row.changed_at - timedelta(days=184))
    assert retention.purge_follow_ups() == 1
    assert retention.purge_follow_ups() == 0
    row.refresh_from_db()
    assert (row.person, row.inputs_hash, row.step) == (None, "", "closed")


def test_erasure_detaches_at_once(house: SimpleNamespace) -> None:
    from yole.rights import person_data
    from yole.rights.models import FollowUp

    opened(house, "rsa", "ppa")
    assert person_data.erase(house.person.pk) == 2
    assert person_data.erase(house.person.pk) == 0
    assert FollowUp.objects.count() == 2


def test_small_counts_are_hidden(house: SimpleNamespace) -> None:
    from yole.rights.indicators import figures
    from yole.rights.models import FollowUp
    from yole.territory.selectors import today

    def rows(benefit: str, number: int) -> None:
        for _ in range(number):
            FollowUp.objects.create(
                territory=house.territory, structure=house.here, benefit=benefit, commune="97209", identified_on=today(), verdict="yes",
                probability=1.0, inputs_hash="", engine="x", rules_dated="2026-04-01", step="answered",
                filed_on=today() - timedelta(days=30), answered_on=today(), answer="granted", amount=Decimal(100),
            )  # fmt: skip

    rows("rsa", 12)
    rows("ppa", 13)
    rows("aspa", 3)
    found = figures(house.coordinator)
    lines = {line.label: line for line in found.by_benefit}
    assert lines["Aspa (minimum vieillesse)"].opened is None
    # With the total shown, a second cell is hidden so that the first cannot be worked out.
    assert [lines["RSA"].opened, lines["Prime d’activité"].opened].count(None) == 1
    assert (found.total.opened, found.total.euros, found.total.days) == (28, 28 * 1200, 30)
    assert figures(house.outsider).total.opened in (None, 0)


def test_a_screening_keeps_its_purpose_alone(house: SimpleNamespace) -> None:
    from yole.rights import services

    made = services.note_screening(house.colleague, "proposer", 40)
    assert (made.purpose, made.households) == ("proposer", 40)
    with refused("forbidden"):
        services.note_screening(house.mediator, "proposer", 40)
