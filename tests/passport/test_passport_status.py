"""Bitstring Status List: bits, encoding, the draw of an index."""

from __future__ import annotations

import base64
import gzip
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.passport import passports as samples
from yole.passport.engine import status
from yole.passport.engine.faults import FaultError


def test_bit_zero_is_the_most_significant_of_byte_zero() -> None:
    bits = status.empty_bits()
    status.set_bit(bits, 0, True)
    status.set_bit(bits, 9, True)
    assert (len(bits), bits[0], bits[1]) == (16_384, 0x80, 0x40)
    assert [index for index in range(16) if status.get_bit(bits, index)] == [0, 9]
    status.set_bit(bits, 0, False)
    assert bits[0] == 0
    for index in (-1, status.LENGTH):
        with pytest.raises(IndexError):
            status.set_bit(bits, index, True)
        with pytest.raises(IndexError):
            status.get_bit(bits, index)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, status.LENGTH - 1), max_size=40))
def test_a_list_is_read_back(indexes: set[int]) -> None:
    document = samples.status_list(sorted(indexes))
    for index in [*indexes, 0, 94_568, status.LENGTH - 1]:
        entry = status.Entry("revocation", index, samples.LIST)
        held = status.read_list(document, entry, samples.ISSUER, samples.AT)
        assert status.get_bit(held.bits, index) == (index in indexes)
    assert status.encode_bits(held.bits) == document["credentialSubject"]["encodedList"]


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


BOMB = gzip.compress(bytes(64 * 1024 * 1024), mtime=0)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "u",
        "H4sI",
        "u!!!",
        "uAAAA",
        packed(b"x" * 99),
        packed(BOMB),
        packed(gzip.compress(bytes(16_384), mtime=0)[:-9]),
        packed(gzip.compress(bytes(16_384), mtime=0) + b"suite"),
        None,
        5,
    ],
)
def test_encodings_that_are_refused(encoded: Any) -> None:
    with pytest.raises(FaultError) as caught:
        status.decode_bits(encoded)
    assert caught.value.code == "list-malformed"


def test_an_index_is_free_drawn_and_not_counted_up() -> None:
    rng = random.Random(1)
    taken: set[int] = set()
    for _ in range(200):
        index = status.draw_index(taken, rng)
        assert index not in taken
        taken.add(index)
    drawn = [status.draw_index(taken, rng) for _ in range(50)]
    assert drawn != sorted(drawn)
    assert max(drawn) - min(drawn) > status.LENGTH // 2


def test_the_last_free_index_is_found_then_the_list_is_full() -> None:
    taken = set(range(status.LENGTH)) - {777}
    assert status.draw_index(taken, random.Random(1)) == 777
    with pytest.raises(FaultError) as caught:
        status.draw_index(taken | {777}, random.Random(1))
    assert caught.value.code == "list-full"


def test_lists_are_never_short() -> None:
    for length in (status.LENGTH - 8, status.LENGTH + 1):
        with pytest.raises(FaultError):
            status.empty_bits(length)


ENTRY = status.entry_members(samples.LIST, 5)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "StatusList2021Entry"}, "status-kind"),
        ({"statusListIndex": 5}, "status-malformed"),
        ({"statusListIndex": "-5"}, "status-malformed"),
        ({"statusListIndex": "05"}, "status-malformed"),
        ({"statusListIndex": "٥"}, "status-malformed"),
        ({"statusListIndex": "9" * 40}, "status-malformed"),
        ({"statusListCredential": "liste"}, "status-malformed"),
        ({"statusPurpose": None}, "status-malformed"),
        ({"statusSize": 2}, "status-kind"),
    ],
)
def test_entries_that_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(FaultError) as caught:
        status.read_entry({**ENTRY, **change})
    assert caught.value.code == code
    assert samples.codes(
        samples.judged(samples.signed({**samples.issued(), "credentialStatus": {**ENTRY, "type": "Autre"}}, suites=["eddsa-jcs-2022"]))
    ) == ["status-kind"]


def test_a_purpose_that_says_nothing_of_validity_is_left_out() -> None:
    bare = {**samples.issued(), "credentialStatus": {**ENTRY, "statusPurpose": "message"}}
    assert samples.judged(samples.signed(bare, suites=["eddsa-jcs-2022"]), lists=[]).sound
