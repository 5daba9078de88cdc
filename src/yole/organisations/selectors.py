"""Reads of the room, for its screens and for other rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Func, Q, QuerySet, Value
from django.utils import timezone

from yole.base.permissions import may
from yole.journal.references import reference
from yole.kernel.tables import write_safe_table
from yole.kernel.text import sort_key
from yole.organisations.enums import Role
from yole.organisations.models import Account, AccountSession, Invitation, Membership, ResetRequest, Structure
from yole.organisations.permissions import AGREE_RESET
from yole.territory.models import Territory

# For other rooms


def structures_of(account: Account) -> list[Structure]:
    """The structures where the account works now, the current one first."""
    rows = Membership.objects.filter(account=account, until=None, structure__isnull=False).select_related("structure")
    found = [row.structure for row in rows.order_by("-is_current", "structure__sort_key") if row.structure is not None]
    if not found and account.structure is not None:
        return [account.structure]
    return found


def colleagues(account: Account) -> QuerySet[Account]:
    """Active accounts that work in the same structure as the account works in now (itself included), by name.

    An account without a structure has for colleagues those of its territory who have none either.
    """
    here = Q(structure_id=account.structure_id, territory_id=account.territory_id)
    shared = Q(memberships__structure_id=account.structure_id, memberships__until=None, memberships__territory_id=account.territory_id)
    if account.structure_id is None:
        here = Q(structure=None, territory_id=account.territory_id)
        shared = Q(memberships__structure=None, memberships__until=None, memberships__territory_id=account.territory_id)
    return Account.objects.filter(here | shared, is_active=True).order_by("name", "pk").distinct()


def structure_choices(territory: Territory) -> list[tuple[int, str]]:
    """(key, name) of the structures of a territory, in alphabetical order."""
    return list(Structure.objects.filter(territory=territory).order_by("sort_key", "pk").values_list("pk", "name"))


def references_elsewhere(account: Account) -> Iterator[str]:
    """For who coordinates one territory: how the journal names the other territories and their structures. None for other roles."""
    if account.role == Role.TERRITORY_COORDINATOR:
        for pk in Territory.objects.exclude(pk=account.territory_id).values_list("pk", flat=True):
            yield reference("territory", pk)
        for pk in Structure.objects.exclude(territory_id=account.territory_id).values_list("pk", flat=True):
            yield reference("structure", pk)


# Structures


def structures(territory: Territory, text: str = "") -> QuerySet[Structure]:
    """Those of a territory whose name or SIRET contains the words typed."""
    found = Structure.objects.filter(territory=territory).order_by("sort_key", "pk")
    words = sort_key(text)
    if words:
        digits = "".join(c for c in text if c.isdigit())
        found = found.filter(Q(sort_key__contains=words) | (Q(siret__startswith=digits) if len(digits) >= 3 else Q(pk=None)))
    return found


def structure(territory: Territory, pk: int) -> Structure | None:
    return Structure.objects.filter(territory=territory, pk=pk).first()


# Own account


def memberships(account: Account) -> list[Membership]:
    """Active places of an account, the current one first."""
    rows = Membership.objects.filter(account=account, until=None).select_related("structure", "territory")
    return list(rows.order_by("-is_current", "since"))


def open_sessions(account: Account) -> list[AccountSession]:
    return list(AccountSession.objects.filter(account=account, expires_at__gt=timezone.now()).order_by("-opened_at"))


# Team


def _reach(actor: Account) -> Q:
    """What the actor looks after: the rule of `services_members.reaches`, as a filter."""
    if actor.role == Role.STRUCTURE_COORDINATOR:
        return Q(territory_id=actor.territory_id, structure_id=actor.structure_id or 0)
    return Q(territory_id=actor.territory_id)


@dataclass(frozen=True, slots=True)
class TeamFilters:
    """`state`: `active`, `disabled` or empty for both; `role` and `structure_id` empty for all."""

    text: str = ""
    role: str = ""
    state: str = "active"
    structure_id: int | None = None

    @classmethod
    def read(cls, query: dict[str, str]) -> TeamFilters:
        """What the address says, nonsense left out."""
        given = query.get("structure", "")
        return cls(
            text=query.get("q", "")[:120].strip(),
            role=query.get("role", "") if query.get("role", "") in Role.values else "",
            state=query.get("etat", "active") if query.get("etat", "active") in {"active", "disabled", ""} else "active",
            structure_id=int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None,
        )


def team(actor: Account, filters: TeamFilters | None = None) -> QuerySet[Membership]:
    """Active memberships within the reach of the actor, by name."""
    filters = filters or TeamFilters(state="")
    found = Membership.objects.filter(_reach(actor), until=None).select_related("account", "structure", "territory")
    if filters.text:
        # Accents and capitals do not matter: « elodie » finds « Élodie ».
        found = found.annotate(folded=_Alphabetical("account__name"))
        found = found.filter(Q(folded__contains=_Alphabetical(Value(filters.text))) | Q(account__email__icontains=filters.text))
    if filters.role:
        found = found.filter(role=filters.role)
    if filters.state:
        found = found.filter(account__is_active=filters.state == "active")
    if filters.structure_id:
        found = found.filter(structure_id=filters.structure_id)
    return found.order_by(_Alphabetical("account__name"), "pk")


class _Alphabetical(Func):
    """Names in the order of a French dictionary, near enough: the database has no French collation."""

    template = (
        "translate(replace(replace(lower(%(expressions)s), 'œ', 'oe'), 'æ', 'ae'), "
        "'àâäáãåçéèêëîïíìñôöóòõùûüúÿ', 'aaaaaaceeeeiiiinooooouuuuy')"
    )
    output_field = CharField()


def member(actor: Account, pk: int) -> Membership | None:
    return team(actor).filter(pk=pk).first()


def waiting_invitations(actor: Account) -> QuerySet[Invitation]:
    """Invitations neither accepted nor withdrawn within the reach of the actor, the youngest first; too old ones can be sent again."""
    rows = Invitation.objects.filter(_reach(actor), accepted_at=None, cancelled_at=None)
    return rows.select_related("structure").order_by("-sent_at")


def waiting_resets(actor: Account) -> list[ResetRequest]:
    """Requests that wait for a second person within the reach of the actor."""
    rows = ResetRequest.objects.filter(closed_at=None, expires_at__gt=timezone.now()).select_related("account", "asked_by")
    accounts = Membership.objects.filter(_reach(actor), until=None).values("account")
    return list(rows.filter(account__in=accounts).order_by("asked_at"))


def may_agree(actor: Account, request: ResetRequest) -> bool:
    return may(actor, AGREE_RESET) and actor.pk not in {request.asked_by_id, request.account_id}


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


def team_csv(rows: QuerySet[Membership]) -> bytes:
    """CSV of the list: name, address, role, structure, since, last sign-in, state."""
    header = ("nom", "adresse", "role", "structure", "depuis", "derniere_connexion", "etat")
    lines = (
        (
            row.account.name, row.account.email, row.get_role_display(), row.structure.name if row.structure else "",
            f"{timezone.localdate(row.since):%Y-%m-%d}", _moment(row.account.last_login), "actif" if row.account.is_active else "désactivé",
        )
        for row in rows
    )  # fmt: skip
    return write_safe_table(header, lines)
