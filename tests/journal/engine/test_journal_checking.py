"""An exported journal: the sound one passes, and whatever is done to it is found, with its line."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable
from typing import IO, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal import samples
from yole.journal.engine import checking
from yole.journal.engine.canonical import FaultError
from yole.journal.engine.checking import NotAJournalError, Verdict, read_kept_head, verify_stream
from yole.journal.engine.entries import TreeHead

SOUND = samples.journal()
TEXT = samples.lines(SOUND)


def verify(text: bytes, **options: Any) -> Verdict:
    return verify_stream(io.BytesIO(text), **options)


def kept(objects: dict[str, Any]) -> TreeHead:
    return read_kept_head(json.dumps(objects).encode())


def test_a_sound_journal_passes() -> None:
    verdict = verify(TEXT, key=samples.public(), kept=kept(SOUND[4]))
    assert verdict == Verdict(entries=9, heads=2, root=SOUND[-1]["tree_head"]["root"], key=samples.public(), since=0, reasons=[])
    assert verdict.verified


def test_an_empty_journal_is_a_head_of_nothing() -> None:
    verdict = verify(samples.lines([samples.head([])]))
    assert verdict.verified
    assert verdict.root == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("indent", [False, True])
def test_spacing_escapes_and_order_are_free(indent: bool) -> None:
    text = b"\n"
    for one in SOUND:
        turned = {name: one[name] for name in reversed(one)}
        text += b" \t" + json.dumps(turned, ensure_ascii=indent, separators=(" ,\t", "  : ")).encode() + b" \r\n\r\n"
    assert verify(text).verified
    assert verify(text.rstrip()).verified


def changed(line: int, **members: Any) -> list[dict[str, Any]]:
    """The sound journal with members of one entry changed, its hash made again and nothing else."""
    made = [*SOUND]
    made[line - 1] = samples.sealed({**made[line - 1], **members})
    return made


BODIES: dict[str, Any] = {
    "another number": {"step": 99},
    "a fraction": {"step": 0.5},
    "a whole fraction": {"step": 1.0},
    "too great": {"step": 2**53},
    "too small": {"step": -(2**53)},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_changed_without_its_hash(body: dict[str, Any]) -> None:
    made = [*SOUND]
    made[2] = {**made[2], "body": body}
    verdict = verify(samples.lines(made))
    assert not verdict.verified
    assert verdict.reasons[0].startswith("ligne 3 : ")


@pytest.mark.parametrize(
    ("spoil", "line", "said"),
    [
        (lambda made: made[1].update(note="x"), 2, "membre inconnu : « note »"),
        (lambda made: made[1].pop("actor"), 2, "membre absent : « actor »"),
        (lambda made: made[1].update(organisation="a"), 2, "membre inconnu"),
        (lambda made: made[4].update(seq=1), 5, "membre inconnu : « seq »"),
        (lambda made: made[4]["tree_head"].update(x=1), 5, "membre inconnu"),
        (lambda made: made[4]["tree_head"].pop("at"), 5, "membre absent"),
        (lambda made: made[4].update(tree_head=[]), 5, "n’est pas un objet"),
        (lambda made: made.pop(1), 2, "un acte manque"),
        (lambda made: made.insert(2, made[1]), 3, "répété"),
        (lambda made: made.insert(1, made.pop(2)), 2, "l’ordre a changé"),
        (lambda made: made.insert(4, made.pop(3)), 4, "la tête couvre 4 actes ; 3"),
        (lambda made: made[1].update(prev="0" * 64), 2, "la chaîne est rompue"),
        (lambda made: made[1].update(actor="agent:80"), 2, "l’acte a été modifié"),
        (lambda made: made[1].update(at="2026-11-22T08:02:00.000001Z"), 2, "l’acte a été modifié"),
        (lambda made: made[1].update(hash="0" * 64), 2, "l’acte a été modifié"),
        (lambda made: made[1].update(hash=made[1]["hash"].upper()), 2, "minuscules"),
        (lambda made: made.pop(), 6, "aucune tête ne couvre cet acte"),
        (lambda made: made[4]["tree_head"].update(at="2026-11-22T12:00:00.000001Z"), 5, "signature"),
        (lambda made: made[4]["tree_head"].update(origin="https://ailleurs.fr/journal"), 5, "signature"),
        (lambda made: made[4]["tree_head"].update(key=samples.public(samples.OTHER_KEY)), 5, "signature"),
        (lambda made: made[4]["tree_head"].update(key="z6Mk"), 5, "signature"),
        (lambda made: made[4]["tree_head"].update(signature="z1"), 5, "signature"),
    ],
)
def test_what_is_done_to_a_file_is_told_with_its_line(spoil: Callable[[Any], Any], line: int, said: str) -> None:
    made = json.loads(json.dumps(SOUND))
    spoil(made)
    verdict = verify(samples.lines(made))
    assert not verdict.verified
    assert verdict.reasons[0].startswith(f"ligne {line} : ")
    assert said in verdict.reasons[0]


@pytest.mark.parametrize(
    "members",
    [
        {"seq": True},
        {"seq": "3"},
        {"seq": 0},
        {"at": "2026-11-22T08:00:00Z"},
        {"at": "2026-11-22T08:00:00.000000+00:00"},
        {"at": "2026-02-30T08:00:00.000000Z"},
        {"at": "2026-11-22T08:00:00.٠٠٠٠٠٠Z"},
        {"at": None},
        {"actor": None},
        {"action": 3},
        {"subject_ref": ["person:1"]},
        {"body": []},
        {"body": "{}"},
        {"prev": None},
        {"prev": "ab"},
    ],
)
def test_members_of_the_wrong_kind_even_well_hashed(members: dict[str, Any]) -> None:
    verdict = verify(samples.lines(changed(3, **members)))
    assert verdict.reasons[0].startswith("ligne 3 : « ")


def test_a_date_may_go_back() -> None:
    made = samples.entries([{}, {}])
    made = samples.chained([{**made[0], "at": "2026-12-31T23:59:59.999999Z"}, made[1]])
    assert verify(samples.lines([*made, samples.head(made)])).verified


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'"actor": "agent:7f"', b'"actor": "agent:7f", "actor": "agent:7f"', "membre répété"),
        (b'"step": 2', b'"step": NaN', "nombre refusé"),
        (b'"step": 2', b'"step": 2.0', "nombre refusé"),
        (b'"step": 2', b'"step": 2e0', "nombre refusé"),
        (b'"step": 2', b'"step": 2, "st\\u0065p": 2', "membre répété"),
        (b'"step": 2', b'"step": 90071992547409930000', "nombre refusé"),
        (b'"seq": 3', b'"seq": 3.0', "nombre refusé"),
        (b"12.50", b"12.50\xe9", "UTF-8"),
        (b"12.50", b"\\ud800", "demi-caractère"),
        (b'"step": 2', b'"step": 2,', "JSON"),
        (b'{"seq": 3', b'\xef\xbb\xbf{"seq": 3', "JSON"),
        (b'"step": 2', b'"step": ' + b"[" * 3000 + b"]" * 3000, "imbrication"),
    ],
)
def test_what_json_readers_disagree_on_is_refused(before: bytes, after: bytes, said: str) -> None:
    text = TEXT.split(b"\n")
    assert before in text[2]
    text[2] = text[2].replace(before, after, 1)
    verdict = verify(b"\n".join(text))
    assert verdict.reasons[0].startswith("ligne 3 : ")
    assert said in verdict.reasons[0]


def test_a_chain_computed_again_is_found_by_the_old_head() -> None:
    made = samples.entries([{"step": n} for n in range(6)])
    old = samples.head(made)
    forged = samples.chained([*made[:2], {**made[2], "body": {"step": 99}}, *made[3:]])
    verdict = verify(samples.lines([*forged, old]))
    assert verdict.reasons == [
        "ligne 7 : la racine de la tête n’est pas celle des actes qui la précèdent : ils ont été modifiés après la signature"
    ]


def test_signing_again_is_found_with_the_key_or_the_head() -> None:
    made = samples.entries([{"step": n} for n in range(6)])
    known = kept(samples.head(made[:4]))
    forged = samples.chained([*made[:2], {**made[2], "body": {"step": 99}}, *made[3:]])
    text = samples.lines([*forged, samples.head(forged, samples.OTHER_KEY)])
    assert verify(text).verified  # nothing but what is kept elsewhere can tell
    assert "autre clé" in verify(text, key=samples.public()).reasons[0]
    told = verify(text, kept=known).reasons
    assert "les 4 premiers actes ne sont pas ceux" in told[0]
    assert "signé à nouveau" in told[1]


def test_signing_the_same_entries_again_is_found_with_the_head() -> None:
    made = samples.entries([{"step": n} for n in range(6)])
    text = samples.lines([*made, samples.head(made, samples.OTHER_KEY)])
    assert ["signé à nouveau" in reason for reason in verify(text, kept=kept(samples.head(made[:4]))).reasons] == [True]


def test_cutting_the_end_is_found_with_the_head() -> None:
    text = samples.lines(SOUND[:5])
    assert verify(text).verified
    told = verify(text, kept=kept(SOUND[-1])).reasons
    assert told == ["tête gardée : elle couvre 9 actes ; le journal n’en a que 4 : la fin manque"]


def test_a_kept_head_must_itself_hold() -> None:
    spoiled = {"tree_head": {**SOUND[4]["tree_head"], "at": "2020-01-01T00:00:00.000000Z"}}
    assert verify(TEXT, kept=kept(spoiled)).reasons == ["tête gardée : sa signature ne tient pas"]
    other = samples.head(SOUND[:4], samples.OTHER_KEY)
    assert "autre clé que celle qui est attendue" in verify(TEXT, key=samples.public(), kept=kept(other)).reasons[0]
    assert verify(TEXT, kept=kept(samples.head([]))).verified
    not_empty = samples.head([], root="0" * 64)
    assert "les 0 premiers actes" in verify(TEXT, kept=kept(not_empty)).reasons[0]


@pytest.mark.parametrize("data", [b"", b" \n", b"[]", b"{}", b"{", b'{"tree_head": 1}', b'{"tree_head": {}, "x": 1}', TEXT])
def test_what_is_not_a_kept_head(data: bytes) -> None:
    with pytest.raises(FaultError):
        read_kept_head(data)


@pytest.mark.parametrize("text", [b"", b"\n \n", b"bonjour\n", b"\x00\xff\n", b"[]\n{}\n", b'{"a": 1}\n', b"nom,commune\nA,B\n", b"{\n}\n"])
def test_what_is_not_a_journal_at_all(text: bytes) -> None:
    with pytest.raises(NotAJournalError):
        verify(text)


def test_a_line_that_is_no_json_in_a_journal_is_a_fault() -> None:
    for place in range(len(SOUND)):
        text = TEXT.split(b"\n")
        text[place] = b"bonjour"
        assert verify(b"\n".join(text)).reasons[0].startswith(f"ligne {place + 1} : ce n’est pas du JSON")


def meaning(text: bytes) -> Any:
    """What the lines say, repeated members and all; None when some line says nothing."""
    try:
        return [
            json.loads(line, object_pairs_hook=lambda pairs: sorted(pairs, key=repr)) for line in text.split(b"\n") if line.strip(b" \t\r")
        ]
    except ValueError:
        return None


MEANING = meaning(TEXT)


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255))
def test_any_byte_changed_is_found(place: int, difference: int) -> None:
    text = TEXT[:place] + bytes([TEXT[place] ^ difference]) + TEXT[place + 1 :]
    if meaning(text) != MEANING:
        assert not verify(text).verified


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 400))
def test_any_bytes_removed_are_found(place: int, length: int) -> None:
    text = TEXT[:place] + TEXT[place + length :]
    if meaning(text) != MEANING:
        assert text == samples.lines(SOUND[:5]) or not verify(text).verified


@given(st.data())
def test_any_entry_removed_repeated_or_moved_is_found(data: st.DataObject) -> None:
    entries = [place for place, one in enumerate(SOUND) if "seq" in one]
    place = data.draw(st.sampled_from(entries))
    act = data.draw(st.sampled_from(["remove", "repeat", "swap", "replace"]))
    made = [*SOUND]
    other = data.draw(st.integers(0, len(SOUND) - 1).filter(lambda number: number != place))
    if act == "remove":
        del made[place]
    elif act == "repeat":
        made.insert(other + 1, made[place])
    elif act == "swap":
        made[place], made[other] = made[other], made[place]
    else:
        made[place] = made[other]
    assert not verify(samples.lines(made)).verified


@given(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=4))
def test_any_journal_of_sound_heads_passes(count: int, places: list[int]) -> None:
    heads = sorted({place for place in places if place < count} | {count})
    verdict = verify(samples.lines(samples.journal(count, heads)))
    assert verdict.verified
    assert (verdict.entries, verdict.heads) == (count, len(heads))


def test_a_million_faults_are_not_all_told() -> None:
    made = [{**one, "actor": "agent:00"} if "seq" in one else one for one in samples.journal(60, (60,))]
    verdict = verify(samples.lines(made))
    assert len(verdict.reasons) == 21
    assert verdict.reasons[-1] == "… et 41 autres défauts"


def test_an_endless_line_is_not_read_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LONGEST_LINE", 1024)
    text = TEXT.split(b"\n")
    text[2] = b"x" * 5000
    verdict = verify(b"\n".join(text))
    assert verdict.reasons[0] == "ligne 3 : ligne de plus de 0 Mo"
    assert verdict.entries == 8


class Endless:
    """A file of n entries made while it is read."""

    def __init__(self, count: int) -> None:
        self.left, self.seq, self.prev = count, 0, "0" * 64

    def readline(self, limit: int) -> bytes:
        if not self.left:
            return b""
        self.left -= 1
        self.seq += 1
        members = {"seq": self.seq, "at": "2026-11-22T08:00:00.000000Z", "actor": "a:1", "action": "a.b", "subject_ref": "p:1"}
        made = samples.sealed({**members, "body": {}, "prev": self.prev})
        self.prev = made["hash"]
        return samples.lines([made])


def test_memory_does_not_grow_with_the_journal() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        verify_stream(cast(IO[bytes], Endless(count)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(4000) < peak(400) + 16_384
