"""Issuing and verifying passports, one process, beside openbadgeslib, the bare libraries, raw Ed25519 and the node verifiers."""

from __future__ import annotations

import copy
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import serialization

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.interop.node import Peer  # noqa: E402 - the peer lives beside the tests that use it

from yole.journal.engine import multibase  # noqa: E402
from yole.passport.contexts import processor, shipped  # noqa: E402
from yole.passport.engine import credential, did, keys, proofs, status, verification  # noqa: E402
from yole.passport.engine.containers import qr_text  # noqa: E402

SIGNED, AT = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = keys.key_from_seed(bytes(range(32)), "did:web:passeport.example")
DID_DOCUMENT = did.build_document(KEY.controller, [did.IssuerKey(KEY.public, SIGNED)])
LIST = "https://passeport.example/status/1"
ROUNDS = 5


def award(number: int, with_status: bool = True) -> credential.Award:
    return credential.Award(
        id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        issuer_name="Structure fictive",
        recipient=f"urn:uuid:00000000-0000-4000-9000-{number:012}",
        level="orange",
        achievement=credential.Achievement(
            "https://passeport.example/niveaux/orange", "Passeport numérique, niveau orange", "Sait faire ses démarches seul.", "Jury."
        ),
        valid_from=SIGNED,
        valid_until=SIGNED + timedelta(days=1096),
        status=credential.StatusEntry(LIST, number % status.LENGTH) if with_status else None,
    )


def rate(act: Callable[[int], Any], times: int) -> float:
    """Acts per second: the best round of ROUNDS, after one act that is not counted."""
    act(0)
    best = 0.0
    for turn in range(ROUNDS):
        gc.collect()
        start = time.perf_counter()
        for number in range(times):
            act(turn * times + number + 1)
        best = max(best, times / (time.perf_counter() - start))
    return best


def by_openbadgeslib() -> tuple[float, float]:
    from openbadgeslib.ob3 import add_data_integrity_proof, verify_data_integrity_proof

    secret = KEY.secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = KEY.secret.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signed = credential.issue(award(1), KEY, SIGNED, processor(), [proofs.RDFC])
    return (
        rate(lambda n: add_data_integrity_proof(credential.build(award(n), KEY.controller), secret, KEY.method, created=SIGNED), 8),
        rate(lambda n: verify_data_integrity_proof(copy.deepcopy(signed), public), 8),
    )


def by_bare_libraries() -> tuple[float, float]:
    """The jcs suite written straight on rfc8785 and cryptography, without any check of what is signed."""

    def data(document: dict[str, Any], proof: dict[str, Any]) -> bytes:
        return sha256(rfc8785.dumps(proof)).digest() + sha256(rfc8785.dumps(document)).digest()

    def sign(number: int) -> None:
        document = credential.build(award(number), KEY.controller)
        proof = {
            "@context": document["@context"],
            "type": "DataIntegrityProof",
            "cryptosuite": proofs.JCS,
            "created": "2026-11-02T09:00:00Z",
        }
        proof |= {"verificationMethod": KEY.method, "proofPurpose": "assertionMethod"}
        multibase.encode(KEY.secret.sign(data(document, proof)))

    text = json.dumps(credential.issue(award(1), KEY, SIGNED, processor(), [proofs.JCS]))
    public = KEY.secret.public_key()

    def check(number: int) -> None:
        document = json.loads(text)
        (proof,) = document.pop("proof")
        public.verify(multibase.decode(proof.pop("proofValue")), data(document, proof))

    return rate(sign, 300), rate(check, 300)


def ours(suites: tuple[str, ...], times: int) -> tuple[float, float]:
    """Issue from an award; verify from the text: strict reading, structure, contexts, proofs, dates, and the list of status read again."""
    from yole.passport.engine.reading import read_json

    text = json.dumps(credential.issue(award(1, with_status=False), KEY, SIGNED, processor(), suites)).encode()
    held = did.read_document(DID_DOCUMENT)

    def check(number: int) -> None:
        if not verification.verify(read_json(text), at=AT, processor=processor(), documents=[held]).sound:
            raise RuntimeError("a sound passport was refused")

    return rate(lambda n: credential.issue(award(n), KEY, SIGNED, processor(), suites), times), rate(check, times)


