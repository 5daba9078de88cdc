"""Scenarios: asked on inputs that are kept, computed in the background, stopped, decided, shown, exported."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yole.base.errors import Refused
from yole.deployment import inputs, pages, planning, services
from yole.deployment.enums import Demand, Rule, State, Today
from yole.deployment.models import Scenario

CSV = b"id,lat,lon,population,name,group\np1,14.6,-61.0,50,Bourg,a\np2,14.61,-61.0,20,Fonds,a\np3,14.4,-60.9,9,Morne,b\n"


def ask(island: SimpleNamespace, **changes: Any) -> Scenario:
    asked = {"title": "Essai (fictif)", "count": 2, "radius_km": 3.0, **changes}
    return services.create_scenario(island.coordinator, **asked)


def computed(island: SimpleNamespace, **changes: Any) -> Scenario:
    made = ask(island, **changes)
    assert services.run(made.pk) == State.DONE
    made.refresh_from_db()
    return made


def test_today_stays_and_the_plan_adds_what_is_missing(island: SimpleNamespace) -> None:
    made = computed(island)
    result = made.result
    assert result is not None
    # Alpha and Bravo have a France services, Delta and Echo the bus; Charlie (600) and Foxtrot (200) have nothing.
    assert (result["before"], result["total"], result["covered"], result["upper_bound"]) == (2500, 3300, 3300, 3300)
    assert [(one["name"][:7], one["alone"]) for one in result["sites"]] == [("Charlie", 600), ("Foxtrot", 200)]
    assert (result["uncovered_before"], result["uncovered_after"], result["points"]) == (2, 0, 6)
    assert {one["name"]: (one["before"], one["after"]) for one in result["groups"]} == {
        "Nord (fictif)": (1800, 2400),
        "Sud (fictif)": (700, 900),
    }
    change = {(one["kind"], one["value"]): one["change"] for one in result["variants"]}
    assert change["count", 1] == -200
    assert change["count", 3] == 0
    assert change["radius_km", 2.4] == 0


def test_a_plan_from_nothing_is_compared_with_today(island: SimpleNamespace) -> None:
    result = computed(island, keeps_today=False).result
    assert result is not None
    assert (result["before"], result["covered"], result["covered_by_existing"]) == (2500, 2500, 0)
    fixed = computed(island, today=Today.FIXED, count=1).result
    assert fixed is not None
    assert (fixed["before"], fixed["covered"]) == (2000, 2700)


def test_the_worst_group_first_and_its_price(island: SimpleNamespace) -> None:
    plain = computed(island, today=Today.NONE, count=1).result
    fair = computed(island, today=Today.NONE, count=2, rule=Rule.FAIR).result
    assert plain is not None and fair is not None
    assert plain["covered"] == 1800
    assert fair["worst_rate"] == pytest.approx(0.75)
    assert fair["worst_rate_bound"] == pytest.approx(0.75, abs=1e-6)
    assert [one["covered"] for one in fair["curve"]] == sorted((one["covered"] for one in fair["curve"]), reverse=True)
    shared = computed(island, today=Today.NONE, count=3, by_quota=True).result
    assert shared is not None
    assert sorted(one["group"][:3] for one in shared["sites"]) == ["Nor", "Nor", "Sud"]


def test_inputs_are_kept_as_they_were(island: SimpleNamespace) -> None:
    from yole.territory.models import Commune

    made = ask(island)
    assert made.inputs_sha256 == inputs.checksum(made.inputs)
    assert len(made.inputs["points"]) == 6
    Commune.objects.filter(code="97203").update(population=None)
    services.run(made.pk)
    made.refresh_from_db()
    assert made.result is not None
    assert made.result["total"] == 3300
    again = ask(island)
    assert again.inputs_sha256 != made.inputs_sha256
    assert again.inputs["left_out"] == 1


def test_own_files_are_read_and_refused_with_their_place(island: SimpleNamespace) -> None:
    from yole.kernel.errors import InputError

    made = computed(island, count=1, today=Today.NONE, demand=Demand.FILE, demand_file=SimpleUploadedFile("besoins.csv", CSV))
    assert made.result is not None
    assert (made.result["covered"], made.result["sites"][0]["name"]) == (70, "Bourg")
    wrong = SimpleUploadedFile("besoins.csv", CSV.replace(b"14.61", b"95"))
    with pytest.raises(InputError, match=r"besoins.csv, ligne 2, colonne « lat »"):
        ask(island, demand=Demand.FILE, demand_file=wrong)
    with pytest.raises(Refused, match="Il manque le fichier"):
        ask(island, demand=Demand.FILE)
    with pytest.raises(Refused, match="7 lieux demandés pour 6 points"):
        ask(island, count=7)


def test_stopping_keeps_the_best_plan_so_far(island: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ask(island)
    services.stop(island.coordinator, made)
    monkeypatch.setattr(services, "LOOKED_AT_EVERY", 0.0)
    assert services.run(made.pk) == State.STOPPED
    made.refresh_from_db()
    assert made.result is not None
    assert made.result["stopped"] is True
    assert made.result["covered"] <= made.result["upper_bound"]
    assert len(made.result["sites"]) == 2
    with pytest.raises(Refused):
        services.stop(island.coordinator, made)
    services.relaunch(island.coordinator, made)
    assert services.run(made.pk) == State.DONE
    with pytest.raises(Refused):
        services.relaunch(island.coordinator, made)


def test_a_failure_is_told_and_can_be_tried_again(island: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ask(island)

    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patched:
        patched.setattr(planning, "compute", broken)
        with pytest.raises(RuntimeError, match="on purpose"):
            services.run(made.pk)
    made.refresh_from_db()
    assert made.state == State.FAILED
    assert services.may_relaunch(made)


def test_what_cannot_be_computed_says_why(island: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.deployment.engine import reach

    monkeypatch.setattr(reach, "MOST_PAIRS", 3)
    made = ask(island)
    assert services.run(made.pk) == State.FAILED
    page = text(signed_in(island.coordinator).get(f"/deploiement/scenario/{made.pk}/"))
    assert "trop pour cette machine" in page
    assert "Relancer le calcul" in page


def test_a_computed_scenario_is_not_computed_twice(island: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = computed(island)
    monkeypatch.setattr(planning, "compute", lambda *_: pytest.fail("computed twice"))
    assert services.run(made.pk) == State.DONE


def test_only_the_coordination_of_the_territory_writes(island: SimpleNamespace) -> None:
    made = computed(island)
    for account in (island.structure_coordinator, island.mediator, island.outsider):
        for act in (services.stop, services.relaunch):
            with pytest.raises(Refused):
                act(account, made)
        with pytest.raises(Refused):
            services.decide(account, made, "Parce que.")
    with pytest.raises(Refused):
        services.create_scenario(island.structure_coordinator, title="Non", count=1, radius_km=3.0)


def test_a_decision_has_a_reason_is_in_the_journal_and_stays(island: SimpleNamespace) -> None:
    from yole.journal.models import Entry

    made = ask(island)
    with pytest.raises(Refused, match="pas encore de plan"):
        services.decide(island.coordinator, made, "Parce que.")
    services.run(made.pk)
    with pytest.raises(Refused, match="manque le motif"):
        services.decide(island.coordinator, made, "  ")
    services.decide(island.coordinator, made, "Charlie n’a rien.")
    with pytest.raises(Refused, match="déjà choisi"):
        services.decide(island.coordinator, made, "Autre motif.")
    made.refresh_from_db()
    assert made.decision == "Charlie n’a rien."
    last = Entry.objects.order_by("-seq").first()
    assert last is not None
    assert last.action == "deployment.decide"
    assert "Charlie" not in json.dumps(last.body, ensure_ascii=False)


def signed_in(account: Any) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def test_pages_show_the_plan_the_proof_and_both_side_by_side(island: SimpleNamespace) -> None:
    first, second = computed(island, title="Deux (fictif)"), computed(island, title="Un seul (fictif)", count=1)
    client = signed_in(island.structure_coordinator)
    page = text(client.get(f"/deploiement/scenario/{first.pk}/"))
    assert "C’est le meilleur plan possible" in page
    assert "3 300</b> habitants à portée, soit <b>100,0 %" in page
    assert "Un lieu de plus ne mettrait personne d’autre à portée." in page
    assert page.count('class="zone"') == 2 + 1  # two circles and the legend
    assert "Prendre ce plan" not in page
    both = text(client.get("/deploiement/comparer/", {"a": first.pk, "b": second.pk}))
    assert "Le plan B met 200 habitants de moins à portée que le plan A." in both
    assert "Ce que chaque choix gagne et perd" in both
    assert client.get("/deploiement/comparer/", {"a": first.pk, "b": 9999}).status_code == 422
    assert "Deux (fictif)" in text(client.get("/deploiement/"))
    assert signed_in(island.outsider).get(f"/deploiement/scenario/{first.pk}/").status_code == 404


def test_the_form_asks_and_says_what_is_wrong(island: SimpleNamespace) -> None:
    client = signed_in(island.coordinator)
    asked = {"title": "Par la page (fictif)", "count": "2", "radius_km": "3,5", "demand": "population", "today": "france-services",
             "keeps": "keep", "rule": "most"}  # fmt: skip
    response = client.post("/deploiement/nouveau/", asked)
    assert response.status_code == 302
    made = Scenario.objects.get(title="Par la page (fictif)")
    assert (made.radius_km, made.state) == (3.5, State.WAITING)
    assert "Arrêter" in text(client.get(f"/deploiement/scenario/{made.pk}/"))
    assert client.post(f"/deploiement/scenario/{made.pk}/arreter/").status_code == 302
    assert "L’arrêt est demandé" in text(client.get(f"/deploiement/scenario/{made.pk}/"))
    for change, words in (
        ({"count": "0"}, "supérieure ou égale à 1"),
        ({"count": "70"}, "70 lieux demandés pour 6 points possibles"),
        ({"demand": "file"}, "Il manque le fichier de besoins."),
        ({"demand": "file", "demand_file": SimpleUploadedFile("b.csv", b"id,lat,lon,population\na,1,2,-3\n")}, "nombre négatif"),
    ):
        wrong = client.post("/deploiement/nouveau/", {**asked, **change})
        assert wrong.status_code == 422
        assert words in text(wrong)
    assert "Par la page (fictif)" in text(client.get(f"/deploiement/nouveau/?comme={made.pk}"))


def test_exports_can_be_computed_again(
    island: SimpleNamespace, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    from yole.cli import run
    from yole.deployment import exports

    made = computed(island)
    client = signed_in(island.coordinator)
    base = f"/deploiement/scenario/{made.pk}/"
    told = json.loads(client.get(base + "plan.geojson").content)
    assert [feature["properties"]["kind"] for feature in told["features"]] == ["proposed"] * 2 + ["existing"] * 2
    assert told["plan"]["inputs_sha256"] == made.inputs_sha256
    assert client.get(base + "plan.csv").content.decode().splitlines()[0] == "id,name,lat,lon,group,reach,alone"
    monkeypatch.chdir(tmp_path)
    for name in ("demande.csv", "existants.csv"):
        (tmp_path / name).write_bytes(client.get(base + name).content)
    assert run(exports.command(made).split()[1:]) == 0
    again = json.loads(capsys.readouterr().out)
    assert made.result is not None
    assert (again["covered"], again["upper_bound"]) == (made.result["covered"], made.result["upper_bound"])
    assert sorted(again["sites"]) == sorted(one["id"] for one in made.result["sites"])
    document = client.get(base + "plan.pdf")
    assert document.content.startswith(b"%PDF")
    waiting = ask(island)
    assert client.get(f"/deploiement/scenario/{waiting.pk}/plan.csv").status_code == 404


def test_the_demonstration_is_made_once_and_proven(island: SimpleNamespace) -> None:
    from yole.deployment import demo

    said: list[str] = []
    demo.load(said.append)
    demo.load(said.append)
    assert len(said) == 1
    assert Scenario.objects.count() == 3
    assert all(one.state == State.DONE for one in Scenario.objects.all())


def test_a_large_plan_elsewhere_is_paged_and_has_a_map_of_its_own(island: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SECONDS_A_VARIANT", 0.5)
    rows = [f"c{i},{43 + i % 50 / 10:.2f},{i // 50 / 4:.2f},{10 + i % 7},g{i}" for i in range(700)]
    file = SimpleUploadedFile("communes.csv", ("id,lat,lon,population,group\n" + "\n".join(rows)).encode())
    made = computed(island, count=650, radius_km=2.0, demand=Demand.FILE, demand_file=file, today=Today.NONE)
    shown = pages.PlanPage(made).map()
    # All but the trimmed edges are in the frame, in one path, and the territory's own outline is not drawn under them.
    assert [area.kind for area in shown.areas] == ["pt-s"]
    assert shown.areas[0].path.count("M") > 500
    assert not shown.markers
    client, address = signed_in(island.coordinator), f"/deploiement/scenario/{made.pk}/"
    first, last = client.get(address), client.get(address, {"page": "7"})
    assert first.status_code == last.status_code == 200
    assert first.content.decode().count("<tr") < 300
    assert "page=2" in first.content.decode() and "page=6" in last.content.decode()
    assert "120 groupes les moins couverts" in first.content.decode().replace("\u00a0", " ")
