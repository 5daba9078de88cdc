"""Objects of the room debates, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.access.fixtures import OWN, World


def debate_cafe(world: World) -> Any:
    """A café that runs, its vote open on one sentence."""
    from django.utils import timezone

    from yole.debates import services_room
    from yole.debates.services_prepare import Plan, announce, create_cafe
    from yole.debates.services_statements import propose

    host, start = world.account("mediator", OWN), timezone.now() - timedelta(minutes=20)
    made = create_cafe(
        host, world.territory, Plan(title="Café (fictif)", starts_at=start, ends_at=start + timedelta(hours=1), place=world.place)
    )
    announce(host, made.pk)
    services_room.open_room(host, made.pk)
    services_room.count_people(host, made.pk, 12)
    propose(host, made.pk, "idee", "Une phrase d’essai")
    return services_room.open_vote(host, made.pk)


def debate_tablet(world: World) -> str:
    """The token of a tablet that the host opened."""
    from yole.debates.services_room import open_tablet

    return open_tablet(world.account("mediator", OWN), world.thing(debate_cafe).pk)


def ballot_form(world: World) -> Any:
    from yole.debates.services_ballots import print_form

    return print_form(world.account("mediator", OWN), world.thing(debate_cafe).pk, 12)


def ballot_sheet(world: World) -> Any:
    """A sheet that somebody must look at."""
    from yole.debates.models import BallotSheet

    return BallotSheet.objects.create(form=world.thing(ballot_form), page=1, origin="scan", state="doubtful", votes=[8])


def ballot_pair(world: World) -> Any:
    """A sheet that two people typed differently."""
    from yole.debates.models import BallotSheet

    return BallotSheet.objects.create(form=world.thing(ballot_form), page=2, origin="typed", state="differs", first=[1], second=[0])


def _sheet(name: str, make: Callable[[World], Any]) -> tuple[str, Callable[[World], dict[str, Any]]]:
    return f"bulletins/feuilles/<int:sheet>/{name}", lambda w: {"pk": w.thing(debate_cafe).pk, "sheet": w.thing(make).pk}


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("cafe-ia/salle/<str:code>/tablette/<str:token>", lambda w: {"code": w.thing(debate_cafe).room_code, "token": w.thing(debate_tablet)}),
    ("cafe-ia/salle/<str:code>/", lambda w: {"code": w.thing(debate_cafe).room_code}),
    ("cafe-ia/equipe/<int:pk>/animer/<slug:act>", lambda w: {"pk": w.thing(debate_cafe).pk, "act": "temps"}),
    ("cafe-ia/equipe/<int:pk>/textes/<slug:act>", lambda w: {"pk": w.thing(debate_cafe).pk, "act": "publier"}),
    ("cafe-ia/equipe/<int:pk>/phrases/<slug:act>", lambda w: {"pk": w.thing(debate_cafe).pk, "act": "choisir"}),
    ("cafe-ia/equipe/<int:pk>/suites/<slug:act>", lambda w: {"pk": w.thing(debate_cafe).pk, "act": "prevenir"}),
    _sheet("differences/", ballot_pair),
    _sheet("", ballot_sheet),
    ("bulletins/<slug:code>/", lambda w: {"pk": w.thing(debate_cafe).pk, "code": w.thing(ballot_form).code}),
    ("cafe-ia/equipe/<int:pk>/", lambda w: {"pk": w.thing(debate_cafe).pk}),
    ("cafe-ia/<int:pk>/", lambda w: {"pk": w.thing(debate_cafe).pk}),
]
