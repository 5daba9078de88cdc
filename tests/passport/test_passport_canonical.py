"""Canonical forms and signed bytes: the W3C and 1EdTech reference values, values of our own, and PyLD's canonicaliser as a judge."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.passport import passports as samples
from yole.journal.engine import multibase
from yole.passport.contexts import FILES, processor, shipped
from yole.passport.engine import did, proofs, rdf
from yole.passport.engine.canonical import jcs
from yole.passport.engine.faults import FaultError
from yole.passport.engine.jsonld import Processor
from yole.passport.engine.rdf import Quad, canonical_quads

# `shared` says that the vectors' second context is this, and that it is for tests only.
EXAMPLES = {samples.W3C_EXAMPLES: {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}}


@pytest.fixture(scope="module")
def vectors(shared: Path) -> Path:
    return shared / "data" / "trust" / "vc-di-eddsa" / "TestVectors"


@pytest.fixture(scope="module")
def with_examples() -> Processor:
    return Processor({**shipped(), **EXAMPLES})


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_contexts_are_carried_unmodified() -> None:
    for address in FILES:
        assert "@context" in shipped()[address]
    folder = Path(__import__("yole.passport.contexts", fromlist=["x"]).__file__).parent
    assert {path.name for path in folder.glob("*.json")} == {name for name, _ in FILES.values()}
    for name, digest in FILES.values():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert name in (folder / "NOTICE.txt").read_text(encoding="utf-8")


def test_a_context_that_was_changed_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from yole.passport import contexts

    address = next(iter(FILES))
    monkeypatch.setitem(contexts.FILES, address, (FILES[address][0], "0" * 64))
    with pytest.raises(RuntimeError, match="changed"):
        contexts._Shipped()[address]


SUITES = [
    ("eddsa-jcs-2022", proofs.JCS, "JCS"),
    ("eddsa-rdfc-2022", proofs.RDFC, "DataInt"),
]


@pytest.mark.parametrize(("folder", "suite", "mark"), SUITES)
def test_w3c_vectors_byte_for_byte(vectors: Path, with_examples: Processor, folder: str, suite: str, mark: str) -> None:
    where = vectors / folder
    unsigned, config = read(vectors / "unsigned.json"), read(where / f"proofConfig{mark}.json")
    text = {
        name: (where / f"{name}{mark}.txt").read_text(encoding="utf-8").strip() for name in ("canonDoc", "docHash", "proofHash", "sigBTC58")
    }
    canon = proofs.canonical_document(unsigned, suite, with_examples)
    assert canon.decode().strip() == text["canonDoc"]
    assert hashlib.sha256(canon).hexdigest() == text["docHash"]
    both = proofs.signed_bytes(unsigned, config, suite, with_examples)
    assert both.hex() == text["proofHash"] + text["docHash"]

    pair = read(vectors / "keyPair.json")
    secret = multibase.read_secret(pair["privateKeyMultibase"], pair["publicKeyMultibase"])
    assert multibase.encode(secret.sign(both)) == text["sigBTC58"]
    signed = read(where / f"signed{mark}.json")
    assert signed["proof"]["proofValue"] == text["sigBTC58"]


def test_reference_values_of_the_w3c_vectors(vectors: Path, with_examples: Processor) -> None:
    unsigned = read(vectors / "unsigned.json")
    both = proofs.signed_bytes(unsigned, read(vectors / "eddsa-jcs-2022/proofConfigJCS.json"), proofs.JCS, with_examples).hex()
    assert (both[:8], both[60:64], both[64:72], both[124:]) == ("66ab154f", "a1db", "59b7cb62", "2f19")
    both = proofs.signed_bytes(unsigned, read(vectors / "eddsa-rdfc-2022/proofConfigDataInt.json"), proofs.RDFC, with_examples).hex()
    assert (both[:12], both[60:64], both[64:76], both[125:]) == ("bea7b7acfbad", "c6b0", "517744132ae1", "017")


def test_w3c_proofs_verify_and_their_chain_does_not(vectors: Path, with_examples: Processor) -> None:
    known = [did.read_document({"publicKeyMultibase": read(vectors / "keyPair.json")["publicKeyMultibase"], "controller": "x:"})]
    public = known[0].methods
    assert len(public) == 1

    def judge(name: str) -> list[bool | None]:
        document = read(vectors / name)
        issuer = "https://vc.example/issuers/5678"
        listed = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
        methods = [proof["verificationMethod"] for proof in listed]
        held = did.read_document(
            {
                "id": issuer,
                "assertionMethod": methods,
                "verificationMethod": [
                    {"id": method, "type": "Multikey", "publicKeyMultibase": method.partition("#")[2]} for method in sorted(set(methods))
                ],
            }
        )

        def resolve(method: Any, created: Any) -> Any:
            return multibase.read_public(held.methods[method].public)

        return [result.verified for result in proofs.check_proofs(document, resolve, samples.AT, with_examples)]

    assert judge("eddsa-jcs-2022/signedJCS.json") == [True]
    assert judge("eddsa-rdfc-2022/signedDataInt.json") == [True]
    assert judge("Ed25519Signature2020/signedEdSig.json") == [None]
    assert judge("proof-set-chain/signedProofSet2.json") == [True, True]
    assert False in judge("proof-set-chain/signedProofChain2.json")


def test_1edtech_vector(shared: Path) -> None:
    folder = shared / "data" / "trust" / "ob3" / "test-vectors"
    document, key = read(folder / "signed-credential.json"), read(folder / "key.json")
    bare, proof = proofs.without_proof(document), dict(document["proof"])
    assert processor().canonical(bare).decode().strip() == (folder / "document-canon.txt").read_text(encoding="utf-8").strip()
    del proof["proofValue"]
    config = processor().canonical({**proof, "@context": document["@context"]})
    assert config.decode().strip() == (folder / "proof-canon.txt").read_text(encoding="utf-8").strip()
    verdict = samples.judged(document, documents=[did.read_document(key)], lists=[])
    assert verdict.sound
    assert verdict.level == "Teamwork"
    assert [warning.code for warning in verdict.warnings] == ["form"]  # one proof out of its list
    tampered = samples.changed(document, ["credentialSubject", "achievement", "name"], "Teamworks")
    assert samples.codes(samples.judged(tampered, documents=[did.read_document(key)])) == ["signature"]


def test_our_own_reference_values() -> None:
    """Kept so that the suite is complete without the vectors; the node verifiers agree with them (tests/interop)."""
    document = samples.issued()
    bare = proofs.without_proof(document)
    assert hashlib.sha256(processor().canonical(bare)).hexdigest() == "3427130185f328fa5d80a7e076bd8609c414c2d41f3c9300489ead4768a6d73d"
    assert hashlib.sha256(jcs(bare)).hexdigest() == "533c182a3b40487eacd8a049343dfd0e43aab9cb0f9857cb0522d158c0e0e59c"
    assert [proof["proofValue"] for proof in document["proof"]] == [
        "zk27znatEefkTpXXCuQEewoByBHVjvQUF3uoiPnT5yoawXMXgB1KACbijNHvvAf4uYvRF58oBwMcnJ4XP9b2v31f",
        "zvTZJHwMXTpCDBaoVou83CF7itNsdD99xefDpNGVgumddWwVigCiPog2wiZJcreceUW7fAd3ZsFfFpiC48Wph6yU",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"ﬁ": 1, "😀": 2, "a": 3}, '{"a":3,"😀":2,"ﬁ":1}'),  # by UTF-16 units: 😀 starts with D83D
        ({"b": '\u20ac$\u000f\nA\'B"\\\\"/', "a": [1e21, 0.002, 1.0, -0.0, True, None]}, None),
        ({"n": 333333333.33333329, "e": 1e-27, "l": 9007199254740991}, '{"e":1e-27,"l":9007199254740991,"n":333333333.3333333}'),
    ],
)
def test_canonical_json(value: Any, text: str | None) -> None:
    expected = text or '{"a":[1e+21,0.002,1,0,true,null],"b":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert jcs(value).decode() == expected


def test_canonical_json_refuses_what_readers_round() -> None:
    for value, code in ((9007199254740993, "number-inexact"), (float("nan"), "number-inexact"), ("\ud800", "lone-surrogate")):
        with pytest.raises(FaultError) as caught:
            jcs({"x": value})
        assert caught.value.code == code


texts = st.text(max_size=8)
values = st.recursive(
    texts | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
)


@settings(deadline=None)
@given(values)
def test_the_quick_way_of_canonical_json_is_the_slow_one(value: Any) -> None:
    import rfc8785

    assert jcs(value) == rfc8785.dumps(value)


NODES = [f"_:n{i}" for i in range(5)]
TERMS = [*NODES, "<urn:a>", "<urn:b>"]
quads = st.builds(
    Quad,
    st.sampled_from(TERMS),
    st.sampled_from(["<urn:p>", "<urn:q>"]),
    st.sampled_from([*TERMS, '"x"', '"x"@fr', '"1"^^<urn:int>']),
    st.sampled_from(["", "", "<urn:g>", "_:n0"]),
)
datasets = st.lists(quads, max_size=9, unique=True)


def by_pyld(dataset: list[Quad]) -> bytes:
    from pyld import jsonld

    text = "".join(quad.line() for quad in dataset)
    options = {"algorithm": "URDNA2015", "inputFormat": "application/n-quads", "format": "application/n-quads"}
    return str(jsonld.normalize(text, options)).encode()


def without_loops(dataset: list[Quad]) -> list[Quad]:
    """PyLD counts a statement that names one blank node twice as two; rdf-canonize (tests/interop) does not, nor do we."""
    return [quad for quad in dataset if len({quad.subject, quad.object, quad.graph}) == 3]


@settings(max_examples=300, deadline=None)
@given(datasets.map(without_loops))
def test_dataset_canonicalisation_agrees_with_pyld(dataset: list[Quad]) -> None:
    assert canonical_quads(dataset) == by_pyld(dataset)


@settings(max_examples=150, deadline=None)
@given(datasets, st.permutations(NODES), st.randoms(use_true_random=False))
def test_names_and_order_of_statements_do_not_matter(dataset: list[Quad], others: list[str], chance: Any) -> None:
    names = dict(zip(NODES, others, strict=True))
    renamed = [Quad(*(names.get(part, part) for part in quad)) for quad in dataset]
    chance.shuffle(renamed)
    assert canonical_quads(renamed) == canonical_quads(dataset)


def test_a_poisoned_graph_costs_no_more_than_its_budget() -> None:
    """Ten nodes all linked to each other: 10! paths if nothing stops it."""
    tangled = [Quad(f"_:n{i}", "<urn:p>", f"_:n{j}") for i in range(10) for j in range(10) if i != j]
    with pytest.raises(FaultError) as caught:
        canonical_quads(tangled)
    assert caught.value.code == "graph-too-costly"


def test_literals_escape_what_the_recommendation_says() -> None:
    assert rdf.literal('\b\t\n\f\r"\\\x7f\x01é', "http://www.w3.org/2001/XMLSchema#string") == r'"\b\t\n\f\r\"\\\u007F\u0001é"'
    with pytest.raises(FaultError):
        rdf.literal("x", "http://a", "fr> <b")


def test_numbers_are_the_same_for_every_reader() -> None:
    base = proofs.without_proof(samples.issued())
    two = samples.changed(base, ["credentialSubject", "creditsEarned"], 2)
    real = samples.changed(base, ["credentialSubject", "creditsEarned"], 2.0)
    assert processor().canonical(two) == processor().canonical(real)
    assert jcs(two) == jcs(real)


def test_processors_do_not_share_contexts() -> None:
    """Two processors with two meanings of one address, in one process."""
    address = "https://a.example/context"
    documents = [Processor({address: {"@context": {"x": f"urn:{name}"}}}).canonical({"@context": address, "x": "1"}) for name in "ab"]
    assert documents == [b'_:c14n0 <urn:a> "1" .\n', b'_:c14n0 <urn:b> "1" .\n']


@pytest.mark.parametrize(
    "change",
    [
        {"id": "relative"},
        {"type": ["VerifiableCredential", "Inconnu"]},
        {"type": None},
        {"issuer": {"id": 5}},
        {"credentialSubject": "texte"},
        {"name": {"value": "x", "language": "fr", "direction": "ltr"}},
        {"evidence": [{"type": "Evidence", "id": "a b:c"}]},
    ],
)
def test_what_would_leave_no_statement_is_refused(change: dict[str, Any]) -> None:
    bare = proofs.without_proof(samples.issued())
    with pytest.raises(FaultError):
        processor().canonical({**bare, **change})
