"""What was said knows what became of it: a café's idea that goes into a proposal, told by the café's page, its sheet and its data."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.debates.cafes import cast, keys, make_house, voting
from tests.roadmap.conftest import make_commitment
from tests.roadmap.conftest import make_house as make_roadmap
from yole.base.errors import Refused
from yole.base.registries import outcomes_of
from yole.debates import debrief, documents, selectors, services_after, services_room
from yole.debates import services_texts as texts
from yole.debates.models import SentIdea
from yole.roadmap import services_chain as chain
from yole.roadmap.models import Takeaway


@pytest.fixture
def cafe(db: None) -> SimpleNamespace:
    """A café that is over, with two ideas at the roadmap: a sentence voted by 12 and a text."""
    house = make_house()
    made = voting(house, people=30)
    text = texts.write_for_the_room(house.host, made.pk, "idee", "Un bouton pour parler à quelqu’un")
    cast(made, *[[1, -1, 0]] * 12)
    services_room.close_vote(house.host, made.pk)
    house.cafe = services_room.close_cafe(house.host, made.pk)
    house.voted = services_after.send_idea(house.host, made.pk, statement_id=keys(made)[0])
    house.text = services_after.send_idea(house.host, made.pk, contribution_id=text.pk)
    return house


def kept(house: SimpleNamespace, sent: SentIdea) -> Takeaway:
    return chain.keep_offer(house.coordinator, house.territory, "cafe-ia", str(sent.pk))


def proposal(house: SimpleNamespace, *takeaways: Takeaway, title: str = "Un bouton d’aide partout (fictif)") -> Any:
    return chain.create_proposal(house.coordinator, house.territory, title=title, takeaways=takeaways)


def test_an_idea_that_became_a_proposal_is_followed_from_the_cafe(cafe: SimpleNamespace) -> None:
    made = proposal(cafe, kept(cafe, cafe.text))
    cafe.text.refresh_from_db()
    assert cafe.text.taken_as == f"proposition:{made.pk}"
    with pytest.raises(Refused, match="déjà repris"):
        services_after.withdraw_idea(cafe.host, cafe.cafe.pk, cafe.text.pk)

    page = Client().get(reverse("debates:result", args=[cafe.cafe.pk])).content.decode().replace("\u00a0", " ")
    assert f'href="{reverse("roadmap:proposal", args=[made.pk])}"' in page and "Un bouton d’aide partout (fictif)" in page
    assert "Sans réponse" in page and "pas encore dans une proposition" in page  # the voted sentence waits
    assert Client().get(reverse("roadmap:proposal", args=[made.pk])).status_code == 200
    data = json.loads(json.dumps(debrief.as_json(cafe.cafe)))["ideas"]
    assert [len(one["proposals"]) for one in data] == [0, 1]
    assert data[1]["proposals"][0]["title"] == "Un bouton d’aide partout (fictif)"
    assert documents.result_sheet(cafe.cafe)[:5] == b"%PDF-"


def test_an_idea_joined_later_is_noted_too_and_keeps_its_first_trace(cafe: SimpleNamespace) -> None:
    first, voted = kept(cafe, cafe.text), kept(cafe, cafe.voted)
    made = proposal(cafe, first)
    chain.merge_takeaways(cafe.coordinator, made, [voted])
    other = proposal(cafe, voted, title="Autre (fictif)")
    cafe.voted.refresh_from_db()
    assert cafe.voted.taken_as == f"proposition:{made.pk}"
    found = outcomes_of("cafe-ia", {str(cafe.voted.pk), str(cafe.text.pk), "999"})
    assert [one.title for one in found[str(cafe.voted.pk)]] == [made.title, other.title]
    assert set(found) == {str(cafe.voted.pk), str(cafe.text.pk)}


def test_an_idea_taken_back_meanwhile_makes_no_proposal(cafe: SimpleNamespace) -> None:
    takeaway = kept(cafe, cafe.text)
    services_after.withdraw_idea(cafe.host, cafe.cafe.pk, cafe.text.pk)
    with pytest.raises(Refused, match="repris une de ces idées"):
        proposal(cafe, takeaway)
    assert not takeaway.proposals.exists()
    assert [one.text for one in selectors.followed(cafe.cafe)] == ["Phrase 1 mise au vote"]


def test_a_takeaway_read_from_a_file_has_no_cafe_here(cafe: SimpleNamespace) -> None:
    takeaway = kept(cafe, cafe.text)
    Takeaway.objects.filter(pk=takeaway.pk).update(key="424242")
    takeaway.refresh_from_db()
    assert proposal(cafe, takeaway).takeaways.count() == 1


def test_published_commitments_are_counted_and_the_others_are_not(db: None) -> None:
    house = make_roadmap()
    said = Takeaway.objects.create(
        territory=house.territory, source="numerique-en-commun", key="7", label="NEC (fictif)", day=house.today, words="Un lieu le soir."
    )
    made = chain.create_proposal(house.coordinator, house.territory, title="Le soir (fictif)", takeaways=[said])
    from yole.roadmap.models import Committee

    committee = Committee.objects.create(territory=house.territory, name="Comité (fictif)")
    chain.answer(house.coordinator, made, answer="retenue", reason="Oui.", committee=committee, day=house.today)
    for publish in (False, True):
        chain.link(house.coordinator, made, make_commitment(house, publish=publish))
    (found,) = outcomes_of("numerique-en-commun", {"7"})["7"]
    assert (found.title, found.state, found.promises) == ("Le soir (fictif)", "Retenue", 1)
    assert outcomes_of("cafe-ia", {"7"}) == {} and outcomes_of("numerique-en-commun", set()) == {}
