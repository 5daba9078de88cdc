"""Writes of the desk: triage, a sitting given to somebody, groups measured before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from yole.assessment import permissions, selectors, selectors_desk, services
from yole.assessment.engine import triage as engine
from yole.assessment.enums import Mode, Purpose, TriageOutcome
from yole.assessment.models import Group, Sitting, Triage
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account
from yole.people import selectors as people


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sitting to give. `before_code`: for an after, the code of the first sitting; found alone when the person is linked."""

    purpose: str = Purpose.PLACEMENT
    group: Group | None = None
    person: UUID | None = None
    before_code: str = ""
    supervised: bool = True
    age_band: str = ""
    gender: str = ""
    mode: str = Mode.ONLINE


def linked_person(account: Account, person: UUID | None) -> UUID | None:
    """The card that stands for the person, when the account may see it. Raises Refused otherwise."""
    if person is None:
        return None
    found = people.get(account, person)
    if found is None:
        raise Refused("Cette personne n’est pas suivie par votre structure.", field="person", code="unknown", status=422)
    return found.pk


@transaction.atomic
def give(account: Account, wanted: Wanted, *, uuid: UUID | None = None) -> Sitting:
    """Starts a sitting for somebody at the desk. The same `uuid` gives the same sitting.

    Raises Refused for a person of another structure, a group of another one, or an after whose before is not found.
    """
    require(account, permissions.GIVE)
    if uuid is not None and (made := Sitting.objects.filter(pk=uuid, by=account).first()):
        return made
    person = linked_person(account, wanted.person)
    group = wanted.group
    if group is not None and not selectors_desk.groups(account).filter(pk=group.pk).exists():
        raise Refused("Ce groupe n’est pas celui de votre structure.", field="group", code="unknown", status=422)
    pair = None
    if wanted.purpose == Purpose.AFTER:
        before = _before(account, wanted, person)
        pair, group, person = before.pair, group or before.group, person or before.person_id
    return services.start(
        account.territory,
        account=account,
        purpose=wanted.purpose,
        mode=wanted.mode,
        group=group,
        person_id=person,
        pair=pair,
        supervised=wanted.supervised,
        age_band=wanted.age_band,
        gender=wanted.gender,
        uuid=uuid,
    )


def _before(account: Account, wanted: Wanted, person: UUID | None) -> Sitting:
    found = None
    if wanted.before_code:
        found = selectors.by_code(wanted.before_code)
        if found is not None and (found.territory_id != account.territory_id or found.purpose != Purpose.BEFORE):
            found = None
    elif person is not None:
        rows = selectors_desk.visible(account).filter(person__in=people.group(person), purpose=Purpose.BEFORE).exclude(result=None)
        if wanted.group is not None:
            rows = rows.filter(group=wanted.group)
        found = rows.order_by("-finished_at").first()
    if found is None or found.finished_at is None:
        raise Refused(
            "Le diagnostic « avant » de cette personne n’est pas trouvé.", remedy="Écrivez le code de sa première feuille.",
            field="before_code", code="no-before", status=422,
        )  # fmt: skip
    return found


@transaction.atomic
def create_group(account: Account, name: str) -> Group:
    """People measured together, before and after. Raises Refused without a name."""
    require(account, permissions.GROUPS)
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez un nom à ce groupe.", field="name", code="missing", status=422)
    group = Group.objects.create(territory=account.territory, structure=account.structure, name=name[:150])
    record("assessment.group", reference("account", account.pk), reference("group", group.pk), {})
    return group


@transaction.atomic
def triage(account: Account, answers: Mapping[str, str], *, person: UUID | None = None, uuid: UUID | None = None) -> Triage:
    """Keeps the six answers and what they propose; the outcome is the one proposed until somebody decides. Once per `uuid`."""
    require(account, permissions.GIVE)
    if uuid is not None and (made := Triage.objects.filter(pk=uuid, by=account).first()):
        return made
    try:
        proposed = engine.propose(answers, selectors.rules(account.territory_id).cuts[0])
    except ValueError as missing:
        raise Refused("Cette réponse manque.", field=str(missing), code="missing", status=422) from None
    values = {"uuid": uuid} if uuid else {}
    return Triage.objects.create(
        territory=account.territory,
        structure=account.structure,
        by=account,
        person_id=linked_person(account, person),
        answers=dict(answers),
        mean=proposed.mean,
        outcome=proposed.outcome,
        decided=proposed.outcome,
        **values,
    )


@transaction.atomic
def decide(account: Account, found: Triage, outcome: str) -> Triage:
    """What the person of the team decides. For the diagnosis a sitting is started, with the prior of the triage: placement alone."""
    require(account, permissions.GIVE)
    found = Triage.objects.select_for_update().get(pk=found.pk)
    if outcome not in TriageOutcome.values:
        raise Refused("Cette suite n’existe pas.", code="unknown", status=422)
    found.decided = outcome
    if outcome == TriageOutcome.DIAGNOSTIC and found.sitting_id is None:
        found.sitting = services.start(account.territory, account=account, person_id=found.person_id, prior_mean=found.mean)
    found.save(update_fields=["decided", "sitting"])
    return found
