"""Cards: anonymous by default, named with an agreement, sealed, found, changed, shared."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.errors import Refused

Follow = Callable[..., Any]


def test_an_anonymous_card_arrives_once_and_holds_no_name(house: SimpleNamespace) -> None:
    from yole.kernel.codes import is_code
    from yole.people.models import Lookup, Person
    from yole.people.services import About, create_anonymous

    key = uuid.uuid4()
    first = create_anonymous(house.mediator, About(age_band="soixante_dix_plus", gender="feminin"), uuid=key)
    again = create_anonymous(house.colleague, About(age_band="moins_de_douze"), uuid=key)
    assert first.pk == again.pk == key
    assert Person.objects.get().age_band == "soixante_dix_plus"
    assert is_code(first.code)
    assert (first.sealed, first.wrapped_key, Lookup.objects.count()) == (None, None, 0)
    with pytest.raises(Refused, match="autre structure"):
        create_anonymous(house.neighbour, uuid=key)
    with pytest.raises(Refused):
        create_anonymous(house.coordinator)


def test_a_day_to_come_counts_as_today(house: SimpleNamespace) -> None:
    from yole.people.services import create_anonymous, touch
    from yole.territory.selectors import today

    person = create_anonymous(house.mediator, day=today() + timedelta(days=30))
    assert person.last_contact_on == today()
    old = create_anonymous(house.mediator, day=today() - timedelta(days=30))
    assert touch([old.pk], today() - timedelta(days=40)) == 0
    assert touch([old.pk], today() + timedelta(days=3)) == 1
    old.refresh_from_db()
    assert old.last_contact_on == today()


def test_no_name_anywhere_in_clear(follow: Follow) -> None:
    """A made-up name, number, address and note are searched for in every table of the database."""
    from django.db import connection

    follow("Zoraïde", "Quimperlot", phone="0639 98 77 41", email="zoraide.q@exemple.invalid", notes="préfère le matin, porte verte")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {connection.ops.quote_name(table)} t")
            text = cursor.fetchone()[0].lower()
            for word in ("zora", "quimperlot", "0639987741", "porte verte"):
                assert word not in text, (table, word)
                assert word.encode().hex() not in text, (table, word)


def test_a_card_moved_to_another_row_does_not_open(follow: Follow) -> None:
    from yole.people import selectors
    from yole.people.sealing import UnreadableError

    one, other = follow("Lucette", "Marignan"), follow("Hector", "Valmy")
    assert selectors.identity(one).full_name == "Lucette Marignan"
    one.sealed, one.wrapped_key = other.sealed, other.wrapped_key
    with pytest.raises(UnreadableError):
        selectors.identity(one)


def test_naming_asks_for_purpose_information_and_agreement(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.services import Agreed
    from yole.people.wording import VERSION, notice_digest

    person = follow(agreed=Agreed(["suivi", "autre"], "oral_fiche", words="Préparer un voyage"))
    consents = {row.purpose: row for row in person.consents.all()}
    assert set(consents) == {"suivi", "autre"}
    assert (consents["autre"].words, consents["suivi"].words) == ("Préparer un voyage", "")
    notice = person.notices.get()
    assert (notice.version, notice.digest, notice.how, notice.by) == (VERSION, notice_digest(), "oral_fiche", house.mediator)
    for wrong in (
        Agreed([], "oral_fiche"),
        Agreed(["autre"], "oral_fiche"),
        Agreed(["suivi"], "par magie"),
        Agreed(["vente"], "oral_fiche"),
    ):
        with pytest.raises(Refused):
            follow("Hector", "Valmy", agreed=wrong)


def test_an_anonymous_card_becomes_a_named_one_and_keeps_its_code(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.services import create_anonymous

    card = create_anonymous(house.mediator)
    named = follow(uuid=card.pk)
    assert (named.pk, named.code, named.kind) == (card.pk, card.code, "followed")
    again = follow("Autre", "Personne", uuid=card.pk)
    assert again.sealed == named.sealed


def test_minors_follow_the_rule_of_the_territory(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.services import Agreed
    from yole.people.services_consent import change_settings
    from yole.territory.selectors import today

    year = today().year
    assert follow("Grand", "Garçon", year - 16).is_followed
    with pytest.raises(Refused, match="responsable"):
        follow("Petite", "Fille", year - 15)  # perhaps 14 still
    with pytest.raises(Refused, match="d’accord"):
        follow("Petite", "Fille", year - 12, guardian_name="Mère Fictive")
    by_guardian = Agreed(["suivi"], "signature", given_by="responsable")
    assert follow("Petite", "Fille", year - 12, guardian_name="Mère Fictive", agreed=by_guardian).is_followed
    change_settings(house.coordinator, minor_alone_from=16, minor_rule="sans_nom")
    with pytest.raises(Refused, match="carte sans nom"):
        follow("Autre", "Fille", year - 16, guardian_name="Mère Fictive", agreed=by_guardian)


def test_a_social_security_number_is_refused_and_health_is_asked_about(follow: Follow) -> None:
    nir = "2 69 05 97 224 001 63"
    with pytest.raises(Refused) as refused:
        follow(notes=f"Son numéro : {nir}", confirmed=True)
    assert refused.value.code == "nir"
    with pytest.raises(Refused) as asked:
        follow(notes="Elle est diabétique")
    assert (asked.value.code, asked.value.field) == ("sensitive", "notes")
    assert follow(notes="Elle est diabétique", confirmed=True).is_followed


def test_search_by_name_as_it_is_typed_telephone_address_and_code(house: SimpleNamespace, follow: Follow) -> None:
    from yole.kernel.codes import show_code
    from yole.people import selectors

    lucette = follow("Lucette", "Marignan", phone="06 39 98 01 01", email="Lucette@Exemple.invalid")
    follow("Hector", "Valmy", 1960)

    def found(text: str) -> list[Any]:
        return [row.pk for row in selectors.search(house.mediator, text)]

    for text in (
        "luc",
        "MARIG luc",
        "lucette marignan",
        "0639980101",
        "+33 6 39 98 01 01",
        "lucette@exemple.invalid",
        show_code(lucette.code).lower(),
    ):
        assert found(text) == [lucette.pk], text
    assert found("hector marignan") == []
    assert found("x") == []
    assert len(found("")) == 2
    assert list(selectors.search(house.neighbour, "lucette")) == []
    assert list(selectors.search(house.coordinator, "lucette")) == []


def test_those_i_spoke_with(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import selectors, services
    from yole.people.enums import Access

    mine, theirs, opened = follow("Un", "Mien"), follow("Deux", "Autre", by=house.colleague), follow("Trois", "Ouvert", by=house.colleague)
    services.note_access(house.mediator, opened, Access.SEEN)
    assert {row.pk for row in selectors.search(house.mediator, mine=True)} == {mine.pk, opened.pk}
    assert theirs.pk in {row.pk for row in selectors.search(house.mediator)}


def test_a_card_is_shared_only_with_the_person_agreement(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people import selectors, services, services_consent
    from yole.people.models import Agreement

    person = follow(phone="0639980101")
    assert selectors.get(house.neighbour, person.pk) is None
    services_consent.open_by_code(house.neighbour, person.code, "oral_fiche")
    assert selectors.get(house.neighbour, person.pk) is not None
    assert [row.pk for row in selectors.search(house.neighbour, "lucette")] == [person.pk]
    with pytest.raises(Refused, match="autre structure"):
        services_consent.give_consent(house.neighbour, person.pk, services.Agreed(["rappel"], "oral_fiche"))
    services_consent.withdraw_share(house.neighbour, Agreement.objects.get().pk)
    assert selectors.get(house.neighbour, person.pk) is None
    assert list(selectors.search(house.neighbour, "lucette")) == []
    with pytest.raises(Refused):
        services_consent.open_by_code(house.outsider, person.code, "oral_fiche")
    with pytest.raises(Refused, match="pas complet"):
        services_consent.open_by_code(house.neighbour, person.code[:-1] + ("0" if person.code[-1] != "0" else "1"), "oral_fiche")


def test_withdrawing_keeps_the_record(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.services import Agreed
    from yole.people.services_consent import give_consent, withdraw_consent

    person = follow(agreed=Agreed(["suivi", "rappel"], "oral_fiche"))
    assert withdraw_consent(house.mediator, person.pk, "rappel") == 1
    withdrawn = person.consents.get(purpose="rappel")
    assert withdrawn.withdrawn_at is not None and withdrawn.withdrawn_by == house.mediator
    with pytest.raises(Refused, match="déjà retiré"):
        withdraw_consent(house.mediator, person.pk, "rappel")
    give_consent(house.mediator, person.pk, Agreed(["rappel", "suivi"], "telephone"))
    assert person.consents.filter(purpose="rappel").count() == 2
    assert person.consents.filter(purpose="suivi").count() == 1


def test_age_is_fixed_at_the_day_of_the_act(follow: Follow) -> None:
    from yole.people.selectors import snapshot

    person = follow("Océane", "Bellance", 2001, gender="feminin", commune="97224")
    assert snapshot(person, date(2025, 12, 31))["age_band"] == "dix_huit_vingt_quatre"
    assert snapshot(person, date(2026, 1, 1)) == {
        "age_band": "vingt_cinq_trente_neuf",
        "gender": "feminin",
        "social_status": "non_communique",
        "commune_id": "97224",
    }


def test_pseudonyms_join_structures_within_a_year_and_only_then(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.selectors import pseudonyms

    one = follow("Élodie", "Jean-Baptiste", 1979)
    two = follow("ELODIE", "Jean Baptiste", 1979, by=house.neighbour)
    other = follow("Elodie", "Jean Baptiste", 1980, by=house.neighbour)
    made = pseudonyms([house.here.pk, house.there.pk], 2026)
    assert made[one.pk] == made[two.pk] != made[other.pk]
    assert made[one.pk] != pseudonyms([house.here.pk], 2027)[one.pk]
    assert len(made[one.pk]) == 64


def test_the_same_value_has_another_digest_in_another_structure(house: SimpleNamespace, follow: Follow) -> None:
    from yole.people.models import Lookup

    follow("Lucette", "Marignan", phone="0639980101")
    follow("Lucette", "Marignan", phone="0639980101", by=house.neighbour)
    here = {bytes(row.digest) for row in Lookup.objects.filter(structure=house.here)}
    there = {bytes(row.digest) for row in Lookup.objects.filter(structure=house.there)}
    assert len(here) == len(there) > 10
    assert not here & there
