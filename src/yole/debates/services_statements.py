"""The sentences put to the vote: chosen by the host, at most twenty, in versions that never change."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from yole.base.errors import Refused
from yole.debates.enums import MOST_STATEMENTS, CafeState, ContributionKind, Moderation
from yole.debates.guards import BEFORE_CLOSING, hosted
from yole.debates.models import Cafe, CafeStatement, Contribution, Statement, StatementVersion
from yole.debates.services_texts import clean
from yole.organisations.models import Account


def _before_the_vote(account: Account | None, cafe_id: int) -> Cafe:
    cafe = hosted(account, cafe_id, states=BEFORE_CLOSING)
    if cafe.vote_opened_at is not None:
        raise Refused("Le vote est ouvert : les phrases ne changent plus.", code="vote-open")
    return cafe


def _add(cafe: Cafe, version: StatementVersion) -> CafeStatement:
    if cafe.statements.filter(version=version).exists():
        raise Refused("Cette phrase est déjà au vote.", code="twice")
    if cafe.statements.count() >= MOST_STATEMENTS:
        raise Refused(f"{MOST_STATEMENTS} phrases au plus : au-delà, les gens s’arrêtent.", remedy="Retirez-en une.", code="too-many")
    last = cafe.statements.aggregate(last=Max("order"))["last"] or 0
    return CafeStatement.objects.create(cafe=cafe, version=version, order=last + 1)


@transaction.atomic
def choose(account: Account | None, cafe_id: int, contribution_id: int) -> CafeStatement:
    """Puts a published text to the vote, in its author's words. Raises Refused."""
    cafe = _before_the_vote(account, cafe_id)
    found = Contribution.objects.filter(pk=contribution_id, cafe=cafe, moderation=Moderation.PUBLISHED).first()
    if found is None or not found.text:
        raise Refused("Ce texte n’est pas publié.", code="not-published")
    if found.merged_into_id is not None:
        raise Refused("Ce texte est fusionné avec un autre : choisissez l’autre.", code="merged")
    if found.versions.filter(uses__cafe=cafe).exists():
        raise Refused("Cette phrase est déjà au vote.", code="twice")
    statement = Statement.objects.create(territory=cafe.territory, kind=found.kind)
    version = StatementVersion.objects.create(statement=statement, number=1, wording=found.text, origin=found)
    return _add(cafe, version)


@transaction.atomic
def propose(account: Account | None, cafe_id: int, kind: str, text: str) -> CafeStatement:
    """Puts a sentence of the host to the vote. Raises Refused."""
    cafe = _before_the_vote(account, cafe_id)
    if kind not in ContributionKind.values:
        raise Refused("Dites si c’est une crainte, un espoir, une idée ou une question.", field="kind", code="missing")
    words = clean(text)
    statement = Statement.objects.create(territory=cafe.territory, kind=kind)
    return _add(cafe, StatementVersion.objects.create(statement=statement, number=1, wording=words))


@transaction.atomic
def reuse(account: Account | None, cafe_id: int, version_id: int) -> CafeStatement:
    """Puts the same words as another café of the territory to the vote, so that their votes can be added up. Raises Refused."""
    cafe = _before_the_vote(account, cafe_id)
    version = StatementVersion.objects.filter(pk=version_id, statement__territory_id=cafe.territory_id).first()
    if version is None or not shown_already(version):
        raise Refused("Cette phrase n’existe pas dans votre territoire.", code="unknown", status=404)
    return _add(cafe, version)


def shown_already(version: StatementVersion) -> bool:
    """Whether a café has put these words to a vote that anybody of the territory may read."""
    return version.uses.filter(cafe__state=CafeState.CLOSED, cafe__vote_closed_at__isnull=False).exists()


@transaction.atomic
def reword(account: Account | None, cafe_id: int, statement_id: int, text: str) -> CafeStatement:
    """Other words for a statement of the café: another version, whose votes are counted apart from those of the first. Raises Refused."""
    cafe = _before_the_vote(account, cafe_id)
    used = cafe.statements.select_related("version__statement").filter(pk=statement_id).first()
    if used is None:
        raise Refused("Cette phrase n’est pas au vote.", code="unknown", status=404)
    words = clean(text)
    if words == used.version.wording:
        return used
    # Locked: two hosts rewording at once take two numbers.
    statement = Statement.objects.select_for_update().get(pk=used.version.statement_id)
    last = statement.versions.aggregate(last=Max("number"))["last"] or 0
    made = StatementVersion.objects.create(
        statement=statement, number=last + 1, wording=words, origin=used.version.origin, created_at=timezone.now()
    )
    used.version = made
    used.save(update_fields=["version"])
    return used


@transaction.atomic
def remove(account: Account | None, cafe_id: int, statement_id: int) -> None:
    """Takes a statement off the list, the next ones move up. Raises Refused once the vote is open."""
    cafe = _before_the_vote(account, cafe_id)
    cafe.statements.filter(pk=statement_id).delete()
    for order, one in enumerate(cafe.statements.order_by("order"), 1):
        if one.order != order:
            one.order = order
            one.save(update_fields=["order"])


@transaction.atomic
def move(account: Account | None, cafe_id: int, statement_id: int, up: bool) -> None:
    """Moves a statement one place up or down in the host's list. Raises Refused once the vote is open."""
    cafe = _before_the_vote(account, cafe_id)
    rows = list(cafe.statements.order_by("order"))
    at = next((i for i, one in enumerate(rows) if one.pk == statement_id), None)
    if at is None:
        raise Refused("Cette phrase n’est pas au vote.", code="unknown", status=404)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at].order, rows[to].order = rows[to].order, rows[at].order
        for one in (rows[at], rows[to]):
            one.save(update_fields=["order"])  # the order is checked at the end of the transaction
