"""A candidate chooses to show a digital level: the diagnosis of this site by its code, or a Pix score with its document."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.advisers import permissions
from yole.advisers.engine import shown
from yole.advisers.enums import ShownSource
from yole.advisers.models import Candidate, ShownLevel
from yole.assessment import selectors as assessment
from yole.assessment.enums import SittingState
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account
from yole.territory.selectors import today

PIX_MAX = 1024


def show_diagnostic(candidate: Candidate, code: str, *, consent: bool) -> ShownLevel:
    """Keeps the level of a finished diagnosis, and its date; neither its code nor its answers. Raises Refused."""
    _agreed(consent)
    sitting = assessment.by_code(code)
    if sitting is None or sitting.state != SittingState.FINISHED or sitting.finished_at is None:
        raise Refused(
            _("Aucun diagnostic terminé n’a ce code."), remedy=_("Vérifiez les 8 lettres ou chiffres."), field="code", code="unknown"
        )
    level = shown.diagnostic_level(sitting.result.level, len(sitting.result.probabilities))
    values = {"level": level, "dated": timezone.localtime(sitting.finished_at).date(), "checked_at": timezone.now()}
    return _keep(candidate, ShownSource.DIAGNOSTIC, values)


def show_pix(candidate: Candidate, score: int, document: str, dated: date, *, consent: bool) -> ShownLevel:
    """Declares a Pix score; it counts once recruitment has seen the document. Raises Refused."""
    _agreed(consent)
    if not 0 <= score <= PIX_MAX:
        raise Refused(_("Un score Pix va de 0 à 1 024."), field="score", code="score")
    if not document.strip():
        raise Refused(_("Donnez le numéro de votre certification."), field="document", code="document")
    if dated > today():
        raise Refused(_("Cette date est à venir."), field="dated", code="dates")
    values = {"level": shown.pix_level(score), "score": score, "document": document.strip()[:60], "dated": dated}
    return _keep(candidate, ShownSource.PIX, values)


def _agreed(consent: bool) -> None:
    if not consent:
        raise Refused(_("Sans votre accord, ce niveau n’est pas montré."), field="consent", code="consent")


def _keep(candidate: Candidate, source: str, values: dict[str, object]) -> ShownLevel:
    whole = {
        "score": None,
        "document": "",
        "checked_at": None,
        "checked_by": None,
        "consent_at": timezone.now(),
        "source": source,
        **values,
    }
    with transaction.atomic(), system_scope():
        made, _new = ShownLevel.objects.update_or_create(candidate=candidate, defaults=whole)
        me = reference("candidate", candidate.pk)
        record("advisers.show-level", me, me, {"source": source})
    return made


def hide(candidate: Candidate) -> None:
    """The person takes it back: nothing of it is kept."""
    with transaction.atomic(), system_scope():
        if ShownLevel.objects.filter(candidate=candidate).delete()[0]:
            me = reference("candidate", candidate.pk)
            record("advisers.hide-level", me, me, {})


@transaction.atomic
def check(account: Account, candidate_pk: int) -> ShownLevel:
    """Recruitment has seen the document of a Pix score: it counts from the next round on."""
    require(account, permissions.CANDIDATES)
    found = ShownLevel.objects.select_for_update().filter(pk=candidate_pk, candidate__territory=account.territory).first()
    if found is None or found.checked_at is not None:
        raise Refused("Aucun score n’attend d’être vérifié.", code="unknown", status=404)
    found.checked_at, found.checked_by = timezone.now(), account
    found.save(update_fields=["checked_at", "checked_by"])
    record("advisers.check-level", reference("account", account.pk), reference("candidate", candidate_pk), {"level": found.level})
    return found
