"""A passport programme of the demonstration: a jury of fictional people, three passports, one of them withdrawn."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from yole.assessment.enums import Mode, Purpose, SittingState, StopReason
from yole.assessment.models import ParameterSet, Result, Sitting
from yole.assessment.running import current_parameters
from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.kernel.codes import new_code
from yole.organisations.models import Account
from yole.passport import services_awards, services_jury, services_schemes
from yole.passport.enums import Decision
from yole.passport.models import Candidacy, Jury, Scheme
from yole.passport.services_jury import Given
from yole.people.models import Person
from yole.territory.models import Territory
from yole.territory.selectors import today

_CUTS = (-1.0, 0.0, 1.0)
# (probabilities of the four levels, measure of each area): invented results of invented people.
_RESULTS = (
    ((0.01, 0.90, 0.09, 0.00), (-0.4, -0.2, -0.6, 0.1, -0.5)),
    ((0.00, 0.06, 0.88, 0.06), (0.5, 0.4, 0.2, 0.7, 0.3)),
    ((0.02, 0.84, 0.13, 0.01), (-0.3, -0.7, -0.2, -0.4, None)),
    ((0.46, 0.51, 0.03, 0.00), (-1.1, -0.8, -1.3, -0.9, -1.2)),
    ((0.03, 0.91, 0.06, 0.00), (-0.5, -0.4, -0.6, -0.2, -0.7)),
)


def load(note: Note) -> None:
    territory = Territory.objects.filter(is_default=True).first()
    evaluator = Account.objects.filter(email="evaluation@yole.invalid", is_fictional=True).first()
    presenter = Account.objects.filter(email="structure@yole.invalid", is_fictional=True).first()
    if territory is None or evaluator is None or presenter is None or Scheme.objects.filter(territory=territory).exists():
        return
    with system_scope():
        people = list(
            Person.objects.filter(is_fictional=True, structure=presenter.structure, sealed__isnull=False).order_by("-birth_year")[:5]
        )
        parameters = current_parameters()
        if len(people) < len(_RESULTS) or parameters is None:
            note("yole : pas de passeport de démonstration, faute de personnes ou de diagnostic.")
            return
        _load(territory, evaluator, presenter, people, parameters)
    note("yole : passeport de démonstration (fictif) : un jury, 5 candidats, 3 passeports dont un retiré.")


def _load(territory: Territory, evaluator: Account, presenter: Account, people: list[Person], parameters: ParameterSet) -> None:
    scheme = services_schemes.create_scheme(
        None, territory, name="Passeport numérique", summary="Un parcours d’ateliers, un diagnostic, un jury.", is_fictional=True
    )
    # Nobody of the demonstration followed a whole cohort yet: its levels rest on the diagnosis.
    for level in scheme.levels.all():
        level.requirements = {"attendance": None}
        level.save(update_fields=["requirements"])
    jury = services_jury.create_jury(
        None, territory, scheme=scheme, title="Jury de démonstration (fictif)", held_on=today() - timedelta(days=3),
        evaluators=[evaluator], is_fictional=True,
    )  # fmt: skip
    jury.structure, jury.created_by = presenter.structure, presenter
    jury.save(update_fields=["structure", "created_by"])
    candidates = [_candidate(jury, number, person, parameters) for number, person in enumerate(people)]
    given = []
    for number, code in ((0, "orange"), (1, "vert"), (2, "orange")):
        decided = services_jury.decide(evaluator, candidates[number].pk, Given(Decision.AWARDED, code, "Travail vu par le jury (fictif)."))
        given.append(decided.award)
    services_jury.decide(
        evaluator, candidates[3].pk,
        Given(Decision.REFUSED, motive="La messagerie n’est pas encore acquise (fictif).",
              to_work_on="Ouvrir une pièce jointe, répondre à un message (fictif)."),
    )  # fmt: skip
    services_awards.revoke(evaluator, given[2].pk, "Erreur de candidat, corrigée (fictif)")


def _candidate(jury: Jury, number: int, person: Person, parameters: ParameterSet) -> Candidacy:
    probabilities, areas = _RESULTS[number]
    draw = random.Random(20261122 + number)  # noqa: S311  # the same fictional results at every start
    done = timezone.now() - timedelta(days=4, hours=number)
    sitting = Sitting.objects.create(
        code=new_code(8), territory=jury.territory, structure=jury.structure, person=person, purpose=Purpose.AFTER, mode=Mode.ONLINE,
        state=SittingState.FINISHED, stop_reason=StopReason.LEVEL, supervised=True, seed=draw.randrange(2**31), parameters=parameters,
        is_fictional=True, started_at=done - timedelta(minutes=12), last_at=done, finished_at=done,
    )  # fmt: skip
    Result.objects.create(
        sitting=sitting, theta=sum(value or 0 for value in areas) / 5, se=0.3, level=max(range(4), key=lambda k: probabilities[k]),
        probability=max(probabilities), probabilities=list(probabilities), cuts=list(_CUTS), answered=16,
        areas=[{"area": k + 1, "theta": value, "se": 0.4, "answered": 3 if value is not None else 2} for k, value in enumerate(areas)],
    )  # fmt: skip
    return Candidacy.objects.create(jury=jury, number=number + 1, label=f"Candidat {number + 1}", person=person, sitting=sitting)
