"""Runs of the exercises on the server: score from the acts, sent twice, joined to a diagnosis, refused when wrong, forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.assessment import banks

pytestmark = pytest.mark.django_db

WON = ["start:0", "open:m3", "reply", "to:p1", "attach:f2", "send"]
SEND = "/diagnostic/exercices/envois/"


@pytest.fixture
def territory() -> Any:
    from yole.territory.models import Territory

    return Territory.objects.create(name="Île d’essai", slug="ile-essai", is_default=True, languages=["fr"])


@pytest.fixture
def sitting(territory: Any) -> Any:
    from yole.assessment import services

    banks.load()
    return services.start(territory)


@pytest.fixture
def staff(territory: Any) -> Any:
    """Accounts of the territory by role."""
    from yole.organisations.models import Account, Structure

    structure = Structure.objects.create(name="Structure d’essai", territory=territory)

    def make(role: str, *, of: Any = structure) -> Any:
        return Account.objects.create(email=f"{role}-{uuid4()}@essai.example", territory=territory, structure=of, role=role, is_active=True)

    make.structure = structure  # type: ignore[attr-defined]
    return make


def body(acts: list[str] | None = None, **more: Any) -> dict[str, Any]:
    log = WON if acts is None else acts
    return {"uuid": str(uuid4()), "task": "mailbox", "acts": [[act, 100 * n] for n, act in enumerate(log)], "code": "", **more}


def post(client: Any, sent: Any) -> Any:
    text = sent if isinstance(sent, str) else json.dumps(sent)
    return client.post(SEND, data=text, content_type="application/json")


def test_the_server_scores_the_acts_and_keeps_them(client: Any, sitting: Any) -> None:
    from yole.assessment.models import TaskRun

    sent = body(code=sitting.code.lower())
    answer = post(client, sent)
    assert (answer.status_code, answer.json()) == (200, {"uuid": sent["uuid"], "score": 2})
    run = TaskRun.objects.get()
    assert (run.sitting_id, run.task, run.score, run.hints, run.assisted, run.client_side) == (sitting.pk, "mailbox", 2, 0, False, False)
    assert run.acts[-1] == ["send", 500]


def test_a_score_claimed_by_the_page_is_not_heard(client: Any, sitting: Any) -> None:
    answer = post(client, body(["start:0", "open:m1", "reply", "to:p1", "attach:f2", "send"], score=2))
    assert answer.json()["score"] == 0


def test_sent_twice_counts_once(client: Any, sitting: Any) -> None:
    from yole.assessment.models import TaskRun

    sent = body(code=sitting.code)
    first, again = post(client, sent), post(client, {**sent, "acts": [["start:0", 0], ["stop", 1]]})
    assert first.json() == again.json()
    assert TaskRun.objects.count() == 1


def test_only_the_password_is_told_by_the_page_alone(client: Any, territory: Any) -> None:
    from yole.assessment.models import TaskRun

    post(client, body(["start:1", "together", "choose:good"], task="password"))
    run = TaskRun.objects.get()
    assert (run.client_side, run.assisted, run.score, run.sitting_id) == (True, True, 2, None)


@pytest.mark.parametrize(
    "change",
    [
        {"acts": []},
        {"acts": [["open:m3", 0]]},
        {"acts": [["start:0", 0], ["mon mot de passe", 1]]},
        {"acts": [["start:0", 0], ["open:m3", 1]]},
        {"acts": [["start:0", -1], ["stop", 0]]},
        {"acts": [["start:0", 0], ["stop", 10**9]]},
        {"acts": [["start:0", True], ["stop", 1]]},
        {"acts": [["start:0", 0.5], ["stop", 1]]},
        {"acts": [["start:0", 0], *[["hint", 1]] * 500, ["stop", 2]]},
        {"acts": "start:0"},
        {"acts": [["start:0"]]},
        {"acts": None},
        {"task": "autre"},
        {"uuid": "1"},
        {"code": "ABCDEFGH"},
        {"code": "00000000"},
    ],
)
def test_what_is_wrong_is_refused_and_writes_nothing(client: Any, territory: Any, change: dict[str, Any]) -> None:
    from yole.assessment.models import TaskRun

    answer = post(client, {**body(), **change})
    assert answer.status_code in (400, 409)
    assert answer.json()["reason"]
    assert TaskRun.objects.count() == 0


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"a"', "[" * 5000, "x" * 70_000, '{"uuid": 1, "task": {}, "acts": {}}'])
def test_noise_is_refused(client: Any, territory: Any, text: str) -> None:
    assert post(client, text).status_code == 400


def test_a_form_of_another_site_is_refused(client: Any, territory: Any) -> None:
    answer = client.post(SEND, data=json.dumps(body()), content_type="text/plain")
    assert answer.status_code == 400


def test_codes_cannot_be_tried_without_end(client: Any, sitting: Any) -> None:
    for _ in range(10):
        assert post(client, body(code="00000000")).status_code == 409
    assert post(client, body(code=sitting.code)).status_code == 429


def test_the_result_page_of_a_diagnosis_lists_the_last_run_of_each_task(client: Any, sitting: Any) -> None:
    from yole.assessment import services

    services.answer(sitting, 1, services.Given(("a",)))
    services.stop(sitting)
    page = client.get(f"/diagnostic/q/{sitting.code}/resultat/").content.decode()
    assert f"/diagnostic/exercices/?code={sitting.code}" in page
    post(client, body(["start:0", "stop"], code=sitting.code))
    post(client, body(code=sitting.code))
    page = client.get(f"/diagnostic/q/{sitting.code}/resultat/").content.decode()
    assert page.count("La boîte aux lettres") == 1
    assert "Réussi seul" in page


def test_evidence_leaves_out_what_was_done_together_or_unsupervised(client: Any, sitting: Any) -> None:
    from yole.assessment.models import Sitting
    from yole.assessment.tasks_selectors import evidence

    post(client, body(code=sitting.code))
    post(client, body(["start:0", "together", *WON[1:]], code=sitting.code))
    assert evidence([sitting]) == []
    Sitting.objects.filter(pk=sitting.pk).update(supervised=True)
    found = evidence([sitting])
    assert [(run.task, run.score, run.assisted) for run in found] == [("mailbox", 2, False)]


def test_the_oral_version_gives_the_same_acts(client: Any, sitting: Any, staff: Any) -> None:
    from yole.assessment.models import TaskRun

    client.force_login(staff("mediator"), backend="yole.organisations.backends.AccountBackend")
    address = "/diagnostic/exercices/mailbox/oral/"
    page = client.get(f"{address}?variant=1").content.decode()
    assert "Marius Lubin" in page
    sent = {"uuid": str(uuid4()), "variant": "1", "q0": "0", "q1": "0", "q2": "0", "hints": "1", "code": sitting.code}
    missing = client.post(address, {**sent, "q1": ""})
    assert missing.status_code == 422
    assert "Cochez une réponse" in missing.content.decode()
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    run = TaskRun.objects.get()
    assert (run.score, run.hints, run.client_side, run.sitting_id) == (1, 1, False, sitting.pk)
    assert [act for act, _ms in run.acts] == ["start:1", "hint", "open:m1", "reply", "to:p2", "attach:f3", "send"]


def test_the_oral_version_wants_a_code_and_an_account(client: Any, sitting: Any, staff: Any) -> None:
    from yole.base.errors import Refused

    address = "/diagnostic/exercices/password/oral/"
    assert client.get(address).status_code == 302
    client.force_login(staff("mediator"), backend="yole.organisations.backends.AccountBackend")
    answer = client.post(address, {"uuid": str(uuid4()), "variant": "0", "q0": "0", "code": "00000000"})
    assert answer.status_code == 422
    from yole.assessment.services_tasks import record

    with pytest.raises(Refused):
        record(staff("recruiter"), uuid4(), "password", 0, [0], code=sitting.code, hints=0, together=False)


def test_the_desk_counts_what_its_reader_may_see(client: Any, sitting: Any, staff: Any) -> None:
    from yole.assessment.models import Sitting
    from yole.assessment.tasks_selectors import counts

    post(client, body(code=sitting.code))
    post(client, body(["start:0", "together", "stop"], code=sitting.code))
    post(client, body())  # of no diagnosis: shown to nobody
    whole = counts(staff("territory-coordinator", of=None))
    assert [(row.alone, row.by_score, row.together) for row in whole] == [(1, (0, 0, 1), 1)]
    mediator = staff("mediator")
    assert counts(mediator) == []
    client.force_login(mediator, backend="yole.organisations.backends.AccountBackend")
    assert "Réussi seul" not in client.get("/diagnostic/exercices/equipe/").content.decode()
    assert "Réussi seul" in client.get(f"/diagnostic/exercices/equipe/?code={sitting.code}").content.decode()
    Sitting.objects.update(structure=staff.structure)
    assert counts(mediator)[0].alone == 1


def test_acts_are_forgotten_after_a_year_and_runs_of_nobody_go(client: Any, sitting: Any) -> None:
    from django.utils import timezone

    from yole.assessment.models import TaskRun
    from yole.base.registries import RETENTION

    rule = RETENTION["assessment_taskrun"]
    post(client, body(code=sitting.code))
    post(client, body())
    assert rule.purge() == 0
    TaskRun.objects.update(made_at=timezone.now() - timedelta(days=366))
    assert rule.purge() == 2
    assert [(run.score, run.acts) for run in TaskRun.objects.all()] == [(2, [])]
    assert rule.purge() == 0


def test_the_list_takes_a_code_and_says_when_it_is_wrong(client: Any, sitting: Any) -> None:
    page = client.get(f"/diagnostic/exercices/?code={sitting.code}").content.decode()
    assert page.count(f"?code={sitting.code}") == 6
    wrong = client.get("/diagnostic/exercices/?code=ABC")
    assert wrong.status_code == 422
    assert client.get("/diagnostic/exercices/autre/").status_code == 404
    assert client.get("/diagnostic/exercices/app/000000000000/run.js").status_code == 404
