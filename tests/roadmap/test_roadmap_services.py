"""The acts of the room: publishing and its refusals, readings that stay, deadlines that move, the chain from a takeaway to a promise."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tests.roadmap.conftest import make_commitment, make_indicator, read
from yole.base.errors import Refused


def journal() -> list[str]:
    from yole.journal.models import Entry

    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def test_a_commitment_without_what_it_needs_is_not_published_and_says_why(house: SimpleNamespace) -> None:
    from yole.roadmap import services_commitments as write

    bare = make_commitment(house, indicator=False, responsible=None, function="")
    with pytest.raises(Refused) as refusal:
        write.publish(house.coordinator, bare)
    for words in ("structure responsable", "fonction", "au moins un indicateur"):
        assert words in refusal.value.reason
    write.change_commitment(house.coordinator, bare, responsible=house.ours, function="direction")
    indicator = make_indicator(house, bare, source="", baseline=None, baseline_source="", population="")
    with pytest.raises(Refused) as refusal:
        write.publish(house.coordinator, bare)
    for words in ("sa source", "sa population", "sa référence", "la source de sa référence"):
        assert words in refusal.value.reason
    assert bare.number == 1
    write.change_indicator(
        house.coordinator, indicator, source="attestations", baseline=Decimal(3), baseline_source="compte", population="aidants"
    )
    published = write.publish(house.coordinator, bare)
    assert published.published_at is not None
    assert journal() == ["roadmap.publish"]
    house.roadmap.refresh_from_db()
    assert house.roadmap.published_at is not None


def test_the_database_refuses_a_public_promise_without_responsible(house: SimpleNamespace) -> None:
    from django.db import IntegrityError, transaction

    made = make_commitment(house, publish=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(responsible=None)


def test_readings_are_only_added_whoever_asks(house: SimpleNamespace) -> None:
    from django.db import IntegrityError, transaction

    from yole.roadmap.models import Reading

    commitment = make_commitment(house, publish=True)
    kept = read(house, commitment.indicators.get(), 12)
    with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
        Reading.objects.filter(pk=kept.pk).update(value=60)
    with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
        Reading.objects.filter(pk=kept.pk).delete()
    assert Reading.objects.get().value == 12


def test_correcting_and_withdrawing_leave_the_history(house: SimpleNamespace) -> None:
    from yole.roadmap.models import Reading
    from yole.roadmap.selectors import line_of, standing
    from yole.roadmap.services_readings import Given, correct_reading, withdraw_reading

    commitment = make_commitment(house, publish=True)
    indicator = commitment.indicators.get()
    first = read(house, indicator, 60, 3)
    given = Given(first.day, Decimal(16), "liste relue (fictif)")
    with pytest.raises(Refused, match="pourquoi"):
        correct_reading(house.coordinator, first, given, " ")
    second = correct_reading(house.coordinator, first, given, "Faute de frappe")
    with pytest.raises(Refused, match="déjà été remplacé"):
        correct_reading(house.coordinator, first, given, "Encore")
    assert [one.value for one in standing(indicator.readings.all())] == [16]
    withdraw_reading(house.coordinator, second, "Liste perdue")
    assert standing(indicator.readings.all()) == []
    assert [(one.kind, one.value, one.reason) for one in Reading.objects.order_by("pk")] == [
        ("relevé", 60, ""), ("correction", 16, "Faute de frappe"), ("retrait", None, "Liste perdue"),
    ]  # fmt: skip
    assert line_of(commitment, house.today).status == "sans mesure"
    assert journal() == ["roadmap.publish", "roadmap.reading-correct", "roadmap.reading-withdraw"]


def test_who_measures(house: SimpleNamespace) -> None:
    from yole.roadmap import services_commitments as write
    from yole.roadmap.services_readings import Given, add_reading

    commitment = make_commitment(house)
    indicator = commitment.indicators.get()
    given = Given(house.today, Decimal(5), "essai")
    assert add_reading(house.measurer, indicator, given).author == house.measurer.pk
    for account in (house.stranger, house.organiser, house.far):
        with pytest.raises(Refused) as refusal:
            add_reading(account, indicator, given)
        assert refusal.value.status == 403
    write.change_commitment(house.coordinator, commitment, copilots=[house.other])
    indicator.refresh_from_db()
    assert add_reading(house.stranger, indicator, given).pk
    with pytest.raises(Refused, match="pas encore venu"):
        add_reading(house.coordinator, indicator, Given(house.today + timedelta(days=1), Decimal(5), "essai"))


def test_a_review_moves_a_deadline_and_the_old_one_stays(house: SimpleNamespace) -> None:
    from yole.roadmap import services_chain, services_milestones
    from yole.roadmap.models import Change

    commitment = make_commitment(house, publish=True)
    old = commitment.due_on
    review = services_chain.hold_review(
        house.coordinator, house.roadmap, title="Comité (fictif)", held_on=house.today, decision="On décale.",
        next_on=house.today + timedelta(days=90),
    )  # fmt: skip
    later = old + timedelta(days=60)
    services_chain.decide(house.coordinator, review, commitment, words="Le lieu ouvre plus tard.", due_on=later)
    commitment.refresh_from_db()
    assert commitment.due_on == later
    kept = Change.objects.get(field="due_on")
    assert (kept.before, kept.after, kept.review_id) == (old.isoformat(), later.isoformat(), review.pk)
    services_milestones.undo(house.coordinator, kept)
    commitment.refresh_from_db()
    assert commitment.due_on == old
    assert Change.objects.filter(field="due_on").count() == 2
    with pytest.raises(Refused, match="ne peut plus"):
        services_milestones.undo(house.coordinator, kept)


def test_a_public_commitment_changes_with_a_reason_and_keeps_an_indicator(house: SimpleNamespace) -> None:
    from yole.roadmap import services_commitments as write

    commitment = make_commitment(house, publish=True)
    indicator = commitment.indicators.get()
    with pytest.raises(Refused, match="pourquoi"):
        write.change_indicator(house.coordinator, indicator, target=Decimal(40))
    with pytest.raises(Refused, match="nécessaire"):
        write.change_indicator(house.coordinator, indicator, baseline=None, reason="essai")
    with pytest.raises(Refused, match="sens"):
        write.change_indicator(house.coordinator, indicator, target=Decimal(-5), reason="essai")
    with pytest.raises(Refused, match="au moins un indicateur"):
        write.retire_indicator(house.coordinator, indicator, "plus suivi")
    make_indicator(house, commitment, name="Second")
    write.retire_indicator(house.coordinator, indicator, "plus suivi")
    assert commitment.changes.filter(field="retired_on").exists()


def test_the_chain_from_what_was_said_to_the_promise(house: SimpleNamespace) -> None:
    from yole.base.registries import TAKEAWAYS, Takeaway, declare_takeaways
    from yole.roadmap import services, services_chain
    from yole.roadmap.models import Takeaway as Kept

    offered = [Takeaway("essai", "1", "Café IA d’essai (fictif)", house.today, "Le bus doit passer le soir.", 18, 24, 55.1, 88.0, "/x/")]
    declare_takeaways("essai", lambda territory: offered if territory == house.territory.pk else [])
    try:
        kept = services_chain.keep_offer(house.organiser, house.territory, "essai", "1")
        assert services_chain.keep_offer(house.organiser, house.territory, "essai", "1").pk == kept.pk
        assert (kept.agree, kept.voters, kept.low) == (18, 24, Decimal("55.1"))
        with pytest.raises(Refused, match="plus proposé"):
            services_chain.keep_offer(house.organiser, house.territory, "essai", "2")
    finally:
        TAKEAWAYS.pop("essai")
    typed = services_chain.add_takeaway(house.organiser, house.territory, words="Des horaires du soir.", label="NEC", day=house.today)
    proposal = services_chain.create_proposal(house.organiser, house.territory, title="Le bus du soir", takeaways=[kept, typed])
    commitment = make_commitment(house)
    with pytest.raises(Refused, match="pas retenue"):
        services_chain.link(house.coordinator, proposal, commitment)
    committee = services.save_committee(house.coordinator, house.territory, None, name="Comité de pilotage (fictif)")
    with pytest.raises(Refused) as refusal:
        services_chain.answer(house.organiser, proposal, answer="retenue", reason="Oui", committee=committee, day=house.today)
    assert refusal.value.status == 403
    with pytest.raises(Refused, match="raison"):
        services_chain.answer(house.coordinator, proposal, answer="écartée", reason=" ", committee=committee, day=house.today)
    for said, reason in (("à étudier", "Il faut un chauffeur."), ("retenue", "Le chauffeur est trouvé.")):
        services_chain.answer(house.coordinator, proposal, answer=said, reason=reason, committee=committee, day=house.today)
    proposal.refresh_from_db()
    assert [one.answer for one in proposal.answers.all()] == ["à étudier", "retenue"]
    services_chain.link(house.coordinator, proposal, commitment)
    assert list(commitment.proposals.get().takeaways.order_by("pk")) == list(Kept.objects.order_by("pk"))
    with pytest.raises(Refused, match="engagement"):
        services_chain.answer(house.coordinator, proposal, answer="écartée", reason="Non", committee=committee, day=house.today)
    assert journal().count("roadmap.answer") == 2


def test_a_wish_is_not_measured_before_it_is_defined(house: SimpleNamespace) -> None:
    from yole.roadmap import services
    from yole.roadmap.selectors import path_of

    wish = services.save_objective(
        house.coordinator, house.axis, None, title="100 % des habitants autonomes et en sécurité", source="Numérique en Commun (fictif)"
    )
    with pytest.raises(Refused, match="définition"):
        make_indicator(house, wish)
    defined = services.save_objective(
        house.coordinator, house.axis, wish, title=wish.title, definition="Personnes qui font seules cinq démarches.",
        due_on=house.today + timedelta(days=700),
    )  # fmt: skip
    indicator = make_indicator(house, defined, unit="%", baseline=Decimal(50), target=Decimal(100))
    for value, ago in ((52, 60), (55, 30), (58, 0)):
        read(house, indicator, value, ago, low=Decimal(value - 5), high=Decimal(value + 5))
    path = path_of(indicator, house.today)
    assert path is not None
    assert path.readings == 3
    assert path.high == 100


def test_the_national_frame_invents_nothing(house: SimpleNamespace) -> None:
    from yole.roadmap import services

    frame = house.frame
    assert frame.axes.count() == 4
    assert [(one["from"], one["to"]) for one in frame.periods] == [(2023, 2027), (2024, 2028)]
    assert all(one["source"] for one in frame.periods)
    worded = [one.number for one in frame.engagements.exclude(wording="")]
    assert (frame.engagements.count(), worded) == (15, [1, 2])
    with pytest.raises(Refused, match="source"):
        services.word_engagement(house.coordinator, frame.engagements.get(number=7), wording="Un texte", source="")
    assert services.install_frame(None, house.territory).pk == frame.pk


def _report(house: SimpleNamespace, people: int) -> Any:
    """A number of the house that says `people`, declared for the test."""
    from django.utils import timezone

    from yole.base.registries import MEASURES, Measure
    from yole.kernel.indicators import Indicator, Value
    from yole.kernel.periods import free

    number = Indicator("essai.personnes", "Personnes", "Définition", "personnes", "Population", "Somme", "Essai")
    state = {"people": people}

    def value(territory: int, first: Any, last: Any) -> Value:
        return Value(
            number, free(first, last), "Essai", state["people"], timezone.now(), note="" if state["people"] is not None else "masqué"
        )

    MEASURES[number.id] = Measure(number, value)
    return state


def test_an_indicator_moves_by_itself_and_says_from_when(house: SimpleNamespace) -> None:
    from yole.base.registries import MEASURES
    from yole.roadmap.models import Reading
    from yole.roadmap.services_readings import feed, feed_all

    state = _report(house, 12)
    try:
        commitment = make_commitment(house, indicator=False)
        indicator = make_indicator(house, commitment, measure="essai.personnes")
        assert feed_all() == 1
        assert feed_all() == 0, "nothing moved"
        made = Reading.objects.get()
        assert (made.value, made.day, made.author) == (12, house.today, None)
        assert "Personnes, Essai" in made.source
        assert "à jour au" in made.source
        state["people"] = 15
        corrected = feed(indicator)
        assert corrected is not None
        assert (corrected.kind, corrected.value, corrected.replaces_id) == ("correction", 15, made.pk)
        later = feed(indicator, house.today)
        assert later is None
        state["people"] = None  # too few people: the house does not publish it, and nothing is invented
        assert feed(indicator) is None
    finally:
        MEASURES.pop("essai.personnes")


def test_the_numbers_of_the_activities_feed_indicators(house: SimpleNamespace) -> None:
    from yole.base.registries import MEASURES

    assert {"activities.accompaniments", "activities.hours", "roadmap.parity-participants"} <= set(MEASURES)
    first = house.today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert MEASURES["activities.accompaniments"].read(house.territory.pk, first, last).value == 0
    nobody = MEASURES["roadmap.parity-participants"].read(house.territory.pk, first, last)
    assert nobody.value is None
    assert nobody.note


def test_parity_is_recorded_with_its_interval_and_its_unknown(house: SimpleNamespace) -> None:
    from yole.roadmap.services_readings import add_parity

    indicator = make_indicator(house, make_commitment(house, indicator=False), unit="%", target=Decimal(50), baseline=Decimal(20))
    counts = {"day": house.today, "others": 0, "source": "rectorat (fictif)"}
    with pytest.raises(Refused, match="moins de 5"):
        add_parity(house.coordinator, indicator, women=3, men=40, unknown=0, **counts)
    made = add_parity(house.coordinator, indicator, women=30, men=70, unknown=100, **counts)
    assert (made.value, made.details["unknown_share"]) == (30, 50.0)
    assert made.low < 30 < made.high


def test_delivering_needs_its_proof_and_can_be_taken_back(house: SimpleNamespace) -> None:
    from yole.roadmap import services_milestones as write
    from yole.roadmap.services_readings import evidence

    commitment = make_commitment(house, publish=True)
    step = write.add_milestone(house.coordinator, commitment, title="Ouvrir", due_on=house.today)
    with pytest.raises(Refused, match="prouve"):
        write.deliver(house.measurer, step, on=house.today, evidence=" ")
    done = write.deliver(house.measurer, step, on=house.today, evidence="Procès-verbal", file=evidence("C:\\pv.pdf", b"%PDF"))
    assert (done.file_name, len(done.file_hash)) == ("pv.pdf", 64)
    undone = write.undo_delivery(house.measurer, step, "Trop tôt")
    assert undone.delivered_on is None
    assert [one.after for one in commitment.changes.filter(field="delivered_on")] == [house.today.isoformat(), ""]


def test_the_judgement_of_a_person_stands_beside(house: SimpleNamespace) -> None:
    from yole.roadmap import services_commitments as write
    from yole.roadmap.selectors import line_of

    commitment = make_commitment(house, publish=True)
    before = line_of(commitment, house.today).status
    with pytest.raises(Refused, match="qui donne"):
        write.judge(house.coordinator, commitment, judgement="mieux", words="Ça avance.", by="")
    judged = write.judge(house.coordinator, commitment, judgement="mieux", words="Ça avance.", by="Direction (fictif)")
    assert (judged.judgement_by, judged.judgement_on) == ("Direction (fictif)", house.today)
    assert line_of(judged, house.today).status == before


def test_giving_up_says_why(house: SimpleNamespace) -> None:
    from yole.roadmap import services_commitments as write
    from yole.roadmap.selectors import line_of

    commitment = make_commitment(house, publish=True)
    with pytest.raises(Refused, match="pourquoi"):
        write.abandon(house.coordinator, commitment, "")
    gone = write.abandon(house.coordinator, commitment, "Le financement est tombé.")
    assert line_of(gone, house.today).status == "abandonné"
    back = write.resume(house.coordinator, gone, "Un autre financeur.")
    assert line_of(back, house.today).status != "abandonné"
    assert commitment.changes.filter(field="abandoned_on").count() == 2


def test_nobody_writes_in_another_territory(house: SimpleNamespace) -> None:
    from yole.roadmap import services, services_chain, services_commitments

    commitment = make_commitment(house)
    acts = [
        lambda: services_commitments.publish(house.far, commitment),
        lambda: services_commitments.change_commitment(house.far, commitment, title="x"),
        lambda: services.add_axis(house.far, house.roadmap, title="x"),
        lambda: services_chain.add_takeaway(house.far, house.territory, words="x", label="y", day=house.today),
    ]
    for act in acts:
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.status == 403


def test_two_parts_of_a_request_make_the_whole(house: SimpleNamespace) -> None:
    from yole.roadmap import services_funding as write

    envelope = write.add_envelope(
        house.coordinator, house.territory, label="Fonds (fictif)", amount=Decimal(1000), starts_on=house.today, ends_on=house.today,
        ceilings={"972": Decimal(800)},
    )  # fmt: skip
    commitment = make_commitment(house)
    with pytest.raises(Refused, match="total"):
        write.ask_funding(house.coordinator, commitment, envelope, asked=Decimal(100), staff=Decimal(60), services=Decimal(60))
    made = write.ask_funding(
        house.coordinator, commitment, envelope, asked=Decimal(100), staff=Decimal(60), services=Decimal(40), beneficiaries=[house.ours]
    )
    assert write.change_request(house.coordinator, made, "acceptee").status == "acceptee"
