"""Rates and envelopes at the desk: without a rate nothing is accepted, and the page says where to add it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from .conftest import make_host

RATES = "/conseillers/equipe/baremes/"
ENVELOPES = "/conseillers/equipe/budget/enveloppes/"


@pytest.fixture
def desk(bureau: SimpleNamespace, client: Any) -> Any:
    client.force_login(bureau.coordinator, backend="yole.organisations.backends.AccountBackend")
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def test_a_decision_without_a_rate_says_where_to_add_one(bureau: SimpleNamespace, desk: Any) -> None:
    from yole.advisers.models import GrantRate, Post
    from yole.advisers.services_hosts import give_opinion

    GrantRate.objects.all().delete()
    host = make_host(bureau)
    give_opinion(bureau.coordinator, host.pk, "favorable", "Besoin")
    address = f"/conseillers/equipe/structure/{host.pk}/"
    assert f'href="{RATES}"' in page(desk.get(address))
    decision = {"to": "VALIDATION_COSELEC", "minutes": "CR-1", "granted": "1"}
    refused = desk.post(address + "decision/", decision)
    assert refused.status_code == 422 and "Ajoutez-le à la page « Barèmes »" in page(refused) and not Post.objects.exists()
    rate = {"sector": "public", "amount": "48000,50", "valid_from": "2026-01-01", "source": "Arrêté du 1er janvier (fictif)"}
    assert desk.post(RATES, rate).status_code == 302
    assert "48 000,50 €" in page(desk.get(RATES)) and RATES not in page(desk.get(address)).split("<main")[1]
    assert desk.post(address + "decision/", decision).status_code == 302
    assert Post.objects.get().grant == 4_800_050


def test_rates_do_not_overlap_and_a_territory_comes_before_the_others(bureau: SimpleNamespace, desk: Any) -> None:
    from django.db import IntegrityError, transaction

    from yole.advisers.models import GrantRate
    from yole.advisers.services_hosts import rate
    from yole.advisers.services_rates import RateData, add, close
    from yole.base.errors import Refused

    host = make_host(bureau)
    assert rate(host).cents == 5_000_000
    mine = add(bureau.coordinator, RateData("public", 6_000_000, date(2026, 1, 1), None, "Délibération"))
    assert rate(host) == mine
    for first, last in ((date(2025, 1, 1), date(2026, 1, 1)), (date(2030, 1, 1), None), (date(2026, 5, 1), date(2026, 6, 1))):
        with pytest.raises(Refused, match="déjà en vigueur"):
            add(bureau.coordinator, RateData("public", 1, first, last, "x"))
        with pytest.raises(IntegrityError), transaction.atomic():
            GrantRate.objects.create(territory=bureau.territory, private=False, cents=1, valid_from=first, valid_until=last, source="x")
    add(bureau.coordinator, RateData("prive", 1, date(2026, 1, 1), None, "x"))
    add(bureau.coordinator, RateData("public", 1, date(2025, 1, 1), date(2025, 12, 31), "x"))
    national = GrantRate.objects.get(territory=None, private=False)
    for words, act in (
        ("ne permet pas", lambda: add(bureau.recruiter, RateData("public", 1, date(2024, 1, 1), date(2024, 1, 2), "x"))),
        ("avant le début", lambda: add(bureau.coordinator, RateData("public", 1, date(2024, 1, 2), date(2024, 1, 1), "x"))),
        ("pièce", lambda: add(bureau.coordinator, RateData("public", 1, date(2024, 1, 1), date(2024, 1, 2), " "))),
        ("plus de 0", lambda: add(bureau.coordinator, RateData("public", 0, date(2024, 1, 1), date(2024, 1, 2), "x"))),
        ("n’existe pas", lambda: close(bureau.coordinator, national.pk, date(2026, 1, 1))),
        ("pendant le barème", lambda: close(bureau.coordinator, mine.pk, date(2025, 12, 31))),
    ):
        with pytest.raises(Refused, match=words):
            act()
    assert desk.get(f"{RATES}{national.pk}/clore/").status_code == 404
    assert desk.post(f"{RATES}{mine.pk}/clore/", {"last_day": "2025-01-01"}).status_code == 422
    assert desk.post(f"{RATES}{mine.pk}/clore/", {"last_day": bureau.start.isoformat()}).status_code == 302
    assert rate(host) == mine
    close(bureau.coordinator, mine.pk, date(2026, 6, 30))
    assert rate(host) == national


def test_an_envelope_opens_with_its_document(bureau: SimpleNamespace, desk: Any) -> None:
    from yole.advisers.services_ledger import held
    from yole.journal.models import Entry
    from yole.journal.references import reference

    form = {"envelope": "espaces", "amount": "1234,56", "document": "Convention 7 (fictif)"}
    assert desk.post(ENVELOPES, {**form, "document": ""}).status_code == 422
    assert desk.post(ENVELOPES, {**form, "amount": "0"}).status_code == 422
    assert desk.post(ENVELOPES, form).status_code == 302
    assert held(bureau.territory, "espaces", "disponible", None) == 123_456
    shown = page(desk.get(ENVELOPES))
    assert "1 234,56 €" in shown and "120 000 €" in shown and "Reste disponible" in shown
    assert Entry.objects.filter(action="advisers.budget", actor=reference("account", bureau.coordinator.pk)).exists()
