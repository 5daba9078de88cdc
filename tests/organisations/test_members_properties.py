"""Whatever is asked, in whatever order: what the tables say of memberships holds; and two requests at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yole.base.errors import Refused
from yole.organisations import services_links
from yole.organisations import services_members as members
from yole.organisations.enums import GRANTS, LinkPurpose, Role
from yole.organisations.models import Account, Membership

People = Callable[..., Any]
ACTS = st.sampled_from(["role", "transfer", "leave", "end", "deactivate", "reactivate", "switch", "invite"])


def holds() -> None:
    for account in Account.objects.all():
        rows = list(Membership.objects.filter(account=account, until=None))
        current = [row for row in rows if row.is_current]
        assert len(current) <= 1
        if account.is_active:
            assert len(current) == 1, "somebody who works here works somewhere"
            row = current[0]
            assert (account.role, account.territory_id, account.structure_id) == (row.role, row.territory_id, row.structure_id)
        assert len({(row.territory_id, row.structure_id) for row in rows}) == len(rows)
    assert Account.objects.filter(is_active=True, memberships__role=Role.TERRITORY_COORDINATOR, memberships__until=None).exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ACTS, st.integers(0, 5), st.integers(0, 5), st.sampled_from(list(Role)), st.booleans()), max_size=14))
def test_memberships_hold_whatever_is_asked(house: SimpleNamespace, person: People, steps: list[tuple[str, int, int, str, bool]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        cast = [
            person("haut", Role.TERRITORY_COORDINATOR),
            person("haut2", Role.TERRITORY_COORDINATOR, house.south),
            person("chef", Role.STRUCTURE_COORDINATOR, house.north),
            person("nord", Role.MEDIATOR, house.north),
            person("sud", Role.MEDIATOR, house.south),
            person("admin", Role.ADMINISTRATOR),
        ]
        for act, who, whom, role, north in steps:
            actor, subject = (Account.objects.get(pk=cast[n].pk) for n in (who, whom))
            rows = list(Membership.objects.filter(account=subject, until=None).order_by("pk"))
            ranks = {row.pk: row.role for row in rows}
            structure = house.north if north else house.south
            try:
                if act == "invite":
                    members.invite(actor, subject.email, role, structure)
                elif not rows:
                    continue
                elif act == "role":
                    members.change_role(actor, rows[0], role)
                    assert {ranks[rows[0].pk], role} <= GRANTS[actor.role]
                elif act == "transfer":
                    members.transfer(actor, rows[0], structure)
                elif act in {"leave", "switch"}:
                    {"leave": members.leave, "switch": members.switch}[act](subject, rows[-1])
                else:
                    {"end": members.end_membership, "deactivate": members.deactivate, "reactivate": members.reactivate}[act](
                        actor, rows[-1]
                    )
                    assert actor.is_active and (actor.role == Role.ADMINISTRATOR or ranks[rows[-1].pk] in GRANTS[actor.role])
            except Refused:
                pass
            holds()
        transaction.set_rollback(True)


def together(acts: list[Callable[[], object]]) -> list[str]:
    """Runs acts at the same time, each on a connection of its own; what each answered."""
    from django.db import connection

    barrier, answers = threading.Barrier(len(acts)), ["?"] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
            answers[number] = "done"
        except Refused as refusal:
            answers[number] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_link_opens_for_one_of_eight_requests(transactional_db: None, house: SimpleNamespace, person: People) -> None:
    token = services_links.make_link(person("nord", Role.MEDIATOR, house.north), LinkPurpose.SIGN_IN)
    assert together([lambda: services_links.use_link(token, LinkPurpose.SIGN_IN)] * 8) == ["dead-link"] * 7 + ["done"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_coordinations_cannot_close_each_other(transactional_db: None, house: SimpleNamespace, person: People, place: Any) -> None:
    first, second = person("un", Role.TERRITORY_COORDINATOR), person("deux", Role.TERRITORY_COORDINATOR)
    rows = place(first), place(second)
    answers = together([lambda: members.deactivate(first, rows[1]), lambda: members.deactivate(second, rows[0])])
    assert answers == ["done", "last-coordinator"]
    assert Account.objects.filter(is_active=True).count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_code_opens_for_one_of_four_requests(transactional_db: None, house: SimpleNamespace, person: People, seed: Any) -> None:
    import pyotp

    from yole.organisations import services_factors as factors

    account = person("nord", Role.MEDIATOR, house.north)
    code = pyotp.TOTP(seed(account)).now()
    assert together([lambda: factors.check_code(account, code)] * 4) == ["done"] + ["wrong"] * 3
