"""Reads of the passport: desk lists, the holder's passport, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yole.base.permissions import may
from yole.base.scope import system_scope
from yole.kernel.codes import clean_code, is_code
from yole.kernel.protection import protect_line
from yole.organisations.enums import Role
from yole.organisations.models import Account
from yole.passport import permissions
from yole.passport.enums import AwardState, Decision, Kind
from yole.passport.models import CLAIM_LENGTH, CODE_LENGTH, Award, Candidacy, Credential, Jury, Level, Scheme
from yole.passport.services_jury import takes_part
from yole.territory.models import Territory
from yole.workshops.models import Cohort

_AWARD = ("level__scheme__territory", "level__scheme__structure", "entry", "candidacy__jury")


def juries(account: Account) -> QuerySet[Jury]:
    """The juries that an account takes part in, newest first, with counts of candidates (`total`) and of those without answer."""
    found = Jury.objects.filter(territory_id=account.territory_id)
    if account.role != Role.TERRITORY_COORDINATOR:
        found = found.filter(Q(evaluators=account) | Q(structure_id=account.structure_id, structure__isnull=False)).distinct()
    return (
        found.select_related("scheme", "structure")
        .annotate(
            total=Count("candidacies", distinct=True), waiting=Count("candidacies", filter=Q(candidacies__decision=""), distinct=True)
        )
        .order_by("-held_on", "-pk")
    )


def jury(account: Account, pk: int) -> Jury | None:
    """A jury that the account takes part in."""
    found = (
        Jury.objects.select_related("scheme", "structure", "cohort__programme", "territory")
        .prefetch_related("evaluators")
        .filter(pk=pk)
        .first()
    )
    return found if found is not None and takes_part(account, found) else None


def candidacies(of: Jury) -> list[Candidacy]:
    """Persons, enrolments and diagnoses are not joined: the rows of an evaluator hide them. `weighed` and `read_names` read them."""
    return list(of.candidacies.select_related("level", "proposed", "award", "jury__scheme").order_by("number"))


def candidacy(account: Account, pk: UUID) -> Candidacy | None:
    """A candidate of a jury that the account takes part in."""
    found = (
        Candidacy.objects.select_related(
            "jury__scheme",
            "jury__cohort",
            "jury__territory",
            "jury__structure",
            "award",
            "level",
            "proposed",
        )
        .filter(pk=pk)
        .first()
    )
    return found if found is not None and takes_part(account, found.jury) else None


def awards(account: Account) -> QuerySet[Award]:
    """The awards whose rows the account may see, newest first."""
    found = Award.objects.filter(level__scheme__territory_id=account.territory_id, candidacy__isnull=False)
    if account.role != Role.TERRITORY_COORDINATOR:
        found = found.filter(
            Q(candidacy__jury__evaluators=account)
            | Q(candidacy__jury__structure_id=account.structure_id, candidacy__jury__structure__isnull=False)
        ).distinct()
    return found.select_related(*_AWARD).order_by("-created_at", "pk")


def award(account: Account, pk: UUID) -> Award | None:
    return awards(account).filter(pk=pk).first()


def awards_of(account: Account, people: Sequence[UUID]) -> list[Award]:
    """The passports of a person (all their cards), for the page of that person."""
    if not may(account, permissions.SEE):
        return []
    return list(Award.objects.filter(candidacy__person__in=people).select_related(*_AWARD).order_by("-created_at"))


def by_claim(typed: str) -> Award | None:
    """The passport that a holder opens with their code, as typed. Work of the house: the code is the right. The caller throttles."""
    code = clean_code(typed)
    if not is_code(code, CLAIM_LENGTH):
        return None
    with system_scope():
        return Award.objects.select_related(*_AWARD).filter(claim=code).first()


def held(uuid: UUID, claim: str) -> Award | None:
    """The passport opened in this session; none when its code was changed since."""
    with system_scope():
        return Award.objects.select_related(*_AWARD).filter(pk=uuid, claim=claim).first()


def credential_of(of: Award, kind: str) -> Credential | None:
    with system_scope():
        return Credential.objects.filter(award=of, kind=kind).exclude(document="").first()


def kinds_of(of: Award) -> list[str]:
    """What the holder may choose to show: signed forms of the award."""
    with system_scope():
        found = set(Credential.objects.filter(award=of).exclude(document="").values_list("kind", flat=True))
    return [kind for kind in Kind.values if kind in found]


def by_code(typed: str) -> Credential | None:
    """The credential whose code is printed on what its holder shows. The caller throttles."""
    code = clean_code(typed)
    if not is_code(code, CODE_LENGTH):
        return None
    with system_scope():
        return Credential.objects.select_related("award").filter(code=code).exclude(document="").first()


def schemes(territory: Territory) -> list[Scheme]:
    return list(Scheme.objects.filter(territory=territory).prefetch_related("levels").order_by("name"))


def level(scheme_slug: str, code: str) -> Level | None:
    """The public page of a level: it stays as long as credentials name it, whether the programme is published or not."""
    return Level.objects.select_related("scheme__territory", "scheme__structure").filter(scheme__slug=scheme_slug, code=code).first()


def cohorts(territory: Territory) -> list[Cohort]:
    """Cohorts that a jury may be made for, latest first."""
    return list(Cohort.objects.filter(programme__territory=territory).select_related("programme").order_by("-ends_on")[:60])


def evaluators(territory: Territory) -> list[Account]:
    return list(Account.objects.filter(territory=territory, role=Role.EVALUATOR, is_active=True).order_by("name"))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of figures; None is a small count that is not published."""

    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a territory's juries decided. Counts from 1 to the threshold − 1 are hidden, and others when they would give these away."""

    by_level: list[Row]
    by_decision: list[Row]
    by_proposal: list[Row]
    by_state: list[Row]
    threshold: int


def figures(territory: Territory) -> Figures:
    """Counts over every jury of the territory; no row about a person leaves this function."""
    threshold = territory.small_count_threshold
    with system_scope():
        of_territory = Candidacy.objects.filter(jury__territory=territory)
        levels = list(Level.objects.filter(scheme__territory=territory).select_related("scheme").order_by("scheme__name", "rank"))
        given: dict[Any, int] = dict(
            Award.objects.filter(level__scheme__territory=territory).order_by().values_list("level").annotate(n=Count("pk"))
        )
        decided: dict[Any, int] = dict(of_territory.order_by().values_list("decision").annotate(n=Count("pk")))
        followed: dict[Any, int] = dict(
            of_territory.filter(followed__isnull=False).order_by().values_list("followed").annotate(n=Count("pk"))
        )
        states: dict[Any, int] = dict(
            Award.objects.filter(level__scheme__territory=territory).order_by().values_list("state").annotate(n=Count("pk"))
        )
    return Figures(
        _protected([(f"{one.scheme.name} – {one.name}", given.get(one.pk, 0)) for one in levels], threshold),
        _protected([(str(label), decided.get(value, 0)) for value, label in Decision.choices], threshold),
        _protected([("Proposition suivie", followed.get(True, 0)), ("Autre décision, motivée", followed.get(False, 0))], threshold),
        _protected([(str(label), states.get(value, 0)) for value, label in AwardState.choices], threshold),
        threshold,
    )


def _protected(lines: list[tuple[str, int]], threshold: int) -> list[Row]:
    hidden, total_hidden = protect_line([count for _label, count in lines], threshold)
    rows = [Row(label, None if out else count) for (label, count), out in zip(lines, hidden, strict=True)]
    return [*rows, Row("Ensemble", None if total_hidden else sum(count for _label, count in lines))]
