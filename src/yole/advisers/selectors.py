"""Reads of the room."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from yole.advisers import sealing
from yole.advisers.enums import CandidateState, Envelope
from yole.advisers.models import CODE_LENGTH, Candidate, GrantRate, Host, LedgerLine, Post, Relation, Round
from yole.base.scope import system_scope
from yole.kernel.codes import clean_code, is_code
from yole.kernel.tables import write_safe_table
from yole.organisations.models import Account
from yole.territory.models import Territory

_STAGES = ("disponible", "reserve", "engage", "verse")


def by_code(typed: str) -> Candidate | Host | None:
    """The application of a code, of a person or of a structure."""
    code = clean_code(typed)
    if not is_code(code, CODE_LENGTH):
        return None
    with system_scope():
        found = Candidate.objects.select_related("commune").filter(code=code, erased_at__isnull=True).first()
        return found or Host.objects.select_related("commune").filter(code=code).first()


def proposals_of(of: Candidate | Host) -> list[Relation]:
    """Those of one side, the youngest first. What the other side refused is not told as such to a host."""
    with system_scope():
        rows = Relation.objects.select_related("post__host__commune", "candidate__commune", "round").order_by("-pk")
        rows = rows.prefetch_related("interviews")
        if isinstance(of, Candidate):
            return list(rows.filter(candidate=of))
        return list(rows.filter(post__host=of).exclude(state="nonInteressee"))


def hosts(territory: Territory) -> QuerySet[Host]:
    return Host.objects.filter(territory=territory).select_related("commune").order_by("-created_at", "pk")


def host(account: Account, pk: int) -> Host | None:
    return hosts(account.territory).filter(pk=pk).first()


def posts(territory: Territory) -> QuerySet[Post]:
    return Post.objects.filter(host__territory=territory).select_related("host__commune").order_by("host__name", "number")


def rounds(territory: Territory) -> QuerySet[Round]:
    open_ones = Count("relations", filter=Q(relations__state__in=["nouvelle", "interessee"]))
    return Round.objects.filter(territory=territory).annotate(total=Count("relations"), open=open_ones).order_by("-at")


def round_of(account: Account, pk: int) -> Round | None:
    return rounds(account.territory).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Named:
    """A candidate and what its seal holds."""

    candidate: Candidate
    name: str
    email: str


def candidates(territory: Territory) -> list[Named]:
    rows = Candidate.objects.filter(territory=territory, erased_at__isnull=True).select_related("commune").order_by("-changed_at", "pk")
    rows = rows.select_related("shown")
    return [Named(one, *sealing.unseal(one.sealed)) for one in rows]


def relations(of: Round) -> list[tuple[Relation, str]]:
    """(proposal, name of the candidate), by structure."""
    rows = (
        Relation.objects.filter(round=of)
        .select_related("post__host", "candidate__commune")
        .prefetch_related("contracts", "interviews")
        .order_by("post__host__name", "pk")
    )
    return [(one, sealing.unseal(one.candidate.sealed)[0]) for one in rows]


def candidate_counts(territory: Territory) -> list[tuple[str, int]]:
    """(state in words, how many)."""
    found = dict(Candidate.objects.filter(territory=territory).values_list("state").annotate(n=Count("pk")))
    return [(str(state.label), found[state.value]) for state in CandidateState if state.value in found]


@dataclass(frozen=True, slots=True)
class Balance:
    """Cents of an envelope by stage; `total` is their sum."""

    label: str
    total: int
    stages: list[int]


def balances(territory: Territory) -> list[Balance]:
    rows = LedgerLine.objects.filter(territory=territory, stage__in=_STAGES).values_list("envelope", "stage").annotate(total=Sum("cents"))
    held = {(envelope, stage): total for envelope, stage, total in rows}
    found = []
    for envelope in Envelope:
        stages = [held.get((envelope.value, stage), 0) for stage in _STAGES]
        if any(stages):
            found.append(Balance(str(envelope.label), sum(stages), stages))
    return found


def rates(territory: Territory) -> QuerySet[GrantRate]:
    """Those of the territory and those of every territory, the latest first."""
    return GrantRate.objects.filter(Q(territory=territory) | Q(territory__isnull=True)).order_by("private", "-valid_from", "-territory")


def lines(territory: Territory) -> QuerySet[LedgerLine]:
    return LedgerLine.objects.filter(territory=territory).select_related("post__host", "by").order_by("-at", "-pk")


def ledger_csv(territory: Territory) -> bytes:
    """Every line, oldest first; amounts in cents."""
    header = ("date", "mouvement", "nature", "enveloppe", "etape", "poste", "contrat", "centimes", "piece")
    rows = (
        (
            f"{one.at:%Y-%m-%dT%H:%M:%S%z}",
            one.move,
            one.kind,
            one.envelope,
            one.stage,
            one.post_id,
            one.contract_id,
            one.cents,
            one.document,
        )
        for one in lines(territory).reverse()
    )
    return write_safe_table(header, rows)


def posts_csv(territory: Territory) -> bytes:
    """Posts with their structure, state and grant."""
    header = ("structure", "siret", "commune", "poste", "debut", "etat", "subvention_centimes")
    rows = (
        (one.host.name, one.host.siret, one.host.commune_id, one.number, one.starts_on, one.state, one.grant) for one in posts(territory)
    )
    return write_safe_table(header, rows)
