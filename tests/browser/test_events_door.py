"""Two devices hold two doors without a network: a code at both, somebody without registration; everything is there afterwards, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import Site, axe_violations
from door_tools import APP, enter, equip, two_doors, wait_door
from offline_tools import Tablet, in_the_house, number, rows
from playwright.sync_api import Browser, expect

EDITION = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from yole.events import services_editions as editions, services_programme as programme
from yole.events.enums import EditionStatus
from yole.events.services_registration import Form, cancel_by_person, register
from yole.territory.models import Territory
territory = Territory.objects.get(is_default=True)
today = timezone.localdate()
dates = {"starts_on": today, "ends_on": today + timedelta(days=1)}
made = editions.create_edition(None, territory, slug="nec_porte", title="Journée d’essai (fictif)", **dates)
venue = editions.save_venue(None, made, name="Halle d’essai (fictif)")
room = editions.save_room(None, venue, name="Amphi", capacity=50)
from datetime import time
programme.save_slot(None, made, title="Ouverture", room=room, day=2, at=time(9), minutes=30)
programme.publish(None, made)
editions.open_registration(None, made, 12)
made.refresh_from_db()
codes = []
for n in range(1, 7):
    found = register(made, Form(name=f"Personne {n} (fictif)", key=uuid4(), consent=True)).registration
    codes.append(found.booking.code)
    if n == 6:
        cancel_by_person(found)
print(*codes)
"""


@pytest.fixture
def doors(chromium: Browser, site: Site) -> Iterator[list[Tablet]]:
    with two_doors(chromium, site) as made:
        yield made


def test_two_doors_without_a_network(doors: list[Tablet], site: Site) -> None:
    codes = in_the_house(site, EDITION).split()
    north, south = doors
    for tablet, name in ((north, "Porte nord"), (south, "Porte sud")):
        equip(tablet, site, "nec_porte", name)
    assert axe_violations(north.page) == []
    for tablet in doors:
        tablet.network.cut()
        tablet.page.goto(f"{APP}#nec_porte")  # a battery changed: the page opens without a network
        tablet.page.reload()
        wait_door(tablet, "0/0/offline")
        expect(tablet.page.get_by_role("status").filter(has_text="Pas de réseau")).to_be_visible()

    enter(north, codes[0])
    expect(north.page.get_by_text("Bienvenue, Personne 1 (fictif)")).to_be_visible()
    enter(north, f"{codes[0][:4]}-{codes[0][4:8].lower()}-{codes[0][8:]}")
    expect(north.page.get_by_text("Peut-être une sortie oubliée")).to_be_visible()
    enter(north, codes[5])
    expect(north.page.get_by_text("Inscription annulée")).to_be_visible()
    enter(south, codes[0])
    expect(south.page.get_by_text("Bienvenue, Personne 1 (fictif)")).to_be_visible()
    enter(south, "personne 2")
    south.page.get_by_role("button", name="Personne 2 (fictif)").click()
    expect(south.page.get_by_text("Bienvenue, Personne 2 (fictif)")).to_be_visible()
    south.page.get_by_label("Sans inscription : nom ou surnom").fill("Ana (fictif)")
    south.page.get_by_role("button", name="Faire entrer").click()
    expect(south.page.get_by_text("Bienvenue, Ana (fictif)")).to_be_visible()
    wait_door(north, "1/1/offline")
    wait_door(south, "3/3/offline")
    assert axe_violations(south.page) == []
    for tablet in doors:
        assert tablet.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    north.network.restore()
    wait_door(north, "0/1/online")
    south.network.restore()
    wait_door(south, "0/3/online")
    wait_door(north, "0/[13]/online")
    assert (
        number(
            site, "SELECT count(*) FROM events_attendanceevent a JOIN events_edition e ON e.id = a.edition_id WHERE e.slug = 'nec_porte'"
        )
        == 4
    )
    states = rows(
        site,
        "SELECT b.state, count(*) FROM events_registration r JOIN bookings_booking b ON b.id = r.booking_id "
        "JOIN events_edition e ON e.id = r.edition_id WHERE e.slug = 'nec_porte' GROUP BY 1 ORDER BY 1",
    )
    assert dict(states) == {"annulé": 1, "inscrit": 3, "présent": 2}  # type: ignore[arg-type]  # two columns

    page = north.page
    page.goto("/numerique-en-commun/espace-pro/nec_porte/porte/")
    expect(page.get_by_text("3 entrés")).to_be_visible()
    expect(page.get_by_role("heading", name="Doubles passages")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Personne 1 (fictif), Porte sud")
    assert axe_violations(page) == []
