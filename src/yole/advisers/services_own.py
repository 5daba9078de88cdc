"""An adviser in post and their own account: the file that they link to it once, by its code, so that they read their training there."""

from __future__ import annotations

from django.db import transaction

from yole.advisers import permissions, selectors
from yole.advisers.enums import CandidateState
from yole.advisers.models import Candidate
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.base.scope import system_scope
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account


@transaction.atomic
def link(account: Account, typed: str) -> Candidate:
    """Whoever knows the code of a recruited person's file links it to their account. Raises Refused: wrong code, another territory, not in
    post, linked to another account. The same answer for all that concerns somebody else: the code proves nothing twice."""
    require(account, permissions.OWN)
    found = selectors.by_code(typed)
    if not isinstance(found, Candidate) or found.territory_id != account.territory_id:
        raise Refused("Aucun dossier n’a ce code. O et 0 se ressemblent : vérifiez.", field="code", code="unknown")
    with system_scope():
        row = Candidate.objects.select_for_update().get(pk=found.pk)
        if row.account_id == account.pk:
            return row
        if row.state != CandidateState.HIRED:
            raise Refused("Ce dossier n’est pas celui d’une personne en poste.", field="code", code="state")
        if row.account_id is not None:
            raise Refused("Ce dossier est déjà relié à un compte.", remedy="Prévenez la coordination.", field="code", code="taken")
        if Candidate.objects.filter(account=account).exists():
            raise Refused("Votre compte est déjà relié à un dossier.", remedy="Détachez-le d’abord.", field="code", code="linked")
        row.account = account
        row.save(update_fields=["account"])
    record("advisers.link", reference("account", account.pk), reference("candidate", row.pk), {})
    return row


@transaction.atomic
def unlink(account: Account) -> bool:
    """The account no longer opens the file. Returns whether one was linked."""
    require(account, permissions.OWN)
    with system_scope():
        row = Candidate.objects.select_for_update().filter(account=account).first()
        if row is None:
            return False
        row.account = None
        row.save(update_fields=["account"])
    record("advisers.unlink", reference("account", account.pk), reference("candidate", row.pk), {})
    return True
