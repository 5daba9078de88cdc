"""After a contract is signed: renewal, end, break, and the ledger that always balances."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.advisers.engine.ledger import FREE, MOVES, SOURCE, Line, balance, lines_of, moves_at_break, moves_at_end, owner_of

from .conftest import accepted, hired

ACTS = st.lists(
    st.tuples(st.sampled_from(["sign", "pay", "renew", "break", "end", "end-free", "return"]), st.integers(1, 3), st.integers(1, 400)),
    max_size=40,
)


@settings(max_examples=80, deadline=None)
@given(ACTS)
def test_whatever_the_life_of_contracts_the_sums_balance(acts: list[tuple[str, int, int]]) -> None:
    """Posts of 400 cents in an envelope of 1,500: signed, paid, renewed, broken, ended, returned in any order."""
    lines: list[Line] = list(lines_of("ouvre", 1500, None, 0))
    starts, ends = date(2026, 1, 1), date(2026, 12, 31)
    returned: set[int] = set()

    def write(kind: str, cents: int, post: int) -> None:
        lines.extend(lines_of(kind, cents, post, balance(lines, MOVES[kind][0], owner_of(MOVES[kind][0], post))))

    for act, post, cents in acts:
        engaged, paid, reserved = (balance(lines, stage, post) for stage in ("engage", "verse", "reserve"))
        if post in returned:
            continue
        if act in ("sign", "renew") and balance(lines, FREE) >= 400:
            write("reserve", 400, post)
            write("engage", 400, post)
        elif act == "pay" and engaged:
            write("verse", min(cents, engaged), post)
        elif act == "break":
            for kind, amount in moves_at_break(paid, engaged, starts, ends, starts + timedelta(days=cents % 365), give_back=cents % 2 == 0):
                write(kind, amount, post)
        elif act.startswith("end"):
            for kind, amount in moves_at_end(engaged, release=act == "end-free"):
                write(kind, amount, post)
        elif act == "return":
            for kind, amount in [("desengage", engaged), ("libere", engaged + reserved)]:
                if amount:
                    write(kind, amount, post)
            returned.add(post)
        stages = {(line.stage, line.post) for line in lines if line.stage != SOURCE}
        assert sum(line.cents for line in lines) == 0
        assert sum(balance(lines, stage, owner) for stage, owner in stages) == 1500
        assert all(balance(lines, stage, owner) >= 0 for stage, owner in stages)
    for post in returned:
        assert balance(lines, "engage", post) == balance(lines, "reserve", post) == 0


def sums(bureau: SimpleNamespace, post: Any) -> list[int]:
    """Cents available, reserved, engaged, paid; checks that they make the envelope."""
    from yole.advisers.selectors import balances
    from yole.advisers.services_ledger import held

    (whole,) = balances(bureau.territory)
    assert whole.total == 12_000_000
    own = [held(bureau.territory, "postes", stage, post) for stage in ("reserve", "engage", "verse")]
    return [held(bureau.territory, "postes", "disponible", None), *own]


def test_renewed_then_broken_before_the_renewal_begins(bureau: SimpleNamespace) -> None:
    from yole.advisers.models import Contract, Post
    from yole.advisers.services_contracts import BreakForm, RenewalForm, ask_renewal, renew, stop
    from yole.advisers.services_ledger import pay
    from yole.base.errors import Refused
    from yole.territory.selectors import today

    contract = hired(bureau, begins=-99, ends=100)  # 200 days, both served
    post = contract.post
    pay(bureau.coordinator, post, 4_000_000, "F-1")
    after = contract.ends_on + timedelta(days=1)
    good = RenewalForm(after, after + timedelta(days=364), 3_000_000, "CR-9")
    with pytest.raises(Refused, match="En cours"):
        renew(bureau.coordinator, contract.pk, good)
    ask_renewal(bureau.recruiter, contract.pk)
    for words, form in (
        ("commence après", RenewalForm(contract.ends_on, after, 1, "x")),
        ("plus de 0", RenewalForm(after, after + timedelta(days=9), 0, "x")),
        ("décision manque", RenewalForm(after, after + timedelta(days=9), 5, " ")),
        ("il reste 70 000 €", RenewalForm(after, after + timedelta(days=9), 8_000_000, "x")),
    ):
        with pytest.raises(Refused, match=words):
            renew(bureau.coordinator, contract.pk, form)
    with pytest.raises(Refused, match="ne permet pas"):
        renew(bureau.recruiter, contract.pk, good)
    later = renew(bureau.coordinator, contract.pk, good)
    assert sums(bureau, post) == [4_000_000, 0, 4_000_000, 4_000_000] and later.previous == contract and later.hours == 0
    # 2,000,000 more: the first contract is paid off (1,000,000), then the renewal.
    pay(bureau.coordinator, post, 2_000_000, "F-2")
    assert [line.contract_id for line in post.lines.filter(kind="verse", cents=1_000_000)] == [contract.pk, later.pk]
    stop(bureau.recruiter, contract.pk, BreakForm(today(), "demission"))
    # Half of the 5,000,000 of the first contract comes back, and all of the renewal, paid (1,000,000) or not (2,000,000).
    assert sums(bureau, post) == [4_000_000 + 2_500_000 + 1_000_000 + 2_000_000, 0, 0, 2_500_000]
    assert Contract.objects.get(pk=later.pk).state == "annule" and Post.objects.get().state == "vacant"
    assert Post.objects.get().starts_on == today() + timedelta(days=1)


def test_what_a_break_asks_for_and_a_post_that_goes_back(bureau: SimpleNamespace) -> None:
    from yole.advisers.models import Candidate, Post, Relation
    from yole.advisers.services_contracts import BreakForm, stop
    from yole.base.errors import Refused
    from yole.journal.models import Entry
    from yole.territory.selectors import today

    contract = hired(bureau)
    day = today()
    for words, by, form in (
        ("raison de la liste", bureau.recruiter, BreakForm(day, "autre chose")),
        ("pendant le contrat", bureau.recruiter, BreakForm(contract.starts_on - timedelta(days=1), "essai")),
        ("ne permet pas", bureau.recruiter, BreakForm(day, "essai", after="rendu", document="D-1")),
        ("décision manque", bureau.coordinator, BreakForm(day, "essai", after="rendu")),
        ("n’existe pas", bureau.far_recruiter, BreakForm(day, "essai")),
    ):
        with pytest.raises(Refused, match=words):
            stop(by, contract.pk, form)
    stop(bureau.coordinator, contract.pk, BreakForm(day, "essai", after="rendu", document="D-1"))
    assert sums(bureau, contract.post) == [12_000_000, 0, 0, 0] and Post.objects.get().state == "rendu"
    one = Candidate.objects.get()
    assert (one.state, one.available_from, Relation.objects.get().state) == ("disponible", day + timedelta(days=1), "finalisee_rupture")
    assert ['"reason":"essai"' in entry.body.replace(" ", "") for entry in Entry.objects.filter(action="advisers.contract")] == [True]


@pytest.mark.parametrize("release", [True, False])
def test_a_contract_that_is_not_renewed(bureau: SimpleNamespace, release: bool) -> None:
    from yole.advisers.models import Contract, Post
    from yole.advisers.services_contracts import end
    from yole.advisers.services_hosts import return_post
    from yole.advisers.services_ledger import pay
    from yole.base.errors import Refused

    far = hired(bureau, 1, ends=300)
    with pytest.raises(Refused, match="quelques mois"):
        end(bureau.recruiter, far.pk, after="vacant", release=False, document="")
    contract = hired(bureau, 0, ends=60)
    pay(bureau.coordinator, contract.post, 1_000_000, "F-1")
    with pytest.raises(Refused, match="après le dernier jour"):
        end(bureau.coordinator, contract.pk, after="rendu", release=False, document="D")
    end(bureau.recruiter, contract.pk, after="vacant", release=release, document="")
    post = Post.objects.get(pk=contract.post_id)
    assert (post.state, post.starts_on) == ("vacant", contract.ends_on + timedelta(days=1))
    assert sums(bureau, post) == ([6_000_000, 0, 0, 1_000_000] if release else [2_000_000, 0, 4_000_000, 1_000_000])
    if not release:
        pay(bureau.coordinator, post, 1_000_000, "F-2")  # what is due can still be paid
    return_post(bureau.coordinator, post.pk, "D-2")
    assert sums(bureau, post)[1:3] == [0, 0] and Contract.objects.get(pk=contract.pk).state == "terminee_naturelle"


def test_every_move_of_a_contract(bureau: SimpleNamespace) -> None:
    from yole.advisers.engine.life import CONTRACT
    from yole.advisers.models import Contract
    from yole.advisers.services_contracts import BreakForm, RenewalForm, ask_renewal, end, renew, stop
    from yole.base.errors import Refused
    from yole.territory.selectors import today

    contract = hired(bureau)
    after = contract.ends_on + timedelta(days=1)
    acts = {
        "renouvellement_initiee": lambda: ask_renewal(bureau.recruiter, contract.pk),
        "renouvele": lambda: renew(bureau.coordinator, contract.pk, RenewalForm(after, after + timedelta(days=9), 5, "x")),
        "terminee_naturelle": lambda: end(bureau.recruiter, contract.pk, after="vacant", release=False, document=""),
        "rupture": lambda: stop(bureau.recruiter, contract.pk, BreakForm(today(), "essai")),
    }
    for now, allowed in CONTRACT.items():
        broken = {"ended_on": today(), "end_reason": "x", "break_reason": "essai"} if now == "rupture" else {}
        Contract.objects.update(**{"state": now, "ended_on": None, "end_reason": "", "break_reason": "", **broken})
        for to, act in acts.items():
            if to not in allowed:
                with pytest.raises(Refused):
                    act()


def test_a_structure_is_told_once_and_asks_by_its_code(
    bureau: SimpleNamespace, client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from django.core import mail

    from yole.advisers.models import Contract, Host
    from yole.advisers.tasks import remind_ends

    far, contract = hired(bureau, 1, ends=300), hired(bureau, 0, ends=60)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert (remind_ends(), remind_ends()) == (1, 0)
    host = Host.objects.get(pk=contract.post.host_id)
    assert [f"/conseillers/suivi/{host.code}/" in message.body for message in mail.outbox] == [True]
    page = client.get(f"/conseillers/suivi/{host.code}/").content.decode()
    assert "Demander le renouvellement" in page
    assert client.post(f"/conseillers/suivi/{host.code}/contrat/{far.pk}/renouveler/").status_code == 404
    assert client.post(f"/conseillers/suivi/{host.code}/contrat/{contract.pk}/renouveler/").status_code == 302
    assert Contract.objects.get(pk=contract.pk).asked_by_host
    other = Host.objects.get(pk=far.post.host_id)
    assert client.post(f"/conseillers/suivi/{other.code}/contrat/{far.pk}/renouveler/").status_code == 409


def test_pages_of_contracts(bureau: SimpleNamespace, client: Any) -> None:
    from yole.advisers.models import Contract

    client.force_login(bureau.coordinator, backend="yole.organisations.backends.AccountBackend")
    contract = hired(bureau)
    base = f"/conseillers/equipe/contrats/{contract.pk}/"
    assert "Finit dans moins de 4 mois" in client.get("/conseillers/equipe/contrats/?suite=1").content.decode()
    assert "Personne 0" in client.get(base).content.decode()
    assert client.get("/conseillers/equipe/contrats/999999/").status_code == 404
    assert client.post(base + "demander/").status_code == 302
    assert 'value="50000' in client.get(base + "renouveler/").content.decode()
    after = contract.ends_on + timedelta(days=1)
    form = {"starts_on": after, "ends_on": after + timedelta(days=99), "amount": "20000,50", "document": "CR-2"}
    assert client.post(base + "renouveler/", {**form, "amount": "90000"}).status_code == 422
    assert client.post(base + "renouveler/", form).status_code == 302
    assert Contract.objects.get(previous=contract).grant == 2_000_050
    wrong = {"last_day": contract.starts_on - timedelta(days=1), "reason": "essai", "after": "vacant"}
    assert client.post(base + "rupture/", wrong).status_code == 422
    assert client.post(base + "rupture/", {**wrong, "last_day": contract.starts_on}).status_code == 302
    assert client.post(base + "fin/", {"after": "vacant"}).status_code == 422


def test_the_convention_is_signed_after_the_decision(bureau: SimpleNamespace, client: Any) -> None:
    from yole.advisers.models import Host
    from yole.territory.selectors import today

    client.force_login(bureau.coordinator, backend="yole.organisations.backends.AccountBackend")
    host = accepted(bureau)
    to_do = "/conseillers/equipe/a-faire/"
    assert "Convention à signer" in client.get(to_do).content.decode()
    address = f"/conseillers/equipe/structure/{host.pk}/convention/"
    assert client.post(address, {"day": today() + timedelta(days=1), "document": "C-1"}).status_code == 422
    assert client.post(address, {"day": today(), "document": "C-1"}).status_code == 302
    assert Host.objects.get(pk=host.pk).convention == "C-1" and "Convention à signer" not in client.get(to_do).content.decode()
