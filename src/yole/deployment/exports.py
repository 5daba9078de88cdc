"""A plan in files that others can use and compute again."""

from __future__ import annotations

import json
from typing import Any

from yole.deployment.enums import Rule
from yole.deployment.models import Scenario
from yole.kernel.tables import write_safe_table, write_table


def command(scenario: Scenario) -> str:
    """The command that computes the plan again from the exported files."""
    parts = ["yole deployment cover demande.csv", f"--count {scenario.count}", f"--radius-km {scenario.radius_km:g}"]
    if scenario.keeps_today and scenario.inputs["today"]:
        parts.append("--existing existants.csv")
    if scenario.by_quota:
        parts.append("--quota-by group")
    if scenario.rule == Rule.FAIR:
        parts.append("--fairness max-min --fairness-by group")
    return " ".join([*parts, f"--seed {scenario.seed}", "--json"])


def facts(scenario: Scenario) -> dict[str, Any]:
    """What was asked and found, for whoever checks it."""
    result = scenario.result or {}
    kept = ("covered", "covered_by_existing", "before", "total", "upper_bound", "gap", "stopped", "engine", "seconds")
    return {
        "title": scenario.title,
        "fictional": scenario.is_fictional,
        "count": scenario.count,
        "radius_km": scenario.radius_km,
        "rule": scenario.rule,
        "demand": scenario.inputs["source"],
        "inputs_sha256": scenario.inputs_sha256,
        "command": command(scenario),
        **{name: result[name] for name in kept},
    }


def geojson(scenario: Scenario) -> bytes:
    """RFC 7946: one point per proposed site and per place of today; the facts of the plan in the member `plan`."""

    def point(lat: float, lon: float, **properties: Any) -> dict[str, Any]:
        return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}

    sites = [
        point(one["lat"], one["lon"], id=one["id"], name=one["name"], kind="proposed", reach=one["reach"], alone=one["alone"])
        for one in (scenario.result or {})["sites"]
    ]
    today = [point(lat, lon, id=key, name=name, kind="existing") for key, name, lat, lon in scenario.inputs["today"]]
    told = {"type": "FeatureCollection", "plan": facts(scenario), "features": sites + today}
    return (json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def plan_csv(scenario: Scenario) -> bytes:
    header = ("id", "name", "lat", "lon", "group", "reach", "alone")
    return write_safe_table(header, ([one[name] for name in header] for one in (scenario.result or {})["sites"]))


def demand_csv(scenario: Scenario) -> bytes:
    return write_table(("id", "name", "lat", "lon", "population", "group"), scenario.inputs["points"])


def existing_csv(scenario: Scenario) -> bytes:
    return write_table(("id", "name", "lat", "lon"), scenario.inputs["today"])
