"""The desk: bank, triage, sittings given to somebody, before and after, paper, what the night proposes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.assessment import banks

pytestmark = pytest.mark.django_db


@pytest.fixture
def territory() -> Any:
    from yole.territory.models import Territory

    return Territory.objects.create(name="Île d’essai", slug="ile-essai", is_default=True, languages=["fr"])


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    from yole.base.memo import forget_all

    forget_all()
    yield
    forget_all()


def account(territory: Any, role: str, structure: Any = None) -> Any:
    from yole.organisations.services import create_account

    name = f"{role}{structure.pk if structure else ''}"
    return create_account(
        email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=territory, structure=structure,
        password="mot de passe fictif 1",
    )  # fmt: skip


@pytest.fixture
def structure(territory: Any) -> Any:
    from yole.organisations.services import create_structure

    return create_structure(territory, "Structure d’essai (fictive)")


@pytest.fixture
def mediator(territory: Any, structure: Any) -> Any:
    return account(territory, "mediator", structure)


@pytest.fixture
def coordinator(territory: Any) -> Any:
    return account(territory, "territory-coordinator")


@pytest.fixture
def desk(client: Any, mediator: Any) -> Any:
    client.force_login(mediator, backend="yole.organisations.backends.AccountBackend")
    return client


def play(sitting: Any, theta: float, seed: int = 1) -> Any:
    from tests.assessment.test_sittings import play as one

    return one(sitting, theta, seed)


TRIAGE = {"equipment": "phone", "connection": "limited", "reading": "alone", "mailbox": "helped", "procedure": "helped", "need": "learn"}


def test_every_page_of_the_desk_opens_empty_and_full(desk: Any, mediator: Any, coordinator: Any) -> None:
    from yole.assessment import services_bank, services_desk

    pages = ["", "nouveau/", "groupes/", "papier/", "questions/", "calibrage/", "diagnostics.csv"]
    for page in pages:
        assert desk.get(f"/diagnostic/equipe/{page}").status_code == 200, page
    banks.load()
    done = play(services_desk.give(mediator, services_desk.Wanted(purpose="before")), 0.4)
    for page in [*pages, f"passations/{done.pk}/", f"passations/{done.pk}/feuille.pdf", "questions/essai-001/"]:
        assert desk.get(f"/diagnostic/equipe/{page}").status_code == 200, page
    sheet = desk.get(f"/diagnostic/equipe/passations/{done.pk}/").text
    assert "Probabilité de chaque niveau" in sheet
    assert "devant l’équipe" in sheet.lower()
    assert services_bank.EXPORTS.keys() == {"json", "gift", "qti"}
    assert done.code in desk.get("/diagnostic/equipe/diagnostics.csv").content.decode()


def test_another_structure_sees_nothing(client: Any, territory: Any, mediator: Any) -> None:
    from yole.assessment import services_desk
    from yole.organisations.services import create_structure

    banks.load()
    sitting = services_desk.give(mediator, services_desk.Wanted())
    other = account(territory, "mediator", create_structure(territory, "Autre structure (fictive)"))
    client.force_login(other, backend="yole.organisations.backends.AccountBackend")
    assert client.get(f"/diagnostic/equipe/passations/{sitting.pk}/").status_code == 404
    assert sitting.code not in client.get("/diagnostic/equipe/").text.replace("-", "")


def test_a_sitting_linked_to_a_person_is_reached_by_its_structure_and_its_code_alone(mediator: Any, territory: Any, client: Any) -> None:
    from yole.assessment import services
    from yole.assessment.models import Answer, Sitting
    from yole.base.scope import NOBODY, Scope, public_scope, scope, scope_of
    from yole.people.services import create_anonymous

    banks.load()
    person = create_anonymous(mediator)
    sitting = services.start(territory, account=mediator, person_id=person.pk)
    services.answer(sitting, 1, services.Given(("a",)))
    with scope(NOBODY):
        assert not Sitting.objects.filter(pk=sitting.pk).exists()
        assert not Answer.objects.filter(sitting_id=sitting.pk).exists()
        with public_scope(code=sitting.code):
            assert Sitting.objects.filter(pk=sitting.pk).exists()
            assert Answer.objects.filter(sitting_id=sitting.pk).count() == 1
    with scope(scope_of(mediator)):
        assert Sitting.objects.filter(pk=sitting.pk).exists()
    with scope(Scope(reach="structure", structure=-1, account=-1)):
        assert not Sitting.objects.filter(pk=sitting.pk).exists()
    shown = client.get(f"/diagnostic/q/{sitting.code}/")
    assert shown.status_code == 200
    assert client.post(f"/diagnostic/q/{sitting.code}/", {"position": 2, "r": "a"}).status_code == 302
    assert sitting.answers.count() == 2


def test_triage_proposes_with_reasons_and_the_mediator_decides(desk: Any, mediator: Any) -> None:
    from yole.assessment.models import Triage

    banks.load()
    assert desk.get("/diagnostic/reperage/").status_code == 200
    assert desk.post("/diagnostic/reperage/", {**TRIAGE, "need": ""}).status_code == 422
    key = "0b7e7d0c-5a35-4f0e-9d3c-6f6f6f6f6f6f"
    for _ in range(2):
        sent = desk.post("/diagnostic/reperage/", {**TRIAGE, "need": "today", "form_key": key})
        assert sent.status_code == 302
    made = Triage.objects.get()
    assert made.mean == pytest.approx(-1.5 + 2.0 * 5 / 8)
    shown = desk.get(sent["Location"]).text
    assert "Le besoin du jour d’abord" in shown
    assert desk.post(sent["Location"], {"outcome": "diagnostic"}).status_code == 302
    made.refresh_from_db()
    assert made.sitting.prior_mean == made.mean
    assert not made.sitting.supervised


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"equipment": "none", "connection": "none", "reading": "together", "mailbox": "none", "procedure": "never"}, "accompany"),
        ({"reading": "together", "mailbox": "none"}, "accompany"),
        ({"mailbox": "none", "reading": "slowly", "equipment": "phone"}, "workshop"),
        ({"mailbox": "none", "equipment": "computer", "connection": "yes"}, "workshop"),
        ({"mailbox": "none", "reading": "together", "procedure": "alone"}, "diagnostic"),
        ({}, "diagnostic"),
    ],
)
def test_triage_outcomes(changed: dict[str, str], outcome: str) -> None:
    from yole.assessment.engine.triage import propose

    found = propose({**TRIAGE, **changed})
    assert found.outcome == outcome
    assert -1.5 <= found.mean <= 0.5


def test_before_and_after_of_a_group(desk: Any, mediator: Any) -> None:
    from yole.assessment import selectors_desk, services_desk
    from yole.assessment.services_desk import Wanted

    banks.load()
    group = services_desk.create_group(mediator, "Bureautique (fictif)")
    befores = [play(services_desk.give(mediator, Wanted(purpose="before", group=group)), -1.5, seed) for seed in range(6)]
    for seed, before in enumerate(befores[:4]):
        play(services_desk.give(mediator, Wanted(purpose="after", before_code=before.code)), 1.2, seed + 50)
    report = selectors_desk.group_report(mediator, group)
    assert (report.befores, report.pairs, report.progress) == (6, 4, None)
    assert len(report.missing) == 2
    after = play(services_desk.give(mediator, Wanted(purpose="after", before_code=befores[4].code)), 1.2, 77)
    found = selectors_desk.group_report(mediator, group).progress
    assert found is not None
    assert found.pairs == 5
    assert found.clear
    assert found.low < found.mean < found.high
    change = selectors_desk.change_up_to(after)
    assert change is not None
    assert change.clear
    assert change.difference > 1
    page = desk.get(f"/diagnostic/equipe/groupes/{group.pk}/")
    assert "a progressé" in page.text
    assert "Progrès net" in desk.get(f"/diagnostic/equipe/passations/{after.pk}/").text


def test_an_after_without_its_before_is_refused(mediator: Any) -> None:
    from yole.assessment import services_desk
    from yole.base.errors import Refused

    banks.load()
    with pytest.raises(Refused) as refused:
        services_desk.give(mediator, services_desk.Wanted(purpose="after", before_code="ABCD2345"))
    assert refused.value.field == "before_code"


def test_group_interval_holds_zero_when_nothing_changed() -> None:
    from scipy import stats

    from yole.assessment.engine.progress import group_progress

    draw = np.random.default_rng(4)
    before = draw.normal(size=30)
    pairs = [(float(b), float(b + noise)) for b, noise in zip(before, draw.normal(scale=0.5, size=30), strict=True)]
    found = group_progress(pairs)
    assert found is not None
    differences = [after - b for b, after in pairs]
    low, high = stats.t.interval(0.95, 29, loc=np.mean(differences), scale=stats.sem(differences))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert not found.clear
    assert group_progress(pairs[:4]) is None


def test_paper_forms_are_parallel_and_typed_in(desk: Any, mediator: Any) -> None:
    from yole.assessment import selectors, services_paper
    from yole.assessment.models import Sitting
    from yole.assessment.services_desk import Wanted
    from yole.base.errors import Refused

    banks.load(80)
    assert desk.post("/diagnostic/equipe/papier/preparer/").status_code == 302
    first, second = services_paper.make_forms(mediator)
    assert len(first.versions) == len(second.versions) == 20
    assert not set(first.versions) & set(second.versions)
    levels = [line["level"] for line in first.table]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 3)
    for kind in ("questions", "reponses", "correction"):
        assert desk.get(f"/diagnostic/equipe/papier/{first.pk}/{kind}/").status_code == 200
    assert desk.get(f"/diagnostic/equipe/papier/{first.pk}/questions.pdf").content[:5] == b"%PDF-"
    with pytest.raises(Refused) as refused:
        services_paper.read_ticks(selectors.form_versions(first), ["a", "", "z", *["a"] * 17])
    assert refused.value.field == "r2"
    address = f"/diagnostic/equipe/papier/{first.pk}/recopier/"
    assert desk.get(address).status_code == 200
    values = {f"r{n}": "A" if n <= 15 else "?" for n in range(1, 19)}
    key = "0b7e7d0c-5a35-4f0e-9d3c-6f6f6f6f6f60"
    asked = {**values, "purpose": "placement", "supervised": "yes", "form_key": key}
    assert desk.post(address, {**asked, "r3": "x"}).status_code == 422
    for _ in range(2):
        assert desk.post(address, asked).status_code == 302
    made = Sitting.objects.get(pk=key)
    assert (made.mode, made.state, made.answers.count()) == ("paper", "finished", 18)
    assert made.supervised
    assert services_paper.type_in(mediator, second, ["a"] * 20, Wanted(mode="paper")).result.level == 3


def test_the_table_of_a_form_agrees_with_a_direct_sum() -> None:
    from itertools import product

    from yole.assessment.engine.model import Bank
    from yole.assessment.engine.paper import score_table
    from yole.assessment.engine.score import eap

    a, b = np.array([0.8, 1.3, 1.7]), np.array([-1.0, 0.2, 1.1])
    bank = Bank(("x", "y", "z"), a, -a * b)
    patterns = np.array(list(product([0, 1], repeat=3)), dtype=np.int8)
    grid = np.linspace(-8, 8, 4001)
    p = 1.0 / (1.0 + np.exp(-a[:, None] * (grid - b[:, None])))
    prior = np.exp(-(grid**2) / 2)
    weights = np.array([(np.where(row[:, None] == 1, p, 1 - p).prod(0) * prior).sum() for row in patterns])
    theta = eap(bank, patterns).theta
    for line in score_table(bank, (-1.0, 0.0, 1.0)):
        mine = patterns.sum(1) == line.score
        assert line.theta == pytest.approx((theta[mine] * weights[mine]).sum() / weights[mine].sum(), abs=1e-3)


def test_questions_change_state_with_a_reason(client: Any, coordinator: Any, mediator: Any) -> None:
    from yole.assessment import services_bank
    from yole.assessment.models import Item
    from yole.base.errors import Refused
    from yole.journal.models import Entry

    services_bank.load_shipped()
    client.force_login(coordinator, backend="yole.organisations.backends.AccountBackend")
    item = Item.objects.filter(state="live").order_by("key")[0]
    address = f"/diagnostic/equipe/questions/{item.key}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"state": "withdrawn", "reason": ""}).status_code == 422
    assert client.post(address, {"state": "withdrawn", "reason": "Elle a vieilli."}).status_code == 302
    item.refresh_from_db()
    assert item.state == "withdrawn"
    assert Entry.objects.filter(action="assessment.item-state").count() == 1
    with pytest.raises(Refused):
        services_bank.change_state(mediator, item, "draft", "Non")
    assert client.get("/diagnostic/equipe/questions/?q=mot+de+passe&state=live").status_code == 200
    found = client.get("/diagnostic/equipe/questions/?competence=4.1")
    assert found.context["page"].paginator.count < 246


@pytest.mark.parametrize("form", ["json", "gift", "qti"])
def test_questions_go_out_and_come_back(client: Any, coordinator: Any, form: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from yole.assessment import services_bank
    from yole.assessment.models import Item, ItemVersion

    services_bank.load_shipped()
    client.force_login(coordinator, backend="yole.organisations.backends.AccountBackend")
    sent = client.get(f"/diagnostic/equipe/questions/export/{form}/?competence=1.1")
    assert sent.status_code == 200
    name = {"json": "q.json", "gift": "q.gift", "qti": "q.zip"}[form]
    answer = client.post("/diagnostic/equipe/questions/importer/", {"file": SimpleUploadedFile(name, sent.content)})
    assert answer.status_code == 302
    preview = client.get(answer["Location"])
    assert preview.context["same"]
    assert not preview.context["new"]
    assert not preview.context["changed"]
    key = preview.context["same"][0].source.id
    ItemVersion.objects.filter(item__key=key).delete()
    Item.objects.filter(key=key).delete()
    again = client.get(answer["Location"])
    assert [one.source.id for one in again.context["new"]] == [key]
    assert client.post(answer["Location"]).status_code == 302
    assert Item.objects.get(key=key).state == "draft"


def test_a_file_that_cannot_be_read_is_told(client: Any, coordinator: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(coordinator, backend="yole.organisations.backends.AccountBackend")
    for name, content in (("q.json", b"{"), ("q.pdf", b"x"), ("q.zip", b"PK")):
        answer = client.post("/diagnostic/equipe/questions/importer/", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422, name


def _crowd(territory: Any, mediator: Any, count: int, shift: float = 0.0) -> None:
    """Finished sittings of people drawn from the model; the eleventh item is on trial, the first one `shift` harder than said."""
    from django.utils import timezone

    from yole.assessment.models import Answer, Item, ItemVersion, ParameterSet, Result, Sitting

    parameters = banks.load(20)
    ParameterSet.objects.filter(pk=parameters.pk).update(values={**parameters.values, "essai-011": {"a": 1.0, "b": 0.0, "n": 0}})
    Item.objects.filter(key="essai-011").update(state="pilot")
    versions = list(ItemVersion.objects.select_related("item").order_by("item__key"))
    draw = np.random.default_rng(8)
    now = timezone.now()
    sittings = Sitting.objects.bulk_create(
        Sitting(code=f"T{n:07d}", territory=territory, seed=n, parameters=parameters, state="finished", finished_at=now,
                age_band="soixante_dix_plus" if n % 2 else "vingt_cinq_trente_neuf")
        for n in range(count)
    )  # fmt: skip
    answers = []
    for sitting in sittings:
        theta = draw.normal()
        for position, version in enumerate(versions, start=1):
            b = parameters.values[version.item.key]["b"] + (shift if position == 10 else 0.0)
            right = draw.random() < 1 / (1 + np.exp(-1.4 * (theta - b)))
            answers.append(
                Answer(sitting=sitting, position=position, version=version, score=int(right), counts=version.item.state == "live")
            )
    Answer.objects.bulk_create(answers)
    Result.objects.bulk_create(
        Result(sitting=one, theta=0, se=0.4, level=1, probability=0.5, probabilities=[0.25] * 4, cuts=[-1, 0, 1], answered=20)
        for one in sittings
    )


def test_the_night_proposes_and_only_a_decision_changes_parameters(client: Any, territory: Any, mediator: Any, coordinator: Any) -> None:
    from yole.assessment import nightly
    from yole.assessment.models import FairnessRun, Item, ParameterSet, Proposal
    from yole.assessment.running import current_parameters

    _crowd(territory, mediator, 420, shift=1.5)
    done = nightly.run()
    assert {**done, "drift": 1} == {"new": 1, "full": 0, "drift": 1, "fairness": 1}
    assert nightly.run() == done
    assert Proposal.objects.count() == 2
    drift = Proposal.objects.get(kind="drift")
    assert "essai-010" in drift.alerts
    assert len(drift.alerts) == done["drift"] <= 3
    assert drift.values["essai-010"]["b"] > drift.values["essai-010"]["old_b"] + 0.8
    assert ParameterSet.objects.count() == 1
    new = Proposal.objects.get(kind="new")
    line = new.values["essai-011"]
    assert abs(line["b"] - 0.1316) < 3 * line["se_b"]
    assert line["n"] == 420
    assert FairnessRun.objects.filter(by="âge").order_by("-made_at")[0].items
    assert not FairnessRun.objects.filter(by="genre")[0].items
    client.force_login(coordinator, backend="yole.organisations.backends.AccountBackend")
    assert client.get("/diagnostic/equipe/calibrage/").status_code == 200
    address = f"/diagnostic/equipe/calibrage/{new.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"accept": "yes", "reason": ""}).status_code == 422
    assert client.post(address, {"accept": "yes", "reason": "420 réponses, erreur faible."}).status_code == 302
    current = current_parameters()
    assert current is not None
    assert current.values["essai-011"]["n"] == 420
    assert Item.objects.get(key="essai-011").state == "live"
    assert client.post(address, {"accept": "no", "reason": "Non"}).status_code == 422


def test_idle_sittings_are_given_up_and_a_result_is_kept(territory: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from yole.assessment import services
    from yole.assessment.models import Answer, Sitting

    banks.load()
    idle, fresh = services.start(territory), services.start(territory)
    again = services.start(territory)
    for one in (idle, fresh, again):
        services.answer(one, 1, services.Given(("a",)))
    services.go_on(services.stop(again), "level")
    Sitting.objects.exclude(pk=fresh.pk).update(last_at=timezone.now() - timedelta(days=31))
    assert services.expire_idle() == 2
    assert services.expire_idle() == 0
    states = dict(Sitting.objects.values_list("pk", "state"))
    assert (states[idle.pk], states[fresh.pk], states[again.pk]) == ("expired", "open", "finished")
    assert set(Answer.objects.values_list("sitting_id", flat=True)) == {fresh.pk, again.pk}


def test_a_person_gets_back_and_erases_what_is_kept(mediator: Any, territory: Any, desk: Any) -> None:
    from yole.assessment import person_data, services_desk
    from yole.assessment.models import Sitting, Triage
    from yole.people.services import create_anonymous

    banks.load()
    person = create_anonymous(mediator)
    done = play(services_desk.give(mediator, services_desk.Wanted(person=person.pk)), 0.0)
    services_desk.triage(mediator, TRIAGE, person=person.pk)
    assert "Diagnostics" in desk.get(f"/personnes/{person.pk}/").text
    rows = person_data.collect_sittings(person.pk)
    assert rows[0]["code"] == done.code
    assert len(rows[0]["réponses"]) == done.answers.count()
    assert person_data.collect_triages(person.pk)[0]["suite"]
    assert person_data.erase_sittings(person.pk) == 1
    assert person_data.erase_triages(person.pk) == 1
    assert person_data.erase_sittings(person.pk) == 0
    assert Sitting.objects.get(pk=done.pk).person_id is None
    assert not Triage.objects.exists()
