"""The engine of matching: against enumeration, against the reference, and its checker against planted faults."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from yole.advisers import files
from yole.advisers.engine import match_report
from yole.advisers.engine.match import match
from yole.advisers.engine.match_check import examine
from yole.advisers.engine.match_pairs import possible_pairs
from yole.advisers.engine.match_problem import Problem
from yole.advisers.engine.match_zones import zone_of_commune

from .instances import candidate_key, random_problem, stable_matchings

PEOPLE = "id,lat,lon,max_distance_km,available_from,experience,eligible,skills,zones\n"
POSTS = "id,lat,lon,starts_on,places,skills\n"


def problem(folder: Path, people: str, posts: str, preferences: str = "") -> Problem:
    (folder / "c.csv").write_text(PEOPLE + people)
    (folder / "p.csv").write_text(POSTS + posts)
    given = None
    if preferences:
        given = folder / "prefs.csv"
        given.write_text("side,id,rank,other\n" + preferences)
    return files.read_problem(folder / "c.csv", folder / "p.csv", given)


def reasons(told: dict[str, object], side: str) -> dict[str, str]:
    return {left["id"]: left["reason"] for left in told[f"unmatched_{side}"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize("preferences", [False, True])
def test_it_is_the_stable_matching_that_candidates_like_best(preferences: bool) -> None:
    for seed in range(60):
        case = random_problem(seed, preferences=preferences)
        placed = tuple(match(case, possible_pairs(case)).placed.tolist())
        stable = stable_matchings(case)
        assert placed in stable, seed
        for other in stable:
            for c, (mine, theirs) in enumerate(zip(placed, other, strict=True)):
                assert theirs < 0 or (mine >= 0 and candidate_key(case, c, mine) <= candidate_key(case, c, theirs)), seed


def test_a_run_is_sound_and_everybody_left_has_a_reason() -> None:
    for seed in range(100, 140):
        done = match_report.run(random_problem(seed, preferences=seed % 2 == 0))
        told = match_report.report(done)
        assert done.sound and told["blocking_pairs"] == 0, seed
        assert len(told["unmatched_candidates"]) + told["matched"] == told["candidates"]
        assert sum(left["places_left"] for left in told["unmatched_posts"]) + told["places_filled"] == told["places"]
        assert all(left["detail"].endswith(".") for left in told["unmatched_candidates"] + told["unmatched_posts"])


def test_the_checker_sees_what_is_wrong() -> None:
    faults = 0
    for seed in range(40):
        case = random_problem(seed, preferences=True)
        stable = stable_matchings(case)
        best = match(case, possible_pairs(case)).placed
        if not (best >= 0).any():
            continue
        worse = best.copy()
        worse[np.flatnonzero(best >= 0)[0]] = -1
        crowd = np.full_like(best, best.max())
        told = examine(case, [best, worse, crowd])
        assert told[0].stable and not told[1].stable, (seed, stable)
        faults += bool(told[2].broken)
    assert faults > 10


def test_the_reference_files(shared: Path) -> None:
    folder = shared / "data" / "deployment"
    expected = json.loads((folder / "match_expected.json").read_text())
    done = match_report.run(files.read_problem(folder / "match-candidates.csv", folder / "match-posts.csv"))
    assert {c: p for c, p, _ in done.placements()} == expected["matches"]
    told = match_report.report(done)
    assert reasons(told, "candidates") == expected["reasons"]
    assert reasons(told, "posts") == {"p2": "candidates-available-too-late"}
    assert "1 jour trop tard" in next(left["detail"] for left in told["unmatched_candidates"] if left["id"] == "c5")
    assert told["sensitivity"]["one_more_week"]["newly_placed"] == ["c5"]


def test_reasons_in_the_order_of_the_rules(tmp_path: Path) -> None:
    people = (
        "a,14.61,-61.07,20,2026-03-01,2,0,pix,\n"
        "b,14.61,-61.07,20,,2,1,,\n"
        "c,16.2,-61.5,2000,,9,1,pix,\n"
        "d,14.9,-61.07,5,,9,1,pix,\n"
        "e,14.61,-61.07,20,2026-03-02,9,1,pix,\n"
        "f,14.61,-61.07,20,2026-03-01,1,1,pix|langue,\n"
        "g,14.62,-61.07,20,2026-03-01,1,1,pix,\n"
        "h,16.2,-61.5,2000,,0,1,pix,972\n"
    )
    told = match_report.report(
        match_report.run(problem(tmp_path, people, "p,14.61,-61.07,2026-03-01,1,pix\nz,14.61,-61.07,2026-03-01,0,\n"))
    )
    assert reasons(told, "candidates") == {
        "a": "not-eligible",
        "b": "skills-missing",
        "c": "other-zone",
        "d": "no-post-in-range",
        "e": "too-late",
        "g": "outranked",
        "h": "outranked",
    }
    assert told["unmatched_posts"] == []
    unlisted = match_report.report(
        match_report.run(problem(tmp_path, "f,14.61,-61.07,20,,1,1,,\ng,14.61,-61.07,20,,1,1,,\n", "p,14.61,-61.07,,2,\n", "post,p,1,g\n"))
    )
    assert reasons(unlisted, "candidates") == {"f": "not-listed"}
    assert reasons(unlisted, "posts") == {"p": "not-listed"}


def test_reasons_of_posts(tmp_path: Path) -> None:
    people = "a,14.61,-61.07,5,2026-03-01,2,1,,\nb,14.61,-61.0701,5,2026-03-01,2,1,,\n"
    posts = (
        "away,16.2,-61.5,2026-03-01,1,\nearly,14.61,-61.07,2026-02-01,1,\nfar,14.7,-61.07,2026-03-01,1,\n"
        "full,14.61,-61.07,2026-03-01,2,\nsame,14.611,-61.07,2026-03-01,1,\nskill,14.61,-61.07,2026-03-01,1,pix\n"
    )
    told = match_report.report(match_report.run(problem(tmp_path, people, posts)))
    assert reasons(told, "posts") == {
        "away": "no-candidate-in-zone",
        "early": "candidates-available-too-late",
        "far": "no-candidate-in-range",
        "same": "candidates-prefer-elsewhere",
        "skill": "skills-missing",
    }


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rows = [f"c{i},14.6{i % 7},-61.0{i % 5},30,,{i % 3},1,,\n" for i in range(40)]
    posts = [f"p{i},14.6{i},-61.05,,2,\n" for i in range(8)]
    first = match_report.run(problem(tmp_path, "".join(rows), "".join(posts))).placements()
    assert len(first) == 16
    assert match_report.run(problem(tmp_path, "".join(reversed(rows)), "".join(reversed(posts)))).placements() == first


def test_a_post_exactly_at_the_limit_counts(tmp_path: Path) -> None:
    from yole.kernel.geo import great_circle_km

    limit = great_circle_km(14.61, -61.07, 14.7, -61.0)
    for reach, matched in ((limit, 1), (limit - 1e-5, 0)):
        assert match_report.run(problem(tmp_path, f"a,14.61,-61.07,{reach!r},,0,1,,\n", "p,14.7,-61.0,,1,\n")).matching.matched == matched


def test_nobody_eligible_and_no_row_at_all(tmp_path: Path) -> None:
    done = match_report.run(problem(tmp_path, "a,14.61,-61.07,5,,0,0,,\n", "p,14.61,-61.07,,1,\n"))
    assert done.placements() == [] and reasons(match_report.report(done), "posts") == {"p": "no-candidate-in-zone"}
    assert match_report.report(match_report.run(problem(tmp_path, "", "p,14.61,-61.07,,1,\n")))["matched"] == 0
    assert reasons(match_report.report(match_report.run(problem(tmp_path, "a,14.61,-61.07,5,,0,1,,\n", ""))), "candidates") == {
        "a": "other-zone"
    }


def test_zones_of_communes() -> None:
    codes = {"97209": "972", "97105": "971", "97150": "978", "97133": "977", "97701": "977", "75056": "metropole", "2A004": "metropole"}
    assert {code: zone_of_commune(code) for code in codes} == codes
    assert zone_of_commune("20200", corsica_apart=True) == zone_of_commune("2B033", corsica_apart=True) == "corse"
