"""Objects of the diagnosis and of the passport, all of the structure `own` and of its territory. Same rules as `objects.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.access.fixtures import OWN, World

QUESTION = {
    "id": "essai-001",
    "version": 1,
    "type": "choice",
    "frameworks": [{"framework": "CRCN", "version": "2019", "code": "1.1"}],
    "stem": {"text": "Question d’essai ?", "falc": "Question d’essai."},
    "options": [
        {"id": "a", "text": "Juste", "score": 1, "feedback": "Oui."},
        {"id": "b", "text": "Faux", "score": 0, "feedback": "Non."},
        {"id": "c", "text": "Faux aussi", "score": 0, "feedback": "Non."},
    ],
}


def version(world: World) -> Any:
    from yole.assessment.models import Item, ItemVersion

    item = Item.objects.create(key=QUESTION["id"], state="live", kind="choice", competence="1.1", area=1)
    return ItemVersion.objects.create(item=item, version=1, data=QUESTION)


def parameters(world: World) -> Any:
    from yole.assessment.models import ParameterSet

    world.thing(version)
    return ParameterSet.objects.create(origin="expert", values={QUESTION["id"]: {"a": 1.4, "b": 0.0, "se_a": None, "se_b": None, "n": 0}})


def sitting(world: World) -> Any:
    """A finished diagnosis that names nobody."""
    from django.utils import timezone

    from yole.assessment.models import Result, Sitting
    from yole.kernel.codes import new_code

    made = Sitting.objects.create(
        code=new_code(8), territory=world.territory, structure=world.structures[OWN], by=world.account("mediator", OWN), state="finished",
        supervised=True, seed=1, parameters=world.thing(parameters), finished_at=timezone.now(),
    )  # fmt: skip
    Result.objects.create(
        sitting=made, theta=0.0, se=0.3, level=1, probability=0.9, probabilities=[0.01, 0.9, 0.08, 0.01], cuts=[-1.0, 0.0, 1.0],
        answered=15, areas=[{"area": k, "theta": -0.5, "se": 0.4, "answered": 3} for k in range(1, 6)],
    )  # fmt: skip
    return made


def open_sitting(world: World) -> Any:
    """A diagnosis at its first question."""
    from yole.assessment.models import Sitting
    from yole.kernel.codes import new_code

    return Sitting.objects.create(
        code=new_code(8), territory=world.territory, structure=world.structures[OWN], by=world.account("mediator", OWN), seed=1,
        parameters=world.thing(parameters), pending=world.thing(version),
    )  # fmt: skip


def triage(world: World) -> Any:
    from yole.assessment.models import Triage

    answers = {"equipment": "phone", "connection": "limited", "reading": "alone", "mailbox": "helped", "procedure": "helped"}
    return Triage.objects.create(
        territory=world.territory, structure=world.structures[OWN], by=world.account("mediator", OWN), answers=answers | {"need": "learn"},
        mean=0.0, outcome="workshop", decided="workshop",
    )  # fmt: skip


def group(world: World) -> Any:
    from yole.assessment.models import Group

    return Group.objects.create(territory=world.territory, structure=world.structures[OWN], name="Groupe (fictif)")


def paper(world: World) -> Any:
    from yole.assessment.models import PaperForm

    return PaperForm.objects.create(
        territory=world.territory, name="A", versions=[world.thing(version).pk], parameters=world.thing(parameters),
        table=[{"score": 1, "theta": 0.0, "level": 1, "probability": 0.9}],
    )  # fmt: skip


def proposal(world: World) -> Any:
    from yole.assessment.models import Proposal

    world.thing(parameters)
    line = {"a": 1.0, "b": 0.1, "se_a": 0.2, "se_b": 0.2, "n": 300, "old_b": 0.0, "regularised": False}
    return Proposal.objects.create(kind="full", persons=300, values={QUESTION["id"]: line})


def bank_import(world: World) -> Any:
    from yole.assessment.models import BankImport

    return BankImport.objects.create(account=world.account("territory-coordinator", OWN), file_name="essai.json", content=[QUESTION])


def scheme(world: World) -> Any:
    from yole.passport.services_schemes import create_scheme

    return create_scheme(None, world.territory, name="Passeport d’essai (fictif)")


def level(world: World) -> Any:
    return world.thing(scheme).levels.get(rank=2)


def jury(world: World) -> Any:
    from yole.passport.services_jury import create_jury
    from yole.territory.selectors import today

    return create_jury(
        world.account("structure-coordinator", OWN), world.territory, scheme=world.thing(scheme), title="Jury (fictif)", held_on=today(),
        evaluators=[world.account("evaluator", OWN)],
    )  # fmt: skip


def exception(world: World) -> Any:
    """The written motive of an evaluator of the jury, which somebody else may sign."""
    from yole.passport.models import TrainerException

    return TrainerException.objects.create(jury=world.thing(jury), evaluator=world.account("evaluator", OWN), motive="Essai")


def candidacy(world: World) -> Any:
    """A candidate whose passport was given."""
    from yole.passport.services_jury import Given, add_candidate, decide

    code = world.thing(sitting).code
    made = add_candidate(world.account("structure-coordinator", OWN), world.thing(jury).pk, sitting_code=code)
    return decide(world.account("evaluator", OWN), made.pk, Given("awarded", world.thing(level).code, "Le travail montré suffit."))


def award(world: World) -> Any:
    from yole.passport.models import Award

    return Award.objects.select_related("entry").get(candidacy=world.thing(candidacy))


def holder(world: World) -> dict[str, Any]:
    """What the session of a visitor keeps once the code of the passport was typed."""
    import time

    made = world.thing(award)
    return {"passport.mine": [str(made.pk), made.claim, int(time.time())]}


ARGUMENTS: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("diagnostic/exercices/app/", lambda w: {"version": "x", "name": "inconnu"}),
    ("diagnostic/exercices/<str:task>", lambda w: {"task": "mailbox"}),
    ("diagnostic/reperage/<uuid:pk>", lambda w: {"pk": w.thing(triage).pk}),
    ("diagnostic/equipe/passations/<uuid:pk>", lambda w: {"pk": w.thing(sitting).pk}),
    ("diagnostic/equipe/groupes/<int:pk>", lambda w: {"pk": w.thing(group).pk}),
    ("diagnostic/equipe/papier/<int:pk>", lambda w: {"pk": w.thing(paper).pk, "kind": "questions"}),
    ("diagnostic/equipe/questions/importer/<uuid:key>", lambda w: {"key": w.thing(bank_import).pk}),
    ("diagnostic/equipe/questions/export/<slug:form>", lambda w: {"form": "json"}),
    ("diagnostic/equipe/questions/<slug:key>", lambda w: {"key": w.thing(version).item.key}),
    ("diagnostic/equipe/calibrage/<int:pk>", lambda w: {"pk": w.thing(proposal).pk}),
    ("diagnostic/q/<str:code>/encore/", lambda w: {"code": w.thing(sitting).code}),
    ("diagnostic/q/<str:code>/resultat/", lambda w: {"code": w.thing(sitting).code}),
    ("diagnostic/q/<str:code>", lambda w: {"code": w.thing(open_sitting).code}),
    ("passeport/niveaux/", lambda w: {"scheme": w.thing(scheme).slug, "code": w.thing(level).code}),
    ("passeport/listes/<int:number>", lambda w: {"number": w.thing(award).entry.status_list_id}),
    ("passeport/mien/<slug:kind>/", lambda w: {"kind": w.thing(award).credentials.first().kind, "form": "json"}),
    ("jury/<int:pk>/exception/<int:number>", lambda w: {"pk": w.thing(jury).pk, "number": w.thing(exception).pk}),
    ("passeport/equipe/jury/<int:pk>", lambda w: {"pk": w.thing(jury).pk}),
    ("passeport/equipe/candidat/<uuid:pk>", lambda w: {"pk": w.thing(candidacy).pk}),
    ("passeport/equipe/passeports/<uuid:pk>", lambda w: {"pk": w.thing(award).pk}),
    ("passeport/equipe/niveau/<int:pk>", lambda w: {"pk": w.thing(level).pk}),
]
