"""Reports of the demonstration structures over the last fourteen months: invented, always the same from one start to the next."""

from __future__ import annotations

import random
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from yole.activities import linking, signals
from yole.activities.durations import usual
from yole.activities.enums import (
    ActivityKind,
    AdministrativeTheme,
    AnimationKind,
    Autonomy,
    CoordinationKind,
    EventKind,
    Initiative,
    Level,
    Material,
    Organiser,
    PartnershipNature,
    PlaceKind,
    Scale,
    Theme,
)
from yole.activities.models import Activity, Coordination, Participation, Preference
from yole.activities.rules import ADMINISTRATIVE
from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.kernel.text import fold
from yole.organisations.models import Account
from yole.people.models import Person
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune, Territory

DAYS = 425
BY_DAY = (0, 0, 1, 1, 2)
_KEYS = uuid.UUID("c5a2a8d4-4c3f-4e60-8f53-2a7f0f8b1e11")
_TITLES = (
    "Mes mots de passe (fictif)",
    "Premiers pas au clavier (fictif)",
    "Mes démarches en ligne (fictif)",
    "Photos et famille (fictif)",
)
# Weights of the 19 themes, in order of the enumeration: what advisers of such structures do most comes first.
_WEIGHTS = (2, 8, 2, 3, 6, 7, 3, 2, 4, 3, 1, 6, 5, 1, 2, 1, 2, 1, 12)


def load(note: Note) -> None:
    territory = Territory.objects.filter(is_default=True).first()
    with system_scope():
        if territory is None or Activity.objects.filter(is_fictional=True).exists():
            return
        accounts = list(Account.objects.filter(territory=territory, is_fictional=True, role="mediator").order_by("pk"))
        places = list(
            Place.objects.filter(territory=territory, closed_on__isnull=True, merged_into__isnull=True).order_by("sort_key", "pk")[:8]
        )
        if not accounts or not places:
            return
        made = _Demonstration(territory, accounts, places).load()
    note(f"yole : comptes rendus de démonstration (fictifs) : {made}.")


