"""The life of a contract after it is signed: renewal asked, renewed, not renewed, broken. Each act moves the ledger in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.advisers import permissions, services_hosts
from yole.advisers.engine import life
from yole.advisers.engine.ledger import moves_at_break, moves_at_end
from yole.advisers.enums import LIVING, AfterPost, BreakReason, CandidateState, ContractState, PostState, RelationState
from yole.advisers.models import Candidate, Contract, Host, Post
from yole.advisers.selectors_contracts import warned_from
from yole.advisers.services_ledger import held_by, move
from yole.advisers.services_rounds import shift
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account
from yole.territory.selectors import today


@dataclass(frozen=True, slots=True)
class RenewalForm:
    """`cents`: grant of the new contract; `document`: the decision."""

    starts_on: date
    ends_on: date
    cents: int
    document: str


@dataclass(frozen=True, slots=True)
class BreakForm:
    """`reason`: of the closed list; `note`: what is worth keeping of it, without anything private."""

    last_day: date
    reason: str
    after: str = AfterPost.VACANT
    note: str = ""
    document: str = ""


def _contract(account: Account, pk: int, act: str = permissions.ROUND) -> Contract:
    require(account, act)
    rows = Contract.objects.select_for_update(of=("self",)).select_related("post__host", "relation")
    found = rows.filter(pk=pk, post__host__territory=account.territory).first()
    if found is None:
        raise Refused("Ce contrat n’existe pas.", code="unknown", status=404)
    return found


def _move(contract: Contract, to: str) -> str:
    if not life.may_move(life.CONTRACT, contract.state, to):
        raise Refused(_("Ce contrat est « %(state)s ».") % {"state": contract.get_state_display()}, code="move")
    before, contract.state = contract.state, to
    return before


def _told(account: Account, contract: Contract, before: str, **more: str) -> None:
    body = {"from": before, "to": contract.state, **more}
    record("advisers.contract", reference("account", account.pk), reference("contract", contract.pk), body)


@transaction.atomic
def ask_renewal(account: Account, pk: int) -> Contract:
    """Recruitment notes that the structure asks to go on."""
    contract = _contract(account, pk)
    _ask(contract, by_host=False)
    _told(account, contract, ContractState.RUNNING)
    return contract


def ask_renewal_by_host(host: Host, pk: int) -> Contract:
    """The structure asks, by its code. Raises Refused for the contract of another one, or too early."""
    with transaction.atomic(), system_scope():
        found = Contract.objects.select_for_update(of=("self",)).select_related("post__host").filter(pk=pk, post__host=host).first()
        if found is None:
            raise Refused(_("Ce contrat n’existe pas."), code="unknown", status=404)
        if today() < warned_from(host.territory, found.ends_on):
            raise Refused(_("La demande s’ouvre quelques mois avant la fin du contrat."), code="early")
        _ask(found, by_host=True)
        body = {"from": ContractState.RUNNING, "to": found.state}
        record("advisers.contract", reference("host", host.pk), reference("contract", found.pk), body)
        return found


def _ask(contract: Contract, *, by_host: bool) -> None:
    _move(contract, ContractState.RENEWING)
    contract.asked_on, contract.asked_by_host = today(), by_host
    contract.save(update_fields=["state", "asked_on", "asked_by_host"])


@transaction.atomic
def renew(account: Account, pk: int, form: RenewalForm) -> Contract:
    """A new contract after this one, with its own grant: reserved in the envelope, then engaged. Raises Refused when it is short."""
    contract = _contract(account, pk, permissions.ADMIT)
    if form.starts_on <= contract.ends_on or form.ends_on <= form.starts_on:
        raise Refused(f"Le nouveau contrat commence après le {contract.ends_on:%d/%m/%Y}, et finit après.", field="starts_on", code="dates")
    if form.cents <= 0:
        raise Refused("La subvention est de plus de 0 €.", field="amount", code="amount")
    if not form.document.strip():
        raise Refused("La référence de la décision manque.", field="document", code="document")
    later = Contract.objects.filter(post=contract.post, starts_on__lte=form.ends_on, ends_on__gte=form.starts_on)
    if later.exclude(state=ContractState.CANCELLED).exclude(pk=contract.pk).exists():
        raise Refused("Le poste est déjà tenu à ces dates.", field="starts_on", code="overlap")
    before = _move(contract, ContractState.RENEWED)
    contract.save(update_fields=["state"])
    made = Contract.objects.create(
        relation=contract.relation,
        post=contract.post,
        previous=contract,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        grant=form.cents,
        hours=0,  # the initial training was due once
    )
    territory, paper = contract.post.host.territory, form.document.strip()
    move(account, territory, "reserve", form.cents, paper, post=contract.post)
    move(account, territory, "engage", form.cents, paper, post=contract.post, contract=made)
    _told(account, contract, before, granted=str(form.cents))
    return made


@transaction.atomic
def end(account: Account, pk: int, *, after: str, release: bool, document: str) -> Contract:
    """Not renewed: it runs to its day, then the post is vacant, or returned. `release`: what is not paid is no longer due."""
    contract = _contract(account, pk)
    if today() < warned_from(account.territory, contract.ends_on):
        raise Refused("Cette décision se prend quelques mois avant la fin du contrat.", code="early")
    if after == AfterPost.RETURNED and today() <= contract.ends_on:
        raise Refused("Un poste se rend après le dernier jour du contrat.", field="after", code="early")
    before = _move(contract, ContractState.ENDED)
    contract.save(update_fields=["state"])
    territory = contract.post.host.territory
    for kind, cents in moves_at_end(held_by(contract, "engage"), release=release):
        move(account, territory, kind, cents, f"fin du contrat {contract.pk}", post=contract.post, contract=contract)
    _leave(account, contract, RelationState.ENDED, contract.ends_on, after, document)
    _told(account, contract, before, after=after)
    return contract


@transaction.atomic
def stop(account: Account, pk: int, form: BreakForm) -> Contract:
    """Broken before its end: days paid and not served are recovered, the rest is reserved again; a renewal that had not begun is
    cancelled and its money is free. Raises Refused."""
    contract = _contract(account, pk)
    if not contract.starts_on <= form.last_day <= contract.ends_on:
        raise Refused("Le dernier jour servi est pendant le contrat.", field="last_day", code="dates")
    if form.reason not in BreakReason.values:
        raise Refused("Une rupture demande une raison de la liste.", field="reason", code="reason")
    renewal = Contract.objects.select_for_update().filter(previous=contract).first()
    if renewal is not None and (renewal.state not in LIVING or renewal.starts_on <= today()):
        raise Refused("Le contrat suivant a commencé : celui-ci ne change plus.", code="move")
    before = _move(contract, ContractState.BROKEN)
    contract.ended_on, contract.break_reason = form.last_day, form.reason
    contract.end_reason = form.note.strip()[:200] or str(BreakReason(form.reason).label)
    contract.save(update_fields=["state", "ended_on", "break_reason", "end_reason"])
    back = _unwind(account, contract, form.last_day, give_back=False)
    if renewal is not None:
        _move(renewal, ContractState.CANCELLED)
        renewal.save(update_fields=["state"])
        back += _unwind(account, renewal, form.last_day, give_back=True)
    _leave(account, contract, RelationState.BROKEN, form.last_day, form.after, form.document)
    _told(account, contract, before, reason=form.reason, recovered=str(back), after=form.after)
    return contract


def _unwind(account: Account, contract: Contract, last_day: date, *, give_back: bool) -> int:
    """Writes what a break moves for one contract; returns the cents recovered."""
    paid, engaged = held_by(contract, "verse"), held_by(contract, "engage")
    moves = moves_at_break(paid, engaged, contract.starts_on, contract.ends_on, last_day, give_back=give_back)
    for kind, cents in moves:
        paper = f"rupture du contrat {contract.pk}"
        move(account, contract.post.host.territory, kind, cents, paper, post=contract.post, contract=contract)
    return sum(cents for kind, cents in moves if kind == "recupere")


def _leave(account: Account, contract: Contract, relation_to: str, last_day: date, after: str, document: str) -> None:
    """The person is free after the last day, and the post takes somebody from the day after, or goes back."""
    if after not in AfterPost.values:
        raise Refused("Dites ce que devient le poste.", field="after", code="after")
    free = last_day + timedelta(days=1)
    relation = contract.relation
    shift(relation, relation_to)
    relation.save(update_fields=["state"])
    candidate = Candidate.objects.select_for_update().get(pk=relation.candidate_id)
    if candidate.state == CandidateState.HIRED:
        candidate.state, candidate.changed_at = CandidateState.AVAILABLE, timezone.now()
        candidate.available_from = max(candidate.available_from, free)
        candidate.save(update_fields=["state", "changed_at", "available_from"])
    post = Post.objects.select_for_update().select_related("host").get(pk=contract.post_id)
    post.state, post.starts_on = PostState.VACANT, max(post.starts_on, free)
    post.save(update_fields=["state", "starts_on"])
    if after == AfterPost.RETURNED:
        require(account, permissions.ADMIT)
        services_hosts.give_back(account, post, document)
