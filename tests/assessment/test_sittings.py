"""A sitting from the first question to the result: adaptive, stopped and taken up again, on two devices at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.assessment import banks

pytestmark = pytest.mark.django_db


@pytest.fixture
def territory() -> Any:
    from yole.territory.models import Territory

    return Territory.objects.create(name="Île d’essai", slug="ile-essai", is_default=True, languages=["fr"])


@pytest.fixture
def sitting(territory: Any) -> Any:
    from yole.assessment import services

    banks.load()
    return services.start(territory)


def play(sitting: Any, theta: float, seed: int = 1) -> Any:
    """Answers as somebody of ability theta would."""
    from yole.assessment import selectors, services
    from yole.assessment.enums import SittingState

    draw = np.random.default_rng(seed)
    while sitting.state == SittingState.OPEN:
        key = sitting.pending.item.key
        values = sitting.parameters.values.get(key, {"a": 1.0, "b": 0.0})
        right = draw.random() < 1.0 / (1.0 + np.exp(-values["a"] * (theta - values["b"])))
        given = services.Given(("a",) if right else ("b",))
        sitting = services.answer(sitting, len(selectors.answers(sitting)) + 1, given)
    return sitting


def test_ends_with_a_level_and_its_probability(sitting: Any) -> None:
    done = play(sitting, 1.8)
    assert 8 <= done.answers.count() <= 20
    assert done.result.level == 3
    assert done.result.probability > 0.6
    assert sum(done.result.probabilities) == pytest.approx(1.0)
    assert [row["area"] for row in done.result.areas] == [1, 2, 3, 4, 5]


def test_measure_agrees_with_the_scoring_command(sitting: Any) -> None:
    from yole.assessment.engine.model import MISSING, Bank
    from yole.assessment.engine.score import eap

    done = play(sitting, -0.4)
    values = done.parameters.values
    keys = sorted(values)
    a = np.array([values[k]["a"] for k in keys])
    bank = Bank(tuple(keys), a, -a * np.array([values[k]["b"] for k in keys]))
    row = np.full((1, len(keys)), MISSING, dtype=np.int8)
    for answer in done.answers.select_related("version__item"):
        row[0, keys.index(answer.version.item.key)] = answer.score
    scores = eap(bank, row)
    assert done.result.theta == pytest.approx(scores.theta[0], abs=1e-3)
    assert done.result.se == pytest.approx(scores.se[0], abs=1e-3)


def test_first_questions_are_easy(sitting: Any) -> None:
    assert sitting.parameters.values[sitting.pending.item.key]["b"] < -1.0


def test_no_item_is_asked_twice_and_areas_are_balanced(sitting: Any) -> None:
    done = play(sitting, 0.0)
    keys = [answer.version.item.key for answer in done.answers.select_related("version__item")]
    assert len(keys) == len(set(keys))
    counts = [row["answered"] for row in done.result.areas]
    assert max(counts) - min(counts) <= 2


def test_sending_an_answer_again_changes_nothing(sitting: Any) -> None:
    from yole.assessment import services

    first = services.answer(sitting, 1, services.Given(("a",)))
    again = services.answer(sitting, 1, services.Given(("a",)))
    assert again.pending_id == first.pending_id
    assert again.answers.count() == 1


def test_a_second_device_cannot_overwrite(sitting: Any) -> None:
    from yole.assessment import services
    from yole.base.errors import Refused

    services.answer(sitting, 1, services.Given(("a",)))
    with pytest.raises(Refused) as refused:
        services.answer(sitting, 1, services.Given(("b",)))
    assert refused.value.code == "answered"
    with pytest.raises(Refused):
        services.answer(sitting, 5, services.Given(("b",)))
    assert list(sitting.answers.values_list("response", flat=True)) == [["a"]]


def test_an_option_that_does_not_exist_is_refused(sitting: Any) -> None:
    from yole.assessment import services
    from yole.base.errors import Refused

    for response in (("z",), ("a", "b"), ("a", "a")):
        with pytest.raises(Refused):
            services.answer(sitting, 1, services.Given(response))
    assert sitting.answers.count() == 0


def test_pilot_items_are_asked_once_and_never_count(territory: Any) -> None:
    from yole.assessment import services
    from yole.assessment.models import Item, ItemVersion

    banks.load()
    for number in range(90, 95):
        row = Item.objects.create(key=f"essai-{number:03d}", state="pilot", kind="choice", competence="1.1", area=1)
        ItemVersion.objects.create(item=row, version=1, data=banks.item(number))
    done = play(services.start(territory), 0.5)
    pilots = [answer for answer in done.answers.all() if not answer.counts]
    assert len(pilots) == 1
    assert 4 <= pilots[0].position <= 8
    assert done.result.answered == done.answers.count() - 1


def test_enemies_never_meet(territory: Any) -> None:
    from yole.assessment import services
    from yole.assessment.models import ItemVersion

    banks.load(30)
    ItemVersion.objects.filter(item__key__lte="essai-015").update(data=banks.item(1, exclusion_group="g"))
    for version in ItemVersion.objects.filter(item__key__lte="essai-015").select_related("item"):
        version.data = {**version.data, "id": version.item.key}
        version.save()
    done = play(services.start(territory), -1.0)
    assert sum(answer.version.item.key <= "essai-015" for answer in done.answers.select_related("version__item")) == 1


def test_stop_tells_what_is_known_and_drops_an_empty_sitting(sitting: Any, territory: Any) -> None:
    from yole.assessment import services

    services.answer(sitting, 1, services.Given(()))
    done = services.stop(sitting)
    assert done.stop_reason == "person"
    assert done.result.answered == 1
    empty = services.stop(services.start(territory))
    assert empty.state == "expired"


def test_answers_from_a_tablet_arrive_once(territory: Any) -> None:
    from yole.assessment import services
    from yole.assessment.models import ItemVersion

    banks.load()
    versions = list(ItemVersion.objects.order_by("id")[:12])
    given = [(row.pk, services.Given(("a",) if at % 2 else ())) for at, row in enumerate(versions)]
    sitting = services.start(territory, mode="offline")
    for _ in range(2):
        sitting = services.receive(sitting, given, stop_reason="length")
    assert sitting.answers.count() == 12
    assert sitting.result.answered == 12


def test_the_walk_in_pages(client: Any, sitting: Any) -> None:
    from yole.assessment.models import Sitting

    sent = client.post("/diagnostic/commencer/")
    address = sent["Location"]
    for _ in range(20):
        shown = client.get(address)
        if shown.status_code == 302:
            break
        assert "Je ne sais pas" in shown.text.replace("\u00a0", " ")
        position = shown.context["question"].position
        client.post(address, {"position": position, "r": "a" if position % 2 else "nsp"})
    result = client.get(client.get(address)["Location"])
    assert "Bravo" in result.text
    code = Sitting.objects.order_by("-started_at").first().code
    resumed = client.post("/diagnostic/reprendre/", {"code": code.lower()[:4] + " " + code[4:]})
    assert resumed.status_code == 302


def test_an_empty_answer_is_told(client: Any, sitting: Any) -> None:
    shown = client.post(f"/diagnostic/q/{sitting.code}/", {"position": 1})
    assert shown.status_code == 422
    assert "Choisissez une réponse" in shown.text


def test_wrong_codes_are_counted(client: Any, sitting: Any) -> None:
    for _ in range(10):
        assert client.post("/diagnostic/reprendre/", {"code": "AAAA-AAAA"}).status_code == 422
    assert client.post("/diagnostic/reprendre/", {"code": sitting.code}).status_code == 429


def test_a_short_result_goes_on_until_each_subject_has_its_answers(sitting: Any) -> None:
    from yole.assessment import pages, selectors, services

    done = play(sitting, 2.6)
    first = done.result
    assert first.answered < 15
    shown = pages.result(done, first, selectors.answers(done))
    assert "areas" in shown.more
    again = services.go_on(done, "areas")
    assert again.state == "open"
    done = play(again, 2.6, seed=3)
    counts = [row["answered"] for row in done.result.areas]
    assert min(counts) >= 3
    assert done.answers.count() <= 20
    assert len(pages.result(done, done.result, selectors.answers(done)).known) == 5
    assert "areas" not in selectors.more_offered(done, done.answers.count())


def test_an_unsure_level_takes_five_questions_more(sitting: Any) -> None:
    from yole.assessment import pages, selectors, services
    from yole.assessment.models import Result
    from yole.base.errors import Refused

    services.answer(sitting, 1, services.Given(("a",)))
    done = services.stop(sitting)
    assert pages.result(done, done.result, selectors.answers(done)).between is not None
    done = play(services.go_on(done, "level"), 0.0)
    assert done.answers.count() == 6
    assert Result.objects.get(sitting=done).answered == 6
    with pytest.raises(Refused):
        services.go_on(done, "anything")


def test_a_prior_moves_placement_and_never_a_supervised_sitting(territory: Any) -> None:
    from yole.assessment import services
    from yole.organisations.services import create_account

    banks.load()
    low, plain = services.start(territory, prior_mean=-1.5), services.start(territory)
    for one in (low, plain):
        services.answer(one, 1, services.Given(("a",)))
    assert services.stop(low).result.theta < services.stop(plain).result.theta - 0.3
    account = create_account(
        email="m@exemple.invalid", name="M. (fictif)", role="territory-coordinator", territory=territory, password="mot de passe fictif 1"
    )
    assert services.start(territory, account=account, supervised=True, prior_mean=-1.5).prior_mean is None
    assert services.start(territory, purpose="before", prior_mean=-1.5).prior_mean is None
