"""Running the room: phases and their time, people counted, the vote, tablets, what was decided, the end."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.debates import devices, kit
from yole.debates.enums import MOST_PEOPLE, CafeState, Moderation, Phase
from yole.debates.guards import hosted
from yole.debates.models import Ballot, Cafe, Orientation, Tablet
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.acting import actor
from yole.organisations.models import Account

MOST_TABLETS = 6
MOST_ORIENTATIONS = 20
LONGEST_PHASE = 120  # minutes


@transaction.atomic
def open_room(account: Account | None, cafe_id: int) -> Cafe:
    """The café begins: people may enter with the room code. Raises Refused."""
    cafe = hosted(account, cafe_id, states=[CafeState.DRAFT, CafeState.ANNOUNCED])
    cafe.state = CafeState.OPEN
    _begin(cafe, Phase.FRAME)
    cafe.save(update_fields=["state", "phase", "phase_ends_at", "changed_at"])
    record("debates.open", actor(account), reference("cafe", cafe.pk))
    return cafe


def _begin(cafe: Cafe, phase: str, minutes: int | None = None) -> None:
    length = kit.minutes_of(phase, cafe.people_counted or cafe.people_expected) if minutes is None else minutes
    if not 1 <= length <= LONGEST_PHASE:
        raise Refused(f"De 1 à {LONGEST_PHASE} minutes.", field="minutes", code="range")
    cafe.phase, cafe.phase_ends_at = phase, timezone.now() + timedelta(minutes=length)


@transaction.atomic
def set_phase(account: Account | None, cafe_id: int, phase: str, minutes: int | None = None) -> Cafe:
    """Begins a phase: its end is now + `minutes` (those of the kit when None). Raises Refused."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if phase not in Phase.values:
        raise Refused("Choisissez une étape.", field="phase", code="unknown")
    _begin(cafe, phase, minutes)
    cafe.save(update_fields=["phase", "phase_ends_at", "changed_at"])
    return cafe


@transaction.atomic
def more_time(account: Account | None, cafe_id: int, minutes: int) -> Cafe:
    """Adds minutes to the phase, from now when its time is over. Raises Refused."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if not 1 <= minutes <= 60:
        raise Refused("De 1 à 60 minutes.", field="minutes", code="range")
    cafe.phase_ends_at = max(cafe.phase_ends_at or timezone.now(), timezone.now()) + timedelta(minutes=minutes)
    cafe.save(update_fields=["phase_ends_at", "changed_at"])
    return cafe


@transaction.atomic
def count_people(account: Account | None, cafe_id: int, people: int) -> Cafe:
    """How many people are in the room: no more ballots than that. Raises Refused under the ballots already cast."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if not 1 <= people <= MOST_PEOPLE:
        raise Refused(f"De 1 à {MOST_PEOPLE} personnes.", field="people", code="range")
    if people < cafe.ballots_cast:
        raise Refused(f"{cafe.ballots_cast} bulletins sont déjà reçus.", remedy="Comptez encore.", field="people", code="ballots")
    cafe.people_counted = people
    cafe.save(update_fields=["people_counted", "changed_at"])
    record("debates.count", actor(account), reference("cafe", cafe.pk), {"people": people, "ballots": cafe.ballots_cast})
    return cafe


@transaction.atomic
def open_vote(account: Account | None, cafe_id: int) -> Cafe:
    """The vote begins. Raises Refused without people counted or statements, or once it was opened."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if cafe.vote_opened_at is not None:
        raise Refused("Le vote a déjà été ouvert.", code="already")
    if cafe.people_counted is None:
        raise Refused("Comptez d’abord les personnes de la salle.", field="people", code="not-counted")
    statements = cafe.statements.count()
    if not statements:
        raise Refused("Choisissez d’abord les phrases à mettre au vote.", code="no-statement")
    cafe.vote_opened_at = timezone.now()
    _begin(cafe, Phase.VOTE)
    cafe.save(update_fields=["vote_opened_at", "phase", "phase_ends_at", "changed_at"])
    record("debates.open-vote", actor(account), reference("cafe", cafe.pk), {"people": cafe.people_counted, "statements": statements})
    return cafe


@transaction.atomic
def close_vote(account: Account | None, cafe_id: int) -> Cafe:
    """The vote ends and its results may be shown. Waits for a vote being written: none comes after. Raises Refused."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if cafe.vote_opened_at is None or cafe.vote_closed_at is not None:
        raise Refused("Le vote n’est pas ouvert.", code="not-open")
    cafe.vote_closed_at = timezone.now()
    cafe.save(update_fields=["vote_closed_at", "changed_at"])
    Tablet.objects.filter(cafe=cafe, closed_at__isnull=True).update(closed_at=timezone.now())
    record("debates.close-vote", actor(account), reference("cafe", cafe.pk), {"ballots": cafe.ballots_cast, "people": cafe.people_counted})
    return cafe


