"""What a situation may hold, and how each thing that it may not hold is refused: one line, the field, the value, the remedy."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.rights.conftest import TODAY
from tests.rights.rights_worlds import adult, child, situation
from yole.kernel.errors import InputError
from yole.rights.situation import parse, parse_all

GOOD = situation(
    adult("applicant", "1988-02-20", "employed", wage=1450),
    adult("partner", "1990-07-01", "inactive"),
    child(1, "2017-03-04"),
    rent=480,
    housing_status="locataire_hlm",
)


def changed(*path: Any, to: Any) -> dict[str, Any]:
    value = copy.deepcopy(GOOD)
    place: Any = value
    for step in path[:-1]:
        place = place[step]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return value


REFUSED = {
    "unknown field": (changed("colour", to="red"), ["colour", "champ inconnu"]),
    "unknown answer": (changed("answers", "loyer", to=3), ["answers.loyer"]),
    "unknown person field": (changed("persons", 0, "salary", to=3), ["persons[0].salary"]),
    "text for a number": (changed("persons", 0, "wage", to="1450"), ["persons[0].wage", "1450", "nombre"]),
    "boolean for a number": (changed("answers", "rent", to=True), ["rent", "nombre"]),
    "negative rent": (changed("answers", "rent", to=-1), ["rent", "-1", "négative"]),
    "rent over its domain": (changed("answers", "rent", to=5001), ["rent", "5001"]),
    "not a number": (changed("answers", "rent", to=float("nan")), ["rent"]),
    "month 13": (changed("date", to="2026-13"), ["date", "2026-13", "AAAA-MM"]),
    "a date in 1850": (changed("date", to="1850-01"), ["date", "1850-01"]),
    "a birth in 1850": (changed("persons", 0, "birth_date", to="1850-01-01"), ["birth_date", "1850-01-01"]),
    "30 February": (changed("persons", 0, "birth_date", to="1988-02-30"), ["birth_date", "1988-02-30"]),
    "a birth in compact form": (changed("persons", 0, "birth_date", to="19880220"), ["birth_date"]),
    "birth after the date": (changed("persons", 2, "birth_date", to="2026-12-01"), ["birth_date", "2026-12-01"]),
    "no applicant": (changed("persons", to=[]), ["persons", "aucun demandeur"]),
    "two applicants": (changed("persons", 1, "role", to="applicant"), ["persons", "applicant"]),
    "partner without applicant": (
        changed("persons", to=[adult("partner", "1990-07-01", "inactive")]),
        ["persons", "conjoint sans demandeur"],
    ),
    "the same id twice": (changed("persons", 1, "id", to="applicant"), ["persons[1].id"]),
    "unknown role": (changed("persons", 1, "role", to="cousin"), ["persons[1].role", "cousin"]),
    "unknown status": (changed("answers", "housing_status", to="locataire"), ["housing_status", "locataire"]),
    "unknown activity": (changed("persons", 0, "activity", to="working"), ["activity", "working"]),
    "unknown commune": (changed("commune", to="97299"), ["commune", "97299"]),
    "commune as a number": (changed("commune", to=97209), ["commune", "97209"]),
    "Mayotte": (changed("commune", to="97611"), ["commune", "Mayotte"]),
    "child older than the applicant": (changed("persons", 2, "birth_date", to="1980-01-01"), ["birth_date", "1980-01-01", "applicant"]),
    "child older than the partner": (changed("persons", 2, "birth_date", to="1989-01-01"), ["birth_date", "partner"]),
    "fewer children than listed": (changed("answers", "children_count", to=0), ["children_count", "0"]),
    "couple denied with a partner": (changed("answers", "couple", to=False), ["couple"]),
    "a pension for a worker": (changed("persons", 0, "pension", to=600), ["pension", "600", "employed"]),
    "a rent for an owner": (changed("answers", "housing_status", to="proprietaire"), ["rent", "480"]),
    "a rate without its tick": (changed("persons", 0, "disability_rate", to=80), ["disability_rate", "disability"]),
    "unknown tick": (changed("answers", "other_situations", to=["rich"]), ["other_situations", "rich"]),
    "unknown benefit received": (changed("answers", "received", to=["mva"]), ["received", "mva"]),
    "a list for an object": (changed("answers", to=[]), ["answers"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_place_and_remedy(case: str) -> None:
    value, wanted = REFUSED[case]
    with pytest.raises(InputError) as refusal:
        parse(value, file="s.json", today=TODAY)
    line = refusal.value.one_line()
    assert line.startswith("s.json : ")
    assert "\n" not in line
    for part in wanted:
        assert part in line


def test_the_good_one_is_read_and_zeros_are_accepted_where_nothing_was_to_be_asked() -> None:
    value = changed("persons", 0, "pension", to=0)
    value["persons"][0]["disability_rate"] = 0
    household = parse(value, today=TODAY)
    assert household.unknown() == []
    assert household.known["applicant.wage"] == 1450


def test_every_field_may_be_missing_and_what_is_missing_is_unknown_not_zero() -> None:
    household = parse({"date": "2026-11"}, today=TODAY)
    assert {"commune", "couple", "children_count", "housing_status", "other_situations", "applicant.birth_date"} <= set(household.unknown())
    assert "applicant.wage" not in household.askable()
    employed = parse({"persons": [{"id": "a", "role": "applicant", "activity": "employed"}]}, today=TODAY)
    assert "applicant.wage" in employed.askable()
    assert "date" in employed.assumptions


def test_a_bad_element_of_an_array_is_named_by_its_index() -> None:
    with pytest.raises(InputError, match=r"élément 1, champ « rent »"):
        parse_all([GOOD, changed("answers", "rent", to=-1)], today=TODAY)


def test_a_tick_answered_for_one_adult_is_not_asked_for_the_other() -> None:
    value = changed("answers", "other_situations", to=["disability"])
    assert {"applicant.disability_rate", "partner.disability_rate"} <= set(parse(value, today=TODAY).askable())
    value["persons"][0]["disability_rate"] = 85
    assert parse(value, today=TODAY).unknown() == []
    value["persons"][0]["disability_rate"] = 60
    assert parse(value, today=TODAY).askable() == ["applicant.work_restriction"]


def test_the_command_refuses_in_one_line_without_loading_the_rules(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(changed("answers", "rent", to=-4)), encoding="utf-8")
    code = (
        "import sys; from yole.cli import run; status = run(['rights', 'evaluate', sys.argv[1], '--json']);"
        "assert not [m for m in sys.modules if m.startswith('openfisca')]; sys.exit(status)"
    )
    began = time.process_time()
    done = subprocess.run([sys.executable, "-c", code, str(bad)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "rent" in done.stderr and "-4" in done.stderr and "Traceback" not in done.stderr
    assert time.process_time() - began < 5
