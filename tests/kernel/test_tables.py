import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.kernel.errors import InputError
from yole.kernel.files import atomic_write, read_bytes
from yole.kernel.tables import parse_table, read_table, write_table


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_three_separators_are_recognised(mark: str) -> None:
    table = parse_table(f"a{mark}b\n1{mark}2\n".encode(), "f.csv")
    assert (table.header, table.rows, table.delimiter) == (("a", "b"), [["1", "2"]], mark)


def test_byte_order_mark_blank_lines_and_short_rows() -> None:
    table = parse_table("\ufeffa,b\n\n1\n".encode(), "f.csv")
    assert table.rows == [["1", ""]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vide"),
        (b" \n\n", "vide"),
        ("nom\nFrançois".encode("latin-1"), "UTF-8"),
        (b"a,a\n1,2\n", "deux fois"),
        (b"b\n1\n", "colonne absente"),
        (b"a,b\n1,2,3\n", "ligne 1"),
        (b"a\n\x00\n", "nuls"),
    ],
)
def test_bad_files_say_place_and_remedy_on_one_line(data: bytes, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_table(data, "liste.csv", required=["a"])
    line = caught.value.one_line()
    assert words in line
    assert "liste.csv" in line
    assert "\n" not in line


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=2, max_size=2), max_size=5))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    # A lone carriage return is the one thing that CSV readers may normalise; a row of blanks is a blank line.
    rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    assert parse_table(write_table(["colonne", "autre"], rows), "f.csv").rows == rows


def test_gz_and_missing_and_too_large(tmp_path: Path) -> None:
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(b"a\n1\n"))
    assert read_table(packed).rows == [["1"]]
    with pytest.raises(InputError, match="introuvable"):
        read_table(tmp_path / "absent.csv")
    big = tmp_path / "big.csv"
    big.write_bytes(b"x" * 1001)
    with pytest.raises(InputError, match="trop grand"):
        read_bytes(big, limit=1000)
    assert len(read_bytes(big, limit=1001)) == 1001


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(target) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(InputError), atomic_write(tmp_path / "no" / "out.csv"):
        pass
