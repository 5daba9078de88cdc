"""A territory with two communes, a coordination, a recruiter, grants and an open envelope. Django is imported inside."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest


@pytest.fixture
def bureau(db: None) -> SimpleNamespace:
    """territory, communes, coordinator, recruiter, mediator; `start`: when posts begin."""
    return make_bureau()


def make_bureau() -> SimpleNamespace:
    from yole.advisers.models import GrantRate
    from yole.advisers.services_ledger import open_envelope
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.territory.models import Commune, Territory
    from yole.territory.selectors import today

    territory = Territory.objects.create(
        slug="essai", name="Essai", departements=["972"], time_zone="America/Martinique", languages=["fr"], is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    structure = create_structure(territory, "Ici (fictif)")
    spots = (("97209", "Fort-de-France", 14.61, -61.07), ("97213", "Le Lamentin", 14.61, -61.0), ("97220", "Sainte-Marie", 14.78, -60.99))
    communes = {
        code: Commune.objects.create(
            code=code,
            name=name,
            sort_key=name.lower(),
            search_key=name.lower(),
            departement="972",
            lat=lat,
            lon=lon,
            source="essai",
            source_date="2026",
        )
        for code, name, lat, lon in spots
    }

    def account(name: str, role: Role, of: object = None, where: object = territory) -> object:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=where, password="x" * 14, structure=of
        )

    for private, cents in ((False, 5_000_000), (True, 4_000_000)):
        GrantRate.objects.create(private=private, valid_from=date(2020, 1, 1), cents=cents, source="essai")
    open_envelope(None, territory, "postes", 12_000_000, "essai")
    return SimpleNamespace(
        territory=territory,
        elsewhere=elsewhere,
        communes=communes,
        coordinator=account("coordination", Role.TERRITORY_COORDINATOR),
        recruiter=account("recrutement", Role.RECRUITER),
        far_recruiter=account("loin", Role.RECRUITER, None, elsewhere),
        mediator=account("mediation", Role.MEDIATOR, structure),
        start=today() + timedelta(days=60),
    )


def make_host(bureau: SimpleNamespace, number: int = 0, *, asked: int = 1, kind: str = "COMMUNE", commune: str = "97209") -> object:
    from yole.advisers.demo import siret
    from yole.advisers.services_hosts import HostForm, apply

    form = HostForm(
        f"Mairie {number} (fictif)",
        siret(number),
        kind,
        bureau.communes[commune],
        "Besoin",
        asked,
        bureau.start,
        "Fictif",
        "m@exemple.invalid",
    )
    return apply(bureau.territory, form)


def accepted(bureau: SimpleNamespace, number: int = 0, *, granted: int = 1, **more: object) -> object:
    from yole.advisers.services_hosts import decide, give_opinion

    host = make_host(bureau, number, asked=granted, **more)  # type: ignore[arg-type]
    give_opinion(bureau.coordinator, host.pk, "favorable", "Besoin avéré")  # type: ignore[attr-defined]
    return decide(bureau.coordinator, host.pk, "VALIDATION_COSELEC", "CR-1", granted=granted)  # type: ignore[attr-defined]


def make_candidate(
    bureau: SimpleNamespace, number: int = 0, *, commune: str = "97209", years: int = 1, reach: int = 20, confirmed: bool = True
) -> object:
    from yole.advisers.services_candidates import CandidateForm, apply, by_candidate
    from yole.territory.selectors import today

    form = CandidateForm(
        f"Personne {number} (fictif)",
        f"p{number}@exemple.invalid",
        bureau.communes[commune],
        reach,
        today(),
        "looking",
        years,
        consent=True,
    )
    made = apply(bureau.territory, form)
    return by_candidate(made, "disponible") if confirmed else made


def hired(bureau: SimpleNamespace, number: int = 0, *, begins: int = -100, ends: int = 60, **more: object) -> object:
    """A contract that runs: `begins`, `ends` are days from today. The candidate is « Personne number »."""
    from yole.advisers.models import Relation
    from yole.advisers.services_rounds import answer, hire, publish
    from yole.territory.selectors import today

    kept, bureau.start = bureau.start, today() + timedelta(days=begins)
    host = accepted(bureau, number, **more)  # type: ignore[arg-type]
    one = make_candidate(bureau, number)
    type(one).objects.filter(pk=one.pk).update(available_from=bureau.start)  # type: ignore[attr-defined]
    publish(bureau.coordinator, "experience")
    relation = Relation.objects.get(candidate=one)
    answer(relation.pk, of=one, yes=True)  # type: ignore[arg-type]
    answer(relation.pk, of=host, yes=True)  # type: ignore[arg-type]
    made = hire(bureau.coordinator, relation.pk, bureau.start, today() + timedelta(days=ends))
    bureau.start = kept
    return made
