"""Programmes for the tests of exchange: one by hand, and any by Hypothesis."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from yole.events.engine import document as doc
from yole.events.engine.document import Link, Person, Programme, Room, Slot, Track

ZONE = ZoneInfo("America/Martinique")


def guid(n: int) -> UUID:
    return UUID(int=(n << 64) | 0x4000_8000_0000_0000_0000 | n)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of December 2026, given in the hour of Martinique."""
    return datetime(2026, 12, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def by_hand(slots: int = 2) -> Programme:
    """Two days, two rooms, every field used, and a slot at 00:15 that belongs to the first day."""
    made = [
        Slot(
            guid=guid(1),
            id=1,
            day=1,
            room="Amphithéâtre",
            title="« NÔTRE, Œuvre » & l’avenir ; <ici> \\ là",
            starts_at=at(12, 9),
            minutes=90,
            code="AB12CD",
            subtitle="Ouvrir, ensemble",
            kind="conférence",
            track="Démarches",
            language="gcf",
            abstract="Un résumé.\nSur deux lignes, avec « é » ; et une virgule.",
            description="Première.\n\nSeconde partie.",
            persons=(Person("Marie-Ange Œdipe (fictif)", guid(101)), Person("Jo (fictif)", guid(102))),
            links=(
                Link("https://exemple.invalid/a?b=1&c=2", "Les diapositives", "slides"),
                Link("https://exemple.invalid/", "Site", "web"),
            ),
            attachments=(Link("https://exemple.invalid/fiche.pdf", "Fiche", "paper"),),
            recording_licence="CC BY 4.0",
            recording_url="https://exemple.invalid/video",
            url="https://yole.invalid/numerique-en-commun/nec_2026/1/",
            feedback_url="https://yole.invalid/avis/1",
            origin_url="https://ailleurs.invalid/1",
        ),
        Slot(
            guid=guid(2),
            id=2,
            day=1,
            room="Salle A",
            title="Nuit du code",
            starts_at=at(13, 0, 15),
            minutes=45,
            recording_refused=True,
            url="https://yole.invalid/numerique-en-commun/nec_2026/2/",
        ),
    ]
    made += [
        Slot(
            guid=guid(n),
            id=n,
            day=2,
            room=f"Salle {n % 20}",
            title=f"Atelier {n} : écrire à la CAF",
            starts_at=at(13, 8) + timedelta(minutes=10 * (n // 20)),
            minutes=10,
            kind="atelier",
            track="Démarches",
            language="fr",
            abstract="Ce que chacun emporte chez soi. " * 8,
            persons=(Person(f"Personne {n} (fictif)", guid(1000 + n)),),
            url=f"https://yole.invalid/numerique-en-commun/nec_2026/{n}/",
        )
        for n in range(3, slots + 1)
    ]
    days = tuple(doc.bounds(n, date(2026, 12, 11 + n), made, ZONE) for n in (1, 2))
    names = dict.fromkeys(slot.room for slot in made)
    rooms = tuple(Room(name, guid(500 + n), "workshop", 40) for n, name in enumerate(names))
    return doc.finish(
        Programme(
            slug="nec_2026",
            title="NEC Martinique 2026",
            version="3",
            timezone="America/Martinique",
            days=days,
            rooms=rooms,
            tracks=(Track("Démarches", "demarches", "#aa3300"),),
            slots=tuple(made),
            url="https://yole.invalid/numerique-en-commun/nec_2026/",
        )
    )


# --- any programme -----------------------------------------------------------------------------------------------------------------

_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"))
LINE = st.text(_LETTERS, min_size=1, max_size=40).map(doc.short).filter(bool)
BLOCK = st.text(_LETTERS | st.just("\n"), max_size=120).map(doc.block)
WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
ADDRESS = st.builds("https://{}.invalid/{}?a={}&b=%20".format, WORD, WORD, WORD)
MAYBE = st.just("") | ADDRESS


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """A programme in its normal form, with what exports need: guids of rooms and addresses of slots."""
    count = draw(st.integers(1, 3))
    names = draw(st.lists(LINE, min_size=1, max_size=3, unique=True))
    themes = draw(st.lists(LINE, max_size=2, unique=True))
    codes = iter(draw(st.lists(st.text("0123456789ABCXYZ", min_size=6, max_size=6), min_size=5, max_size=5, unique=True)))
    links = st.lists(st.builds(Link, ADDRESS, LINE, st.sampled_from(doc.LINK_KINDS)), max_size=2, unique_by=lambda link: link.url).map(
        tuple
    )
    slots = []
    for n in range(1, draw(st.integers(1, 5)) + 1):
        day = draw(st.integers(1, count))
        persons = draw(st.lists(LINE, max_size=2, unique=True))
        slots.append(
            Slot(
                guid=guid(n),
                id=n,
                day=day,
                room=draw(st.sampled_from(names)),
                title=draw(LINE),
                starts_at=at(11 + day, 6) + timedelta(minutes=draw(st.integers(0, 20 * 60))),
                minutes=draw(st.integers(1, 230)),
                code=next(codes) if draw(st.booleans()) else "",
                subtitle=draw(st.just("") | LINE),
                kind=draw(st.just("") | LINE),
                track=draw(st.sampled_from(["", *themes])),
                language=draw(st.sampled_from(["", "fr", "gcf", "en"])),
                abstract=draw(BLOCK),
                description=draw(BLOCK),
                persons=tuple(Person(name, guid(100 * n + i) if draw(st.booleans()) else None) for i, name in enumerate(persons)),
                links=draw(links),
                attachments=draw(links),
                recording_licence=draw(st.just("") | LINE),
                recording_refused=draw(st.booleans()),
                recording_url=draw(MAYBE),
                url=draw(ADDRESS),
                feedback_url=draw(MAYBE),
                origin_url=draw(MAYBE),
            )
        )
    days = tuple(doc.bounds(n, date(2026, 12, 11 + n), slots, ZONE) for n in range(1, count + 1))
    return doc.finish(
        Programme(
            slug=draw(st.from_regex(r"[a-z0-9_]{4,12}", fullmatch=True)),
            title=draw(LINE),
            version=draw(st.integers(1, 99).map(str)),
            timezone="America/Martinique",
            days=days,
            rooms=tuple(Room(name, guid(900 + i), draw(st.sampled_from(doc.ROOM_KINDS))) for i, name in enumerate(names)),
            tracks=tuple(Track(name, "", "#00ff00") for name in themes),
            slots=tuple(slots),
            url=draw(MAYBE),
        )
    )


def without_room_details(programme: Programme) -> Programme:
    """What schedule.xml can say of rooms: name and guid, the used ones in the order in which they come."""
    return replace(programme, rooms=tuple(sorted((Room(room.name, room.guid) for room in programme.rooms), key=lambda room: room.name)))
