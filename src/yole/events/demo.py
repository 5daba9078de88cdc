"""Two editions of the demonstration: 2025, over, with takeaways; 2026, published, with registrations. Everybody is invented."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.events import services_after, services_editions, services_programme
from yole.events.enums import EditionStatus, Kind, Sex
from yole.events.models import Edition, Room, Slot, Speaker, Track, Venue
from yole.events.services_call import Draft, decide, review, submit
from yole.events.services_registration import Form, register
from yole.organisations.models import Account
from yole.territory.models import Commune, Territory

_KEYS = uuid.UUID("9a0b6f6c-3c6d-4f0e-8a3e-5a1f3f0c9e42")
# (name, structure, declared sex): invented.
_SPEAKERS = (
    ("Aurélie Exemple (fictif)", "Collectivité de démonstration (fictif)", Sex.WOMAN),
    ("Bertrand Exemple (fictif)", "Université de démonstration (fictif)", Sex.MAN),
    ("Clarisse Exemple (fictif)", "Association de démonstration (fictif)", Sex.WOMAN),
    ("Didier Exemple (fictif)", "Mission locale de démonstration (fictif)", Sex.MAN),
    ("Estelle Exemple (fictif)", "Médiathèque de démonstration (fictif)", Sex.WOMAN),
    ("Firmin Exemple (fictif)", "Entreprise de démonstration (fictif)", Sex.MAN),
    ("Ghislaine Exemple (fictif)", "Centre social de démonstration (fictif)", Sex.WOMAN),
    ("Hector Exemple (fictif)", "Lycée de démonstration (fictif)", Sex.MAN),
    ("Isaure Exemple (fictif)", "Réseau de femmes du numérique (fictif)", Sex.WOMAN),
    ("Joël Exemple (fictif)", "Web radio de démonstration (fictif)", Sex.MAN),
    ("Kamila Exemple (fictif)", "Association de parents (fictif)", Sex.WOMAN),
)
# (title, kind, room, start, minutes, track, places, speakers, abstract)
_DAY: tuple[tuple[str, str, str, time, int, str, int | None, tuple[int, ...], str], ...] = (
    ("Accueil et café", Kind.BREAK, "Hall", time(8, 15), 45, "", None, (), ""),
    (
        "Ouverture : un numérique pour tous",
        Kind.PLENARY,
        "Amphithéâtre",
        time(9),
        60,
        "Territoire",
        None,
        (0, 1),
        "Où en est le territoire, avec les chiffres et leurs limites.",
    ),
    (
        "Où en est la feuille de route ?",
        Kind.ROUND_TABLE,
        "Amphithéâtre",
        time(10, 15),
        90,
        "Territoire",
        None,
        (0, 2, 3),
        "Ce qui a été promis l’an dernier, ce qui a été fait, ce qui ne l’a pas été.",
    ),
    (
        "Cyberviolences : parents, enfants, que faire ?",
        Kind.WORKSHOP,
        "Salle B",
        time(10, 15),
        90,
        "Famille et écrans",
        12,
        (10, 4),
        "Des situations, des réponses, des adresses. Venez avec vos questions.",
    ),
    (
        "Café IA : craintes, espoirs, idées",
        Kind.AI_CAFE,
        "Salle C",
        time(10, 15),
        90,
        "Intelligence artificielle",
        30,
        (6,),
        "Trente personnes, deux heures, aucune compétence demandée.",
    ),
    ("Déjeuner", Kind.BREAK, "Hall", time(12), 75, "", None, (), ""),
    (
        "L’IA et les métiers",
        Kind.MASTERCLASS,
        "Amphithéâtre",
        time(13, 30),
        90,
        "Intelligence artificielle",
        120,
        (1, 5),
        "Ce qui change déjà dans les entreprises et les services publics.",
    ),
    (
        "Les femmes dans le numérique",
        Kind.ASSIZES,
        "Salle B",
        time(13, 30),
        90,
        "Métiers",
        40,
        (8, 2),
        "Parcours, freins, engagements chiffrés.",
    ),
    (
        "Essayer le mandat, pas à pas",
        Kind.WORKSHOP,
        "Salle C",
        time(13, 30),
        60,
        "Accès aux droits",
        15,
        (4, 3),
        "Pour les professionnels qui font des démarches avec une personne.",
    ),
    (
        "On écrit les engagements ensemble",
        Kind.ROUND_TABLE,
        "Amphithéâtre",
        time(15, 15),
        75,
        "Territoire",
        None,
        (0, 6, 9),
        "Chaque enseignement de la journée devient une proposition.",
    ),
    ("Stands des associations", Kind.STAND, "Hall", time(9, 15), 160, "", None, (7,), "Équipement, réemploi, accompagnement."),
)
_PEOPLE = ("Aline", "Bruno", "Céline", "Dédé", "Eugénie", "Francis", "Gaëlle", "Henriette", "Inès", "Jocelyn", "Karl", "Lucette", "Marvin")
_COLOURS = {"Territoire": "#0a5c7a", "Famille et écrans": "#7a3b0a", "Intelligence artificielle": "#4b2a7a", "Métiers": "#0f6b3c"}


def load(note: Note) -> None:
    territory = Territory.objects.filter(is_default=True).first()
    if territory is None or Edition.objects.filter(territory=territory, is_fictional=True).exists():
        return
    with system_scope():
        with transaction.atomic():
            past = _edition(territory, 2025, 4)
            coming = _edition(territory, 2026, 5)
        _past(past)
        _call(coming)
        _coming(coming)
    note("yole : Numérique en Commun de démonstration (personnes fictives) : éditions 2025 et 2026.")


def _edition(territory: Territory, year: int, number: int) -> Edition:
    of = services_editions.create_edition(
        None,
        territory,
        slug=f"nec_exemple_{year}",
        title=f"Numérique en Commun {year} (exemple fictif)",
        number=number,
        summary="Une journée pour parler du numérique et tenir ce qui est promis.",
        starts_on=date(year, 12, 12),
        ends_on=date(year, 12, 12),
        organisers="Coordination du territoire (fictif)",
        partners="Mission locale, centre social et web radio de démonstration (fictifs)",
        recording_licence="CC BY 4.0",
        is_fictional=True,
    )
    venue = _venue(of)
    tracks = {name: services_editions.save_track(None, of, name=name, colour=_COLOURS.get(name, "")) for name in _tracks()}
    people = [
        services_programme.save_speaker(
            None,
            of,
            name=name,
            organisation=structure,
            sex=sex,
            biography="Personne inventée pour l’exemple.",
            agreed=True,
            recording_agreed=True,
        )
        for name, structure, sex in _SPEAKERS
    ]
    rooms = {room.name: room for room in Room.objects.filter(venue=venue)}
    for line in _DAY:
        _slot(of, line, rooms, tracks, people)
    return of


def _tracks() -> list[str]:
    return list(dict.fromkeys(line[5] for line in _DAY if line[5]))


def _venue(of: Edition) -> Venue:
    commune = Commune.objects.filter(name="Le Lamentin").first()
    venue = services_editions.save_venue(
        None,
        of,
        name="Institut de démonstration (lieu fictif)",
        commune=commune,
        address="Adresse fictive",
        access_note="Navette depuis le bourg, inventée pour l’exemple.",
        is_fictional=True,
    )
    if not venue.rooms.exists():
        for rank, (name, kind, capacity, step_free, loop) in enumerate(
            (
                ("Amphithéâtre", "lecturehall", 200, True, True),
                ("Salle B", "workshop", 40, True, False),
                ("Salle C", "workshop", 30, False, False),
                ("Hall", "other", 300, True, False),
            )
        ):
            services_editions.save_room(
                None, venue, name=name, kind=kind, capacity=capacity, step_free=step_free, induction_loop=loop, position=rank
            )
    return venue


def _slot(
    of: Edition,
    line: tuple[str, str, str, time, int, str, int | None, tuple[int, ...], str],
    rooms: dict[str, Room],
    tracks: dict[str, Track],
    people: list[Speaker],
) -> Slot:
    title, kind, room, at, minutes, track, places, who, abstract = line
    return services_programme.save_slot(
        None,
        of,
        title=title,
        kind=kind,
        room=rooms[room],
        day=1,
        at=at,
        minutes=minutes,
        track=tracks.get(track),
        places=places,
        speakers=[people[rank] for rank in who],
        abstract=abstract,
        language="fr",
        recording_licence=of.recording_licence if places is None and kind != Kind.BREAK else "",
    )


def _past(of: Edition) -> None:
    """2025: opinions given the same day, three takeaways."""
    services_programme.publish(None, of)
    services_editions.set_status(None, of, EditionStatus.CLOSED)
    slots = {slot.title: slot for slot in of.slots.all()}
    for rank, score in enumerate((5, 4, 5, 3, 4, 5, 5, 2, 4)):
        slot = slots["Où en est la feuille de route ?"]
        text = "Enfin des dates." if rank == 0 else ""
        services_after.give_feedback(slot, score=score, text=text, key=uuid.uuid5(_KEYS, f"{of.slug} {rank}"), now=_after(slot))
    for title, text, quotation, favour, counted in (
        (
            "Café IA : craintes, espoirs, idées",
            "Les habitants veulent essayer l’IA accompagnés, près de chez eux.",
            "Je veux bien essayer, mais pas toute seule.",
            24,
            30,
        ),
        ("Où en est la feuille de route ?", "Aucun lieu d’aide n’est ouvert le samedi dans le nord.", "Le samedi, il n’y a rien.", 31, 44),
        ("Les femmes dans le numérique", "Peu de jeunes femmes s’inscrivent aux formations techniques.", "", 18, 25),
    ):
        services_after.add_takeaway(None, of, slot=slots[title], text=text, quotation=quotation, in_favour=favour, counted=counted)


def _after(slot: Slot) -> datetime:
    start = slot.starts_at or timezone.now()
    return start + timedelta(minutes=slot.minutes)


def _call(of: Edition) -> None:
    """2026: two proposals, one read by two people, one accepted and waiting for its author."""
    services_editions.set_status(None, of, EditionStatus.CALL_OPEN)
    of.refresh_from_db()
    readers = list(
        Account.objects.filter(territory=of.territory, is_fictional=True, role__in=("event-organiser", "territory-coordinator"))[:2]
    )
    for rank, (title, kind, abstract) in enumerate(
        (
            ("Réparer un ordinateur en une heure", Kind.WORKSHOP, "On ouvre, on nettoie, on redémarre."),
            ("Le créole et les assistants vocaux", Kind.CONFERENCE, "Ce que les machines comprennent, et ce qu’elles manquent."),
        )
    ):
        proposal = submit(
            of,
            Draft(
                title=title,
                abstract=abstract,
                kind=kind,
                minutes=60,
                name=("Luce Exemple (fictif)", "Marius Exemple (fictif)")[rank],
                contact="exemple@exemple.invalid",
                key=uuid.uuid5(_KEYS, f"{of.slug} {title}"),
                wanted_capacity=20,
            ),
        )
        if rank == 0:
            for reader, score in zip(readers, (4, 5), strict=False):
                review(reader, proposal, score=score, comment="Concret, utile à tous.")
        else:
            decide(None, proposal, "acceptée", answer="Avec plaisir. Confirmez, et nous fixons l’heure.")


def _coming(of: Edition) -> None:
    services_programme.publish(None, of)
    services_editions.open_registration(None, of, 200)
    of.refresh_from_db()
    if of.capacity is None or of.capacity.closes_at is None or timezone.now() >= of.capacity.closes_at:
        return
    limited = {slot.title: slot for slot in of.slots.filter(capacity__isnull=False)}
    workshop = limited["Cyberviolences : parents, enfants, que faire ?"].number
    for rank in range(26):
        name = f"{_PEOPLE[rank % len(_PEOPLE)]} {'AB'[rank // len(_PEOPLE)]}. (fictif)"
        register(
            of,
            Form(
                name=name,
                key=uuid.uuid5(_KEYS, f"{of.slug} {name}"),
                consent=True,
                slots=[workshop] if rank < 14 else [],
                sex=(Sex.WOMAN, Sex.MAN)[rank % 2] if rank < 20 else Sex.UNKNOWN,
                needs=["accessibilite"] if rank == 7 else [],
            ),
        )