class _Demonstration:
    def __init__(self, territory: Territory, accounts: list[Account], places: list[Place]) -> None:
        self.draw = random.Random(20261122)  # noqa: S311  # the same fictional reports at every start
        self.territory, self.accounts, self.places = territory, accounts, places
        self.zone = ZoneInfo(territory.time_zone)
        self.today = territory_selectors.today()
        self.communes = set(Commune.objects.filter(pk__in=[place.insee_code for place in places]).values_list("pk", flat=True))
        self.people: dict[int, list[Person]] = {}
        for person in Person.objects.filter(territory=territory, is_fictional=True, anonymised_at__isnull=True).order_by("pk"):
            self.people.setdefault(person.structure_id, []).append(person)
        self.rows: list[Activity] = []
        self.links: list[Participation] = []

    @transaction.atomic
    def load(self) -> int:
        for back in range(DAYS):
            day = self.today - timedelta(days=back)
            if day.weekday() == 6:
                continue
            for account in self.accounts:
                for number in range(self.draw.choice(BY_DAY)):
                    self._report(account, day, number)
        Activity.objects.bulk_create(self.rows, batch_size=500)
        Participation.objects.bulk_create(self.links, batch_size=500)
        self._preferences()
        self._coordination()
        signals.changed_many.send(Activity, changes=[signals.Change(row.pk, None, signals.keys_of(row)) for row in self.rows])
        return len(self.rows)

    def _margin(self, total: int, size: int) -> list[int]:
        """A group spread over the cells of a margin; some answers are not given (last cell)."""
        counts = [0] * size
        for _ in range(total):
            counts[self.draw.choice([*range(size), *range(size - 1)])] += 1
        return counts

    def _report(self, account: Account, day: date, number: int) -> None:
        draw = self.draw
        group = draw.random() < 0.22
        one_off = not group and draw.random() < 0.15
        people = self.people.get(account.structure_id or 0, [])
        person = draw.choice(people) if people and not group and not one_off and draw.random() < 0.45 else None
        total = draw.randint(3, 12) if group else draw.randint(1, 6) if one_off else 0 if person is not None else 1
        themes = list(dict.fromkeys(draw.choices(Theme.values, weights=_WEIGHTS, k=draw.randint(1, 3))))
        where = draw.choices(PlaceKind.values, weights=(80, 6, 9, 5))[0]
        place = draw.choice(self.places[:4] if account == self.accounts[0] else self.places[4:] or self.places)
        commune = place.insee_code if place.insee_code in self.communes else None
        title = draw.choice(_TITLES) if group else ""
        at = datetime.combine(day, time(8 + 2 * number, draw.choice((0, 15, 30))), self.zone)
        row = Activity(
            pk=uuid.uuid5(_KEYS, f"{account.email} {day} {number}"),
            territory=self.territory,
            structure_id=account.structure_id,
            mediator=account,
            kind=(ActivityKind.GROUP if group else ActivityKind.INDIVIDUAL).value,
            one_off=one_off,
            date=day,
            minutes=draw.choice((60, 90, 120)) if group else draw.choice((15, 15, 30, 30, 30, 45, 60)),
            place_kind=where,
            place=place if where == PlaceKind.ACTIVITY_PLACE else None,
            commune_id=commune,
            materials=draw.sample(Material.values[:3], draw.randint(0, 2)),
            level=draw.choice(Level.values) if group else "",
            autonomy="" if group or one_off else draw.choice(["", *Autonomy.values]),
            themes=[theme for theme in Theme.values if theme in themes],
            admin_themes=draw.sample(AdministrativeTheme.values, 1) if ADMINISTRATIVE in themes else [],
            workshop_title=title,
            title_key=fold(title),
            tags=["bus"] if place.kind == "itinerant" and where == PlaceKind.ACTIVITY_PLACE else [],
            anonymous_count=total,
            already_known=draw.randint(0, total),
            gender_counts=self._margin(total, 3),
            age_counts=self._margin(total, 8),
            status_counts=self._margin(total, 5),
            participants=total + (person is not None),
            created_at=at,
            changed_at=at,
            is_fictional=True,
        )
        self.rows.append(row)
        if person is not None:
            self.links.append(linking.participation(row.pk, person, day, already_known=draw.random() < 0.5))

    def _preferences(self) -> None:
        for account in self.accounts:
            recent = [row for row in self.rows if row.mediator_id == account.pk][:30]
            if not recent or Preference.objects.filter(account=account).exists():
                continue
            minutes = [row.minutes for row in recent if row.minutes]
            placed = next((row for row in recent if row.place_id), None)
            Preference.objects.create(
                account=account,
                recent_minutes=minutes,
                durations=usual(minutes),
                place=placed.place if placed is not None else None,
                last={"kind": recent[0].kind, "place_kind": recent[0].place_kind, "themes": recent[0].themes, "place": recent[0].place_id},
            )

    def _coordination(self) -> None:
        coordinator = (
            Account.objects.filter(territory=self.territory, is_fictional=True, role="structure-coordinator").order_by("pk").first()
        )
        if coordinator is None:
            return
        kinds: tuple[dict[str, Any], ...] = (
            {"kind": CoordinationKind.ANIMATION, "animation_kind": AnimationKind.COMMITTEE, "initiative": Initiative.OWN,
             "animation_themes": ["reseau"], "mediators": 6, "structures": 4, "other_actors": 1, "title": "Comité local (fictif)"},
            {"kind": CoordinationKind.EVENT, "event_kind": EventKind.GENERAL_PUBLIC,
             "organisers": [Organiser.OWN_STRUCTURE, Organiser.EPCI], "participants": 60, "title": "Fête du numérique (fictif)"},
            {"kind": CoordinationKind.PARTNERSHIP, "natures": [PartnershipNature.USER_PATH],
             "partners": [{"nom": "Centre communal (fictif)", "type": "commune"}], "title": "Parcours commun (fictif)"},
        )  # fmt: skip
        for number in range(9):
            Coordination.objects.create(
                pk=uuid.uuid5(_KEYS, f"coordination {number}"),
                territory=self.territory,
                structure_id=coordinator.structure_id,
                coordinator=coordinator,
                date=self.today - timedelta(days=40 * number + 3),
                minutes=120,
                scale=Scale.INTERCOMMUNAL,
                is_fictional=True,
                **kinds[number % 3],
            )
