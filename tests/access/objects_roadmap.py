"""Objects of the room roadmap, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.access.fixtures import OWN, World


def roadmap_frame(world: World) -> Any:
    from yole.roadmap.services import install_frame

    return install_frame(None, world.territory)


def roadmap_roadmap(world: World) -> Any:
    from yole.roadmap.services import create_roadmap
    from yole.territory.selectors import today

    return create_roadmap(
        None, world.territory, name="Feuille (fictif)", starts_on=today() - timedelta(days=90), ends_on=today() + timedelta(days=900),
        frame=world.thing(roadmap_frame),
    )  # fmt: skip


def roadmap_objective(world: World) -> Any:
    from yole.roadmap.services import save_objective
    from yole.territory.selectors import today

    axis = world.thing(roadmap_roadmap).axes.get(number=1)
    return save_objective(None, axis, None, title="But (fictif)", definition="Défini", due_on=today() + timedelta(days=900))


def roadmap_commitment(world: World) -> Any:
    """A public one, with an indicator, a reading, a milestone and a change that can be taken back."""
    from yole.roadmap import services_commitments as write
    from yole.roadmap.services_milestones import add_milestone
    from yole.roadmap.services_readings import Given, add_reading
    from yole.territory.selectors import today

    of, day = world.thing(roadmap_roadmap), today()
    made = write.create_commitment(
        None, of, axis=of.axes.get(number=1), title="Essai (fictif)", responsible=world.structures[OWN], function="direction",
        starts_on=day - timedelta(days=30), due_on=day + timedelta(days=300),
    )  # fmt: skip
    indicator = write.add_indicator(
        None, made, name="Personnes", definition="Comptées", unit="personnes", source="essai", population="tous", baseline=Decimal(0),
        baseline_on=made.starts_on, baseline_source="essai", target=Decimal(9), target_on=made.due_on, measure="activities.accompaniments",
    )  # fmt: skip
    add_reading(None, indicator, Given(day, Decimal(2), "essai"))
    add_milestone(None, made, title="Jalon", due_on=day)
    write.publish(None, made)
    return write.change_commitment(None, made, title="Essai deux (fictif)", reason="essai")


def roadmap_takeaway(world: World) -> Any:
    from yole.roadmap.services_chain import add_takeaway
    from yole.territory.selectors import today

    return add_takeaway(None, world.territory, words="Dit", label="Café IA (fictif)", day=today())


def roadmap_proposal(world: World) -> Any:
    from yole.roadmap.services_chain import create_proposal

    return create_proposal(None, world.territory, title="Proposition (fictif)", takeaways=[world.thing(roadmap_takeaway)])


def roadmap_committee(world: World) -> Any:
    from yole.roadmap.services import save_committee

    return save_committee(None, world.territory, None, name="Comité (fictif)")


def roadmap_review(world: World) -> Any:
    from yole.roadmap.services_chain import hold_review
    from yole.territory.selectors import today

    return hold_review(None, world.thing(roadmap_roadmap), title="Réunion (fictif)", held_on=today(), decision="Rien")


def roadmap_request(world: World) -> Any:
    from yole.roadmap.services_funding import add_envelope, ask_funding
    from yole.territory.selectors import today

    envelope = add_envelope(None, world.territory, label="Fonds (fictif)", amount=Decimal(9), starts_on=today(), ends_on=today())
    return ask_funding(None, world.thing(roadmap_commitment), envelope, asked=Decimal(1))


def roadmap_member(world: World) -> Any:
    from yole.roadmap.services import add_member

    return add_member(None, world.structures[OWN], is_copilot=False)


def token(world: World, name: str) -> dict[str, str]:
    from django.core import signing

    from yole.base.scope import system_scope
    from yole.roadmap import addresses
    from yole.roadmap.models import Subscription

    def roadmap_subscription(world: World) -> Any:
        made = Subscription(territory=world.territory, digest=addresses.digest("aline@exemple.invalid"))
        made.sealed = addresses.seal("aline@exemple.invalid", made.pk)
        with system_scope():
            made.save(force_insert=True)
        return made

    return {"token": signing.TimestampSigner(salt=f"yole.roadmap.subscription.{name}").sign(str(world.thing(roadmap_subscription).pk))}


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("feuille-de-route/engagement/<int:pk>/", lambda w: {"pk": w.thing(roadmap_commitment).pk}),
    ("feuille-de-route/proposition/<int:pk>/", lambda w: {"pk": w.thing(roadmap_proposal).pk}),
    ("feuille-de-route/enseignement/<int:pk>/", lambda w: {"pk": w.thing(roadmap_proposal).takeaways.get().pk}),
    ("suivre/confirmer/<str:token>/", lambda w: token(w, "confirm")),
    ("suivre/arreter/<str:token>/", lambda w: token(w, "stop")),
    ("promis-fait-<int:year>", lambda w: {"year": w.thing(roadmap_commitment).starts_on.year}),
    ("feuille-de-route/equipe/engagements/<int:pk>", lambda w: {"pk": w.thing(roadmap_commitment).pk}),
    ("equipe/modifications/<int:pk>/annuler/", lambda w: {"pk": w.thing(roadmap_commitment).changes.get().pk}),
    ("feuille-de-route/equipe/indicateurs/<int:pk>", lambda w: {"pk": w.thing(roadmap_commitment).indicators.get().pk}),
    ("equipe/releves/<int:pk>", lambda w: {"pk": w.thing(roadmap_commitment).indicators.get().readings.get().pk}),
    ("equipe/jalons/<int:pk>", lambda w: {"pk": w.thing(roadmap_commitment).milestones.get().pk}),
    ("feuille-de-route/equipe/propositions/<int:pk>", lambda w: {"pk": w.thing(roadmap_proposal).pk}),
    ("equipe/reunions/<int:pk>", lambda w: {"pk": w.thing(roadmap_review).pk}),
    ("cadre/engagements/<int:pk>/", lambda w: {"pk": w.thing(roadmap_frame).engagements.get(number=3).pk}),
    ("feuille-de-route/equipe/cadre/<int:pk>/", lambda w: {"pk": w.thing(roadmap_frame).pk}),
    ("equipe/feuilles/<int:pk>/", lambda w: {"pk": w.thing(roadmap_roadmap).pk}),
    ("equipe/objectifs/<int:pk>", lambda w: {"pk": w.thing(roadmap_objective).pk}),
    ("equipe/comites/<int:pk>/", lambda w: {"pk": w.thing(roadmap_committee).pk}),
    ("equipe/subventions/<int:pk>/", lambda w: {"pk": w.thing(roadmap_request).pk}),
    ("equipe/membres/<int:pk>/depart/", lambda w: {"pk": w.thing(roadmap_member).pk}),
    ("feuille-de-route/equipe/fichiers/<slug:form>/", lambda w: {"form": "yole"}),
]
