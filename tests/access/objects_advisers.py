"""Objects of the room advisers, all of the territory of `own`. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.access.fixtures import OWN, World


def town(world: World) -> Any:
    from yole.territory.models import Commune

    return Commune.objects.create(
        code="97209", name="Fort-de-France", sort_key="fort-de-france", search_key="fort-de-france", departement="972",
        lat=14.61, lon=-61.07, source="essai", source_date="2026",
    )  # fmt: skip


def employer(world: World) -> Any:
    """A structure with one post, granted."""
    from yole.advisers.demo import siret
    from yole.advisers.models import GrantRate
    from yole.advisers.services_hosts import HostForm, apply, decide, give_opinion
    from yole.advisers.services_ledger import open_envelope
    from yole.territory.selectors import today

    GrantRate.objects.create(private=False, valid_from=date(2020, 1, 1), cents=5_000_000, source="essai")
    open_envelope(None, world.territory, "postes", 20_000_000, "essai")
    start = today() + timedelta(days=60)
    form = HostForm("Mairie (fictif)", siret(1), "COMMUNE", world.thing(town), "Besoin", 1, start, "Fictif", "m@exemple.invalid")
    made, by = apply(world.territory, form), world.account("territory-coordinator", OWN)
    give_opinion(by, made.pk, "favorable", "Besoin")
    return decide(by, made.pk, "VALIDATION_COSELEC", "CR-1", granted=1)


def local_rate(world: World) -> Any:
    from yole.advisers.services_rates import RateData, add

    data = RateData("prive", 4_000_000, date(2021, 1, 1), None, "essai")
    return add(world.account("territory-coordinator", OWN), data)


def applicant(world: World) -> Any:
    from yole.advisers.services_candidates import CandidateForm, apply, by_candidate
    from yole.territory.selectors import today

    form = CandidateForm("Personne (fictif)", "p@exemple.invalid", world.thing(town), 20, today(), "looking", 2, consent=True)
    return by_candidate(apply(world.territory, form, is_fictional=True), "disponible")


def offer(world: World) -> Any:
    """A proposal that waits for two answers."""
    from yole.advisers.services_rounds import publish

    world.thing(employer)
    world.thing(applicant)
    return publish(world.account("territory-coordinator", OWN), "experience").relations.get()


def token(world: World) -> str:
    from yole.advisers.services_candidates import token_of

    return token_of(world.thing(applicant))


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("conseillers/candidature/confirmer/<str:token>", lambda w: {"token": token(w)}),
    ("conseillers/suivi/<slug:code>", lambda w: {"code": w.thing(applicant).code, "pk": w.thing(offer).pk}),
    ("conseillers/equipe/structure/<int:pk>", lambda w: {"pk": w.thing(employer).pk}),
    ("conseillers/equipe/poste/<int:pk>", lambda w: {"pk": w.thing(employer).posts.get().pk}),
    ("conseillers/equipe/baremes/<int:pk>", lambda w: {"pk": w.thing(local_rate).pk}),
    ("conseillers/equipe/candidatures/<int:pk>", lambda w: {"pk": w.thing(applicant).pk}),
    ("conseillers/equipe/tour/<int:pk>", lambda w: {"pk": w.thing(offer).round_id, "relation": w.thing(offer).pk}),
]
