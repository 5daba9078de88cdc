"""A territory with a structure, two evaluators and a programme of four levels. Django is imported inside: this file is read before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def house(db: None) -> SimpleNamespace:
    return make_house()


def make_house() -> SimpleNamespace:
    """territory, elsewhere, structure; evaluator, second (evaluators), presenter, coordinator, mediator, outsider; scheme, jury."""
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account, create_structure
    from yole.passport import services_jury, services_schemes
    from yole.territory.models import Territory
    from yole.territory.selectors import today

    territory = Territory.objects.create(
        slug="essai", name="Essai", departements=["972"], time_zone="America/Martinique", languages=["fr"], is_default=True
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    structure = create_structure(territory, "Ici (fictif)")
    far = create_structure(elsewhere, "Loin (fictif)")

    def account(name: str, role: Role, of: Any = None, where: Any = territory) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=where, password="x" * 14, structure=of
        )

    house = SimpleNamespace(
        territory=territory,
        elsewhere=elsewhere,
        structure=structure,
        evaluator=account("evaluation", Role.EVALUATOR),
        second=account("seconde", Role.EVALUATOR),
        presenter=account("presente", Role.STRUCTURE_COORDINATOR, structure),
        mediator=account("mediation", Role.MEDIATOR, structure),
        coordinator=account("coordination", Role.TERRITORY_COORDINATOR),
        outsider=account("loin", Role.EVALUATOR, None, elsewhere),
        far_presenter=account("loin-presente", Role.STRUCTURE_COORDINATOR, far, elsewhere),
    )
    house.scheme = services_schemes.create_scheme(None, territory, name="Passeport numérique")
    for level in house.scheme.levels.all():
        level.requirements = {"attendance": None}
        level.save()
    house.jury = services_jury.create_jury(
        house.presenter, territory, scheme=house.scheme, title="Jury d’essai", held_on=today(), evaluators=[house.evaluator]
    )
    return house


def make_sitting(house: SimpleNamespace, probabilities: Any = (0.01, 0.9, 0.08, 0.01), *, supervised: bool = True, **more: Any) -> Any:
    """A finished diagnosis with these chances of the four levels."""
    from django.utils import timezone

    from yole.assessment.models import ParameterSet, Result, Sitting
    from yole.kernel.codes import new_code

    parameters = ParameterSet.objects.first() or ParameterSet.objects.create(origin="expert", values={})
    done = timezone.now() - more.pop("ago", timedelta(days=1))
    sitting = Sitting.objects.create(
        code=new_code(8), territory=house.territory, state="finished", supervised=supervised, seed=1, parameters=parameters,
        finished_at=done, **more,
    )  # fmt: skip
    Result.objects.create(
        sitting=sitting, theta=0.0, se=0.3, level=max(range(4), key=lambda k: probabilities[k]), probability=max(probabilities),
        probabilities=list(probabilities), cuts=[-1.0, 0.0, 1.0], answered=15,
        areas=[{"area": k, "theta": None if k == 5 else -0.5, "se": 0.4, "answered": 3} for k in range(1, 6)],
    )  # fmt: skip
    return sitting


@pytest.fixture
def sitting(house: SimpleNamespace) -> Callable[..., Any]:
    return lambda *args, **more: make_sitting(house, *args, **more)


def make_candidate(house: SimpleNamespace, *args: Any, **more: Any) -> Any:
    """A candidate of the jury with a diagnosis."""
    from yole.passport import services_jury

    return services_jury.add_candidate(house.presenter, house.jury.pk, sitting_code=make_sitting(house, *args, **more).code)


def make_award(house: SimpleNamespace, level: str = "orange") -> Any:
    """A signed passport of a candidate whose diagnosis proposes orange."""
    from yole.passport import services_jury
    from yole.passport.models import Award

    motive = "" if level == "orange" else "Le travail montré dépasse la mesure."
    decided = services_jury.decide(house.evaluator, make_candidate(house).pk, services_jury.Given("awarded", level, motive))
    return Award.objects.select_related("entry", "level__scheme").get(candidacy=decided)


@pytest.fixture
def candidate(house: SimpleNamespace) -> Callable[..., Any]:
    return lambda *args, **more: make_candidate(house, *args, **more)


@pytest.fixture
def award(house: SimpleNamespace) -> Callable[..., Any]:
    return lambda level="orange": make_award(house, level)
