"""Pages, public and of the desk: what they say and what they do. Rights, route by route, are in tests/access."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.roadmap.conftest import make_commitment, make_indicator, read

NBSP = "\u00a0"


def text(response: Any) -> str:
    """The words of a page, spaces tidied."""
    import html

    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).replace(NBSP, " ").replace("\u202f", " ").split())


def signed_in(account: Any) -> Client:
    client = Client()
    client.force_login(account, backend="yole.organisations.backends.AccountBackend")
    return client


def test_nothing_is_public_before_it_is_published(house: SimpleNamespace, client: Client) -> None:
    commitment = make_commitment(house)
    assert "Aucune feuille de route" in text(client.get(reverse("roadmap:home")))
    assert client.get(reverse("roadmap:commitment", args=[commitment.pk])).status_code == 404
    for name in ("roadmap:print", "roadmap:deadlines"):
        assert client.get(reverse(name)).status_code == 404


def test_the_public_page_counts_each_status_and_draws_each_measure(house: SimpleNamespace, client: Client) -> None:
    kept = make_commitment(house, publish=True)
    read(house, kept.indicators.get(), 61)
    make_commitment(house, publish=True, title="Second (fictif)")
    make_commitment(house, title="En préparation (fictif)")
    page = client.get(reverse("roadmap:home"))
    words = text(page)
    assert "Où en sont les 2 engagements" in words
    assert re.search(r"Tenu 1 Chaque indicateur", words)
    assert re.search(r"Sans mesure 1 Un indicateur", words)
    assert "En préparation" not in words
    assert "61 personnes. Cible : 60 personnes." in words
    assert b'class="bar"' in page.content
    assert "Axe 4 :" in words
    found = text(client.get(reverse("roadmap:home"), {"etat": "tenu"}))
    assert "1 engagement correspond" in found
    assert "Second (fictif)" not in found
    assert "Aucun engagement ne correspond" in text(client.get(reverse("roadmap:home"), {"q": "zzz"}))


def test_a_commitment_page_walks_the_chain_both_ways(house: SimpleNamespace, client: Client) -> None:
    from yole.roadmap import services, services_chain

    commitment = make_commitment(house, publish=True)
    said = services_chain.add_takeaway(None, house.territory, words="Il faut des aidants.", label="NEC (fictif)", day=house.today)
    proposal = services_chain.create_proposal(None, house.territory, title="Former des aidants", takeaways=[said])
    committee = services.save_committee(None, house.territory, None, name="Comité (fictif)")
    services_chain.answer(None, proposal, answer="retenue", reason="C’est utile.", committee=committee, day=house.today)
    services_chain.link(None, proposal, commitment)
    for value, ago in ((5, 60), (12, 30), (20, 0)):
        read(house, commitment.indicators.get(), value, ago)
    page = client.get(reverse("roadmap:commitment", args=[commitment.pk]))
    words = text(page)
    for expected in (
        "Ici (fictif), direction",
        "Il faut des aidants.",
        "20 personnes",
        "Référence : 0 personnes",
        "Pour atteindre 60 personnes",
    ):
        assert expected in words
    assert b'class="way"' in page.content
    assert page.content.count(b'class="dot"') == 3
    proposal_url, takeaway_url = reverse("roadmap:proposal", args=[proposal.pk]), reverse("roadmap:takeaway", args=[said.pk])
    assert proposal_url in page.content.decode()
    assert "C’est utile." in text(client.get(proposal_url))
    assert reverse("roadmap:commitment", args=[commitment.pk]) in client.get(proposal_url).content.decode()
    assert proposal_url in client.get(takeaway_url).content.decode()
    alone = services_chain.add_takeaway(None, house.territory, words="Seul", label="NEC (fictif)", day=house.today)
    assert client.get(reverse("roadmap:takeaway", args=[alone.pk])).status_code == 404


def test_a_moved_deadline_and_a_corrected_reading_stay_on_the_page(house: SimpleNamespace, client: Client) -> None:
    from decimal import Decimal

    from yole.roadmap import services_commitments, services_readings

    commitment = make_commitment(house, publish=True)
    old = read(house, commitment.indicators.get(), 60)
    services_readings.correct_reading(None, old, services_readings.Given(house.today, Decimal(6), "liste"), "Faute de frappe")
    services_commitments.change_commitment(None, commitment, due_on=commitment.due_on + timedelta(days=9), reason="Travaux")
    words = text(client.get(reverse("roadmap:commitment", args=[commitment.pk])))
    assert "échéance : avant," in words
    assert "Travaux" in words
    assert "Correction : Faute de frappe" in words
    assert "6 personnes" in words


def test_feeds_and_calendar(house: SimpleNamespace, client: Client) -> None:
    from defusedxml.ElementTree import fromstring
    from icalendar import Calendar

    from yole.roadmap.services_milestones import add_milestone

    commitment = make_commitment(house, publish=True)
    add_milestone(None, commitment, title="Ouvrir", due_on=house.today + timedelta(days=20))
    read(house, commitment.indicators.get(), 20)
    calendar = Calendar.from_ical(client.get(reverse("roadmap:deadlines")).content)
    assert sorted(str(event["summary"]).replace(NBSP, " ") for event in calendar.walk("VEVENT")) == [
        "Jalon : Ouvrir", f"Échéance : {commitment}",
    ]  # fmt: skip
    feed = fromstring(client.get(reverse("roadmap:rss")).content)
    titles = [str(one.text).replace(NBSP, " ") for one in feed.findall("./channel/item/title")]
    assert any("Aidants formés, 20 personnes" in one for one in titles)
    assert any("nouveau jalon : Ouvrir" in one for one in titles)
    assert any("Nouvel engagement" in one for one in titles)


def test_the_yearly_document(house: SimpleNamespace, client: Client) -> None:
    commitment = make_commitment(house, publish=True)
    read(house, commitment.indicators.get(), 20)
    made = client.get(reverse("roadmap:yearly", args=[house.today.year]))
    assert made.content.startswith(b"%PDF-")
    import pypdfium2

    with pypdfium2.PdfDocument(made.content) as document:
        words = " ".join(document[0].get_textpage().get_text_bounded().split()).replace(NBSP, " ")
    assert "Ce qui a été promis, ce qui a été fait" in words
    assert "20 personnes" in words.replace("\u202f", " ")
    assert client.get(reverse("roadmap:yearly", args=[1999])).status_code == 404


def test_the_desk_publishes_and_says_what_is_missing(house: SimpleNamespace) -> None:
    commitment = make_commitment(house, indicator=False)
    client = signed_in(house.coordinator)
    url = reverse("roadmap:desk-commitment", args=[commitment.pk])
    assert "au moins un indicateur" in text(client.get(url))
    refused = client.post(reverse("roadmap:desk-publish", args=[commitment.pk]))
    assert refused.status_code == 409
    assert "au moins un indicateur" in text(refused)
    form = client.get(reverse("roadmap:desk-indicator-new", args=[commitment.pk]) + "?modele=parite-stem")
    assert "intervalle de Wilson" in form.content.decode()
    sent = {
        "name": "Lieux", "definition": "Comptés.", "unit": "lieux", "source": "essai", "population": "tous", "direction": "hausse",
        "baseline": "0", "baseline_on": house.today.isoformat(), "baseline_source": "essai", "target": "4,5",
        "target_on": (house.today + timedelta(days=90)).isoformat(), "periodicity": "trimestrielle", "window": "depuis",
    }  # fmt: skip
    wrong = client.post(reverse("roadmap:desk-indicator-new", args=[commitment.pk]), {**sent, "direction": "baisse"})
    assert wrong.status_code == 422
    assert "sens choisi" in text(wrong)
    assert client.post(reverse("roadmap:desk-indicator-new", args=[commitment.pk]), sent).status_code == 302
    assert str(commitment.indicators.get().target) == "4.5000"
    assert client.post(reverse("roadmap:desk-publish", args=[commitment.pk])).status_code == 302
    commitment.refresh_from_db()
    assert commitment.published_at is not None


def test_the_desk_walks_from_a_takeaway_to_a_commitment(house: SimpleNamespace) -> None:
    from yole.roadmap import services
    from yole.roadmap.models import Commitment, Proposal, Takeaway

    committee = services.save_committee(None, house.territory, None, name="Comité (fictif)")
    client = signed_in(house.coordinator)
    client.post(reverse("roadmap:desk-takeaway-new"), {"words": "Le bus du soir.", "label": "NEC (fictif)", "day": house.today.isoformat()})
    said = Takeaway.objects.get()
    empty = client.post(reverse("roadmap:desk-proposal-new"), {"title": "Sans rien"})
    assert empty.status_code == 409
    client.post(reverse("roadmap:desk-proposal-new"), {"title": "Un bus le soir", "takeaway": said.pk})
    proposal = Proposal.objects.get()
    answer = {"answer": "retenue", "reason": "Oui.", "committee": committee.pk, "day": house.today.isoformat()}
    assert client.post(reverse("roadmap:desk-answer", args=[proposal.pk]), {**answer, "reason": ""}).status_code == 422
    assert client.post(reverse("roadmap:desk-answer", args=[proposal.pk]), answer).status_code == 302
    made = client.post(
        reverse("roadmap:desk-commitment-new") + f"?proposition={proposal.pk}",
        {"title": "Bus du soir", "axis": house.axis.pk, "starts_on": house.today.isoformat(), "due_on": f"{house.today.year + 1}-12-31"},
    )
    assert made.status_code == 302
    assert Commitment.objects.get().proposals.get() == proposal


def test_every_page_of_the_desk_answers(house: SimpleNamespace) -> None:
    from yole.roadmap import services, services_chain, services_milestones

    commitment = make_commitment(house, publish=True)
    reading = read(house, commitment.indicators.get(), 3)
    step = services_milestones.add_milestone(None, commitment, title="Ouvrir", due_on=house.today)
    wish = services.save_objective(None, house.axis, None, title="But", definition="Défini.", due_on=house.today + timedelta(days=9))
    make_indicator(house, wish, target_on=house.today + timedelta(days=9))
    review = services_chain.hold_review(None, house.roadmap, title="Réunion", held_on=house.today, decision="Rien.")
    indicator = commitment.indicators.get()
    client = signed_in(house.coordinator)
    for name, args in (
        ("desk", []), ("desk-commitment", [commitment.pk]), ("desk-commitment-edit", [commitment.pk]), ("desk-abandon", [commitment.pk]),
        ("desk-judge", [commitment.pk]), ("desk-indicator", [indicator.pk]), ("desk-reading-new", [indicator.pk]),
        ("desk-parity", [indicator.pk]), ("desk-reading-correct", [reading.pk]), ("desk-reading-withdraw", [reading.pk]),
        ("desk-milestone", [step.pk]), ("desk-deliver", [step.pk]), ("desk-takeaways", []), ("desk-proposals", []), ("desk-reviews", []),
        ("desk-decide", [review.pk]), ("desk-frame", []), ("desk-frame-edit", [house.frame.pk]), ("desk-objective", [wish.pk]),
        ("desk-request-new", [commitment.pk]), ("desk-co-funding-new", [commitment.pk]), ("desk-export", ["etat"]),
        ("desk-export", ["json"]), ("desk-readings", [indicator.pk]), ("desk-governance", []), ("desk-member-new", []),
    ):  # fmt: skip
        assert client.get(reverse(f"roadmap:{name}", args=args)).status_code == 200, name
    assert client.get(reverse("roadmap:desk-export", args=["autre"])).status_code == 404


def test_proof_files_leave_their_digest_alone(house: SimpleNamespace) -> None:
    import hashlib

    from django.core.files.uploadedfile import SimpleUploadedFile

    commitment = make_commitment(house, publish=True)
    client, url = signed_in(house.measurer), reverse("roadmap:desk-reading-new", args=[commitment.indicators.get().pk])
    sent = {"day": house.today.isoformat(), "value": "12", "source": "liste"}
    empty = client.post(url, {**sent, "file": SimpleUploadedFile("vide.pdf", b"")})
    assert empty.status_code == 422
    assert client.post(url, {**sent, "file": SimpleUploadedFile("liste.pdf", b"%PDF contenu")}).status_code == 302
    made = commitment.indicators.get().readings.get()
    assert (made.file_name, made.file_hash) == ("liste.pdf", hashlib.sha256(b"%PDF contenu").hexdigest())


@pytest.fixture
def outbox(settings: Any) -> Any:
    from django.core import mail

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


def _link(message: Any, word: str) -> str:
    return re.search(rf"https?://[^/]+(/feuille-de-route/suivre/{word}/\S+)", message.body).group(1)


def test_following_confirms_tells_and_stops(house: SimpleNamespace, client: Client, outbox: Any) -> None:
    from yole.roadmap.models import Subscription
    from yole.roadmap.services_subscriptions import tell

    commitment = make_commitment(house, publish=True)
    url = reverse("roadmap:follow")
    assert client.post(url, {"address": "pas une adresse", "about": ""}).status_code == 422
    assert client.post(url, {"address": "Aline@exemple.invalid", "about": ""}).status_code == 302
    assert len(outbox) == 1
    row = Subscription.objects.get()
    assert b"aline" not in bytes(row.sealed).lower()
    confirm = _link(outbox[0], "confirmer")
    client.get(confirm)
    row.refresh_from_db()
    assert row.confirmed_at is None, "reading the page confirms nothing"
    assert tell() == 0
    client.post(confirm)
    read(house, commitment.indicators.get(), 20)
    assert tell() == 1
    assert tell() == 0
    assert "20" in outbox[1].body
    assert outbox[1].to == ["Aline@exemple.invalid"]
    client.post(_link(outbox[1], "arreter"))
    assert not Subscription.objects.exists()


def test_the_answer_is_the_same_whether_an_address_is_known(house: SimpleNamespace, client: Client, outbox: Any) -> None:
    make_commitment(house, publish=True)
    answers = []
    for address in ("connue@exemple.invalid", "connue@exemple.invalid", "autre@exemple.invalid"):
        answer = client.post(reverse("roadmap:follow"), {"address": address, "about": ""}, follow=True)
        answers.append((answer.redirect_chain, text(answer)))
    assert answers[0] == answers[1] == answers[2]
    assert [one.to for one in outbox] == [["connue@exemple.invalid"], ["autre@exemple.invalid"]], "no second message within the hour"


def test_addresses_never_confirmed_are_forgotten(house: SimpleNamespace, client: Client, outbox: Any) -> None:
    from yole.roadmap.models import Subscription
    from yole.roadmap.retention import purge

    make_commitment(house, publish=True)
    client.post(reverse("roadmap:follow"), {"address": "aline@exemple.invalid", "about": ""})
    assert purge() == 0
    row = Subscription.objects.get()
    Subscription.objects.update(asked_at=row.asked_at - timedelta(days=8))
    assert purge() == 1
    assert purge() == 0


def test_subscriptions_are_seen_by_nobody_who_signs_in(house: SimpleNamespace, client: Client, outbox: Any) -> None:
    from yole.base.scope import NOBODY, scope, scope_of
    from yole.roadmap.models import Subscription

    make_commitment(house, publish=True)
    client.post(reverse("roadmap:follow"), {"address": "aline@exemple.invalid", "about": ""})
    for of in (NOBODY, scope_of(house.coordinator), scope_of(house.measurer)):
        with scope(of):
            assert not Subscription.objects.exists()
    assert Subscription.objects.exists()


def test_the_demonstration_loads_once_and_has_every_kind_of_status(house: SimpleNamespace) -> None:
    from yole.roadmap import demo, selectors
    from yole.roadmap.models import Commitment, Roadmap
    from yole.territory.models import Territory

    Territory.objects.filter(pk=house.territory.pk).update(is_default=False)
    territory = house.elsewhere
    territory.is_default = True
    territory.save()
    from yole.organisations.services import create_structure

    for name in ("Mission (fictif)", "Centre (fictif)"):
        create_structure(territory, name)
    demo.load(lambda words: None)
    demo.load(lambda words: None)
    assert Roadmap.objects.filter(territory=territory).count() == 1
    lines = selectors.lines(Roadmap.objects.get(territory=territory), public=True)
    assert len(lines) == 6
    assert len({line.status for line in lines}) >= 4
    assert all("fictif" in one.title for one in Commitment.objects.filter(territory=territory))
