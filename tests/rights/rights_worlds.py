"""Invented households for the tests of rights."""

from __future__ import annotations

import random
from typing import Any


def adult(role: str, born: str, activity: str, **more: Any) -> dict[str, Any]:
    return {"id": role, "role": role, "birth_date": born, "activity": activity, **more}


def child(number: int, born: str) -> dict[str, Any]:
    return {"id": f"child{number}", "role": "child", "birth_date": born}


def situation(*persons: dict[str, Any], commune: str = "97209", couple: bool | None = None, **answers: Any) -> dict[str, Any]:
    """A complete situation of November 2026 unless told otherwise."""
    roles = [person["role"] for person in persons]
    filled = {
        "couple": "partner" in roles if couple is None else couple,
        "children_count": roles.count("child"),
        "other_situations": [],
        "housing_status": "loge_gratuitement",
        **answers,
    }
    return {"date": "2026-11", "commune": commune, "persons": list(persons), "answers": filled}


def random_situation(seed: int) -> dict[str, Any]:
    """A complete household of the allow-list's kinds: wages, unemployment, pensions, disability, ticks of every sort."""
    draw = random.Random(seed)

    def one(role: str) -> dict[str, Any]:
        age = draw.choice([18, 19, 22, 24, 25, 27, 33, 38, 45, 52, 58, 61, 64, 66, 70, 81])
        activity = draw.choice(
            ["retired"] if age > 66 else ["employed", "employed", "unemployed", "inactive", "student" if age < 28 else "employed"]
        )
        person = adult(role, f"{2026 - age}-{draw.randint(1, 10):02d}-{draw.randint(1, 28):02d}", activity)
        if activity in ("employed", "student"):
            person["wage"] = draw.choice([0, 150, 480, 900, 1300, 1500, 1900, 2600, 4100])
        elif activity == "unemployed":
            person["unemployment_benefit"] = draw.choice([0, 400, 880, 1200, 1700])
        elif activity == "retired":
            person["pension"] = draw.choice([0, 350, 650, 900, 1250, 1900])
        return person

    persons = [one("applicant")]
    if draw.random() < 0.45:
        persons.append(one("partner"))
    youngest_parent = max(int(person["birth_date"][:4]) for person in persons)
    for number in range(draw.choice([0, 0, 1, 1, 2, 3, 4])):
        year = draw.randint(max(2007, min(youngest_parent + 16, 2026)), 2026)
        persons.append(child(number + 1, f"{year}-{draw.randint(1, 9):02d}-{draw.randint(1, 28):02d}"))
    housing = draw.choice(["locataire_vide", "locataire_hlm", "locataire_meuble", "proprietaire", "loge_gratuitement", "sans_domicile"])
    ticks: list[str] = []
    for tick, more in (
        ("disability", {"disability_rate": draw.choice([30, 55, 79, 80, 95])}),
        ("invalidity", {"invalidity_pension": draw.choice([300, 700, 1100])}),
        ("sick_leave", {"sick_pay": draw.choice([400, 900])}),
        ("alimony", {"alimony_received": draw.choice([0, 150]), "alimony_paid": draw.choice([0, 200])}),
        ("savings", {"savings": draw.choice([2000, 45000])}),
        ("foreign_national", {"nationality": draw.choice(["HT", "PT"]), "residence_permit_years": draw.choice([1, 6, 12])}),
        ("ass", {"ass_work_history": True}),
        ("pregnancy", {"pregnant": True}),
    ):
        if draw.random() < 0.15:
            ticks.append(tick)
            persons[0].update(more)
            if tick == "disability" and 50 <= persons[0]["disability_rate"] < 80:
                persons[0]["work_restriction"] = draw.random() < 0.5
    rent = {"rent": draw.choice([180, 320, 470, 620, 900])} if housing.startswith("locataire") else {}
    commune = draw.choice(["97209", "97213", "97222", "97105", "44109", "75056", "69123"])
    return situation(*persons, commune=commune, housing_status=housing, other_situations=ticks, **rent)
