"""The screens of team and structures: what they show, what a POST cannot do, the journal without names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from yole.base.errors import Refused
from yole.base.permissions import may
from yole.journal.models import Entry
from yole.organisations import selectors, services
from yole.organisations import services_members as members
from yole.organisations.enums import Role
from yole.organisations.models import Account, Invitation, Structure
from yole.organisations.permissions import TEAM

from .conftest import PASSWORD

People = Callable[..., Any]


@pytest.fixture
def cast(house: SimpleNamespace, person: People, place: Any) -> SimpleNamespace:
    made = {
        "chief": person("chef", Role.STRUCTURE_COORDINATOR, house.north),
        "north": person("nord", Role.MEDIATOR, house.north),
        "south": person("sud", Role.MEDIATOR, house.south),
        "top": person("haut", Role.TERRITORY_COORDINATOR),
        "far": person("loin", Role.MEDIATOR, house.far),
    }
    return SimpleNamespace(**made, row={name: place(account).pk for name, account in made.items()})


@pytest.mark.parametrize("role", list(Role))
def test_who_opens_the_team(house: SimpleNamespace, person: People, signed: Any, role: str) -> None:
    account = person("x", role, house.north)
    assert signed(account).get("/compte/equipe/").status_code == (200 if may(account, TEAM) else 403)


def test_a_structure_sees_its_own_people_alone(cast: SimpleNamespace, signed: Any) -> None:
    client = signed(cast.chief)
    page = client.get("/compte/equipe/").content.decode()
    assert "nord (fictif)" in page and "sud (fictif)" not in page and "haut (fictif)" not in page
    assert client.get(f"/compte/equipe/{cast.row['north']}/").status_code == 200
    for name in ("south", "far", "top"):
        for act in ("", "role/", "retirer/", "desactiver/", "reactiver/", "reinitialiser/"):
            assert client.get(f"/compte/equipe/{cast.row[name]}/{act}").status_code == 404
        assert client.post(f"/compte/equipe/{cast.row[name]}/desactiver/").status_code == 404
    assert Account.objects.filter(is_active=False).count() == 0


def test_a_posted_role_above_is_refused(cast: SimpleNamespace, signed: Any) -> None:
    client = signed(cast.chief)
    answer = client.post(f"/compte/equipe/{cast.row['north']}/role/", {"role": Role.TERRITORY_COORDINATOR})
    assert answer.status_code == 400
    answer = client.post(
        "/compte/equipe/inviter/", {"email": "a@exemple.invalid", "role": Role.ADMINISTRATOR, "structure": cast.chief.structure_id}
    )
    assert answer.status_code == 400
    answer = client.post(
        "/compte/equipe/inviter/", {"email": "a@exemple.invalid", "role": Role.MEDIATOR, "structure": cast.south.structure_id}
    )
    assert answer.status_code == 400
    assert not Invitation.objects.exists()
    assert Account.objects.get(pk=cast.north.pk).role == Role.MEDIATOR


def test_a_posted_role_of_ones_own_changes_nothing(cast: SimpleNamespace, signed: Any) -> None:
    client = signed(cast.north)
    client.post("/compte/", {"name": "Nord (fictif)", "role": Role.ADMINISTRATOR, "is_active": "1", "structure": cast.south.structure_id})
    account = Account.objects.get(pk=cast.north.pk)
    assert (account.name, account.role, account.structure_id) == ("Nord (fictif)", Role.MEDIATOR, cast.chief.structure_id)
    for act in ("choisir", "quitter"):
        assert client.post(f"/compte/rattachements/{cast.row['south']}/{act}/").status_code == 404


def test_acts_from_the_screens(cast: SimpleNamespace, house: SimpleNamespace, signed: Any) -> None:
    client, row = signed(cast.top), cast.row["north"]
    assert client.post(f"/compte/equipe/{row}/role/", {"role": Role.VOLUNTEER}).status_code == 302
    assert Account.objects.get(pk=cast.north.pk).role == Role.VOLUNTEER
    assert client.post(f"/compte/equipe/{row}/structure/", {"structure": house.far.pk}).status_code == 400
    assert client.post(f"/compte/equipe/{row}/structure/", {"structure": house.south.pk}).status_code == 302
    row = selectors.memberships(cast.north)[0].pk
    assert client.post(f"/compte/equipe/{row}/desactiver/").status_code == 302
    assert "Désactivé" in client.get("/compte/equipe/?etat=disabled").content.decode()
    assert client.post(f"/compte/equipe/{row}/reactiver/").status_code == 302
    assert client.post(f"/compte/equipe/{row}/retirer/").status_code == 302
    assert not Account.objects.get(pk=cast.north.pk).is_active
    assert list(Entry.objects.order_by("seq").values_list("action", flat=True)) == [
        f"accounts.{act}" for act in ("role", "transfer", "deactivate", "reactivate", "end")
    ]
    whole = " ".join(f"{entry.actor} {entry.subject_ref} {entry.body}" for entry in Entry.objects.all())
    assert "fictif" not in whole and "exemple" not in whole


def test_an_invitation_through_the_screens_says_the_same_for_a_known_address(
    cast: SimpleNamespace, house: SimpleNamespace, signed: Any, mailoutbox: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed(cast.chief)
    said = []
    for email in (cast.south.email, "inconnue@exemple.invalid"):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(
                "/compte/equipe/inviter/", {"email": email, "role": Role.MEDIATOR, "structure": house.north.pk}, follow=True
            )
        said.append([str(message) for message in answer.context["messages"]])
    assert said[0] == said[1]
    assert len({message.body.split("http")[0] for message in mailoutbox}) == 1


def test_an_invited_account_accepts_signed_in_and_nobody_else_does(
    cast: SimpleNamespace, house: SimpleNamespace, signed: Any, link_in: Any
) -> None:
    path = link_in(lambda: members.invite(cast.chief, cast.south.email, Role.VOLUNTEER, house.north))
    assert "Vous avez déjà un compte" in Client().get(path).content.decode()
    signed(cast.far).post(path)
    Client().post(path, {"name": "X", "password": PASSWORD})
    assert len(selectors.structures_of(cast.south)) == 1
    assert signed(cast.south).post(path)["Location"] == "/compte/"
    assert selectors.structures_of(cast.south) == [house.south, house.north]
    assert signed(cast.south).post(path).status_code == 410


def test_a_dead_invitation_answers_alike(cast: SimpleNamespace, house: SimpleNamespace, link_in: Any) -> None:
    path = link_in(lambda: members.invite(cast.chief, "a@exemple.invalid", Role.VOLUNTEER, house.north))
    members.cancel_invitation(cast.chief, Invitation.objects.get())
    answers = [Client().get(address) for address in (path, "/compte/invitation/jamais-vu/")]
    assert {answer.status_code for answer in answers} == {410}
    texts = {answer.content.decode().replace(path, "") for answer in answers}
    assert len({text.replace("/compte/invitation/jamais-vu/", "") for text in texts}) == 1


def test_invitations_of_others_are_out_of_reach(cast: SimpleNamespace, house: SimpleNamespace, signed: Any) -> None:
    made = members.invite(cast.top, "a@exemple.invalid", Role.MEDIATOR, house.south)
    for act in ("renvoyer", "annuler"):
        assert signed(cast.chief).post(f"/compte/equipe/invitations/{made.pk}/{act}/").status_code == 404
    assert signed(cast.top).post(f"/compte/equipe/invitations/{made.pk}/renvoyer/").status_code == 302
    assert signed(cast.top).post(f"/compte/equipe/invitations/{made.pk}/annuler/").status_code == 302


def test_the_file_of_the_team(cast: SimpleNamespace, signed: Any) -> None:
    Account.objects.filter(pk=cast.north.pk).update(name="=HYPERLINK(1)")
    answer = signed(cast.chief).get("/compte/equipe.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["nom"] for row in rows} == {"chef (fictif)", "'=HYPERLINK(1)"}
    assert set(rows[0]) == {"nom", "adresse", "role", "structure", "depuis", "derniere_connexion", "etat"}


def test_search_filters_and_pages(cast: SimpleNamespace, house: SimpleNamespace, person: People, signed: Any) -> None:
    for number in range(30):
        person(f"b{number:02}", Role.VOLUNTEER, house.north)
    client = signed(cast.top)
    assert "34\u00a0personnes" in client.get("/compte/equipe/?page=2").content.decode()
    assert "1\u00a0personne" in client.get("/compte/equipe/?q=SUD").content.decode()
    assert "30\u00a0personnes" in client.get("/compte/equipe/?role=volunteer").content.decode()
    assert client.get("/compte/equipe/?role=x&structure=99999999999&page=x&etat=%00").status_code == 200


# Structures

CASES = [
    ("73282932000074", "73282932000074"),
    ("732 829 320 00074", "73282932000074"),
    ("35600000000048", "35600000000048"),
    ("35600000049837", "35600000049837"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "kept"), CASES)
def test_a_siret_with_the_rule_of_la_poste(typed: str, kept: str) -> None:
    assert services.clean_siret(typed) == kept


@pytest.mark.parametrize("typed", ["73282932000075", "35600000049838", "123", "7328293200007A", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"])
def test_a_wrong_siret_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        services.clean_siret(typed)
    assert caught.value.field == "siret"


def test_structures_from_the_screens(cast: SimpleNamespace, house: SimpleNamespace, signed: Any) -> None:
    client = signed(cast.top)
    form = {"name": "Médiathèque (fictif)", "kind": "municipality", "siret": "732 829 320 00075"}
    assert client.post("/compte/structures/nouvelle/", form).status_code == 400
    assert client.post("/compte/structures/nouvelle/", {**form, "siret": "732 829 320 00074"}).status_code == 302
    made = Structure.objects.get(name="Médiathèque (fictif)")
    assert (made.siret, made.territory_id) == ("73282932000074", house.territory.pk)
    assert client.post("/compte/structures/nouvelle/", {"name": "MÉDIATHÈQUE (fictif)", "kind": "other"}).status_code == 409
    assert "Médiathèque" in client.get("/compte/structures/?q=mediatheque").content.decode()
    assert "Médiathèque" in client.get("/compte/structures/?q=732829").content.decode()
    assert "Aucune structure" in client.get("/compte/structures/?q=zzz").content.decode()
    assert client.post(f"/compte/structures/{made.pk}/", {"name": "Autre nom (fictif)", "kind": "other"}).status_code == 302
    assert client.get(f"/compte/structures/{house.far.pk}/").status_code == 404
    assert client.post(f"/compte/structures/{house.far.pk}/", {"name": "Pris", "kind": "other"}).status_code == 404
    assert signed(cast.chief).get("/compte/structures/").status_code == 403


def test_choices_and_colleagues_for_other_rooms(cast: SimpleNamespace, house: SimpleNamespace) -> None:
    assert selectors.structure_choices(house.territory) == [(house.north.pk, house.north.name), (house.south.pk, house.south.name)]
    assert set(selectors.colleagues(cast.north)) == {cast.north, cast.chief}
    assert set(selectors.colleagues(cast.top)) == {cast.top}
    assert selectors.structures_of(cast.top) == []
