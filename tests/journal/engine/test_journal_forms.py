"""Canonical form, multibase, Merkle tree: published vectors, then properties against the definitions."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.journal import samples
from yole.journal.engine import merkle, multibase
from yole.journal.engine.canonical import FaultError, canonical, check_value, read_json

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_canonical_form_is_that_of_the_reference_implementation(value: Any) -> None:
    check_value(value)
    assert canonical(value) == rfc8785.dumps(value)
    assert read_json(canonical(value)) == value


def test_members_sort_by_utf16_code_unit() -> None:
    assert canonical({"ﬁ": 1, "😀": 2, "a": 3}) == '{"a":3,"😀":2,"ﬁ":1}'.encode()
    assert canonical({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}) == (
        '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😀":5,"\ufb33":3}'.encode()
    )


def test_escapes_are_those_of_rfc_8785() -> None:
    assert canonical('\u20ac$\x0f\nA\'B"\\\\"/\x7f\u2028') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\u2028"'.encode()


@pytest.mark.parametrize("value", [1.0, 2**53, -(2**53), float("nan"), {1: "a"}, b"a", (1,), {"a": [{"b": 0.5}]}, "\ud800", {"\udfff": 1}])
def test_values_that_a_journal_may_not_hold(value: Any) -> None:
    with pytest.raises(FaultError):
        check_value(value)


def test_depth_has_a_limit_and_no_recursion() -> None:
    deep: Any = []
    for _ in range(255):
        deep = [deep]
    check_value(deep)
    with pytest.raises(FaultError, match="imbrication"):
        check_value([deep])
    with pytest.raises(FaultError, match="imbrication"):
        read_json(b"[" * 100_000 + b"]" * 100_000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"a":1,"a":1}', "répété"),
        (b'{"b":{"a":1,"c":2,"a":3}}', "répété"),
        (b'{"a":1,"\\u0061":2}', "répété"),
        (b"NaN", "nombre"),
        (b"-Infinity", "nombre"),
        (b"1.0", "nombre"),
        (b"1e3", "nombre"),
        (b"-0", "nombre"),
        (b"9007199254740993000", "nombre"),
        (b"1" * 5000, "nombre"),
        (b'"\xe9"', "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        (b"\xef\xbb\xbf{}", "JSON"),
        (b'{"a":1', "JSON"),
        (b'{"a":"\t"}', "JSON"),
        (b"{} {}", "JSON"),
    ],
)
def test_json_that_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(FaultError, match=said):
        read_json(text)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (b"The quick brown fox jumps over the lazy dog.", "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
        (b"", "z"),
    ],
)
def test_base58_vectors(data: bytes, text: str) -> None:
    assert multibase.encode(data) == text
    assert multibase.decode(text) == data


@given(st.binary(max_size=70))
def test_base58_round_trip(data: bytes) -> None:
    assert multibase.decode(multibase.encode(data)) == data


@pytest.mark.parametrize("text", ["", "z0", "zO", "u2NEpo7TZRRrLZSi2U", "z" + "2" * 300, "z2NEpo7TZRRrLZSi2U "])
def test_what_is_not_base58(text: str) -> None:
    with pytest.raises(ValueError, match="multibase"):
        multibase.decode(text)


# The key pair of the W3C test vectors (vc-di-eddsa).
W3C_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
W3C_SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"


def test_keys_of_both_forms_and_of_the_published_vectors() -> None:
    key = multibase.read_secret(W3C_SECRET, W3C_PUBLIC)
    assert multibase.public_text(key.public_key()) == W3C_PUBLIC
    assert multibase.secret_text(key) == W3C_SECRET
    assert multibase.read_public(W3C_PUBLIC).public_bytes_raw() == key.public_key().public_bytes_raw()
    long = multibase.encode(b"\x80\x26" + key.private_bytes_raw() + key.public_key().public_bytes_raw())
    assert long.startswith("zrv")
    assert multibase.read_secret(long, W3C_PUBLIC).private_bytes_raw() == key.private_bytes_raw()


def test_pairs_that_do_not_match_are_refused_without_telling_the_secret() -> None:
    other = Ed25519PrivateKey.generate()
    mixed = multibase.encode(b"\x80\x26" + other.private_bytes_raw() + bytes(32))
    for secret, public in (
        (W3C_SECRET, samples.public()),
        (mixed, multibase.public_text(other.public_key())),
        (W3C_SECRET + "0", W3C_PUBLIC),
    ):
        with pytest.raises(ValueError, match="key") as refused:
            multibase.read_secret(secret, public)
        assert secret not in str(refused.value)
    for text in (W3C_SECRET, "z6Mk", multibase.encode(b"\xed\x01" + bytes(31))):
        with pytest.raises(ValueError, match="public key"):
            multibase.read_public(text)


# The reference leaves and roots of Certificate Transparency (RFC 6962).
LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def test_roots_and_paths_of_the_reference_tree() -> None:
    leaves = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in LEAVES]
    for size, root in enumerate(ROOTS):
        assert merkle.root_of(leaves[:size]).hex() == root
        assert samples.merkle(leaves[:size]).hex() == root
    for (index, size), expected in PATHS.items():
        found = merkle.inclusion_path(index, size, lambda start, stop: leaves[start:stop])
        assert [sibling.hex() for sibling in found] == expected
        assert merkle.root_from_path(leaves[index], index, size, found).hex() == ROOTS[size]


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1), st.integers(0, size - 1))))
def test_inclusion_is_that_of_the_definition(case: tuple[int, int, int]) -> None:
    size, index, other = case
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(size)]

    def some(start: int, stop: int) -> Iterator[bytes]:
        return iter(leaves[start:stop])

    found = merkle.inclusion_path(index, size, some)
    assert found == samples.path(index, leaves)
    root = samples.merkle(leaves)
    assert merkle.root_of(leaves) == root
    assert merkle.root_from_path(leaves[index], index, size, found) == root
    if other != index:
        assert merkle.root_from_path(leaves[other], index, size, found) != root
    with pytest.raises(ValueError, match="fit"):
        merkle.root_from_path(leaves[index], index, size, [*found, root])
    for place in range(len(found)):
        assert merkle.root_from_path(leaves[index], index, size, [*found[:place], root, *found[place + 1 :]]) != root


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_tree_resumes_from_its_peaks(first: int, then: int) -> None:
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(first + then)]
    tree = merkle.Frontier()
    for leaf in leaves[:first]:
        tree.append(leaf)
    resumed = merkle.Frontier(tree.size, list(tree.peaks))
    for leaf in leaves[first:]:
        resumed.append(leaf)
    assert resumed.root() == samples.merkle(leaves)


def test_peaks_that_do_not_fit_are_refused() -> None:
    for size, peaks in ((1, []), (3, [bytes(32)]), (2, [bytes(31)]), (-1, [])):
        with pytest.raises(ValueError, match="peaks"):
            merkle.Frontier(size, peaks)
    for index, size in ((0, 0), (3, 3), (-1, 2)):
        with pytest.raises(ValueError, match="leaf"):
            merkle.sibling_ranges(index, size)


def test_the_engine_knows_no_framework() -> None:
    code = "import sys, yole.journal.engine.checking; print([m for m in ('django', 'psycopg', 'socket', 'typer') if m in sys.modules])"
    assert (
        json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.replace("'", '"')) == []
    )
