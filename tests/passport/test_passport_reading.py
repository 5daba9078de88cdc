"""Strict reading of JSON, and dates."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.passport.engine.faults import FaultError, UnreadableError, quoted
from yole.passport.engine.instants import instant_text, read_instant, read_moment
from yole.passport.engine.reading import DEEPEST, LARGEST, read_json


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a": 1, "a": 2}', "repeated-member"),
        (b'{"x": {"a": 1, "\\u0061": 2}}', "repeated-member"),
        (b'{"a": "\\ud800"}', "lone-surrogate"),
        (b'{"\\uDC00": 1}', "lone-surrogate"),
        (b'["\\ud83d\\ud83d\\ude00"]', "lone-surrogate"),
        (b'{"a": "\xed\xa0\x80"}', "not-utf8"),
        (b'{"a": NaN}', "number"),
        (b"[Infinity]", "number"),
        (b"[-Infinity]", "number"),
        (b"[1e999]", "number"),
        (b"[" + b"9" * 5000 + b"]", "number"),
        (b"{", "not-json"),
        (b"", "not-json"),
        (b"{} {}", "not-json"),
        (b"\xff\xfe{\x00}\x00", "not-utf8"),
        (b'"' + b"a" * LARGEST + b'"', "too-large"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b'{"a":' * 100_000, "too-deep"),
    ],
)
def test_what_is_not_read(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_json(data)
    assert caught.value.code == code


def test_what_is_read() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": "\\ud83d\\ude00", "b": [1, -0.5, 1e3, true, null]}') == {
        "a": "😀",
        "b": [1, -0.5, 1e3, True, None],
    }
    deep: Any = "x"
    for _ in range(DEEPEST):
        deep = [deep]
    assert read_json(json.dumps(deep).encode()) == deep


values = st.recursive(
    st.text(max_size=9) | st.booleans() | st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
)


@settings(deadline=None)
@given(values, st.booleans())
def test_what_json_writes_is_read_back(value: Any, ascii_only: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_refused_or_read(data: bytes) -> None:
    with suppress(UnreadableError):
        read_json(data)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-02T06:30:00-04:00", datetime(2026, 11, 2, 10, 30, tzinfo=UTC)),
        ("2026-11-02T06:30:00.5Z", datetime(2026, 11, 2, 6, 30, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_dates_that_are_read(text: str, instant: datetime) -> None:
    assert read_instant(text, "x") == instant
    assert read_instant(instant_text(instant), "x") == instant
    assert read_moment("2026-11-02") == datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-11-02 06:30:00Z", "2026-02-30T00:00:00Z", "2026-11-02T06:30Z", "2026-11-02T06:30:60Z", "demain", "2026-13-01", ""]
)
def test_dates_that_are_not(text: str) -> None:
    with pytest.raises(FaultError):
        read_moment(text)


def test_quotes_stay_on_one_line() -> None:
    assert quoted("a\n\x1b[31m" + "b" * 99) == "« a ?[31m" + "b" * 52 + "… »"
