"""A territory with a few places, and fictional people of each role, signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from desk_rows import ROW

# Imported inside fixtures: this file is read before Django is set up.
if TYPE_CHECKING:
    from yole.places.models import Place
    from yole.territory.models import Territory

TODAY = date(2026, 11, 23)


@pytest.fixture
def martinique(db: None) -> Territory:
    from yole.territory import demo
    from yole.territory.models import Territory

    demo.load(lambda message: None)
    return Territory.objects.get(is_default=True)


@pytest.fixture
def elsewhere(martinique: Territory) -> Territory:
    from yole.territory.models import Territory

    return Territory.objects.create(slug="ailleurs", name="Ailleurs", departements=["971"], languages=["fr"])


@pytest.fixture
def account(martinique: Territory) -> Callable[..., Any]:
    from yole.organisations.models import Account

    def make(role: str, territory: Any = None) -> Any:
        given = territory or martinique
        email = f"{role}-{given.slug}@exemple.invalid"
        made = Account(email=email, name=f"Personne fictive ({role})", role=role, territory=given, is_fictional=True)
        made.set_unusable_password()
        made.save()
        return made

    return make


@pytest.fixture
def coordinator(account: Callable[..., Any]) -> Any:
    return account("territory-coordinator")


@pytest.fixture
def mediator(account: Callable[..., Any]) -> Any:
    return account("mediator")


@pytest.fixture
def add(martinique: Territory) -> Callable[..., Place]:
    """Adds a place from a row of the national schema; the arguments replace its cells."""
    from yole.places.desk_services import gazetteer
    from yole.places.importing import import_rows
    from yole.places.models import Place

    def make(territory: Any = None, **cells: str) -> Place:
        row = {**ROW, **cells}
        result = import_rows(territory or martinique, [row], gazetteer(), TODAY)
        assert not result.refusals, result.refusals
        return Place.objects.get(territory=territory or martinique, source=row["source"], source_id=row["id"])

    return make


@pytest.fixture
def place(add: Callable[..., Place]) -> Place:
    return add()


@pytest.fixture
def twin(add: Callable[..., Place], place: Place) -> Place:
    """The same place as another list gives it."""
    return add(
        id="b7",
        source="Liste B",
        nom="Espace numerique Le Lorrain",
        horaires="Mo-Fr 09:00-12:00",
        telephone="+596596532087",
        courriels="contact@exemple.fr",
        services="Accès internet et matériel informatique",
    )


@pytest.fixture
def bus(add: Callable[..., Place]) -> Place:
    return add(id="bus", nom="Bus numérique du Nord", itinerance="Itinérant", typologie="ENM", adresse="Place de la mairie")


@pytest.fixture
def signed(client: Any, coordinator: Any) -> Any:
    """A client signed in as the coordination of the territory."""
    client.force_login(coordinator, backend="yole.organisations.backends.AccountBackend")
    return client


@pytest.fixture
def sign_in() -> Callable[[Any], Any]:
    from django.test import Client

    def make(who: Any) -> Any:
        made = Client()
        made.force_login(who, backend="yole.organisations.backends.AccountBackend")
        return made

    return make


@pytest.fixture
def snapshot() -> Callable[..., Any]:
    """Everything that an undo must give back: fields, sources, what hangs on the places."""
    from yole.places.models import Confirmation, Place, PlaceSource, Report, Stop, StopCancellation

    def take(*places: Any) -> Any:
        ids = [p.pk for p in places] or list(Place.objects.values_list("pk", flat=True))

        def rows(model: Any, **where: Any) -> list[Any]:
            return list(model.objects.filter(**where).order_by("pk").values())

        found = rows(Place, pk__in=ids)
        for one in found:
            one.pop("changed_at")
        others = [rows(m, place_id__in=ids) for m in (PlaceSource, Confirmation, Report, Stop, StopCancellation)]
        return found, others

    return take
