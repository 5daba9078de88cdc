"""What hosts and people of the room may do, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tests.debates.cafes import cast, keys, plan, running, voting
from yole.base.errors import Refused
from yole.base.scope import NOBODY, scope, scope_of
from yole.debates import debrief, devices, retention, selectors, services_after, services_prepare, services_room
from yole.debates import services_statements as statements
from yole.debates import services_texts as texts
from yole.debates import services_votes as votes
from yole.debates.engine import honesty
from yole.debates.enums import CafeState, Moderation, Phase
from yole.debates.models import Ballot, Cafe, CafeContact, Contribution, Merge, StatementVersion, Vote
from yole.journal.models import Entry
from yole.kernel.shares import wilson


def refused(code: str, act: object, *args: object, **more: object) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **more)  # type: ignore[operator]  # any service
    assert caught.value.code == code
    return caught.value


def test_a_prepared_cafe_takes_the_kit_and_is_announced_with_a_place(house: SimpleNamespace) -> None:
    cafe = services_prepare.create_cafe(house.host, house.territory, plan(house, place=None, public="seniors", people_expected=45))
    assert cafe.framing and cafe.roles and cafe.material and len(cafe.pillars) == 4
    assert any("voix d’un proche" in question for question in cafe.questions)
    assert cafe.structure == house.structure and cafe.host == house.host
    refused("no-place", services_prepare.announce, house.host, cafe.pk)
    services_prepare.change_cafe(house.host, cafe.pk, plan(house))
    assert services_prepare.announce(house.host, cafe.pk).state == CafeState.ANNOUNCED
    refused("missing", services_prepare.cancel, house.host, cafe.pk, "  ")
    assert services_prepare.cancel(house.host, cafe.pk, "Cyclone").state_reason == "Cyclone"
    refused("state", services_room.open_room, house.host, cafe.pk)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": "  "}, "missing"),
        ({"people_expected": 3}, "range"),
        ({"ends_at": timezone.now() - timedelta(days=2)}, "order"),
        ({"ends_at": timezone.now() + timedelta(days=2)}, "too-long"),
        ({"themes": ["licornes"]}, "unknown"),
        ({"free_themes": ["x" * 61]}, "too-long"),
    ],
)
def test_a_plan_that_cannot_hold_is_refused(house: SimpleNamespace, more: dict[str, object], code: str) -> None:
    refused(code, services_prepare.create_cafe, house.host, house.territory, plan(house, **more))


def test_rights(house: SimpleNamespace) -> None:
    cafe = running(house)
    refused("forbidden", services_room.set_phase, house.neighbour, cafe.pk, Phase.READING)
    refused("forbidden", services_room.set_phase, house.volunteer, cafe.pk, Phase.READING)
    refused("unknown", services_room.set_phase, house.outsider, cafe.pk, Phase.READING)
    assert services_room.set_phase(house.coordinator, cafe.pk, Phase.READING).phase == Phase.READING


def test_phases_last_what_the_kit_says_or_what_the_host_says(house: SimpleNamespace) -> None:
    cafe = running(house, people=30)
    before = timezone.now()
    cafe = services_room.set_phase(house.host, cafe.pk, Phase.DISCUSSION)
    assert cafe.phase_ends_at - before > timedelta(minutes=27)
    cafe = services_room.set_phase(house.host, cafe.pk, Phase.DISCUSSION, 3)
    ends = cafe.phase_ends_at
    assert services_room.more_time(house.host, cafe.pk, 5).phase_ends_at == ends + timedelta(minutes=5)
    refused("range", services_room.set_phase, house.host, cafe.pk, Phase.VOTE, 0)
    refused("unknown", services_room.set_phase, house.host, cafe.pk, "sieste")


def test_a_text_waits_for_a_person(house: SimpleNamespace) -> None:
    cafe = running(house)
    made = texts.write(cafe.pk, "crainte", "  On ne sait pas\noù vont nos   données ", "Travail")
    assert made.text == "On ne sait pas où vont nos données" and made.moderation == Moderation.TO_READ
    assert selectors.published_texts(cafe) == []
    refused("to-read", services_room.close_cafe, house.host, cafe.pk)
    texts.publish(house.host, cafe.pk, made.pk)
    assert [one.text for one in selectors.published_texts(cafe)] == [made.text]
    refused("missing", texts.refuse, house.host, cafe.pk, made.pk, "")
    texts.refuse(house.host, cafe.pk, made.pk, "Nomme quelqu’un")
    assert selectors.published_texts(cafe) == []


def test_the_author_says_the_kind_and_what_cannot_be_read_is_refused(house: SimpleNamespace) -> None:
    cafe = running(house)
    refused("missing", texts.write, cafe.pk, "joie", "Bonjour")
    refused("missing", texts.write, cafe.pk, "idee", " \u200b\n ")
    refused("too-long", texts.write, cafe.pk, "idee", "x" * 281)
    refused("enough", texts.write, cafe.pk, "idee", "Encore", already=texts.PER_DEVICE)
    script = texts.write(cafe.pk, "idee", "<script>alert(1)</script>")
    assert script.text == "<script>alert(1)</script>"  # kept as text; the pages escape it


def test_a_room_does_not_send_texts_without_end(house: SimpleNamespace) -> None:
    cafe = running(house, people=4)
    most = texts.most_texts(cafe)
    Contribution.objects.bulk_create(Contribution(cafe=cafe, kind="idee", text=f"Idée {n}") for n in range(most))
    refused("full", texts.write, cafe.pk, "idee", "Une de trop")


def test_duplicates_are_proposed_merged_by_a_person_and_taken_apart(house: SimpleNamespace) -> None:
    cafe = running(house)
    first, second, third = (
        texts.write_for_the_room(house.host, cafe.pk, kind, words)
        for kind, words in (
            ("crainte", "On ne sait pas où vont nos données."),
            ("crainte", "on ne sait pas ou vont les données"),
            ("espoir", "On ne sait pas où vont nos données !"),
        )
    )
    assert [(pair.first.pk, pair.second.pk) for pair in texts.alike(cafe)] == [(first.pk, second.pk)]  # another kind is another text
    refused("kind", texts.merge, house.host, cafe.pk, third.pk, first.pk)
    texts.merge(house.host, cafe.pk, second.pk, first.pk)
    shown = {one.pk: one.count for one in selectors.published_texts(cafe)}
    assert shown == {first.pk: 2, third.pk: 1}
    refused("merged", texts.merge, house.host, cafe.pk, second.pk, first.pk)
    refused("merged", texts.refuse, house.host, cafe.pk, first.pk, "Non")
    texts.undo_merge(house.host, cafe.pk, second.pk)
    assert {one.pk: one.count for one in selectors.published_texts(cafe)} == {first.pk: 1, second.pk: 1, third.pk: 1}
    assert Merge.objects.filter(undone_at__isnull=False, undone_by=house.host, by=house.host).count() == 1


def test_at_most_twenty_statements_in_versions_that_do_not_change(house: SimpleNamespace) -> None:
    cafe = running(house)
    text = texts.write_for_the_room(house.host, cafe.pk, "idee", "Un atelier par mois")
    chosen = statements.choose(house.host, cafe.pk, text.pk)
    refused("twice", statements.choose, house.host, cafe.pk, text.pk)
    first = chosen.version
    statements.reword(house.host, cafe.pk, chosen.pk, "Un atelier par semaine")
    chosen.refresh_from_db()
    assert (chosen.version.number, chosen.version.wording, chosen.version.origin_id) == (2, "Un atelier par semaine", text.pk)
    assert StatementVersion.objects.get(pk=first.pk).wording == "Un atelier par mois"
    for number in range(19):
        statements.propose(house.host, cafe.pk, "idee", f"Phrase {number}")
    refused("too-many", statements.propose, house.host, cafe.pk, "idee", "Une de trop")
    statements.move(house.host, cafe.pk, chosen.pk, up=False)
    statements.remove(house.host, cafe.pk, keys(cafe)[0])
    assert list(cafe.statements.order_by("order").values_list("order", flat=True)) == list(range(1, 20))
    assert keys(cafe)[0] == chosen.pk
    services_room.open_vote(house.host, cafe.pk)
    refused("vote-open", statements.propose, house.host, cafe.pk, "idee", "Trop tard")
    refused("vote-open", statements.remove, house.host, cafe.pk, chosen.pk)


def test_the_same_words_are_used_again_after_a_closed_cafe_only(house: SimpleNamespace) -> None:
    one = voting(house)
    version = one.statements.order_by("order").first().version
    two = running(house, title="Autre café (fictif)")
    refused("unknown", statements.reuse, house.host, two.pk, version.pk)
    services_room.close_vote(house.host, one.pk)
    services_room.close_cafe(house.host, one.pk)
    assert statements.reuse(house.host, two.pk, version.pk).version == version
    assert version.pk not in [each.pk for each in selectors.reusable(two)]


def test_a_vote_needs_people_and_statements(house: SimpleNamespace) -> None:
    cafe = services_prepare.create_cafe(house.host, house.territory, plan(house))
    services_room.open_room(house.host, cafe.pk)
    refused("not-counted", services_room.open_vote, house.host, cafe.pk)
    services_room.count_people(house.host, cafe.pk, 5)
    refused("no-statement", services_room.open_vote, house.host, cafe.pk)
    statements.propose(house.host, cafe.pk, "idee", "Oui")
    refused("not-open", votes.vote, cafe.pk, "jeton", keys(cafe)[0], 1)
    services_room.open_vote(house.host, cafe.pk)
    votes.vote(cafe.pk, "jeton", keys(cafe)[0], 1)
    refused("vote-open", services_room.close_cafe, house.host, cafe.pk)
    services_room.close_vote(house.host, cafe.pk)
    refused("closed", votes.vote, cafe.pk, "autre", keys(cafe)[0], 1)
    refused("not-open", services_room.restart_vote, house.host, cafe.pk)


def test_five_hundred_votes_from_one_device_are_one_ballot_and_end_refused(house: SimpleNamespace) -> None:
    cafe = voting(house, people=600, statements=3)
    token, kept, answers = devices.new_token(), 0, set()
    for number in range(500):
        try:
            votes.vote(cafe.pk, token, keys(cafe)[number % 3], 1 if number % 2 else -1)
            kept += 1
        except Refused as refusal:
            answers.add((refusal.code, refusal.status))
    assert kept == 9 and answers == {("enough", 429)}  # the first answers and two changes of mind
    assert Ballot.objects.filter(cafe=cafe).count() == 1 and Vote.objects.filter(ballot__cafe=cafe).count() == 3
    cafe.refresh_from_db()
    assert cafe.ballots_cast == 1


def test_never_more_ballots_than_people_whatever_they_come_from(house: SimpleNamespace) -> None:
    cafe = voting(house, people=4, statements=2)
    first = keys(cafe)[0]
    tablet = services_room.open_tablet(house.host, cafe.pk)
    votes.vote(cafe.pk, "telephone", first, 1)
    votes.vote_on_tablet(cafe.pk, tablet, "tour-1", first, 1)
    votes.vote_on_tablet(cafe.pk, tablet, "tour-2", first, -1)
    votes.count_paper(house.host, cafe.pk, "ABCDEF/1", {first: 0})
    refused("counted", votes.count_paper, house.host, cafe.pk, "ABCDEF/1", {first: 0})
    refused("full", votes.count_paper, house.host, cafe.pk, "ABCDEF/2", {first: 0})
    refused("full", votes.vote_on_tablet, cafe.pk, tablet, "tour-3", first, 1)
    refused("full", votes.vote, cafe.pk, "autre", first, 1)
    votes.vote(cafe.pk, "telephone", keys(cafe)[1], 1)  # a ballot that has begun goes on
    refused("ballots", services_room.count_people, house.host, cafe.pk, 3)
    services_room.count_people(house.host, cafe.pk, 5)
    votes.vote(cafe.pk, "autre", first, 1)
    services_room.close_tablets(house.host, cafe.pk)
    refused("tablet-closed", votes.vote_on_tablet, cafe.pk, tablet, "tour-2", first, 1)


def test_an_empty_or_foreign_sheet_is_not_counted(house: SimpleNamespace) -> None:
    cafe, other = voting(house), voting(house, title="Autre (fictif)")
    refused("empty", votes.count_paper, house.host, cafe.pk, "ABCDEF/1", {})
    refused("elsewhere", votes.count_paper, house.host, cafe.pk, "ABCDEF/1", {keys(other)[0]: 1})
    refused("unknown", votes.vote, cafe.pk, "jeton", keys(other)[0], 1)
    refused("missing", votes.vote, cafe.pk, "jeton", keys(cafe)[0], 7)
    cafe.refresh_from_db()
    assert cafe.ballots_cast == 0 and not Ballot.objects.exists()


def test_a_vote_that_went_wrong_starts_again_and_says_so(house: SimpleNamespace) -> None:
    cafe = voting(house)
    cast(cafe, [1, 1, 1], [0, 0, 0])
    cafe = services_room.restart_vote(house.host, cafe.pk)
    assert cafe.ballots_cast == 0 and cafe.vote_opened_at is None and not Vote.objects.exists()
    entry = Entry.objects.filter(action="debates.restart-vote").get()
    assert '"thrown":2' in str(entry.body).replace(" ", "").replace("'", '"')
    services_room.open_vote(house.host, cafe.pk)


def test_results_are_those_of_the_engine_and_come_after_the_closing(house: SimpleNamespace) -> None:
    cafe = voting(house, people=30, statements=3)
    rows = [[1, 1 if n < 19 else -1, 1 if n < 3 else 0] for n in range(26)] + [[-1, -1, None] for _ in range(4)]
    cast(cafe, *rows)
    assert selectors.room_result(Cafe.objects.get(pk=cafe.pk)) is None
    with pytest.raises(ValueError, match="not closed"):
        selectors.ballots_of(Cafe.objects.get(pk=cafe.pk))
    cafe = services_room.close_vote(house.host, cafe.pk)
    result = selectors.room_result(cafe)
    assert result is not None and result.ballots == 30 and not result.groups_shown and "sous 60" in result.why_not_shown
    found = {row.wording: row.result for row in result.rows}
    wide, split, third = (found[f"Phrase {n} mise au vote"] for n in (1, 2, 3))
    assert (wide.agree, wide.disagree, wide.seen, wide.label) == (26, 4, 30, honesty.WIDE_AGREEMENT)
    assert (wide.low, wide.high) == pytest.approx((0.703187, 0.946903), abs=1e-6)
    assert (split.agree, split.seen, split.label) == (19, 30, honesty.SPLIT)
    assert (split.low, split.high) == pytest.approx((0.455136, 0.781261), abs=1e-6)
    assert (third.agree, third.passed, third.disagree, third.seen) == (3, 23, 0, 26)


def test_a_handful_of_ballots_shows_no_figure(house: SimpleNamespace) -> None:
    cafe = voting(house)
    cast(cafe, [1, 1, 1], [1, 0, 1], [-1, 1, 1], [1, 1, 0])
    cafe = services_room.close_vote(house.host, cafe.pk)
    result = selectors.room_result(cafe)
    assert result is not None and result.rows == () and result.withheld
    assert debrief.as_json(cafe)["votes"] == []
    refused("too-few", debrief.votes_csv, cafe)


def test_a_message_tells_what_came_of_it_once(house: SimpleNamespace) -> None:
    cafe = running(house)
    refused("consent", services_after.leave_contact, cafe.pk, "a@exemple.invalid", agreed=False)
    for typed in ("a@", "", "0596 57 48 69"):
        refused("contact", services_after.leave_contact, cafe.pk, typed, agreed=True)
    services_after.leave_contact(cafe.pk, "a@exemple.invalid", agreed=True)
    services_after.leave_contact(cafe.pk, "b@exemple.invalid", agreed=True)
    services_room.close_cafe(house.host, cafe.pk)
    refused("nothing-to-tell", services_after.ask_to_tell, house.host, cafe.pk)
    services_room.add_orientation(house.host, cafe.pk, "Un atelier « fausses voix »", "Médiathèque")
    assert services_after.ask_to_tell(house.host, cafe.pk) == 2
    assert services_after.send_due() == 2 and services_after.send_due() == 0
    assert sorted(message.to[0] for message in mail.outbox) == ["a@exemple.invalid", "b@exemple.invalid"]
    assert "Un atelier" in mail.outbox[0].body and f"/cafe-ia/{cafe.pk}/resultat/" in mail.outbox[0].body
    refused("nobody", services_after.ask_to_tell, house.host, cafe.pk)
    assert selectors.contacts(cafe) == selectors.Contacts(2, 0, 2)
    CafeContact.objects.update(informed_at=timezone.now() - timedelta(days=8))
    assert retention.purge_contacts() == 2 and retention.purge_contacts() == 0


def test_a_mobile_is_told_by_sms(house: SimpleNamespace, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    cafe = running(house)
    services_after.leave_contact(cafe.pk, "0696 12 34 56", agreed=True)
    assert b"696" not in bytes(CafeContact.objects.get().sealed)
    services_room.close_cafe(house.host, cafe.pk)
    services_room.add_orientation(house.host, cafe.pk, "Un atelier", "Médiathèque")
    services_after.ask_to_tell(house.host, cafe.pk)
    assert (services_after.send_due(), services_after.send_due(), len(mail.outbox)) == (1, 0, 0)
    (told,) = [json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "outbox").iterdir()]
    assert told["to"] == "+596696123456" and f"/cafe-ia/{cafe.pk}/resultat/" in told["text"]


def test_addresses_are_rows_of_the_structure_alone(house: SimpleNamespace) -> None:
    cafe = running(house)
    services_after.leave_contact(cafe.pk, "a@exemple.invalid", agreed=True)
    seen = {}
    for name in ("host", "coordinator", "neighbour", "outsider"):
        with scope(scope_of(getattr(house, name))):
            seen[name] = CafeContact.objects.count()
    with scope(NOBODY):
        seen["visitor"] = CafeContact.objects.count()
    assert seen == {"host": 1, "coordinator": 1, "neighbour": 0, "outsider": 0, "visitor": 0}


def test_ideas_go_to_the_roadmap_with_their_figures_and_their_trace(house: SimpleNamespace) -> None:
    cafe = voting(house, people=30)
    text = texts.write_for_the_room(house.host, cafe.pk, "idee", "Un bouton pour parler à quelqu’un")
    cast(cafe, *[[1, -1, 0]] * 12)
    services_room.close_vote(house.host, cafe.pk)
    refused("state", services_after.send_idea, house.host, cafe.pk, contribution_id=text.pk)
    services_room.close_cafe(house.host, cafe.pk)
    sent = services_after.send_idea(house.host, cafe.pk, statement_id=keys(cafe)[0])
    refused("twice", services_after.send_idea, house.host, cafe.pk, statement_id=keys(cafe)[0])
    services_after.send_idea(house.host, cafe.pk, contribution_id=text.pk)
    written, voted = selectors.ideas_for_roadmap(house.territory)
    assert (written.kind, written.support, written.seen, written.low) == ("Idée", 1, None, None)
    assert (voted.support, voted.seen, voted.disagree, voted.label) == (12, 12, 0, honesty.WIDE_AGREEMENT)
    assert voted.low is not None and voted.low == pytest.approx(wilson(12, 12)[0])
    services_after.note_taken(sent.pk, "enseignement:7")
    assert [idea.taken_as for idea in selectors.ideas_for_roadmap(house.territory, taken=True)] == ["enseignement:7"]
    refused("taken", services_after.withdraw_idea, house.host, cafe.pk, sent.pk)
    assert selectors.ideas_for_roadmap(house.elsewhere) == []


def test_a_room_that_nobody_closed_takes_nothing_the_day_after(house: SimpleNamespace) -> None:
    cafe = voting(house)
    votes.vote(cafe.pk, "jeton", keys(cafe)[0], 1)
    Cafe.objects.filter(pk=cafe.pk).update(starts_at=timezone.now() - timedelta(hours=27), ends_at=timezone.now() - timedelta(hours=25))
    refused("closed", votes.vote, cafe.pk, "jeton", keys(cafe)[0], -1)
    refused("closed", texts.write, cafe.pk, "idee", "Trop tard")
    assert list(selectors.upcoming(house.territory)) == list(selectors.past(house.territory)) == []


def test_what_is_not_needed_any_more_is_forgotten(house: SimpleNamespace) -> None:
    cafe = voting(house)
    cast(cafe, [1, 1, 1])
    kept = texts.write_for_the_room(house.host, cafe.pk, "idee", "Publiée")
    gone = texts.write(cafe.pk, "crainte", "Jamais lue")
    assert retention.purge_devices() == retention.purge_texts() == 0
    past = timezone.now() - timedelta(days=40)
    Cafe.objects.filter(pk=cafe.pk).update(starts_at=past, ends_at=past + timedelta(hours=1))
    assert retention.purge_devices() == 1 and retention.purge_devices() == 0
    assert retention.purge_texts() == 1 and retention.purge_texts() == 0
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert gone.text == "" and kept.text == "Publiée"
    assert Vote.objects.count() == 3  # votes stay, tied to nothing
