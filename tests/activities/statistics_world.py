"""An invented territory whose reports are written straight into the tables, so that statistics are tested against a plain count."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from yole.activities.enums import ActivityKind, Schema, Theme
from yole.activities.models import Activity, Participation
from yole.organisations.enums import Role
from yole.organisations.models import Account, Structure
from yole.organisations.services import create_account, create_structure
from yole.people.enums import AgeBand, Gender, SocialStatus
from yole.people.models import Person
from yole.places.models import Place
from yole.territory.models import Commune, Territory
from yole.workshops.models import Session

GENDERS, AGES, STATUSES = Gender.values, AgeBand.values, SocialStatus.values
THEMES = Theme.values


def margin(size: int, total: int, *cells: int) -> list[int]:
    """`cells`, zeros, and in the last cell what is left of `total`."""
    found = [*cells, *[0] * (size - len(cells))]
    found[-1] += total - sum(found)
    return found


@dataclass
class World:
    """Two structures of two mediators each, two places in two communes, people by letter."""

    territory: Territory
    structures: list[Structure]
    mediators: list[Account]
    coordinator: Account
    places: list[Place]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, letter: str) -> Person:
        if letter not in self.people:
            self.people[letter] = Person.objects.create(
                territory=self.territory,
                structure=self.structures[0],
                code=f"CARTE{letter:0>5}"[:10],
                last_contact_on=date(2026, 1, 1),
                is_fictional=True,
            )
        return self.people[letter]

    def report(
        self,
        day: date,
        people: Sequence[str] = (),
        *,
        mediator: int = 0,
        anonymous: int = 0,
        minutes: int | None = 30,
        themes: Sequence[str] = ("email",),
        admin: Sequence[str] = (),
        place: int | None = 0,
        kind: str = "",
        session: Session | None = None,
        schema: str = Schema.YOLE,
        **more: Any,
    ) -> Activity:
        """One report. `more`: gender, age, status, v1_age: first cells of the margins of its anonymous group; age_band of its people."""
        account = self.mediators[mediator]
        v1 = schema == Schema.CNFS
        activity = Activity.objects.create(
            territory=self.territory,
            structure_id=account.structure_id,
            mediator=account,
            kind=kind or (ActivityKind.GROUP if anonymous + len(people) > 1 else ActivityKind.INDIVIDUAL),
            date=day,
            minutes=minutes,
            place_kind="lieu_activite" if place is not None else "domicile",
            place=None if place is None else self.places[place],
            commune_id=None if place is not None else "97209",
            session=session,
            materials=more.pop("materials", ["ordinateur"]),
            themes=list(themes),
            admin_themes=list(admin),
            schema=schema,
            anonymous_count=anonymous,
            already_known=more.pop("already_known", 0),
            gender_counts=margin(3, anonymous, *more.pop("gender", ())),
            age_counts=None if v1 else margin(8, anonymous, *more.pop("age", ())),
            status_counts=margin(5, anonymous, *more.pop("status", ())),
            v1_age_counts=[*more.pop("v1_age", ()), *[0] * 5][:5] if v1 else None,
            participants=max(1, anonymous + len(people)),
            is_fictional=True,
        )
        band, sex = more.pop("age_band", AgeBand.UNKNOWN), more.pop("sex", Gender.UNKNOWN)
        for letter in people:
            Participation.objects.create(activity=activity, person=self.person(letter), age_band=band, gender=sex, **more)
        return activity

    def merge(self, letter: str, into: str | None) -> None:
        """`letter` was declared to be `into`; None undoes it."""
        person = self.person(letter)
        person.canonical = None if into is None else self.person(into)
        person.save(update_fields=["canonical"])


def make_world() -> World:
    territory = Territory.objects.create(
        slug="essai", name="Essai", time_zone="America/Martinique", languages=["fr"], holiday_subdivision="MQ", is_default=True
    )
    for code, name in (("97209", "Fort-de-France"), ("97224", "Saint-Joseph")):
        Commune.objects.get_or_create(
            code=code,
            defaults={
                "name": name, "sort_key": name.lower(), "search_key": name.lower(), "departement": "972",
                "source": "essai", "source_date": "2026", "postcodes": ["97200"],
            },
        )  # fmt: skip
    structures = [create_structure(territory, f"Structure {letter} (fictif)") for letter in "AB"]
    accounts = [
        create_account(
            email=f"m{i}@exemple.invalid", name=f"Médiation {i} (fictif)", role=Role.MEDIATOR, territory=territory,
            password="x" * 14, structure=structures[i // 2],
        )
        for i in range(4)
    ]  # fmt: skip
    coordinator = create_account(
        email="coordination@exemple.invalid", name="Coordination (fictif)", role=Role.TERRITORY_COORDINATOR, territory=territory,
        password="x" * 14,
    )  # fmt: skip
    places = [
        Place.objects.create(
            territory=territory, source="essai", source_id=code, slug=f"lieu-{code}", name=f"Lieu {code} (fictif)", commune_name="Ici",
            postcode="97212", insee_code=code, address="1 rue", updated_on="2026-01-01", sort_key=code, name_key=code, address_key="1 rue",
        )
        for code in ("97209", "97224")
    ]  # fmt: skip
    return World(territory, structures, accounts, coordinator, places)


def make_session(world: World, day: date) -> Session:
    from yole.workshops.services_planning import Where, create_session
    from yole.workshops.services_programmes import create_programme

    programme = create_programme(
        None, world.territory, title=f"Atelier {uuid.uuid4().hex[:8]}", themes=["email"], audiences=["tous"], published=True
    )
    start = datetime(day.year, day.month, day.day, 14, tzinfo=UTC)
    return create_session(
        None, programme, starts_at=start, ends_at=start + timedelta(hours=2), capacity=20, where=Where(place=world.places[0]),
        half_days=["matin"],
    )  # fmt: skip


def scramble(world: World, draw: random.Random, sessions: Sequence[Session | None]) -> None:
    """One random change of the reports or of the people."""
    letters = "ABCDEFGHIJ"
    choice = draw.randrange(10)
    found = list(Activity.objects.order_by("id"))
    if choice < 4 or len(found) < 4:
        people = draw.sample(letters, draw.randrange(0, 4))
        anonymous = draw.choice([0, 0, 3, 12]) if people else draw.choice([1, 4])
        world.report(
            date(2025, 10, 1) + timedelta(days=draw.randrange(400)), people, anonymous=anonymous, mediator=draw.randrange(4),
            minutes=draw.choice([0, 29, 30, 59, 60, 119, 120, 600]), themes=draw.sample(THEMES[:4], draw.randrange(1, 4)),
            place=draw.choice([0, 1, None]), session=draw.choice(sessions), age=(0, anonymous // 2), age_band=draw.choice(AGES),
            sex=draw.choice(GENDERS),
        )  # fmt: skip
    elif choice == 4:
        one = draw.choice(found)
        one.deleted_at = None if one.deleted_at else datetime(2026, 11, 1, tzinfo=UTC)
        one.save()
    elif choice == 5:
        one = draw.choice(found)
        one.date += timedelta(days=draw.randrange(-40, 40))
        one.mediator = draw.choice(world.mediators)
        one.structure_id = one.mediator.structure_id
        one.save()
    elif choice == 6:
        draw.choice(found).delete()
    elif choice == 7:
        Participation.objects.filter(activity=draw.choice(found)).delete()
    else:
        one, other = draw.sample(letters, 2)
        merged = Person.objects.filter(canonical__isnull=False)
        if world.person(one).canonical_id is None and not merged.filter(canonical=world.person(one)).exists():
            if world.person(other).canonical_id is None:
                world.merge(one, other)
        else:
            world.merge(one, None)
