"""Those who apply: their file, confirmation of the address, pause, withdrawal, block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.advisers import permissions, sealing
from yole.advisers.engine import life
from yole.advisers.enums import CandidateState, RelationState
from yole.advisers.models import CODE_LENGTH, Candidate, Relation
from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.territory.models import Commune, Territory

CONSENT_VERSION = "conseillers-2026-11"
_SALT = "advisers.confirm"
LINK_SECONDS = 14 * 24 * 3600


@dataclass(frozen=True, slots=True)
class CandidateForm:
    """What a person fills in."""

    name: str
    email: str
    commune: Commune
    reach_km: int
    available_from: date
    situation: str
    experience: int
    skills: Sequence[str] = ()
    consent: bool = False
    gender: str = ""


def apply(territory: Territory, form: CandidateForm, *, is_fictional: bool = False) -> Candidate:
    """Receives an application and sends the link that confirms its address. Raises Refused for a second one with the same address."""
    if not form.consent:
        raise Refused(_("Sans votre accord, nous ne pouvons pas garder votre candidature."), field="consent", code="consent")
    if form.commune.lat is None:
        raise Refused(_("La position de cette commune manque."), remedy=_("Choisissez la plus proche."), field="commune", code="position")
    try:
        with transaction.atomic(), system_scope():
            made = Candidate.objects.create(
                territory=territory,
                code=new_code(CODE_LENGTH),
                sealed=sealing.seal(form.name, form.email),
                digest=sealing.digest(form.email),
                commune=form.commune,
                reach_km=form.reach_km,
                available_from=form.available_from,
                situation=form.situation,
                experience=form.experience,
                skills=sorted(set(form.skills)),
                gender=form.gender,
                consent_version=CONSENT_VERSION,
                is_fictional=is_fictional,
            )
            subject = reference("candidate", made.pk)
            record("advisers.apply", subject, subject, {"consent": CONSENT_VERSION})
    except IntegrityError:
        raise Refused(
            _("Une candidature existe déjà avec cette adresse."),
            remedy=_("Ouvrez-la avec son code, ou attendez le message de confirmation."),
            field="email",
            code="twice",
        ) from None
    if not is_fictional:
        link = site_address("advisers:confirm", token_of(made))
        body = _("Bonjour,\n\nOuvrez ce lien, puis touchez « Confirmer ». Il sert pendant 14 jours :\n\n%(link)s\n\nYole") % {"link": link}
        send_mail(_("Confirmez votre candidature"), body, None, [form.email])
    return made


def token_of(candidate: Candidate) -> str:
    return signing.dumps(candidate.pk, salt=_SALT)


def of_token(token: str) -> Candidate | None:
    """The candidate of a link, None when it is not one of ours or too old."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return None
    with system_scope():
        return Candidate.objects.filter(pk=pk, erased_at__isnull=True).first()


def _change(pk: int, to: str, actor: str, *, reason: str = "") -> Candidate:
    candidate = Candidate.objects.select_for_update().get(pk=pk)
    if not life.may_move(life.CANDIDATE, candidate.state, to):
        raise Refused(_("Cette candidature ne peut pas changer ainsi : %(state)s.") % {"state": candidate.get_state_display()}, code="move")
    before, candidate.state, candidate.changed_at = candidate.state, to, timezone.now()
    if to == CandidateState.BLOCKED:
        candidate.block_reason = reason
    candidate.save(update_fields=["state", "changed_at", "block_reason"])
    if to in (CandidateState.WITHDRAWN, CandidateState.BLOCKED):
        open_ones = Relation.objects.filter(candidate=candidate, state__in=[RelationState.NEW, RelationState.INTERESTED])
        open_ones.update(state=RelationState.ELSEWHERE)
    record("advisers.candidate", actor or reference("candidate", pk), reference("candidate", pk), {"from": before, "to": to})
    return candidate


def by_candidate(candidate: Candidate, to: str) -> Candidate:
    """What the person does with their own application: confirm, pause, come back, withdraw. Raises Refused."""
    with transaction.atomic(), system_scope():
        return _change(candidate.pk, to, "")


@transaction.atomic
def block(account: Account, pk: int, reason: str) -> Candidate:
    """Blocks an application; the reason and the author are kept."""
    require(account, permissions.CANDIDATES)
    if not Candidate.objects.filter(pk=pk, territory=account.territory).exists():
        raise Refused("Cette candidature n’existe pas.", code="unknown", status=404)
    if not reason.strip():
        raise Refused("Un blocage demande une raison.", field="reason", code="reason")
    return _change(pk, CandidateState.BLOCKED, reference("account", account.pk), reason=reason.strip()[:200])
