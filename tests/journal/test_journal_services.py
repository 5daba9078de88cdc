"""Recording, signing, exporting, proving; and several writers at the same time."""

from __future__ import annotations

import hashlib
import io
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.journal import samples
from tests.journal.conftest import record_some
from yole.base import paths
from yole.journal import keys, references, selectors, services, tasks
from yole.journal.engine.checking import verify_stream
from yole.journal.models import Entry, TreeHead


@pytest.mark.django_db
def test_the_hash_made_by_the_database_is_that_of_the_definition() -> None:
    body = {"ﬁ": '"\\/\b\f\n\r\t\x01\x1f\x7f\u2028é😀', "😀": [1, -(2**53) + 1, True, None, {"": []}]}
    made = services.record("mandate.use", "agent:1", "person:2", body)
    row = Entry.objects.get()
    bare = {
        "seq": 1,
        "at": made.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": "agent:1",
        "action": "mandate.use",
        "subject_ref": "person:2",
        "body": body,
        "prev": "0" * 64,
    }
    assert row.body.encode() == rfc8785.dumps(body)
    assert made.hash == bytes(row.hash).hex() == hashlib.sha256(b"\x00" + rfc8785.dumps(bare)).hexdigest()
    assert (timezone.now() - made.at) < timedelta(seconds=30)


@pytest.mark.django_db
def test_the_organisation_is_part_of_what_is_hashed() -> None:
    services.record("mandate.use", "agent:1", "person:2", {"a": 1}, "structure:7")
    services.record("mandate.use", "agent:1", "person:2", {"organisation": "structure:8"}, "structure:8")
    services.record("mandate.use", "agent:1", "person:2")
    assert list(Entry.objects.order_by("seq").values_list("organisation", "body")) == [
        ("structure:7", '{"a":1,"organisation":"structure:7"}'),
        ("structure:8", '{"organisation":"structure:8"}'),
        (None, "{}"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("mandate", "agent:1", "person:2", {}),
        ("Mandate.Use", "agent:1", "person:2", {}),
        ("mandate.use", "Camille Fictive", "person:2", {}),
        ("mandate.use", "agent:1", "camille@exemple.invalid", {}),
        ("mandate.use", "agent:1", "", {}),
        ("mandate.use", "agent:1", "person:2", {"amount": 12.5}),
        ("mandate.use", "agent:1", "person:2", {"n": 2**53}),
        ("mandate.use", "agent:1", "person:2", {"text": "a\0b"}),
        ("mandate.use", "agent:1", "person:2", {"text": "\ud800"}),
        ("mandate.use", "agent:1", "person:2", {"text": "x" * services.BODY_LIMIT}),
        ("mandate.use", "agent:1", "person:2", {"organisation": "structure:1"}),
        ("mandate.use", "agent:1", "person:2", {}, "Structure fictive"),
    ],
)
def test_what_does_not_belong_in_the_journal(arguments: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        services.record(*arguments)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_backslash_before_u0000_is_no_null_character() -> None:
    services.record("mandate.use", "agent:1", "person:2", {"text": "\\u0000"})
    assert selectors.verify().verified


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_a_line_is_in_the_transaction_of_its_act_and_leaves_no_gap() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        services.record("mandate.use", "agent:1", "person:2")
    record_some(2)
    with pytest.raises(KeyError), transaction.atomic():
        services.record("mandate.use", "agent:1", "person:2")
        raise KeyError
    record_some(1)
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]
    assert selectors.verify().verified


def test_references_are_opaque_and_stable() -> None:
    one = references.reference("person", 12)
    assert one == references.reference("person", 12)
    assert len({one, references.reference("person", 13), references.reference("account", 12)}) == 3
    assert references.is_reference(one)
    assert "12" not in {one.split(":")[1], one}
    with pytest.raises(ValueError, match="kind"):
        references.reference("Person of interest", 1)


