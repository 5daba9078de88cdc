"""Two cafés of the demonstration: one over, with 28 ballots, one that runs. Every sentence and every vote is invented."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from yole.base.registries import Note
from yole.debates import devices, services_after, services_prepare, services_room, services_statements, services_texts
from yole.debates.enums import BallotOrigin, CafePublic, CafeTheme, ContributionKind, Opinion, Phase
from yole.debates.models import Ballot, Cafe, CafeStatement, Vote
from yole.debates.services_prepare import Plan
from yole.organisations.models import Account
from yole.places.models import Place
from yole.territory.models import Territory

FEAR, HOPE, IDEA, QUESTION = ContributionKind.FEAR, ContributionKind.HOPE, ContributionKind.IDEA, ContributionKind.QUESTION
# (kind, words, theme, agree, pass): of 28 invented ballots; the rest disagree.
_VOTED = (
    (HOPE, "L’IA peut aider à comprendre un courrier difficile.", "Prise en main", 26, 1),
    (FEAR, "On ne sait pas où vont nos données.", "Données personnelles", 24, 3),
    (IDEA, "Je veux qu’une personne relise avant toute décision.", "Encadrement", 23, 3),
    (FEAR, "L’IA va remplacer la personne qui m’aide au guichet.", "Travail", 14, 4),
    (HOPE, "Grâce à l’IA, j’aurai moins besoin des autres.", "Société", 8, 5),
    (IDEA, "Il faut interdire l’IA avant 15 ans.", "Parentalité et écrans", 6, 18),
    (IDEA, "La mairie doit dire où elle utilise une IA.", "Transparence", 22, 4),
    (FEAR, "Je ne saurai plus si une voix au téléphone est vraie.", "Société", 25, 2),
    (HOPE, "Mes enfants trouveront un métier plus facilement.", "Emploi", 4, 6),
    (QUESTION, "Combien d’électricité pour une question ?", "Sobriété", 17, 7),
)
_ALSO = (
    (FEAR, "On ne sait pas du tout où partent nos données.", "Données personnelles"),
    (IDEA, "Un atelier pour reconnaître les fausses voix.", "Prise en main"),
    (QUESTION, "Qui répond quand la machine se trompe ?", "Encadrement"),
)
_ORIENTATIONS = (
    ("Un atelier « vraies et fausses voix » avant la fin de l’année.", "Médiathèque, équipe numérique", 40),
    ("Écrire à la mairie : dire où une IA est utilisée.", "Groupe d’habitants, avec la structure", 60),
)
_OPEN = (
    (FEAR, "J’ai peur de me faire avoir par une fausse image.", "Prise en main", True),
    (HOPE, "L’IA peut m’aider à écrire ma lettre de motivation.", "Emploi", True),
    (IDEA, "Un bouton « parler à quelqu’un » sur chaque site.", "Encadrement", True),
    (QUESTION, "Est-ce que la machine garde ce que je lui dis ?", "Données personnelles", False),
)
BALLOTS = 28
_NOWHERE = "Maison de quartier (fictive)"


def load(note: Note) -> None:
    territory = Territory.objects.filter(is_default=True).first()
    host = Account.objects.filter(email="structure@yole.invalid", is_fictional=True).first()
    if territory is None or host is None or Cafe.objects.filter(territory=territory, is_fictional=True).exists():
        return
    places = list(
        Place.objects.filter(territory=territory, kind="fixed", closed_on__isnull=True, merged_into__isnull=True).order_by("pk")[:2]
    )
    with transaction.atomic():
        _closed(territory, host, places[0] if places else None)
        _running(territory, host, places[-1] if places else None)
    note("yole : deux Cafés IA de démonstration (fictifs) : un terminé avec 28 bulletins, un en cours.")


def _make(territory: Territory, host: Account, plan: Plan) -> Cafe:
    cafe = services_prepare.create_cafe(None, territory, plan, structure=host.structure, is_fictional=True)
    Cafe.objects.filter(pk=cafe.pk).update(host=host)
    services_prepare.announce(None, cafe.pk)
    services_room.open_room(None, cafe.pk)
    return cafe


def _closed(territory: Territory, host: Account, place: Place | None) -> None:
    zone = ZoneInfo(territory.time_zone)
    day = datetime.now(zone).date() - timedelta(days=4)
    starts = datetime.combine(day, time(17), zone)
    plan = Plan(
        title="L’IA au guichet : qui m’aide ? (fictif)", starts_at=starts, ends_at=starts + timedelta(minutes=90), people_expected=28,
        themes=[CafeTheme.HANDS_ON, CafeTheme.PERSONAL_DATA, CafeTheme.RULES, CafeTheme.WORK, CafeTheme.SOCIETY],
        place=place, place_text=_NOWHERE,
    )  # fmt: skip
    cafe = _make(territory, host, plan)
    services_room.count_people(None, cafe.pk, BALLOTS)
    statements = []
    for kind, words, theme, _agree, _pass in _VOTED:
        text = services_texts.write_for_the_room(None, cafe.pk, kind, words, theme)
        statements.append(services_statements.choose(None, cafe.pk, text.pk))
    also = [services_texts.write_for_the_room(None, cafe.pk, kind, words, theme) for kind, words, theme in _ALSO]
    first = statements[1].version.origin
    if first is not None:
        services_texts.merge(None, cafe.pk, also[0].pk, first.pk)
    services_room.open_vote(None, cafe.pk)
    _ballots(cafe, statements)
    services_room.close_vote(None, cafe.pk)
    for what, who, days in _ORIENTATIONS:
        services_room.add_orientation(None, cafe.pk, what, who, day + timedelta(days=days))
    services_room.close_cafe(None, cafe.pk)
    services_after.send_idea(None, cafe.pk, statement_id=statements[2].pk)
    Cafe.objects.filter(pk=cafe.pk).update(vote_opened_at=starts + timedelta(minutes=60), vote_closed_at=starts + timedelta(minutes=70))


def _ballots(cafe: Cafe, statements: list[CafeStatement]) -> None:
    """Invented ballots whose counts are those of `_VOTED`, in an order drawn with a fixed seed."""
    drawn = random.Random(28)  # noqa: S311  # invented votes
    ballots = [Ballot(cafe=cafe, origin=BallotOrigin.PHONE, digest=devices.digest(devices.new_token())) for _ in range(BALLOTS)]
    Ballot.objects.bulk_create(ballots)
    votes = []
    for statement, (_kind, _words, _theme, agree, passed) in zip(statements, _VOTED, strict=True):
        values = [Opinion.AGREE] * agree + [Opinion.PASS] * passed + [Opinion.DISAGREE] * (BALLOTS - agree - passed)
        drawn.shuffle(values)
        votes += [Vote(ballot=ballot, statement=statement, value=value) for ballot, value in zip(ballots, values, strict=True)]
    Vote.objects.bulk_create(votes)
    Cafe.objects.filter(pk=cafe.pk).update(ballots_cast=BALLOTS)


def _running(territory: Territory, host: Account, place: Place | None) -> None:
    now = timezone.now()
    plan = Plan(
        title="Travailler avec l’IA (fictif)", starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(minutes=60),
        public=CafePublic.JOBSEEKERS, people_expected=18,
        themes=[CafeTheme.JOBS, CafeTheme.HANDS_ON, CafeTheme.RULES, CafeTheme.PERSONAL_DATA], place=place, place_text=_NOWHERE,
    )  # fmt: skip
    cafe = _make(territory, host, plan)
    services_room.count_people(None, cafe.pk, 18)
    for kind, words, theme, published in _OPEN:
        if published:
            text = services_texts.write_for_the_room(None, cafe.pk, kind, words, theme)
            services_statements.choose(None, cafe.pk, text.pk)
        else:
            services_texts.write(cafe.pk, kind, words, theme)
    services_room.set_phase(None, cafe.pk, Phase.DISCUSSION, 30)
