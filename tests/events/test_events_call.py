"""The call for proposals, from the public form to the speaker's confirmation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from yole.base.errors import Refused
from yole.events import contacts, services_call
from yole.events.enums import ProposalState
from yole.events.models import Proposal, Speaker
from yole.events.services_call import Consent
from yole.events.services_editions import change_edition, set_status


@pytest.fixture
def call(fair: SimpleNamespace) -> SimpleNamespace:
    fair.edition = set_status(None, fair.edition, "appel_ouvert")
    return fair


def test_a_proposal_is_received_once(call: SimpleNamespace, draft: Callable[..., Any]) -> None:
    asked = draft(others=["Béatrice Exemple (fictif)", "  ", "Aline Exemple (fictif)"])
    first, again = services_call.submit(call.edition, asked), services_call.submit(call.edition, asked)
    assert first.pk == again.pk and Proposal.objects.count() == 1
    assert sorted(first.speakers.values_list("name", flat=True)) == ["Aline Exemple (fictif)", "Béatrice Exemple (fictif)"]
    author = first.speakers.get(name="Aline Exemple (fictif)")
    assert contacts.read(author) == "aline@exemple.invalid"
    assert b"aline@" not in bytes(author.contact_sealed or b"")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "pause"}, "kind"),
        ({"minutes": 3}, "minutes"),
        ({"name": ""}, "name"),
        ({"contact": ""}, "contact"),
        ({"contact": "aline@"}, "contact"),
        ({"others": [f"Personne {n}" for n in range(9)]}, "others"),
    ],
)
def test_what_is_missing_is_named(call: SimpleNamespace, draft: Callable[..., Any], changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        services_call.submit(call.edition, draft(**changed))
    assert refused.value.field == field and Proposal.objects.count() == 0


def test_a_closed_call_receives_nothing(fair: SimpleNamespace, draft: Callable[..., Any]) -> None:
    with pytest.raises(Refused, match="fermé"):
        services_call.submit(fair.edition, draft())
    opened = set_status(None, fair.edition, "appel_ouvert")
    late = change_edition(None, opened, call_closes_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="fermé"):
        services_call.submit(late, draft())


def test_readers_score_and_a_conflict_keeps_from_deciding(call: SimpleNamespace, draft: Callable[..., Any]) -> None:
    proposal = services_call.submit(call.edition, draft())
    services_call.review(call.mediator, proposal, score=4, comment="Utile")
    services_call.review(call.mediator, proposal, score=5)
    services_call.review(call.organiser, proposal, score=3, conflict=True)
    assert sorted((one.score, one.conflict) for one in proposal.reviews.all() if not one.conflict) == [(5, False)]
    assert proposal.reviews.get(account=call.organiser).score is None
    with pytest.raises(Refused, match="1 à 5"):
        services_call.review(call.coordinator, proposal, score=6)
    with pytest.raises(Refused, match="conflit"):
        services_call.decide(call.organiser, proposal, "acceptée")
    with pytest.raises(Refused, match="réponse"):
        services_call.decide(call.coordinator, proposal, "refusée")
    assert services_call.decide(call.coordinator, proposal, "acceptée").state == ProposalState.ACCEPTED
    with pytest.raises(Refused, match="décision"):
        services_call.review(call.mediator, proposal, score=1)


def test_roles_and_territories(call: SimpleNamespace, draft: Callable[..., Any]) -> None:
    proposal = services_call.submit(call.edition, draft())
    for account in (call.volunteer, call.outsider):
        with pytest.raises(Refused) as refused:
            services_call.review(account, proposal, score=3)
        assert refused.value.status == 403
    with pytest.raises(Refused):
        services_call.decide(call.mediator, proposal, "acceptée")


def test_completed_then_confirmed_by_its_author(call: SimpleNamespace, draft: Callable[..., Any]) -> None:
    proposal = services_call.submit(call.edition, draft())
    services_call.decide(call.organiser, proposal, "à_compléter", answer="Quel public ?")
    services_call.change_by_author(proposal, draft(abstract="Pour les parents.", others=["Carole (fictif)"]))
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.SUBMITTED and proposal.abstract == "Pour les parents."
    with pytest.raises(Refused, match="confirmation"):
        services_call.confirm(proposal, [])
    services_call.decide(call.organiser, proposal, "acceptée")
    with pytest.raises(Refused, match="décision"):
        services_call.change_by_author(proposal, draft())
    speakers = list(proposal.speakers.order_by("name"))
    with pytest.raises(Refused, match="chaque personne"):
        services_call.confirm(proposal, [Consent(speakers[0].pk, True, True)])
    services_call.confirm(proposal, [Consent(speakers[0].pk, True, False, "femme"), Consent(speakers[1].pk, False, False)])
    speakers = list(proposal.speakers.order_by("name"))
    assert [bool(one.publication_agreed_at) for one in speakers] == [True, False]
    assert speakers[0].recording_agreed_at is None and speakers[0].sex == "femme"
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.CONFIRMED


def test_a_speaker_taken_away_by_the_author_is_forgotten(call: SimpleNamespace, draft: Callable[..., Any]) -> None:
    proposal = services_call.submit(call.edition, draft(others=["Carole (fictif)"]))
    services_call.change_by_author(proposal, draft())
    assert list(Speaker.objects.values_list("name", flat=True)) == ["Aline Exemple (fictif)"]


def test_withdrawn_for_good(call: SimpleNamespace, draft: Callable[..., Any]) -> None:
    proposal = services_call.submit(call.edition, draft())
    services_call.withdraw(proposal)
    with pytest.raises(Refused, match="Retirée"):
        services_call.decide(call.organiser, services_call.withdraw(proposal), "acceptée")


def test_only_the_team_reads_proposals(call: SimpleNamespace, draft: Callable[..., Any]) -> None:
    """Row policies: without any filter, an account of another territory, an evaluator and a visitor read nobody."""
    from yole.base.scope import NOBODY, scope, scope_of

    services_call.submit(call.edition, draft())

    def read() -> tuple[int, int]:
        return Proposal.objects.count(), Speaker.objects.count()

    for account in (call.organiser, call.coordinator, call.mediator):
        with scope(scope_of(account)):
            assert read() == (1, 1)
    for of in (scope_of(call.outsider), scope_of(call.evaluator), NOBODY):
        with scope(of):
            assert read() == (0, 0)
