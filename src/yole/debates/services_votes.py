"""Votes. One ballot per telephone, per turn on a tablet, per sheet of paper; never more ballots than people counted.

Every act locks the row of the café: votes of a room are counted one after the other, and none arrives after the closing.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.debates import devices
from yole.debates.enums import OVERTIME, BallotOrigin, CafeState, Opinion
from yole.debates.guards import hosted
from yole.debates.models import Ballot, Cafe, CafeStatement, Tablet, Vote
from yole.organisations.models import Account

WRITES_PER_STATEMENT = 3  # the first answer and two changes of mind


def _voting(cafe_id: int) -> Cafe:
    """The café, locked, its vote open. Raises Refused."""
    cafe = Cafe.objects.select_for_update(no_key=True).filter(pk=cafe_id).first()
    if cafe is None:
        raise Refused(_("Cette salle n’existe pas."), code="unknown", status=404)
    if cafe.state != CafeState.OPEN or cafe.vote_opened_at is None:
        raise Refused(_("Le vote n’est pas ouvert."), remedy=_("Attendez que la personne qui anime l’ouvre."), code="not-open")
    if cafe.vote_closed_at is not None or timezone.now() > cafe.ends_at + OVERTIME:
        raise Refused(_("Le vote est fermé."), remedy=_("Les résultats sont sur l’écran de la salle."), code="closed")
    return cafe


def _new(cafe: Cafe, origin: BallotOrigin, **members: str) -> Ballot:
    """A ballot, when there are fewer than people counted. Raises Refused."""
    if cafe.ballots_cast >= (cafe.people_counted or 0):
        raise Refused(
            _("Tous les bulletins de la salle sont déjà utilisés."),
            remedy=_("La personne qui anime a compté la salle : demandez-lui de compter encore."),
            code="full",
        )
    Cafe.objects.filter(pk=cafe.pk).update(ballots_cast=F("ballots_cast") + 1)
    cafe.ballots_cast += 1
    return Ballot.objects.create(cafe=cafe, origin=origin, **members)


def _answer(cafe: Cafe, ballot: Ballot, statement_id: int, value: int) -> None:
    if value not in Opinion.values:
        raise Refused(_("Choisissez une réponse."), field="value", code="missing")
    if not CafeStatement.objects.filter(pk=statement_id, cafe=cafe).exists():
        raise Refused(_("Cette phrase n’est pas au vote."), code="unknown", status=404)
    if ballot.writes >= WRITES_PER_STATEMENT * cafe.statements.count():
        raise Refused(_("Vous avez déjà donné votre avis."), remedy=_("Un appareil, un bulletin."), code="enough", status=429)
    Vote.objects.update_or_create(ballot=ballot, statement_id=statement_id, defaults={"value": value})
    Ballot.objects.filter(pk=ballot.pk).update(writes=F("writes") + 1)


@transaction.atomic
def vote(cafe_id: int, token: str, statement_id: int, value: int) -> Ballot:
    """The answer of a telephone to one statement; a second answer replaces the first. Raises Refused: closed, full, too many answers."""
    cafe = _voting(cafe_id)
    digest = devices.digest(token)
    ballot = Ballot.objects.filter(cafe=cafe, digest=digest).first() or _new(cafe, BallotOrigin.PHONE, digest=digest)
    _answer(cafe, ballot, statement_id, value)
    return ballot


def tablet_is_open(cafe: Cafe, token: str) -> bool:
    return Tablet.objects.filter(cafe=cafe, digest=devices.digest(token), closed_at__isnull=True).exists()


@transaction.atomic
def vote_on_tablet(cafe_id: int, tablet: str, turn: str, statement_id: int, value: int) -> Ballot:
    """The answer of whoever holds the tablet: `tablet` is what the host opened, `turn` is drawn for each person. Raises Refused."""
    cafe = _voting(cafe_id)
    if not tablet_is_open(cafe, tablet):
        raise Refused(_("Cette tablette n’est plus ouverte."), remedy=_("Rendez-la à la personne qui anime."), code="tablet-closed")
    digest = devices.digest(turn)
    ballot = Ballot.objects.filter(cafe=cafe, digest=digest).first() or _new(cafe, BallotOrigin.TABLET, digest=digest)
    _answer(cafe, ballot, statement_id, value)
    return ballot


@transaction.atomic
def count_paper(account: Account | None, cafe_id: int, paper: str, votes: Mapping[int, int]) -> Ballot:
    """Counts one sheet of paper, read and checked: `paper` names the sheet, `votes` is {statement of the café: −1, 0, 1}.

    Raises Refused for a sheet counted before, a vote that is not open, more ballots than people, or an empty sheet.
    """
    hosted(account, cafe_id, states=[CafeState.OPEN])
    cafe = _voting(cafe_id)
    if not votes:
        raise Refused("Ce bulletin est vide : il n’est pas compté.", code="empty")
    if Ballot.objects.filter(cafe=cafe, paper=paper).exists():
        raise Refused("Ce bulletin est déjà compté.", code="counted")
    known = set(cafe.statements.values_list("pk", flat=True))
    if not set(votes) <= known or not set(votes.values()) <= set(Opinion.values):
        raise Refused("Ce bulletin n’est pas de ce café.", code="elsewhere")
    ballot = _new(cafe, BallotOrigin.PAPER, paper=paper)
    Vote.objects.bulk_create(Vote(ballot=ballot, statement_id=pk, value=value) for pk, value in votes.items())
    Ballot.objects.filter(pk=ballot.pk).update(writes=len(votes))
    return ballot
