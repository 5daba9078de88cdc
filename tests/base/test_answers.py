"""Files as answers: their kind, whether they open, who may keep them."""

from __future__ import annotations

import pytest

from yole.base.answers import as_file, as_open_data


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("liste.csv", "text/csv; charset=utf-8", "attachment"),
        ("affiche.pdf", "application/pdf", "inline"),
        ("agenda.ics", "text/calendar; charset=utf-8", "inline"),
        ("plan.geojson", "application/geo+json", "attachment"),
    ],
)
def test_the_name_says_the_kind(name: str, kind: str, shown: str) -> None:
    answer = as_file(b"x", name)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == f'{shown}; filename="{name}"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_said_goes_before_the_name() -> None:
    answer = as_file(b"x", "passeport.json", kind="application/vc+ld+json", opened=True, cache="private, no-cache")
    assert answer.headers["Content-Type"] == "application/vc+ld+json"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    with pytest.raises(KeyError):
        as_file(b"x", "fichier.exe")


def test_a_name_cannot_write_another_header() -> None:
    answer = as_file(b"x", 'a"; filename=b.csv')
    assert '\\"' in answer.headers["Content-Disposition"]


def test_open_data_is_for_every_site() -> None:
    answer = as_open_data(b"x", "lieux.csv", licence="https://exemple.invalid/licence", seconds=60)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Link"] == '<https://exemple.invalid/licence>; rel="license"'
