"""Links by which a dashboard is shared: made, opened, revoked. What they show is frozen and always protected."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yole.activities.indicators_guard import gives_away
from yole.activities.indicators_read import Question
from yole.activities.models import StatisticsLink
from yole.activities.permissions import STATISTICS, STATISTICS_TERRITORY
from yole.base.errors import Refused
from yole.base.permissions import may, require
from yole.base.registries import Retention
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel import periods
from yole.organisations.enums import Role
from yole.organisations.models import Account

LONGEST_DAYS = 366
_KEPT = timedelta(days=90)
_COMPARED = 200
"""Latest open links that a new one is compared with."""


@dataclass(frozen=True, slots=True)
class Made:
    """`token` is shown once: only its digest is kept."""

    link: StatisticsLink
    token: str


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def share(account: Account, question: Question, label: str, days: int) -> Made:
    """Makes a link to a territory or a structure. Raises Refused: no right, one mediator's numbers, no label, impossible length."""
    require(account, STATISTICS)
    if question.mediator is not None:
        raise Refused("Les chiffres d’une seule personne ne se partagent pas.", remedy="Partagez ceux de la structure.", code="personal")
    if question.structure is None:
        require(account, STATISTICS_TERRITORY)
    label = " ".join(label.split())
    if not label:
        raise Refused("Donnez un nom à ce lien.", field="label", remedy="Par exemple : rapport annuel pour le financeur.", code="missing")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"Un lien vit de 1 à {LONGEST_DAYS} jours.", field="days", code="range")
    if too_near := _too_near(account, replace(question, protected=True)):
        raise Refused(
            f"Soustrait {too_near}, ce lien montrerait moins de {question.threshold} personnes.",
            remedy="Choisissez une autre période ou d’autres filtres, ou retirez d’abord l’autre lien.",
            code="difference",
            status=422,
        )
    token = secrets.token_urlsafe(32)
    frozen = {
        "period": question.period.key,
        "structure": question.structure,
        "place": question.place,
        "commune": question.commune,
        "theme": question.theme,
        "kind": question.kind,
    }
    link = StatisticsLink.objects.create(
        territory=question.territory,
        structure_id=question.structure,
        label=label[:120],
        token_digest=_digest(token),
        question=frozen,
        created_by=account,
        expires_at=timezone.now() + timedelta(days=days),
    )
    _note("activities.statistics-share", account, link, days=days)
    return Made(link, token)


@transaction.atomic
def revoke(account: Account, link: StatisticsLink) -> None:
    """Closes a link at once; doing it twice changes nothing. Raises Refused for a link that is not the account's to close."""
    if not may_close(account, link):
        raise Refused(
            "Ce lien n’est pas à vous.", remedy="Demandez à la personne qui l’a créé, ou à la coordination.", code="forbidden", status=403
        )
    if StatisticsLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        _note("activities.statistics-revoke", account, link)


def _note(action: str, account: Account, link: StatisticsLink, **body: int) -> None:
    record(action, reference("account", account.pk), reference("statistics-link", link.pk), body)


def may_close(account: Account, link: StatisticsLink) -> bool:
    """Whether a link is the account's to close: its author, and whoever coordinates its structure or its territory."""
    if not may(account, STATISTICS) or link.territory_id != account.territory_id:
        return False
    if link.created_by_id == account.pk or account.role == Role.TERRITORY_COORDINATOR:
        return True
    return account.role == Role.STRUCTURE_COORDINATOR and link.structure_id is not None and link.structure_id == account.structure_id


def visible(account: Account):  # type: ignore[no-untyped-def]  # a query set
    """Links an account may see: those of its structure, those of the territory for who reads its numbers."""
    links = StatisticsLink.objects.filter(territory=account.territory_id)
    if may(account, STATISTICS_TERRITORY):
        return links
    return links.filter(Q(structure=account.structure_id, structure__isnull=False) | Q(created_by=account))


def _too_near(account: Account, question: Question) -> str:
    """In words, what is already open and would show a few people, subtracted from these numbers; empty when nothing does."""
    for year in {month // 12 for month in question.months}:
        if gives_away(question, Question(question.territory, periods.year(year))):
            return f"des données ouvertes de {year}"
    with system_scope():
        links = StatisticsLink.objects.filter(territory=question.territory, revoked_at=None, expires_at__gt=timezone.now())
        for link in links.order_by("-created_at")[:_COMPARED]:
            if gives_away(question, _question(link)):
                return f"du lien « {link.label} »" if visible(account).filter(pk=link.pk).exists() else "d’un autre lien"
    return ""


def _question(link: StatisticsLink) -> Question:
    kept = dict(link.question)
    period = periods.parse(kept.pop("period"), timezone.localtime(link.created_at).date())
    return Question(link.territory, period, protected=True, **kept)


def opened(token: str) -> tuple[StatisticsLink, Question] | None:
    """The link of a token and what it shows, None when it is unknown, expired or revoked."""
    now = timezone.now()
    with system_scope():
        link = (
            StatisticsLink.objects.select_related("territory")
            .filter(token_digest=_digest(token), revoked_at=None, expires_at__gt=now)
            .first()
        )
    if link is None:
        return None
    return link, _question(link)


def forget_old() -> int:
    """Deletes links closed or expired for three months."""
    limit = timezone.now() - _KEPT
    return StatisticsLink.objects.filter(Q(expires_at__lt=limit) | Q(revoked_at__lt=limit)).delete()[0]


RETENTION = Retention(
    table="activities_statistics_link",
    label="Liens de partage des statistiques",
    basis="mission d’intérêt public (RGPD, article 6.1.e)",
    start="fin ou retrait du lien",
    duration=_KEPT,
    action="suppression",
    purge=forget_old,
)
