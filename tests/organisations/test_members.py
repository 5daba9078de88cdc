"""Who works where: invitations, roles, transfers, ends, deactivation; and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from yole.base.errors import Refused
from yole.journal.models import Entry
from yole.organisations import selectors
from yole.organisations import services_members as members
from yole.organisations.enums import Role
from yole.organisations.models import Account, Invitation, Membership

from .conftest import PASSWORD

People = Callable[..., Any]


def token_of(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[1]


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_an_invited_person_chooses_a_name_and_a_password(house: SimpleNamespace, person: People, link_in: Any, mailoutbox: Any) -> None:
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.north)
    path = link_in(lambda: members.invite(chief, "Nouvelle@exemple.invalid", Role.MEDIATOR, house.north))
    assert mailoutbox[-1].to == ["Nouvelle@exemple.invalid"]
    made = members.accept_invitation(token_of(path), name="Nouvelle (fictif)", password=PASSWORD)
    assert (made.role, made.structure_id, made.territory_id) == (Role.MEDIATOR, house.north.pk, house.territory.pk)
    assert made.check_password(PASSWORD)
    assert [(row.role, row.is_current) for row in made.memberships.all()] == [(Role.MEDIATOR, True)]
    stored = Invitation.objects.get()
    assert token_of(path) not in str(vars(stored))
    assert list(Entry.objects.order_by("seq").values_list("action", flat=True)) == ["accounts.invite", "accounts.accept"]
    text = " ".join(str(entry.body) for entry in Entry.objects.all())
    assert "ouvelle" not in text and "@" not in text


def test_an_invitation_serves_once_and_for_seven_days(house: SimpleNamespace, person: People, link_in: Any) -> None:
    chief = person("chef", Role.TERRITORY_COORDINATOR)
    first = token_of(link_in(lambda: members.invite(chief, "a@exemple.invalid", Role.MEDIATOR, house.north)))
    members.accept_invitation(first, name="A (fictif)", password=PASSWORD)
    assert code(lambda: members.usable_invitation(first)) == "dead-link"
    second = token_of(link_in(lambda: members.invite(chief, "b@exemple.invalid", Role.MEDIATOR, house.north)))
    Invitation.objects.filter(email="b@exemple.invalid").update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code(lambda: members.accept_invitation(second, name="B", password=PASSWORD)) == "dead-link"
    row = Invitation.objects.get(email="b@exemple.invalid")
    third = token_of(link_in(lambda: members.resend_invitation(chief, row)))
    assert code(lambda: members.usable_invitation(second)) == "dead-link"
    assert members.usable_invitation(third) == row
    members.cancel_invitation(chief, row)
    assert code(lambda: members.usable_invitation(third)) == "dead-link"
    assert code(lambda: members.usable_invitation("inventé")) == "dead-link"


def test_a_second_invitation_to_the_same_place_replaces_the_first(house: SimpleNamespace, person: People, link_in: Any) -> None:
    chief = person("chef", Role.TERRITORY_COORDINATOR)
    first = token_of(link_in(lambda: members.invite(chief, "a@exemple.invalid", Role.VOLUNTEER, house.north)))
    second = token_of(link_in(lambda: members.invite(chief, "A@exemple.invalid", Role.MEDIATOR, house.north)))
    assert code(lambda: members.usable_invitation(first)) == "dead-link"
    assert members.usable_invitation(second).role == Role.MEDIATOR


def test_an_invitation_falls_with_the_right_of_the_person_who_made_it(
    house: SimpleNamespace, person: People, place: Any, link_in: Any
) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.north)
    token = token_of(link_in(lambda: members.invite(chief, "a@exemple.invalid", Role.MEDIATOR, house.north)))
    assert members.usable_invitation(token)
    members.change_role(top, place(chief), Role.MEDIATOR)
    assert code(lambda: members.usable_invitation(token)) == "dead-link"


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.VOLUNTEER, Role.MEDIATOR, Role.STRUCTURE_COORDINATOR}])
def test_a_structure_gives_no_role_above_its_own(house: SimpleNamespace, person: People, place: Any, role: str) -> None:
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.north)
    colleague = person("nord", Role.MEDIATOR, house.north)
    assert code(lambda: members.invite(chief, "a@exemple.invalid", role, house.north)) == "rank"
    assert code(lambda: members.change_role(chief, place(colleague), role)) == "rank"


def test_a_structure_acts_only_at_home(house: SimpleNamespace, person: People, place: Any) -> None:
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.north)
    other = place(person("sud", Role.MEDIATOR, house.south))
    top = place(person("haut", Role.TERRITORY_COORDINATOR))
    assert code(lambda: members.invite(chief, "a@exemple.invalid", Role.MEDIATOR, house.south)) == "other-structure"
    assert code(lambda: members.invite(chief, "a@exemple.invalid", Role.MEDIATOR, house.far)) == "absent"
    for act in (members.deactivate, members.reactivate, members.end_membership):
        assert code(lambda act=act: act(chief, other)) == "absent"
        assert code(lambda act=act: act(chief, top)) == "absent"
    assert code(lambda: members.change_role(chief, other, Role.VOLUNTEER)) == "absent"
    assert code(lambda: members.transfer(chief, other, house.north)) == "absent"


def test_a_coordinator_inside_the_structure_is_above(house: SimpleNamespace, person: People, place: Any) -> None:
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.north)
    top = person("haut", Role.TERRITORY_COORDINATOR, house.north)
    person("autre-haut", Role.TERRITORY_COORDINATOR)
    assert code(lambda: members.deactivate(chief, place(top))) == "rank"
    assert code(lambda: members.end_membership(chief, place(top))) == "rank"


def test_another_territory_is_out_of_reach(house: SimpleNamespace, person: People, place: Any) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    far = place(person("loin", Role.MEDIATOR, house.far))
    assert code(lambda: members.deactivate(top, far)) == "absent"
    assert code(lambda: members.change_role(top, far, Role.VOLUNTEER)) == "absent"
    assert code(lambda: members.transfer(top, far, house.north)) == "absent"
    assert code(lambda: members.transfer(top, place(person("n", Role.MEDIATOR, house.north)), house.far)) == "absent"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR}))
def test_other_roles_change_nobody(house: SimpleNamespace, person: People, place: Any, role: str) -> None:
    me, other = person("moi", role, house.north), place(person("nord", Role.VOLUNTEER, house.north))
    assert code(lambda: members.invite(me, "a@exemple.invalid", Role.VOLUNTEER, house.north)) == "forbidden"
    for act in (members.deactivate, members.end_membership):
        assert code(lambda act=act: act(me, other)) == "forbidden"
    assert code(lambda: members.change_role(me, other, Role.MEDIATOR)) == "forbidden"


def test_the_administrator_disables_but_neither_invites_nor_changes_roles(house: SimpleNamespace, person: People, place: Any) -> None:
    admin, other = person("admin", Role.ADMINISTRATOR), person("nord", Role.MEDIATOR, house.north)
    assert code(lambda: members.invite(admin, "a@exemple.invalid", Role.VOLUNTEER, house.north)) == "forbidden"
    assert code(lambda: members.change_role(admin, place(other), Role.VOLUNTEER)) == "forbidden"
    members.deactivate(admin, place(other))
    assert not Account.objects.get(pk=other.pk).is_active


def test_nobody_changes_their_own_role_or_closes_their_own_account(house: SimpleNamespace, person: People, place: Any) -> None:
    top = person("haut", Role.TERRITORY_COORDINATOR)
    person("autre", Role.TERRITORY_COORDINATOR)
    assert code(lambda: members.change_role(top, place(top), Role.ADMINISTRATOR)) == "own"
    assert code(lambda: members.deactivate(top, place(top))) == "own"


def test_the_last_coordination_of_a_territory_stays(house: SimpleNamespace, person: People, place: Any) -> None:
    top, admin = person("haut", Role.TERRITORY_COORDINATOR), person("admin", Role.ADMINISTRATOR)
    person("loin", Role.TERRITORY_COORDINATOR, territory=house.elsewhere)
    assert code(lambda: members.deactivate(admin, place(top))) == "last-coordinator"
    assert code(lambda: members.leave(top, place(top))) == "last-coordinator"
    second = person("second", Role.TERRITORY_COORDINATOR)
    members.deactivate(admin, place(top))
    assert code(lambda: members.deactivate(admin, place(second))) == "last-coordinator"


def test_one_adviser_of_two_structures(house: SimpleNamespace, person: People, place: Any, link_in: Any) -> None:
    shared = person("partage", Role.MEDIATOR, house.north)
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.south)
    token = token_of(link_in(lambda: members.invite(chief, shared.email.upper(), Role.VOLUNTEER, house.south)))
    stranger = person("autre", Role.MEDIATOR, house.north)
    assert code(lambda: members.accept_invitation(token, account=stranger)) == "dead-link"
    assert code(lambda: members.accept_invitation(token, name="X", password=PASSWORD)) == "sign-in"
    members.accept_invitation(token, account=shared)
    shared.refresh_from_db()
    assert (shared.role, shared.structure_id) == (Role.MEDIATOR, house.north.pk)
    assert selectors.structures_of(shared) == [house.north, house.south]
    assert shared in selectors.colleagues(chief)
    second = Membership.objects.get(account=shared, structure=house.south)
    assert code(lambda: members.switch(stranger, second)) == "absent"
    members.switch(shared, second)
    shared.refresh_from_db()
    assert (shared.role, shared.structure_id) == (Role.VOLUNTEER, house.south.pk)
    assert code(lambda: members.deactivate(chief, second)) == "shared"
    members.end_membership(chief, second)
    shared.refresh_from_db()
    assert shared.is_active and (shared.role, shared.structure_id) == (Role.MEDIATOR, house.north.pk)
    assert shared not in selectors.colleagues(chief)


def test_a_transfer_keeps_the_role_and_the_account(house: SimpleNamespace, person: People, place: Any) -> None:
    top, moving = person("haut", Role.TERRITORY_COORDINATOR), person("nord", Role.MEDIATOR, house.north)
    made = members.transfer(top, place(moving), house.south)
    moving.refresh_from_db()
    assert moving.structure == house.south and made.is_current
    assert Membership.objects.filter(account=moving, until=None).count() == 1
    assert code(lambda: members.transfer(top, made, house.south)) == "same"


def test_a_coordinator_who_leaves_loses_the_rights_at_once(house: SimpleNamespace, person: People, place: Any, signed: Any) -> None:
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.north)
    client = signed(chief)
    assert client.get("/compte/equipe/").status_code == 200
    members.leave(chief, place(chief))
    assert client.get("/compte/equipe/").status_code == 302
    chief.refresh_from_db()
    assert not chief.is_active
    assert code(lambda: members.invite(chief, "a@exemple.invalid", Role.MEDIATOR, house.north)) == "forbidden"


def test_a_disabled_account_is_out_at_its_next_request(house: SimpleNamespace, person: People, place: Any, signed: Any) -> None:
    top, other = person("haut", Role.TERRITORY_COORDINATOR), person("nord", Role.MEDIATOR, house.north)
    clients = [signed(other), signed(other)]
    assert all(client.get("/compte/").status_code == 200 for client in clients)
    members.deactivate(top, place(other))
    assert all(client.get("/compte/").status_code == 302 for client in clients)
    members.reactivate(top, place(other))
    assert all(client.get("/compte/").status_code == 302 for client in clients), "an old session does not come back to life"
    assert signed(Account.objects.get(pk=other.pk)).get("/compte/").status_code == 200


def test_a_disabled_person_invited_again_has_that_place_alone(house: SimpleNamespace, person: People, place: Any, link_in: Any) -> None:
    top, other = person("haut", Role.TERRITORY_COORDINATOR), person("nord", Role.STRUCTURE_COORDINATOR, house.north)
    chief = person("chef", Role.STRUCTURE_COORDINATOR, house.south)
    members.deactivate(top, place(other))
    token = token_of(link_in(lambda: members.invite(chief, other.email, Role.VOLUNTEER, house.south)))
    members.accept_invitation(token, name="Revenue (fictif)", password=PASSWORD)
    other.refresh_from_db()
    assert other.is_active and (other.role, other.structure_id) == (Role.VOLUNTEER, house.south.pk)
    assert Membership.objects.filter(account=other, until=None).count() == 1


def test_a_weak_password_is_refused_in_words(house: SimpleNamespace, person: People, link_in: Any) -> None:
    chief = person("chef", Role.TERRITORY_COORDINATOR)
    token = token_of(link_in(lambda: members.invite(chief, "a@exemple.invalid", Role.MEDIATOR, house.north)))
    with pytest.raises(Refused) as caught:
        members.accept_invitation(token, name="A", password="court")
    assert caught.value.field == "password" and "12" in caught.value.reason
    assert members.usable_invitation(token)
