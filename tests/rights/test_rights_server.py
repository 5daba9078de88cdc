"""The resident process and its client."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from tests.rights.rights_worlds import adult, situation
from yole.rights import client


def test_a_step_gives_verdicts_and_the_next_question(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOLE_RIGHTS_URL", address)
    found = client.step({"date": "2026-11", "commune": "97209"})
    assert found["next"]["question"]["field"] and found["next"]["remaining_uncertainty"] > 0
    complete = client.step(situation(adult("applicant", "1991-04-12", "inactive")))
    assert complete["next"]["question"] is None
    assert {entry["id"]: entry["verdict"] for entry in complete["result"]["benefits"]}["rsa"] == "yes"
    right, words = client.health()
    assert right is True and "7 prestations aux règles dépassées" in words
    assert len(client.freshness()) == 18


def test_what_it_refuses_is_told_and_a_silent_process_is_named(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOLE_RIGHTS_URL", address)
    with pytest.raises(client.RejectedError, match="rent"):
        client.step({"answers": {"rent": -3}})
    monkeypatch.setenv("YOLE_RIGHTS_URL", "http://127.0.0.1:9")
    with pytest.raises(client.UnavailableError, match="ne répond pas"):
        client.step({})
    assert client.health()[0] is False
    monkeypatch.setenv("YOLE_RIGHTS_URL", "")
    with pytest.raises(client.UnavailableError, match="pas installé"):
        client.step({})


def test_a_request_too_large_or_unreadable_is_refused(address: str) -> None:
    for path, body, status in (("/step", b"{", 400), ("/step", b"[]", 400), ("/nowhere", b"{}", 404), ("/step", b"x" * 300_000, 413)):
        with pytest.raises((urllib.error.HTTPError, ConnectionError, urllib.error.URLError)) as refusal:
            urllib.request.urlopen(urllib.request.Request(address + path, data=body), timeout=20)
        if isinstance(refusal.value, urllib.error.HTTPError):
            assert refusal.value.code == status
            with refusal.value as answer:
                assert json.load(answer)["message"]


def test_the_site_starts_it_only_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOLE_RIGHTS_URL", "http://elsewhere.invalid")
    assert client.companion() is None
    monkeypatch.delenv("YOLE_RIGHTS_URL")
    found = client.companion()
    assert found is not None
    command, environment = found
    assert command[-3:-1] == ["rights-server", "--port"]
    assert environment["YOLE_RIGHTS_URL"].endswith(f":{command[-1]}")