def test_the_key_is_made_once_and_readable_by_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("YOLE_DATA_DIR", str(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        made = {future.result() for future in [pool.submit(lambda: keys.public_key()["publicKeyMultibase"]) for _ in range(8)]}
    assert len(made) == 1
    files = list(paths.keys_dir().iterdir())
    assert [path.name for path in files] == [keys.FILE]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert set(keys.public_key()) == {"publicKeyMultibase", "controller"}
    assert "secret" not in json.dumps(keys.public_key())


@pytest.mark.django_db
def test_heads_grow_from_one_another_and_equal_the_whole_tree() -> None:
    assert services.sign_if_due() is None
    for count in (1, 4, 0, 8):
        record_some(count)
        head = services.sign_head()
        leaves = [bytes(value) for value in Entry.objects.order_by("seq").values_list("hash", flat=True)]
        assert (head.size, head.root) == (len(leaves), samples.merkle(leaves).hex())
        assert head.holds()
    assert selectors.verify(key=keys.public_key()["publicKeyMultibase"]).heads == 4


@pytest.mark.django_db
def test_a_head_is_signed_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    record_some(2)
    assert tasks.sign_head.func() == 2
    assert tasks.sign_head.func() == 0
    record_some(1)
    assert selectors.verify().since == 1
    assert tasks.sign_head.func() == 3
    later = timezone.now() + timedelta(hours=21)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert tasks.sign_head.func() == 3
    assert TreeHead.objects.count() == 3


@pytest.mark.django_db
def test_a_head_is_asked_for_every_thousand_entries(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    monkeypatch.setattr(services, "HEAD_EVERY", 3)
    with django_capture_on_commit_callbacks() as callbacks:
        record_some(7)
    assert len(callbacks) == 2


@pytest.mark.django_db
def test_health_tells_age_and_soundness(monkeypatch: pytest.MonkeyPatch) -> None:
    assert selectors.health() == (True, "aucun acte pour l’instant")
    record_some(3)
    assert selectors.health() == (True, "3 actes, aucune tête signée encore")
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=26))
    assert selectors.health() == (False, "3 actes, aucune tête signée depuis plus de 25 heures")
    monkeypatch.setattr(timezone, "now", lambda: now)
    services.sign_head()
    assert selectors.health() == (True, "3 actes, les 3 derniers tiennent ; dernière tête signée il y a 0 h")
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=24, minutes=59))
    assert selectors.health()[0]
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=25, minutes=1))
    assert not selectors.health()[0]


@pytest.mark.django_db
def test_only_the_last_entries_are_looked_at() -> None:
    record_some(5)
    assert selectors.verify_recent(2).entries == 2
    assert selectors.verify_recent(2).verified
    assert selectors.verify_recent(99).entries == 5


@pytest.mark.django_db
def test_an_export_verifies_and_ends_with_a_head() -> None:
    early = services.sign_head()
    for _ in range(3):
        record_some(2)
        head = services.sign_head()
    record_some(1)
    text = b"".join(selectors.export(head))
    verdict = verify_stream(io.BytesIO(text), key=keys.public_key()["publicKeyMultibase"], kept=early)
    assert verdict.reasons == []
    assert (verdict.entries, verdict.heads, verdict.since) == (6, 4, 0)
    lines = [json.loads(line) for line in text.splitlines()]
    assert ["tree_head" in line for line in lines] == [True, False, False, True, False, False, True, False, False, True]
    assert all(len(line) == 8 for line in lines if "seq" in line)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, 7, 8, 13])
def test_a_receipt_is_proved_by_an_independent_computation(count: int) -> None:
    record_some(count)
    head = services.sign_head()
    record_some(2)
    leaves = [bytes(value) for value in Entry.objects.order_by("seq").values_list("hash", flat=True)][:count]
    for seq in range(1, count + 1):
        receipt = selectors.receipt(seq, head)
        entry = receipt["entry"]
        assert samples.sealed(entry) == entry
        assert receipt["path"] == [sibling.hex() for sibling in samples.path(seq - 1, leaves)]
        assert receipt["head"]["root"] == samples.merkle(leaves).hex()
    with pytest.raises(ValueError, match="leaf"):
        selectors.receipt(count + 1, head)


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_writers_at_the_same_time_leave_one_chain_without_gap() -> None:
    writers, each = 6, 20

    def write(writer: int) -> list[int]:
        numbers = []
        try:
            for number in range(each):
                with transaction.atomic():
                    made = services.record("mandate.use", f"agent:{writer}", f"person:{number}", {"n": number}, f"structure:{writer % 2}")
                    if number % 5 == 4:
                        transaction.set_rollback(True)  # an act that fails after its line
                        continue
                numbers.append(made.seq)
        finally:
            connection.close()
        return numbers

    def sign(_: int) -> list[int]:
        try:
            return [services.sign_head().size for _ in range(5)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(writers + 2) as pool:
        signing = [pool.submit(sign, turn) for turn in range(2)]
        written = [number for future in [pool.submit(write, writer) for writer in range(writers)] for number in future.result()]
        assert all(future.result() for future in signing)
    assert sorted(written) == list(range(1, writers * each * 4 // 5 + 1))
    services.sign_head()
    verdict = selectors.verify(key=keys.public_key()["publicKeyMultibase"])
    assert verdict.reasons == []
    assert (verdict.entries, verdict.heads, verdict.since) == (len(written), 11, 0)