@transaction.atomic
def restart_vote(account: Account | None, cafe_id: int) -> Cafe:
    """Throws every ballot away and starts again, for a vote that went wrong. Never once results were shown. Raises Refused."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if cafe.vote_opened_at is None or cafe.vote_closed_at is not None:
        raise Refused("Le vote n’est pas ouvert : rien n’est à recommencer.", code="not-open")
    thrown = cafe.ballots_cast
    Ballot.objects.filter(cafe=cafe).delete()
    cafe.ballots_cast, cafe.vote_opened_at = 0, None
    cafe.save(update_fields=["ballots_cast", "vote_opened_at", "changed_at"])
    record("debates.restart-vote", actor(account), reference("cafe", cafe.pk), {"thrown": thrown})
    return cafe


@transaction.atomic
def close_cafe(account: Account | None, cafe_id: int) -> Cafe:
    """The café is over: its page shows what the room said. Raises Refused while the vote is open or texts wait to be read."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if cafe.vote_opened_at is not None and cafe.vote_closed_at is None:
        raise Refused("Le vote est encore ouvert.", remedy="Fermez-le d’abord.", code="vote-open")
    waiting = cafe.contributions.filter(moderation=Moderation.TO_READ).count()
    if waiting:
        raise Refused(f"Il reste {waiting} texte{'s' * (waiting > 1)} à lire.", remedy="Publiez ou écartez chacun.", code="to-read")
    now = timezone.now()
    Tablet.objects.filter(cafe=cafe, closed_at__isnull=True).update(closed_at=now)
    cafe.state, cafe.phase, cafe.phase_ends_at = CafeState.CLOSED, "", None
    cafe.save(update_fields=["state", "phase", "phase_ends_at", "changed_at"])
    record("debates.close", actor(account), reference("cafe", cafe.pk), {"people": cafe.people_counted, "ballots": cafe.ballots_cast})
    return cafe


@transaction.atomic
def open_tablet(account: Account | None, cafe_id: int) -> str:
    """Lends this device to the room: returns the token that it keeps. Raises Refused without people counted."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    if cafe.people_counted is None:
        raise Refused("Comptez d’abord les personnes de la salle.", field="people", code="not-counted")
    if cafe.vote_closed_at is not None:
        raise Refused("Le vote est fermé.", code="closed")
    if cafe.tablets.filter(closed_at__isnull=True).count() >= MOST_TABLETS:
        raise Refused(f"{MOST_TABLETS} tablettes sont déjà ouvertes.", remedy="Fermez-en une.", code="too-many")
    token = devices.new_token()
    Tablet.objects.create(cafe=cafe, digest=devices.digest(token), opened_by=account)
    return token


@transaction.atomic
def close_tablets(account: Account | None, cafe_id: int) -> int:
    """No tablet takes votes any more. Returns how many were open. Raises Refused."""
    cafe = hosted(account, cafe_id)
    return cafe.tablets.filter(closed_at__isnull=True).update(closed_at=timezone.now())


@transaction.atomic
def add_orientation(account: Account | None, cafe_id: int, what: str, who_does: str = "", due_on: date | None = None) -> Orientation:
    """What the room does next. `who_does`: a structure or a function. Raises Refused."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN, CafeState.CLOSED])
    text = " ".join(what.split())
    if not text:
        raise Refused("Dites ce qui est décidé.", field="what", code="missing")
    if cafe.orientations.count() >= MOST_ORIENTATIONS:
        raise Refused(f"{MOST_ORIENTATIONS} suites au plus.", field="what", code="too-many")
    return Orientation.objects.create(cafe=cafe, what=text[:280], who=" ".join(who_does.split())[:150], due_on=due_on)


@transaction.atomic
def remove_orientation(account: Account | None, cafe_id: int, orientation_id: int) -> None:
    """Raises Refused once the café is closed: what was published stays."""
    cafe = hosted(account, cafe_id, states=[CafeState.OPEN])
    cafe.orientations.filter(pk=orientation_id).delete()
