"""Structures that ask for posts: their file, the opinion, the decision, and posts returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from yole.advisers import permissions, sealing
from yole.advisers.engine import life
from yole.advisers.enums import HostKind, HostState, Opinion, PostState
from yole.advisers.models import CODE_LENGTH, Contract, GrantRate, Host, LedgerLine, Post
from yole.advisers.services_ledger import held, held_by, move
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.territory.models import Commune, Territory
from yole.territory.selectors import today


@dataclass(frozen=True, slots=True)
class HostForm:
    """What a structure fills in."""

    name: str
    siret: str
    kind: str
    commune: Commune
    need: str
    asked: int
    starts_on: date
    contact_name: str
    email: str


def clean_siret(typed: str) -> str:
    """Fourteen digits that pass the key of Luhn. Raises Refused."""
    digits = "".join(c for c in typed if not c.isspace())
    doubled = (int(c) * (2 if i % 2 == 0 else 1) for i, c in enumerate(digits)) if digits.isascii() and digits.isdigit() else iter(())
    if len(digits) != 14 or not digits.isascii() or not digits.isdigit() or sum(d - 9 if d > 9 else d for d in doubled) % 10:
        raise Refused(_("Ce numéro SIRET n’est pas juste."), remedy=_("Vérifiez ses 14 chiffres."), field="siret", code="siret")
    return digits


@transaction.atomic
def apply(territory: Territory, form: HostForm, *, is_fictional: bool = False) -> Host:
    """Receives the file of a structure. Raises Refused for a wrong SIRET."""
    siret = clean_siret(form.siret)
    with system_scope():
        host = Host.objects.create(
            territory=territory,
            code=new_code(CODE_LENGTH),
            name=form.name,
            siret=siret,
            kind=form.kind,
            commune=form.commune,
            need=form.need,
            asked=form.asked,
            starts_on=form.starts_on,
            sealed=sealing.seal(form.contact_name, form.email),
            is_fictional=is_fictional,
        )
    subject = reference("host", host.pk)
    record("advisers.host-apply", subject, subject, {"asked": form.asked})
    return host


def eligibility(host: Host) -> list[str]:
    """What stands against a file, in words; empty when nothing does."""
    told = []
    others = Host.objects.filter(territory=host.territory, siret=host.siret).exclude(pk=host.pk)
    if others.exclude(state__in=[HostState.CANCELLED, HostState.DUPLICATE, HostState.REFUSED]).exists():
        told.append("Une autre demande porte le même SIRET.")
    if host.commune.lat is None:
        told.append("La commune n’a pas de position connue : le rapprochement ne peut pas mesurer de distance.")
    if rate(host) is None:
        told.append("Aucun barème n’est en vigueur pour cette structure au début demandé.")
    return told


def rate(host: Host, on: date | None = None) -> GrantRate | None:
    """The amount in force when the posts start, or on another day: that of the territory, otherwise the one of every territory."""
    day = on or host.starts_on
    rows = GrantRate.objects.filter(private=host.kind == HostKind.PRIVATE, valid_from__lte=day)
    rows = rows.filter(Q(territory=host.territory) | Q(territory__isnull=True))
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))
    return rows.order_by(F("territory").asc(nulls_last=True)).first()


def _locked(account: Account, pk: int) -> Host:
    require(account, permissions.ADMIT)
    host = Host.objects.select_for_update().filter(pk=pk, territory=account.territory).first()
    if host is None:
        raise Refused("Cette demande n’existe pas.", code="unknown", status=404)
    return host


def _move(host: Host, to: str) -> str:
    if not life.may_move(life.HOST, host.state, to):
        raise Refused(f"Une demande « {host.get_state_display()} » ne peut pas devenir « {HostState(to).label} ».", code="move")
    before, host.state = host.state, to
    return before


@transaction.atomic
def give_opinion(account: Account, pk: int, opinion: str, text: str) -> Host:
    """The reasoned opinion of the prefecture, before any decision."""
    host = _locked(account, pk)
    if host.state not in (HostState.CREATED, HostState.MORE):
        raise Refused("La décision est prise : l’avis ne change plus.", code="decided")
    if opinion not in Opinion.values or not text.strip():
        raise Refused("Un avis dit favorable ou défavorable, et pourquoi.", field="text", code="opinion")
    host.opinion, host.opinion_text, host.opinion_on, host.opinion_by = opinion, text.strip(), today(), account
    host.save(update_fields=["opinion", "opinion_text", "opinion_on", "opinion_by"])
    record("advisers.opinion", reference("account", account.pk), reference("host", host.pk), {"opinion": opinion})
    return host


@transaction.atomic
def decide(account: Account, pk: int, to: str, minutes: str, *, granted: int = 0, kept: int | None = None) -> Host:
    """The decision of the committee. An acceptance opens `granted` posts and reserves their grant. Raises Refused."""
    host = _locked(account, pk)
    before = _move(host, to)
    fields = ["state"]
    if to in (HostState.ACCEPTED, HostState.REFUSED):
        if not host.opinion:
            raise Refused("L’avis de la préfecture manque.", remedy="Enregistrez-le d’abord.", code="no-opinion")
        if not minutes.strip():
            raise Refused("La référence du compte rendu manque.", field="minutes", code="minutes")
        host.minutes, host.decided_on = minutes.strip(), today()
        fields += ["minutes", "decided_on"]
    if to == HostState.DUPLICATE:
        host.kept = Host.objects.filter(territory=host.territory, pk=kept or 0).exclude(pk=host.pk).first()
        if host.kept is None:
            raise Refused("Indiquez la demande gardée.", field="kept", code="kept")
        fields.append("kept")
    if to == HostState.ACCEPTED:
        if not 1 <= granted <= host.asked:
            raise Refused(f"Le comité accorde de 1 à {host.asked} postes.", field="granted", code="granted")
        host.granted = granted
        fields.append("granted")
    host.save(update_fields=fields)
    if to == HostState.ACCEPTED:
        _open_posts(account, host)
    body = {"from": before, "to": to, "granted": host.granted, "minutes": host.minutes}
    record("advisers.decision", reference("account", account.pk), reference("host", host.pk), body)
    return host


def _open_posts(account: Account, host: Host) -> None:
    amount = rate(host)
    if amount is None:
        raise Refused(
            f"Aucun barème n’est en vigueur pour cette structure le {host.starts_on:%d/%m/%Y}.",
            remedy="Ajoutez-le à la page « Barèmes », puis enregistrez la décision.",
            code="rate",
        )
    for number in range(1, host.granted + 1):
        post = Post.objects.create(host=host, number=number, starts_on=host.starts_on, grant=amount.cents)
        move(account, host.territory, "reserve", amount.cents, host.minutes, post=post)


@transaction.atomic
def return_post(account: Account, pk: int, document: str) -> Post:
    """A vacant post goes back for good: what was not paid is free again."""
    require(account, permissions.ADMIT)
    post = Post.objects.select_for_update().select_related("host").filter(pk=pk, host__territory=account.territory).first()
    if post is None:
        raise Refused("Ce poste n’existe pas.", code="unknown", status=404)
    give_back(account, post, document)
    return post


def give_back(account: Account, post: Post, document: str) -> None:
    """The return itself, inside the transaction of the caller, who has checked the right and locked the post. Raises Refused."""
    if not life.may_move(life.POST, post.state, PostState.RETURNED):
        raise Refused(f"Un poste « {post.get_state_display()} » ne se rend pas.", remedy="Mettez fin au contrat d’abord.", code="move")
    if not document.strip():
        raise Refused("La référence de la décision manque.", field="document", code="document")
    before, post.state = post.state, PostState.RETURNED
    post.save(update_fields=["state"])
    territory, paper = post.host.territory, document.strip()
    for contract in Contract.objects.filter(post=post):  # what a contract that ended on its day was still due
        if due := held_by(contract, "engage"):
            move(account, territory, "desengage", due, paper, post=post, contract=contract)
    envelope = LedgerLine.objects.filter(post=post).values_list("envelope", flat=True).first()
    left = held(territory, envelope, "reserve", post) if envelope else 0
    if left:
        move(account, territory, "libere", left, paper, post=post)
    record("advisers.return", reference("account", account.pk), reference("post", post.pk), {"from": before, "to": post.state})


@transaction.atomic
def sign_convention(account: Account, pk: int, day: date, document: str) -> Host:
    """The convention of an accepted structure, with its date and reference. Raises Refused before the decision or in the future."""
    host = _locked(account, pk)
    if host.state != HostState.ACCEPTED or host.decided_on is None:
        raise Refused("La convention se signe après une décision favorable.", code="move")
    if not host.decided_on <= day <= today():
        raise Refused("La convention se signe entre la décision et aujourd’hui.", field="day", code="dates")
    if not document.strip():
        raise Refused("La référence de la convention manque.", field="document", code="document")
    host.convention_on, host.convention = day, document.strip()[:80]
    host.save(update_fields=["convention_on", "convention"])
    body = {"day": day.isoformat(), "document": host.convention}
    record("advisers.convention", reference("account", account.pk), reference("host", host.pk), body)
    return host
