"""Nobody is forgotten by surprise, and nobody is named without an agreement: shorter delays, withdrawn agreements, merged cards, minors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from yole.base.errors import Refused

Follow = Callable[..., Any]


def named(person: Any) -> bool:
    from yole.people.models import Person

    return bool(Person.objects.get(pk=person.pk).is_followed)


# A shorter delay


def test_a_shorter_delay_takes_nobody_before_the_notice_is_over(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import retention
    from yole.people.services_consent import change_settings
    from yole.territory.selectors import today

    day = today()
    old, older = follow("Ana", "Vieux", day=day - timedelta(days=200)), follow("Bob", "Ancien", day=day - timedelta(days=350))
    change_settings(house.coordinator, keep_months=1, notice_days=30)
    assert retention.purge_people(day) == 0
    soon = {person.pk: retention.due_day(person, retention.selectors.settings_of(house.territory)) for person in (old, older)}
    assert soon[old.pk] == day + timedelta(days=30)
    assert soon[older.pk] < day + timedelta(days=30), "the longest delay is not made longer"
    assert set(retention.due_soon(house.mediator).values_list("pk", flat=True)) == {old.pk, older.pk}
    assert retention.purge_people(day + timedelta(days=29)) == 1
    assert named(old) and not named(older)
    assert retention.purge_people(day + timedelta(days=30)) == 1
    assert not named(old)


def test_a_slip_in_the_delay_can_be_mended(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import retention
    from yole.people.services_consent import change_settings
    from yole.territory.selectors import today

    person = follow(day=today() - timedelta(days=200))
    change_settings(house.coordinator, keep_months=1)
    change_settings(house.coordinator, keep_months=12)
    assert retention.purge_people(today() + timedelta(days=60)) == 0
    assert named(person)


def test_the_settings_ask_who_is_there_and_tell_the_day(house: SimpleNamespace) -> None:
    from yole.organisations.confirm import CONFIRMED

    client = Client()
    client.force_login(house.coordinator)
    address = reverse("people:settings")
    sent = {"minor_alone_from": "15", "minor_rule": "accord", "keep_months": "6", "notice_days": "30"}
    page = client.post(address, sent, follow=True).content.decode()
    assert "Aucune fiche n’est effacée pour cela avant le" in page and "son premier effet est le" in page
    session = client.session
    session[CONFIRMED] = 0
    session.save()
    assert client.post(address, {**sent, "keep_months": "1"})["Location"].startswith("/compte/confirmer/")


# Without agreement


def test_a_name_goes_a_week_after_the_last_agreement(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import retention
    from yole.people.services_consent import withdraw_consent
    from yole.territory.selectors import today

    person, other = follow("Lucette", "Marignan"), follow("Hector", "Valmy")
    assert withdraw_consent(house.mediator, person.pk, "suivi") == 0
    day = today()
    assert list(retention.unagreed(house.mediator)) == [person]
    assert retention.due_days([person, other], retention.selectors.settings_of(house.territory))[person.pk] == day + timedelta(days=7)
    with pytest.raises(Refused, match="plus d’accord"):
        retention.keep(house.mediator, person.pk, "Rendez-vous")
    assert retention.purge_people(day + timedelta(days=6)) == 0
    assert retention.purge_people(day + timedelta(days=7)) == 1
    assert not named(person) and named(other)
    assert retention.purge_people(day + timedelta(days=8)) == 0


def test_a_new_agreement_within_the_week_keeps_the_name(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import retention
    from yole.people.services import Agreed
    from yole.people.services_consent import give_consent, withdraw_consent
    from yole.territory.selectors import today

    person = follow()
    withdraw_consent(house.mediator, person.pk, "suivi")
    give_consent(house.mediator, person.pk, Agreed(["rappel"], "signature"))
    assert retention.purge_people(today() + timedelta(days=30)) == 0 and named(person)


def test_the_screens_tell_a_card_without_agreement(house: SimpleNamespace, follow: Follow) -> None:
    from yole.territory.selectors import today

    person = follow(day=today() - timedelta(days=350))
    client = Client()
    client.force_login(house.mediator)
    client.post(reverse("people:withdraw", args=[person.pk]), {"purpose": "suivi"})
    due = client.get(reverse("people:due")).content.decode()
    assert "Ces personnes ont retiré leur accord." in due and due.count("Lucette Marignan") == 1
    page = client.get(reverse("people:person", args=[person.pk])).content.decode()
    assert "Sans nouvel accord, le nom est effacé" in page


def test_the_day_is_that_of_the_territory(house: SimpleNamespace, follow: Follow) -> None:
    """Nine in the evening in Martinique is already tomorrow in the clock of the server: the page and the night say the same day."""
    from yole.people import retention
    from yole.people.models import Consent

    person = follow()
    Consent.objects.filter(person=person).update(
        given_at=datetime(2026, 11, 1, tzinfo=UTC), withdrawn_at=datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    )
    for active in ("UTC", "America/Martinique"):
        with timezone.override(active):
            assert retention.unagreed_days([person.pk])[person.pk] == date(2026, 11, 29)
    assert retention.purge_people(date(2026, 11, 28)) == 0
    assert retention.purge_people(date(2026, 11, 29)) == 1


# The message to the team


def test_a_team_is_told_before_names_go_and_no_name_travels(house: SimpleNamespace, follow: Follow, mailoutbox: Any) -> None:
    from yole.organisations.models import Account
    from yole.people import notices
    from yole.people.services_consent import withdraw_consent
    from yole.territory.selectors import today

    assert notices.tell() == 0
    follow("Ana", "Vieux", day=today() - timedelta(days=350))
    follow("Récente", "Fictive")
    assert notices.tell() == 1
    assert mailoutbox[0].to == [house.colleague.email] and "1 fiche nommée arrive" in mailoutbox[0].body
    person = follow("Bob", "Ancien")
    withdraw_consent(house.mediator, person.pk, "suivi")
    assert dict(notices.waiting()) == {house.here.pk: 2}
    Account.objects.filter(pk=house.colleague.pk).update(is_active=False)
    assert notices.tell() == 1
    assert mailoutbox[1].to == [house.mediator.email] and "2 fiches nommées arrivent" in mailoutbox[1].body
    assert not any(word in message.body for message in mailoutbox for word in ("Vieux", "Bob", "Ana"))


# Merged cards: one human being


@pytest.fixture
def merged(house: SimpleNamespace, follow: Follow) -> tuple[Any, Any]:
    """The card that stands for the person, and the other one, shared with another structure before."""
    from yole.people.services_consent import share
    from yole.people.services_pairs import merge

    one, other = follow("Lucette", "Marignan"), follow("Lulu", "Marignan")
    share(house.mediator, other.pk, house.there.pk, "oral_fiche")
    merge(house.mediator, other.pk, one.pk)
    return one, other


def test_an_agreement_withdrawn_is_withdrawn_on_every_card(house: SimpleNamespace, merged: tuple[Any, Any]) -> None:
    from yole.people import retention
    from yole.people.services_consent import withdraw_consent
    from yole.territory.selectors import today

    one, other = merged
    assert withdraw_consent(house.mediator, one.pk, "suivi") == 0
    assert retention.purge_people(today() + timedelta(days=7)) == 2
    assert not named(one) and not named(other)


def test_a_card_merged_into_one_with_an_agreement_keeps_its_name(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import retention
    from yole.people.services_consent import withdraw_consent
    from yole.people.services_pairs import merge
    from yole.territory.selectors import today

    one, other = follow("Lucette", "Marignan"), follow("Lulu", "Marignan")
    withdraw_consent(house.mediator, other.pk, "suivi")
    merge(house.mediator, other.pk, one.pk)
    assert retention.purge_people(today() + timedelta(days=30)) == 0 and named(other)


def test_a_share_made_before_a_merge_is_seen_and_withdrawn_from_the_card_that_stands(
    house: SimpleNamespace, merged: tuple[Any, Any]
) -> None:
    from yole.people import selectors
    from yole.people.models import Agreement
    from yole.people.services_consent import share, withdraw_share

    one, other = merged
    client = Client()
    client.force_login(house.mediator)
    assert "Partagée avec" in client.get(reverse("people:person", args=[one.pk])).content.decode()
    assert "Là (fictif)" in client.get(reverse("people:share", args=[one.pk])).content.decode()
    made = share(house.mediator, one.pk, house.there.pk, "oral_fiche")
    assert len(selectors.shared_with(one)) == 1
    withdraw_share(house.mediator, made.pk)
    assert not Agreement.objects.filter(withdrawn_at__isnull=True).exists()
    assert not selectors.visible(house.neighbour).filter(pk__in=[one.pk, other.pk]).exists()
    assert not selectors.search(house.neighbour, "marignan").exists()


# Minors


def test_a_card_cannot_become_that_of_a_minor_by_a_correction(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.engine.identity import Identity
    from yole.people.services import About, Agreed, change
    from yole.people.services_consent import give_consent
    from yole.territory.selectors import today

    person, young = follow("Petite", "Fille", 1990), today().year - 9
    with pytest.raises(Refused, match="responsable"):
        change(house.mediator, person.pk, About(young), Identity("Petite", "Fille"))
    with pytest.raises(Refused, match="doit être d’accord"):
        change(house.mediator, person.pk, About(young), Identity("Petite", "Fille", guardian_name="Grande Fictive"))
    change(house.mediator, person.pk, About(1990), Identity("Petite", "Fille", guardian_name="Grande Fictive"))
    give_consent(house.mediator, person.pk, Agreed(["formation"], "signature", given_by="responsable"))
    change(house.mediator, person.pk, About(young), Identity("Petite", "Fille", guardian_name="Grande Fictive"))
    with pytest.raises(Refused, match="doit être d’accord"):
        give_consent(house.mediator, person.pk, Agreed(["rappel"], "signature"))


# Lists received


def test_a_list_shows_its_minors_before_anything_is_made(house: SimpleNamespace) -> None:
    from yole.people import services_import
    from yole.territory.selectors import today

    young = today().year - 9
    data = f"nom,prenom,anneeNaissance\nValmy,Hector,1960\nPetite,Fille,{young}\n".encode()
    batch = services_import.receive(house.mediator, data, "liste.csv")
    (line,) = services_import.preview(batch).wrong
    assert (line.number, line.problems[0].column) == (3, "anneeNaissance") and "15 ans" in line.problems[0].message
    with pytest.raises(Refused, match="Une ligne est à réparer"):
        services_import.confirm(house.mediator, batch.pk, repair=False, informed=True)


def test_a_second_filled_sheet_is_not_left_out_in_silence(house: SimpleNamespace) -> None:
    import io

    from openpyxl import Workbook

    from yole.people import services_import

    book = Workbook()
    book.active.append(["nom", "prenom"])
    book.active.append(["Valmy", "Hector"])
    second = book.create_sheet("Suite")
    out = io.BytesIO()
    book.save(out)
    assert services_import.receive(house.mediator, out.getvalue(), "liste.xlsx").rows == 1
    second.append(["Marignan", "Lucette"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Refused, match="plusieurs feuilles"):
        services_import.receive(house.mediator, out.getvalue(), "liste.xlsx")


def test_a_list_writes_in_the_journal_once_every_card_is_made(house: SimpleNamespace) -> None:
    """The first line of the journal makes every other writer wait until the end of the transaction."""
    from yole.people import services_import

    data = ("nom,prenom\n" + "".join(f"Nom{n},Prénom{n}\n" for n in range(5))).encode()
    batch = services_import.receive(house.mediator, data, "liste.csv")
    with CaptureQueriesContext(connection) as queries:
        services_import.confirm(house.mediator, batch.pk, repair=False, informed=True)
    inserted = [query["sql"] for query in queries if query["sql"].startswith("INSERT")]
    written = [sql.split()[2].strip('"') for sql in inserted]
    assert written.count("journal_entry") == 6 and written.count("people_person") == 1
    assert set(written[written.index("journal_entry") :]) == {"journal_entry"}
