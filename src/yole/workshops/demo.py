"""Workshops of the demonstration, in the weeks that follow the day of first start, at real places.

Every person is invented and says so.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from yole.base.registries import Note
from yole.bookings import services as bookings
from yole.bookings.contacts import read_contact
from yole.bookings.enums import Source
from yole.organisations.models import Account, Structure
from yole.places.models import Place, Stop
from yole.territory import selectors as territory_selectors
from yole.territory.models import Territory
from yole.workshops.engine.dates import Weekly
from yole.workshops.enums import AdministrativeTheme, Audience, Kind, Level, Theme
from yole.workshops.models import Cohort, Programme, Session
from yole.workshops.services_enrolment import CONSENT_VERSION
from yole.workshops.services_planning import Where, create_appointments, create_cohort, create_series, create_session
from yole.workshops.services_programmes import create_programme

_KEYS = uuid.UUID("5f1c1f0e-7d0b-4c39-9f6e-0a6a6d1b8c11")
# (name, contact, needs): .invalid addresses reach nobody, and the numbers are in the range kept for fiction.
_PEOPLE = (
    ("Aline (fictif)", "aline@exemple.invalid", ()),
    ("Bruno (fictif)", "06 39 98 00 11", ()),
    ("Céline (fictif)", "celine@exemple.invalid", ("transport",)),
    ("Dédé (fictif)", "", ("lecture",)),
    ("Eugénie (fictif)", "01 99 00 12 34", ()),
    ("Francis (fictif)", "francis@exemple.invalid", ()),
    ("Gaëlle (fictif)", "06 39 98 00 12", ("garde_enfant",)),
    ("Henriette (fictif)", "henriette@exemple.invalid", ("accessibilite",)),
    ("Inès (fictif)", "ines@exemple.invalid", ()),
    ("Jocelyn (fictif)", "06 39 98 00 13", ("creole",)),
    ("Karl (fictif)", "karl@exemple.invalid", ()),
    ("Lucette (fictif)", "01 99 00 12 35", ()),
    ("Marvin (fictif)", "marvin@exemple.invalid", ()),
    ("Nadège (fictif)", "", ()),
)


def load(note: Note) -> None:
    territory = Territory.objects.filter(is_default=True).first()
    if territory is None or Programme.objects.filter(territory=territory, is_fictional=True).exists():
        return
    places = list(
        Place.objects.filter(territory=territory, kind="fixed", closed_on__isnull=True, merged_into__isnull=True).order_by(
            "sort_key", "pk"
        )[:12]
    )
    if not places:
        note("yole : pas d’ateliers de démonstration, faute de lieux.")
        return
    today = datetime.now(ZoneInfo(territory.time_zone)).date()
    _Demonstration(territory, places, today).load()
    note(f"yole : ateliers de démonstration (personnes fictives) : {Session.objects.filter(programme__is_fictional=True).count()} séances.")


class _Demonstration:
    def __init__(self, territory: Territory, places: list[Place], today: date) -> None:
        self.territory = territory
        self.today = today
        self._places = places
        self._structure = Structure.objects.filter(territory=territory).order_by("pk").first()
        self._mediators = list(Account.objects.filter(territory=territory, role="mediator", is_active=True).order_by("pk"))

    def load(self) -> None:
        self._passport()
        self._passwords()
        self._homework()
        self._rights_desk()
        self._bus_day()
        self._appointments()

    def _where(self, commune: str, room: str = "") -> Where:
        """A place of the commune when the territory has one, else the first."""
        return Where(place=next((place for place in self._places if commune in place.commune_name), self._places[0]), room=room)

    def _mediator(self, number: int) -> Account | None:
        return self._mediators[number % len(self._mediators)] if self._mediators else None

    def _programme(self, title: str, summary: str, themes: list[str], **more: object) -> Programme:
        fields = {
            "level": Level.BEGINNER,
            "audiences": [Audience.ALL],
            "languages": ["fr", "gcf"],
            "material": "Ordinateurs prêtés.",
            **more,
        }
        return create_programme(
            None,
            self.territory,
            title=title,
            summary=summary,
            themes=themes,
            structure=self._structure,
            published=True,
            is_fictional=True,
            **fields,
        )

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.territory.time_zone))

    def _next(self, weekday: int, *, after_days: int = 1) -> date:
        """The first such weekday at least `after_days` from today."""
        start = self.today + timedelta(days=after_days)
        day = start + timedelta(days=(weekday - start.weekday()) % 7)
        while any(found.day == day for found in territory_selectors.holidays(day.year, territory=self.territory)):
            day += timedelta(days=7)
        return day

    def _enrol(self, of: Session | Cohort, how_many: int) -> None:
        for name, contact, needs in _PEOPLE[:how_many]:
            request = bookings.Request(
                name=name,
                consent_version=CONSENT_VERSION,
                idempotency_key=uuid.uuid5(_KEYS, f"{of.pk} {name}"),
                contact=read_contact(contact),
                needs=needs,
                source=Source.DESK,
                structure=self._structure,
            )
            bookings.book(of.capacity_id, request, by="Démonstration")  # type: ignore[arg-type]  # only called for sessions with places

    def _passport(self) -> None:
        programme = self._programme(
            "Passeport numérique",
            "Un parcours complet, du premier clic à la démarche en ligne.",
            [
                Theme.PRENDRE_EN_MAIN_DU_MATERIEL,
                Theme.NAVIGATION_SUR_INTERNET,
                Theme.EMAIL,
                Theme.SECURITE_NUMERIQUE,
                Theme.INSERTION_PROFESSIONNELLE,
            ],
            audiences=[Audience.YOUNG_ADULTS],
            aims=["utiliser un ordinateur et une messagerie", "protéger vos comptes", "faire une démarche en ligne"],
            sessions_planned=24,
            funder="Financeur de démonstration (fictif)",
            agreement_number="DEMO-2026-01",
            agreement_until=self.today + timedelta(days=5 * 365),
        )
        first = self._next(0, after_days=7)
        cohort, _planned = create_cohort(
            None,
            programme,
            name="Parcours 16-25 ans",
            first=first,
            last=first + timedelta(weeks=8) - timedelta(days=1),
            pattern=[Weekly(0, time(9), time(12)), Weekly(2, time(9), time(12)), Weekly(4, time(9), time(12))],
            capacity=15,
            where=self._where("Fort-de-France", "Salle informatique"),
            mediator=self._mediator(0),
        )
        self._enrol(cohort, 9)

    def _passwords(self) -> None:
        programme = self._programme(
            "Mes mots de passe",
            "Vous apprenez à créer un mot de passe solide. Et à le retrouver sans stress.",
            [Theme.SECURITE_NUMERIQUE],
            aims=["dire si un mot de passe est solide", "en créer un que vous retenez", "quoi faire si on vous le vole"],
            material="Ordinateur prêté. Venez avec votre téléphone si vous en avez un.",
        )
        where, mediator = self._where("Saint-Joseph", "Salle 1"), self._mediator(1)
        for weeks, enrolled in ((0, 7), (1, 14), (2, 2)):
            day = self._next(3, after_days=2 + 7 * weeks)
            session = create_session(
                None, programme, starts_at=self._at(day, 9), ends_at=self._at(day, 11), where=where, capacity=10, mediator=mediator
            )
            self._enrol(session, enrolled)

    def _homework(self) -> None:
        programme = self._programme(
            "Aide aux devoirs",
            "Une salle calme, des ordinateurs, quelqu’un pour aider. Venez quand vous voulez.",
            [Theme.SCOLARITE_ET_NUMERIQUE],
            audiences=[Audience.SCHOOL, Audience.PARENTS],
        )
        create_series(
            None,
            programme,
            first=self.today + timedelta(days=1),
            last=self.today + timedelta(days=28),
            pattern=[Weekly(weekday, time(17), time(19)) for weekday in range(5)],
            where=self._where("Lamentin", "Salle des devoirs"),
            kind=Kind.DROP_IN,
        )

    def _rights_desk(self) -> None:
        programme = self._programme(
            "Permanence accès aux droits",
            "On regarde ensemble les aides que vous n’utilisez pas encore.",
            [Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES, AdministrativeTheme.SOCIAL_SANTE, AdministrativeTheme.ARGENT_IMPOTS],
        )
        create_series(
            None,
            programme,
            first=self.today + timedelta(days=1),
            last=self.today + timedelta(days=28),
            pattern=[Weekly(1, time(8, 30), time(12))],
            where=self._where("Robert", "Accueil"),
            kind=Kind.DROP_IN,
        )

    def _bus_day(self) -> None:
        stop = (
            Stop.objects.filter(place__territory=self.territory, place__closed_on__isnull=True)
            .select_related("place")
            .order_by("pk")
            .first()
        )
        programme = self._programme(
            "Le bus numérique",
            "Une journée dans votre quartier : mails, démarches, photos.",
            [Theme.EMAIL, Theme.GERE_SES_CONTENUS_NUMERIQUES],
        )
        day = self._next(2, after_days=3)
        session = create_session(
            None,
            programme,
            starts_at=self._at(day, 8, 30),
            ends_at=self._at(day, 13),
            where=Where(stop=stop) if stop is not None else self._where("Fort-de-France"),
            capacity=8,
        )
        self._enrol(session, 6)

    def _appointments(self) -> None:
        programme = self._programme(
            "Rendez-vous individuel",
            "Quarante-cinq minutes avec une personne, pour une démarche à vous.",
            [Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES],
        )
        planned = create_appointments(
            None,
            programme,
            day=self._next(1, after_days=2),
            starts=time(9),
            ends=time(12),
            minutes=45,
            where=self._where("Schoelcher", "Bureau 2"),
            mediator=self._mediator(0),
        )
        for number, session in enumerate(planned.sessions[:2], 1):
            self._enrol(session, number)
