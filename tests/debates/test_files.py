"""Files in and out: spreadsheets' habits, refusals that say where, the exports of Polis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from yole.debates import files
from yole.debates.engine.ballots import Ballots
from yole.kernel.errors import InputError

from .rooms import EXAMPLE, N, write

WIDE = "participant,s1,s2\na,1,0\nb,-1,\n"


def test_wide_file_and_back(tmp_path: Path) -> None:
    ballots = files.read_votes(write(tmp_path / "v.csv", WIDE))
    assert (ballots.participants, ballots.statements) == (("a", "b"), ("s1", "s2"))
    assert ballots.votes.tolist() == [[1, 0], [-1, N]]
    assert files.write_votes(ballots).decode() == WIDE
    again = files.parse_votes(files.write_votes(EXAMPLE), "x")
    assert again.participants == EXAMPLE.participants and (again.votes == EXAMPLE.votes).all()


def test_excel_and_names_of_statements(tmp_path: Path) -> None:
    """BOM, semicolons, CR LF; names with commas and accents, numbers out of order, kept as they are."""
    text = '\ufeffparticipant;Oui, mais, à l’école;10;9;"Un ; deux"\r\na;1;0;-1;\r\nb;;1; 1;0\r\n'
    ballots = files.read_votes(write(tmp_path / "excel.csv", text))
    assert ballots.statements == ("Oui, mais, à l’école", "10", "9", "Un ; deux")
    assert ballots.votes.tolist() == [[1, 0, -1, N], [N, 1, 1, 0]]
    commas = files.read_votes(write(tmp_path / "c.csv", 'participant,"a, b; c; d; e",f\nx,1,\n'))
    assert commas.statements == ("a, b; c; d; e", "f")


def test_participant_is_found_by_name(tmp_path: Path) -> None:
    assert files.read_votes(write(tmp_path / "v.csv", "s1,participant\n1,a\n")).statements == ("s1",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ("vide",)),
        ("personne,s1\na,1\n", ("« participant »", "absente")),
        ("participant\na\n", ("aucune colonne d'énoncé",)),
        ("participant,s1\n", ("aucune ligne",)),
        ("participant,s1,s2\na,1\n", ("ligne 1", "« 2 cellules »", "3 cellules")),
        ("participant,s1,s2\na,1,1\nb,1,1,\n", ("ligne 2", "« 4 cellules »", "3 cellules")),
        ("participant,s1\na,1\na,1\n", ("ligne 2", "« participant »", "« a »", "déjà ligne 1")),
        ("participant,s1\n,1\n", ("ligne 1", "sans identifiant")),
        ("participant,s1,s1\na,1,1\n", ("« s1 »", "deux fois")),
        ("participant,s1,\na,1,\n", ("colonne 3",)),
        ("participant,s1,s2\na,1,2\n", ("ligne 1", "« s2 »", "« 2 »", "1 (d'accord)")),
        ("participant,s1\na,oui\n", ("ligne 1", "« s1 »", "« oui »")),
        ("participant,s1\na,1.0\n", ("« 1.0 »",)),
        ("participant,s1\na,\nb,\n", ("aucun vote",)),
        ("participant,s1\na,\x00\n", ("octets nuls",)),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, text: str, told: tuple[str, ...]) -> None:
    path = write(tmp_path / "v.csv", text)
    with pytest.raises(InputError) as caught:
        files.read_votes(path)
    line = caught.value.one_line()
    assert "\n" not in line and str(path) in line
    assert all(words in line for words in told), line


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("participant,école\na,1\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        files.read_votes(path)


def test_groups(tmp_path: Path) -> None:
    read = files.read_groups(write(tmp_path / "g.csv", "participant,group\nd,B\na,A\nb,A\n"), EXAMPLE)
    assert read == [("B", [3]), ("A", [0, 1])]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a,A\nz,A\n", ("ligne 2", "inconnu", "« z »")),
        ("a,A\na,B\n", ("ligne 2", "« a »", "déjà ligne 1")),
        ("a,\n", ("ligne 1", "« group »")),
        (",A\n", ("ligne 1", "« participant »")),
        ("", ("aucune ligne",)),
    ],
)
def test_groups_that_cannot_be_read(tmp_path: Path, rows: str, told: tuple[str, ...]) -> None:
    path = write(tmp_path / "g.csv", "participant,group\n" + rows)
    with pytest.raises(InputError) as caught:
        files.read_groups(path, EXAMPLE)
    assert all(words in caught.value.one_line() for words in told), caught.value.one_line()


def test_the_latest_vote_counts(tmp_path: Path) -> None:
    """By time, whatever the order of the file; of equal times, the last line."""
    text = "timestamp,comment-id,voter-id,vote\n20,7,ann,-1\n10,7,ann,1\n5,9,bob,1\n5,9,bob,0\n"
    ballots = files.read_long(write(tmp_path / "votes.csv", text))
    assert (ballots.participants, ballots.statements) == (("ann", "bob"), ("7", "9"))
    assert ballots.votes.tolist() == [[-1, N], [N, 0]]
    for bad in ("1,7,ann,2\n", "1,7,ann,\n", "x,7,ann,1\n", "1,,ann,1\n"):
        with pytest.raises(InputError, match="ligne 1"):
            files.read_long(write(tmp_path / "bad.csv", "timestamp,comment-id,voter-id,vote\n" + bad))


def test_export_is_read_by_name_with_or_without_xid(tmp_path: Path) -> None:
    old = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,12,3\na,0,1,2,1,1,1,-1\nb,,0,1,0,0,0,\n"
    new = "participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,12,3\na,q,0,1,2,1,1,1,-1\nb,r,,0,1,0,0,0,\n"
    for text in (old, new):
        ballots, groups = files.read_export(write(tmp_path / "p.csv", text))
        assert (ballots.statements, groups) == (("12", "3"), {"a": "0"})
        assert ballots.votes.tolist() == [[1, -1], [0, N]]
    assert files.write_export(ballots, groups, {"a": 1}).decode() == old


def test_signs_are_checked_against_published_counts(tmp_path: Path) -> None:
    path = tmp_path / "comments.csv"
    path.write_bytes(files.write_comments(EXAMPLE, [1, 0, -1]))
    assert path.read_text() == "comment-id,agrees,disagrees,passes,moderated\ns1,3,4,0,1\ns2,4,1,2,0\ns3,2,3,0,-1\n"
    assert files.check_signs(path, EXAMPLE).hold
    other = Ballots(EXAMPLE.participants, EXAMPLE.statements, np.where(EXAMPLE.votes == N, N, -EXAMPLE.votes).astype(np.int8))
    signs = files.check_signs(path, other)
    assert signs.reversed and not signs.hold
    with pytest.raises(InputError, match="aucun énoncé"):
        files.check_signs(write(path, "comment-id,agrees,disagrees\nz,1,1\n"), EXAMPLE)


@pytest.mark.parametrize("votes", [np.full((7, 3), 3), np.zeros((7, 2))])
def test_ballots_refuse_what_they_are_not(votes: np.ndarray) -> None:
    with pytest.raises(ValueError, match="votes"):
        Ballots(EXAMPLE.participants, EXAMPLE.statements, votes.astype(np.int8))
    with pytest.raises(ValueError, match="twice"):
        Ballots(("a", "a"), ("s",), np.zeros((2, 1), dtype=np.int8))