def raw() -> tuple[float, float]:
    message, public = bytes(64), KEY.secret.public_key()
    signature = KEY.secret.sign(message)
    return rate(lambda n: KEY.secret.sign(message), 1000), rate(lambda n: public.verify(signature, message), 1000)


def by_node() -> dict[str, str]:
    """Verifications per second of the node verifiers, by suite."""
    try:
        peer = Peer()
    except (RuntimeError, OSError):
        return {}
    method = {"@context": "https://w3id.org/security/multikey/v1", **DID_DOCUMENT["verificationMethod"][0]}
    carried = {address: shipped()[address] for address in shipped() if "purl" in address or "w3id" in address}
    documents = {**carried, KEY.controller: DID_DOCUMENT, KEY.method: method}
    found = {}
    with peer:
        for suite, times in ((proofs.RDFC, 40), (proofs.JCS, 400)):
            signed = credential.issue(award(1, with_status=False), KEY, SIGNED, processor(), [suite])
            given = {"credential": signed, "suites": [suite], "now": "2026-11-22T12:00:00Z", "documents": documents, "times": times}
            found[suite] = f"{max(times / peer.call('verifyMany', **given) for _ in range(3)):,.0f}"
    return found


def one_file() -> float:
    """Seconds of `yole passport verify` on one file with both proofs and a list, start-up included: median of 7."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "p.json").write_text(json.dumps(credential.issue(award(5), KEY, SIGNED, processor())), encoding="utf-8")
        (folder / "did.json").write_text(json.dumps(DID_DOCUMENT), encoding="utf-8")
        bare = status.build_list(LIST, KEY.controller, status.empty_bits(), SIGNED)
        (folder / "list.json").write_text(json.dumps(proofs.sign_set(bare, KEY, SIGNED, processor())), encoding="utf-8")
        command = [sys.executable, "-m", "yole", "passport", "verify", "p.json", "--did-document", "did.json", "--status-list", "list.json"]
        taken = []
        for _ in range(7):
            start = time.perf_counter()
            subprocess.run([*command, "--at", "2026-11-22"], cwd=folder, check=True, capture_output=True)
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def run() -> str:
    """The section of the report, in Markdown."""
    rdfc, jcs, both = ours((proofs.RDFC,), 40), ours((proofs.JCS,), 300), ours(proofs.SUITES, 40)
    library, bare, ed25519, node = by_openbadgeslib(), by_bare_libraries(), raw(), by_node()
    missing = "not installed"
    text = credential.issue(award(1, with_status=False), KEY, SIGNED, processor())
    sizes = [len(qr_text(text, suites)) for suites in (proofs.SUITES, (proofs.JCS,))]
    return f"""## passport: issue and verify

Passports per second, one process, contexts parsed once, best of {ROUNDS} rounds. Ours reads the text strictly, checks structure, contexts, proofs and
dates; the peers check the signature.

| suite | Yole: issue, verify | peer: issue, verify | ratio | node verifiers: verify |
|---|---|---|---|---|
| eddsa-rdfc-2022 | {rdfc[0]:,.0f}, {rdfc[1]:,.0f} | openbadgeslib 4.6.3 with PyLD 3.3.0: {library[0]:.1f}, {library[1]:.1f} | {rdfc[0] / library[0]:.1f}, {rdfc[1] / library[1]:.1f} | {node.get(proofs.RDFC, missing)} |
| eddsa-jcs-2022 | {jcs[0]:,.0f}, {jcs[1]:,.0f} | rfc8785 with cryptography: {bare[0]:,.0f}, {bare[1]:,.0f} | {jcs[0] / bare[0]:.2f}, {jcs[1] / bare[1]:.2f} | {node.get(proofs.JCS, missing)} |
| both proofs | {both[0]:,.0f}, {both[1]:,.0f} | | | |
| the bound: raw Ed25519 | {ed25519[0]:,.0f}, {ed25519[1]:,.0f} | | | |

Targets: rdfc at least 3 times openbadgeslib in a batch; jcs within 1.3 times of the bare libraries (ratio 0.77 or more) and above the node verifier.
A cohort of 10,000 passports with both proofs: {10_000 / both[0]:.0f} s on one core.

`yole passport verify` on one file, both proofs and the list of status, start-up included: {one_file():.2f} s (target: 2 s).
QR text of one passport without status: {sizes[0]:,} symbols with both proofs, {sizes[1]:,} with the jcs proof alone.
"""


if __name__ == "__main__":
    print(run())
