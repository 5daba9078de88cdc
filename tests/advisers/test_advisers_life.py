"""The life of a post, end to end; every move that is not allowed is refused; who may see whom."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from .conftest import accepted, make_candidate, make_host


def states(model: Any) -> list[str]:
    return sorted(model.objects.values_list("state", flat=True))


def test_from_the_application_to_the_end_of_the_contract(bureau: SimpleNamespace) -> None:
    from yole.advisers.models import Candidate, Contract, Post, Relation
    from yole.advisers.services_contracts import BreakForm, stop
    from yole.advisers.services_ledger import held, pay
    from yole.advisers.services_rounds import answer, hire, publish
    from yole.journal.models import Entry

    host = accepted(bureau, granted=2)
    best, other, third = (make_candidate(bureau, i, years=3 - i) for i in range(3))
    made = publish(bureau.recruiter, "experience")
    assert set(Relation.objects.values_list("candidate", flat=True)) == {best.pk, other.pk}
    assert made.figures["stable"] and made.figures["candidates_reasons"] == {"outranked": 1}
    relation = Relation.objects.get(candidate=best)
    answer(relation.pk, of=best, yes=True)
    with pytest.raises(Exception, match="Proposée"):
        hire(bureau.recruiter, relation.pk, bureau.start, bureau.start + timedelta(days=99))
    assert answer(relation.pk, of=host, yes=True).state == "interessee"
    contract = hire(bureau.recruiter, relation.pk, bureau.start, bureau.start + timedelta(days=99))
    assert states(Post) == ["occupe", "vacant"] and Candidate.objects.get(pk=best.pk).state == "recrute"
    assert [held(bureau.territory, "postes", stage, contract.post) for stage in ("reserve", "engage", "verse")] == [0, 5_000_000, 0]
    pay(bureau.coordinator, contract.post, 2_000_000, "facture 1")
    stop(bureau.recruiter, contract.pk, BreakForm(bureau.start + timedelta(days=49), "demission", note="Départ"))
    assert [held(bureau.territory, "postes", stage, contract.post) for stage in ("reserve", "engage", "verse")] == [3_000_000, 0, 1_000_000]
    assert held(bureau.territory, "postes", "disponible", None) == 12_000_000 - 10_000_000 + 1_000_000
    assert states(Post) == ["vacant", "vacant"] and Contract.objects.get().end_reason == "Départ"
    # A no is not proposed again; the third takes the place left.
    answer(Relation.objects.get(candidate=other).pk, of=other, yes=False, reason="Trop loin")
    again = publish(bureau.recruiter, "experience")
    assert set(again.relations.values_list("candidate", flat=True)) <= {best.pk, other.pk, third.pk}
    assert not again.relations.filter(candidate=other, post=Relation.objects.get(round=made, candidate=other).post).exists()
    told = " ".join(f"{entry.action} {entry.body}" for entry in Entry.objects.all())
    assert "advisers.hire" in told and "fictif" not in told and "exemple" not in told


def test_the_chosen_rule_changes_who_is_proposed(bureau: SimpleNamespace) -> None:
    from yole.advisers.services_rounds import simulate

    accepted(bureau)
    near, far = make_candidate(bureau, 0, years=1), make_candidate(bureau, 1, years=5, commune="97213")
    found = {rule: simulate(bureau.recruiter, rule).placements()[0][0] for rule in ("experience", "distance")}
    assert found == {"experience": f"{far.pk:010d}", "distance": f"{near.pk:010d}"}


@pytest.mark.parametrize("to", ["CREEE", "EXAMEN_COMPLEMENTAIRE_COSELEC", "VALIDATION_COSELEC", "REFUS_COSELEC", "ANNULEE", "DOUBLON"])
def test_every_move_of_a_structure(bureau: SimpleNamespace, to: str) -> None:
    from yole.advisers.engine.life import HOST
    from yole.advisers.models import Host
    from yole.advisers.services_hosts import decide, give_opinion
    from yole.base.errors import Refused

    kept = make_host(bureau, 9)
    for number, now in enumerate(HOST):
        host = make_host(bureau, number)
        give_opinion(bureau.coordinator, host.pk, "favorable", "oui")
        fields = {"state": now, "kept_id": kept.pk, "minutes": "CR", "decided_on": bureau.start}
        Host.objects.filter(pk=host.pk).update(**fields)
        if to in HOST[now]:
            assert decide(bureau.coordinator, host.pk, to, "CR-2", granted=1, kept=kept.pk).state == to
        else:
            with pytest.raises(Refused):
                decide(bureau.coordinator, host.pk, to, "CR-2", granted=1, kept=kept.pk)


@pytest.mark.parametrize("to", ["inscrit", "disponible", "indisponible", "recrute", "desinscrit"])
def test_every_move_of_a_candidate(bureau: SimpleNamespace, to: str) -> None:
    from yole.advisers.engine.life import CANDIDATE
    from yole.advisers.models import Candidate
    from yole.advisers.services_candidates import by_candidate
    from yole.base.errors import Refused

    for number, now in enumerate(CANDIDATE):
        one = make_candidate(bureau, number, confirmed=False)
        Candidate.objects.filter(pk=one.pk).update(state=now, block_reason="essai")
        if to in CANDIDATE[now]:
            assert by_candidate(one, to).state == to
        else:
            with pytest.raises(Refused):
                by_candidate(one, to)


def test_every_move_of_a_proposal_and_of_a_post(bureau: SimpleNamespace) -> None:
    from django.utils import timezone

    from yole.advisers.engine.life import POST, RELATION
    from yole.advisers.models import Candidate, Post, Relation
    from yole.advisers.services_hosts import return_post
    from yole.advisers.services_rounds import answer, hire, publish
    from yole.base.errors import Refused

    host = accepted(bureau)
    one = make_candidate(bureau)
    publish(bureau.recruiter, "experience")
    relation, post, now = Relation.objects.get(), Post.objects.get(), timezone.now()
    for state, allowed in RELATION.items():
        yes = {"candidate_yes_at": now, "host_yes_at": now}
        Relation.objects.update(state=state, **yes)
        for act, to in (
            (lambda: answer(relation.pk, of=host, yes=False), "nonInteressee"),
            (lambda: hire(bureau.recruiter, relation.pk, bureau.start, bureau.start + timedelta(days=9)), "recrutee"),
        ):
            if to in allowed:
                continue
            with pytest.raises(Refused):
                act()
    Relation.objects.update(state="finalisee_rupture")
    for state, allowed in POST.items():
        Post.objects.update(state=state)
        if "rendu" not in allowed:
            with pytest.raises(Refused):
                return_post(bureau.coordinator, post.pk, "D-1")
    assert Candidate.objects.get(pk=one.pk).state == "disponible"


def test_what_is_refused_with_its_reason(bureau: SimpleNamespace) -> None:
    from yole.advisers.services_candidates import CandidateForm, apply, block
    from yole.advisers.services_hosts import clean_siret, decide, eligibility, give_opinion
    from yole.advisers.services_rounds import publish
    from yole.base.errors import Refused

    host = make_host(bureau)
    assert eligibility(host) == [] and "même SIRET" in eligibility(make_host(bureau))[0]
    for words, act in (
        ("avis de la préfecture", lambda: decide(bureau.coordinator, host.pk, "VALIDATION_COSELEC", "CR", granted=1)),
        ("pourquoi", lambda: give_opinion(bureau.coordinator, host.pk, "favorable", " ")),
        ("ne permet pas", lambda: give_opinion(bureau.recruiter, host.pk, "favorable", "oui")),
        ("SIRET", lambda: clean_siret("12345678901234")),
        ("SIRET", lambda: clean_siret("²²²²²²²²²²²²²²")),
        ("Aucun rapprochement", lambda: publish(bureau.recruiter, "experience")),
        ("ne permet pas", lambda: publish(bureau.mediator, "experience")),
        ("raison", lambda: block(bureau.recruiter, make_candidate(bureau).pk, "")),
        ("existe déjà", lambda: make_candidate(bureau)),
        ("accord", lambda: apply(bureau.territory, CandidateForm("a", "a@b.fr", bureau.communes["97209"], 5, bureau.start, "job", 0))),
    ):
        with pytest.raises(Refused, match=words):
            act()


def test_the_link_confirms_an_address_and_retention_forgets(bureau: SimpleNamespace) -> None:
    from django.core import mail
    from django.utils import timezone

    from yole.advisers import sealing
    from yole.advisers.models import Candidate
    from yole.advisers.retention import purge_candidates
    from yole.advisers.services_candidates import of_token

    one = make_candidate(bureau, confirmed=False)
    token = mail.outbox[0].body.split("/confirmer/")[1].split("/")[0]
    assert of_token(token) == one and of_token(token[:-1]) is None
    assert sealing.unseal(one.sealed) == ("Personne 0 (fictif)", "p0@exemple.invalid")
    assert purge_candidates() == 0
    Candidate.objects.update(changed_at=timezone.now() - timedelta(days=15))
    assert (purge_candidates(), purge_candidates()) == (1, 0)
    one.refresh_from_db()
    assert (bytes(one.sealed), one.digest, one.state) == (b"", "", "desinscrit")


def test_rows_are_shown_to_recruitment_of_the_territory_alone(bureau: SimpleNamespace) -> None:
    from yole.advisers.models import Candidate, Host, Relation
    from yole.advisers.services_rounds import publish
    from yole.base.scope import scope, scope_of

    accepted(bureau)
    make_candidate(bureau)
    publish(bureau.recruiter, "experience")
    for account, seen in ((bureau.recruiter, 1), (bureau.coordinator, 1), (bureau.far_recruiter, 0), (bureau.mediator, 0)):
        with scope(scope_of(account)):
            assert [model.objects.count() for model in (Candidate, Host, Relation)] == [seen] * 3, account
