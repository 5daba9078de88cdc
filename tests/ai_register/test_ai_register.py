"""The register: what the platform declares is in it by itself, its versions follow its rules, the territory adds its own."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

SRC = Path(__file__).resolve().parent.parent.parent / "src" / "yole"
# Rooms with an engine that decides nothing about people, and why.
NOT_ABOUT_PEOPLE = {
    "journal": "chains and signs entries",
    "territory": "names, holidays and lines of a map",
    "places": "checks and repairs lists of places",
    "workshops": "dates and half-days; places are given by bookings",
    "passport": "signs and verifies what people decided",
    "events": "places of talks in a programme; places for people are given by bookings",
    "roadmap": "states of commitments of administrations",
}
LEARNING = {"sklearn", "torch", "tensorflow", "keras", "xgboost", "lightgbm", "catboost", "transformers", "onnxruntime", "llama_cpp"}

USE: dict[str, Any] = {
    "name": "Tri des courriers (fictif)", "purpose": "Trier", "acts": "À l’arrivée", "automation": "prepare", "audience": "Usagers",
    "administration": "Mairie fictive", "service": "Courrier", "contact": "courrier@exemple.invalid", "human": "Un agent",
    "appeal": "À l’accueil",
    "data": "Le courrier", "kind": "regles", "operations": "Mots du sujet", "legal_basis": "Intérêt public", "risk": "minimal",
    "risk_reason": "Ne décide rien", "risk_on": "2026-11-01", "notice": "Affiche", "limits": "Mots rares", "tests": "100 courriers",
    "started_on": "2026-10-01",
}  # fmt: skip


@pytest.fixture
def house(db: None) -> Iterator[SimpleNamespace]:
    from yole.base.memo import forget_all
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account
    from yole.territory.models import Territory
    from yole.territory.selectors import forget_cached

    forget_cached()
    forget_all()
    territory = Territory.objects.create(
        slug="essai",
        name="Essai",
        departements=["972"],
        time_zone="America/Martinique",
        languages=["fr"],
        is_default=True,
        phone="0596000000",
    )
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", departements=["971"], languages=["fr"])

    def account(name: str, role: Role, where: Any) -> Any:
        return create_account(
            email=f"{name}@exemple.invalid", name=f"{name} (fictif)", role=role, territory=where, password="x" * 14, structure=None
        )

    yield SimpleNamespace(
        territory=territory, elsewhere=elsewhere, coordinator=account("coordination", Role.TERRITORY_COORDINATOR, territory),
        far=account("loin", Role.TERRITORY_COORDINATOR, elsewhere), evaluator=account("evaluation", Role.EVALUATOR, territory),
    )  # fmt: skip
    forget_cached()


def test_every_room_with_an_engine_declares_its_algorithm_or_says_why_not() -> None:
    from yole.base.registries import ALGORITHMS

    declared = {one.engine.split(".")[1] for one in ALGORITHMS.values()}
    rooms = {path.parent.parent.name for path in SRC.glob("*/engine/__init__.py")}
    assert rooms - declared - set(NOT_ABOUT_PEOPLE) == set()
    assert declared & set(NOT_ABOUT_PEOPLE) == set()
    assert declared >= {"rights", "assessment", "advisers", "debates", "deployment", "people", "bookings"}


def test_no_engine_of_the_house_learns_from_people() -> None:
    """What the register says (« règles », « statistique ») holds: no learning library is imported where people are concerned."""
    found = []
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [one.name for one in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found += [f"{path.relative_to(SRC)}: {name}" for name in names if name.split(".")[0] in LEARNING]
    assert found == []


def test_an_algorithm_without_a_word_is_refused() -> None:
    from yole.base.registries import ALGORITHMS

    sound = ALGORITHMS["droits"]
    with pytest.raises(ValueError, match="appeal is empty"):
        replace(sound, appeal="")
    with pytest.raises(ValueError, match="risk is 'faible'"):
        replace(sound, risk="faible")


def test_versions_follow_the_rules(house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.ai_register import selectors, services
    from yole.ai_register.models import Entry
    from yole.base.registries import ALGORITHMS

    waiting = selectors.line(house.territory, "droits")
    assert waiting is not None and waiting.number == 0 and "openfisca" in waiting.content["version"]
    assert services.record_declared() == len(ALGORITHMS)
    assert services.record_declared() == 0
    sound = ALGORITHMS["droits"]
    monkeypatch.setitem(ALGORITHMS, "droits", replace(sound, versions=lambda: {"règles": "openfisca-france 999"}))
    assert services.record_declared() == 1
    line = selectors.line(house.territory, "droits")
    assert line is not None and line.number == 2 and "999" in line.content["version"]
    assert [past.number for past in line.history] == [2, 1] and "999" not in line.history[1].content["version"]
    monkeypatch.delitem(ALGORITHMS, "droits")
    assert services.record_declared() == 1
    stopped = selectors.line(house.territory, "droits")
    assert stopped is not None and stopped.stopped_on is not None
    monkeypatch.setitem(ALGORITHMS, "droits", sound)
    services.record_declared()
    assert Entry.objects.get(key="droits").stopped_on is None


def test_the_engine_is_part_of_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.ai_register.declared import engine_digest

    package = tmp_path / "some_engine"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "rules.py").write_text("LIMIT = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    before = engine_digest("some_engine")
    engine_digest.cache_clear()
    (package / "rules.py").write_text("LIMIT = 2\n", encoding="utf-8")
    assert engine_digest("some_engine") != before
    engine_digest.cache_clear()


def test_the_public_page_and_the_files(house: SimpleNamespace, client: Any) -> None:
    from yole.ai_register import services
    from yole.ai_register.fields import FIELDS

    services.record_declared()
    made = services.add_entry(house.coordinator, house.territory, **USE)
    page = client.get("/registre/").content.decode()
    assert "Repérage des droits non demandés" in page and "Tri des courriers" in page
    entry = client.get("/registre/droits/").content.decode().replace("\u00a0", " ")
    for words in ("Contester", "annexe III, 5 a", "openfisca-france", "Essai", "Versions", "À établir", "22/11/2026"):
        assert words in entry, words
    assert client.get("/registre/inconnu/").status_code == 404
    data = json.loads(client.get("/registre/registre.json").content)
    mine = next(one for one in data["entries"] if one["id"] == made.key)
    assert mine["history"][0]["number"] == 1 and mine["purpose"] == "Trier" and set(FIELDS) <= set(mine)
    rows = list(csv.DictReader(io.StringIO(client.get("/registre/registre.csv").content.decode("utf-8-sig"))))
    assert {row["id"] for row in rows} == {one["id"] for one in data["entries"]}


def test_only_who_keeps_the_register_of_this_territory_writes(house: SimpleNamespace) -> None:
    from yole.ai_register import selectors, services
    from yole.base.errors import Refused
    from yole.journal.models import Entry as JournalEntry

    with pytest.raises(Refused):
        services.add_entry(house.evaluator, house.territory, **USE)
    with pytest.raises(Refused):
        services.add_entry(house.far, house.territory, **USE)
    made = services.add_entry(house.coordinator, house.territory, **USE)
    with pytest.raises(Refused):
        services.change_entry(house.far, made, **USE)
    assert selectors.line(house.elsewhere, made.key) is None
    services.change_entry(house.coordinator, made, **{**USE, "limits": "Aussi les fautes"})
    services.stop_entry(house.coordinator, made)
    with pytest.raises(Refused, match="arrêté"):
        services.change_entry(house.coordinator, made, **USE)
    assert list(JournalEntry.objects.order_by("seq").values_list("action", flat=True)) == [
        "ai-register.publish", "ai-register.publish", "ai-register.stop",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("purpose", "", "missing"),
        ("risk", "inacceptable", "forbidden-use"),
        ("kind", "magie", "unknown"),
        ("risk_on", "2026-02-30", "no-day"),
        ("name", "x" * 301, "too-long"),
    ],
)
def test_an_entry_is_whole_or_refused(house: SimpleNamespace, field: str, value: str, code: str) -> None:
    from yole.ai_register import services
    from yole.base.errors import Refused

    with pytest.raises(Refused) as refused:
        services.add_entry(house.coordinator, house.territory, **{**USE, field: value})
    assert (refused.value.field, refused.value.code) == (field, code)


def test_an_entry_that_nobody_reads_again_is_told(house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    from yole.ai_register import selectors, services

    services.add_entry(house.coordinator, house.territory, **USE)
    assert selectors.health()[0]
    later = date.today() + timedelta(days=400)
    monkeypatch.setattr(selectors, "today", lambda: later)
    right, words = selectors.health()
    assert not right and "tri-des-courriers-fictif" in words and "droits" in words
    assert "À relire" in client.get("/registre/").content.decode()


def test_the_form_publishes_and_reads_again(house: SimpleNamespace, client: Any) -> None:
    from yole.ai_register.models import Entry

    client.force_login(house.coordinator, backend="yole.organisations.backends.AccountBackend")
    wrong = client.post("/registre/equipe/nouveau/", {**USE, "appeal": ""})
    assert wrong.status_code == 422
    done = client.post("/registre/equipe/nouveau/", USE)
    assert done.status_code == 302
    row = Entry.objects.get(territory=house.territory)
    again = client.post(f"/registre/equipe/{row.pk}/", {**USE, "service": "Courrier et accueil"})
    assert again.status_code == 302 and row.versions.count() == 2
    assert "Tri des courriers" in client.get("/registre/equipe/").content.decode()
    assert client.post(f"/registre/equipe/{row.pk}/arreter/").status_code == 302
