"""People and reports: read without any filter, on behalf of each kind of asker."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.access.fixtures import ELSEWHERE, NEIGHBOUR, OWN, World
from yole.base import scope
from yole.base.scope import NOBODY, scope_of

pytestmark = pytest.mark.django_db


def a_person(world: World, standing: str) -> Any:
    from yole.people.models import Consent, Person

    structure = world.structures[standing]
    person = Person.objects.create(
        territory=structure.territory, structure=structure, code=f"ESSAI{standing[:5].upper():0<5}", last_contact_on=timezone.localdate()
    )
    Consent.objects.create(person=person, purpose="suivi", version="essai", how="oral")
    return person


def seen(role: str, standing: str, model: Any, world: World) -> set[Any]:
    with scope.scope(scope_of(world.account(role, standing))):
        return set(model.objects.values_list("pk", flat=True))


def test_a_list_waiting_for_a_yes_is_read_by_its_structure_alone(world: World) -> None:
    from yole.people.models import ImportBatch

    batches = {standing: ImportBatch.objects.create(structure=world.structures[standing]) for standing in (OWN, NEIGHBOUR, ELSEWHERE)}
    for standing, batch in batches.items():
        assert seen("mediator", standing, ImportBatch, world) == {batch.pk}
    for role in ("territory-coordinator", "administrator", "evaluator"):
        assert seen(role, OWN, ImportBatch, world) == set()


def test_each_structure_sees_its_people_alone(world: World) -> None:
    from yole.people.models import Consent, Person

    people = {standing: a_person(world, standing) for standing in (OWN, NEIGHBOUR, ELSEWHERE)}
    for standing, person in people.items():
        for role in ("volunteer", "mediator", "structure-coordinator"):
            assert seen(role, standing, Person, world) == {person.pk}
            assert seen(role, standing, Consent, world) == {person.consents.get().pk}
        for role in ("territory-coordinator", "administrator", "data-protection-officer", "evaluator", "recruiter", "event-organiser"):
            assert seen(role, standing, Person, world) == set()
            assert seen(role, standing, Consent, world) == set()
    with scope.scope(NOBODY):
        assert not Person.objects.exists()


def test_an_agreement_opens_one_card_to_one_structure_and_its_withdrawal_closes_it(world: World) -> None:
    from yole.people.models import Agreement, Consent, Person

    person, other = a_person(world, OWN), a_person(world, NEIGHBOUR)
    agreement = Agreement.objects.create(person=person, structure=world.structures[NEIGHBOUR], how="oral")
    assert seen("mediator", NEIGHBOUR, Person, world) == {person.pk, other.pk}
    assert seen("mediator", NEIGHBOUR, Consent, world) == {person.consents.get().pk, other.consents.get().pk}
    for standing in (OWN, NEIGHBOUR):
        assert seen("mediator", standing, Agreement, world) == {agreement.pk}
    assert seen("mediator", ELSEWHERE, Agreement, world) == set()
    assert seen("mediator", OWN, Person, world) == {person.pk}
    agreement.withdrawn_at = timezone.now()
    agreement.save()
    assert seen("mediator", NEIGHBOUR, Person, world) == {other.pk}


def test_reports_are_seen_by_who_wrote_them_and_by_their_structure(world: World) -> None:
    from yole.activities.models import Activity, Participation

    author = world.account("mediator", OWN)
    common = {
        "territory": world.territory,
        "kind": "individuel",
        "date": timezone.localdate(),
        "minutes": 30,
        "themes": ["prendre_en_main_du_materiel"],
    }
    margins = {"gender_counts": [0] * 3, "age_counts": [0] * 8, "status_counts": [0] * 5, "participants": 1, "place_kind": "a_distance"}
    ours = Activity.objects.create(structure=world.structures[OWN], mediator=author, **common, **margins)
    elsewhere = Activity.objects.create(structure=world.structures[NEIGHBOUR], mediator=author, **common, **margins)
    for activity in (ours, elsewhere):
        Participation.objects.create(activity=activity, person=a_person(world, OWN) if activity is ours else None)
    assert seen("mediator", OWN, Activity, world) == {ours.pk, elsewhere.pk}  # what it wrote while it worked for the other structure
    assert seen("structure-coordinator", OWN, Activity, world) == {ours.pk}
    assert seen("structure-coordinator", NEIGHBOUR, Activity, world) == {elsewhere.pk}
    assert seen("structure-coordinator", OWN, Participation, world) == {ours.participations.get().pk}
    for role in ("territory-coordinator", "administrator", "evaluator", "data-protection-officer"):
        assert seen(role, OWN, Activity, world) == set()
        assert seen(role, OWN, Participation, world) == set()
    with scope.scope(NOBODY):
        assert not Activity.objects.exists()
