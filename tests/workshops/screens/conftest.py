"""A small territory with one of each kind of session; every person is invented."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

ZONE = ZoneInfo("America/Martinique")
PASSWORD = "mot de passe fictif 1"


@dataclass
class World:
    """What the tests of screens act on."""

    territory: Any
    structure: Any
    other_structure: Any
    place: Any
    mediator: Any
    coordinator: Any
    stranger: Any
    programme: Any
    session: Any

    def make_session(self, **more: Any) -> Any:
        from yole.workshops import services_planning
        from yole.workshops.services_planning import Where

        start = more.pop("starts_at", local(days=4, hour=9))
        ends_at = more.pop("ends_at", start + timedelta(hours=2))
        programme = more.pop("programme", self.programme)
        where = more.pop("where", Where(place=self.place))
        return services_planning.create_session(None, programme, starts_at=start, ends_at=ends_at, where=where, **{"capacity": 3, **more})

    def book(self, session: Any, name: str, *, contact: str = "", size: int = 1, **more: Any) -> Any:
        from yole.workshops.services_enrolment import Form, enrol

        return enrol(session, Form(name=name, key=uuid.uuid4(), contact=contact, size=size, consent=True, **more)).booking

    def past(self, session: Any, *, days: int = 1) -> Any:
        """The same session, as if it had been held some days ago."""
        from yole.bookings.models import Capacity
        from yole.workshops.models import Session

        start = local(days=-days, hour=9)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        Session.objects.filter(pk=session.pk).update(**times)
        Capacity.objects.filter(pk=session.capacity_id).update(**times, closes_at=start)
        session.refresh_from_db()
        return session

    def client(self, account: Any) -> Client:
        client = Client()
        client.force_login(account, backend="yole.organisations.backends.AccountBackend")
        return client


def local(*, days: int = 0, hour: int = 9, minute: int = 0) -> datetime:
    """An hour of the territory, some days from today."""
    today = datetime.now(ZONE).date()
    return datetime.combine(today + timedelta(days=days), datetime.min.time().replace(hour=hour, minute=minute), ZONE).astimezone(UTC)


@pytest.fixture(autouse=True)
def _no_counted_codes() -> None:
    cache.clear()


@pytest.fixture
def world(db: None) -> World:
    from yole.kernel.text import sort_key
    from yole.organisations.enums import Role, StructureType
    from yole.organisations.models import Account
    from yole.organisations.services import create_structure
    from yole.places.models import Place
    from yole.territory.models import Territory
    from yole.territory.selectors import forget_cached
    from yole.workshops import services_programmes

    territory = Territory.objects.create(
        slug="martinique",
        name="Martinique",
        departements=["972"],
        time_zone="America/Martinique",
        languages=["fr", "en"],
        holiday_subdivision="MQ",
        phone="0596000000",
        is_default=True,
    )
    forget_cached()
    structure = create_structure(territory, "Mission locale fictive", StructureType.MISSION_LOCALE)
    other = create_structure(territory, "Centre social fictif", StructureType.SOCIAL_CENTRE)
    place = Place.objects.create(
        territory=territory,
        source="test",
        source_id="1",
        slug="maison-fictive",
        name="Maison fictive",
        commune_name="Saint-Joseph",
        postcode="97212",
        insee_code="97224",
        address="1 rue Fictive",
        lat=14.67,
        lon=-61.04,
        updated_on=date(2026, 1, 1),
        sort_key=sort_key("Maison fictive"),
        name_key="maison fictive",
        address_key="1 rue fictive",
    )

    def account(email: str, name: str, role: Role, of: Any) -> Any:
        made = Account(email=email, name=name, role=role, territory=territory, structure=of)
        made.set_password(PASSWORD)
        made.save()
        return made

    mediator = account("m@yole.invalid", "Médiatrice fictive", Role.MEDIATOR, structure)
    coordinator = account("c@yole.invalid", "Coordination fictive", Role.TERRITORY_COORDINATOR, None)
    stranger = account("e@yole.invalid", "Évaluation fictive", Role.EVALUATOR, other)
    programme = services_programmes.create_programme(
        None,
        territory,
        title="Mes mots de passe",
        summary="Créer un mot de passe solide.",
        aims=["en créer un que vous retenez"],
        themes=["securite_numerique"],
        audiences=["tous"],
        languages=["fr", "gcf"],
        structure=structure,
        funder="Département (fictif)",
        agreement_number="CONV-2026-7",
        agreement_until=date(2030, 12, 31),
        published=True,
    )
    made = World(territory, structure, other, place, mediator, coordinator, stranger, programme, None)
    made.session = made.make_session(mediator=mediator)
    return made


@pytest.fixture
def enrol_data() -> Any:
    """The fields of the enrolment form, as a browser sends them."""

    def build(session: Any, **changed: Any) -> dict[str, Any]:
        data = {
            "date": str(session.pk),
            "name": "Aline fictive",
            "contact": "",
            "size": "1",
            "needs_note": "",
            "consent": "on",
            "key": str(uuid.uuid4()),
            "seen_full": "",
        }
        return {**data, **changed}

    return build


@pytest.fixture
def session_url(world: World) -> str:
    return reverse("workshops:session", args=[world.session.pk])
