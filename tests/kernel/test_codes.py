import string

from hypothesis import given
from hypothesis import strategies as st

from yole.kernel.codes import ALPHABET, clean_code, is_code, new_code, show_code


def test_new_codes_are_codes_and_differ() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(is_code(code, 10) for code in codes)


@given(st.integers(0, 9), st.sampled_from(ALPHABET))
def test_any_one_wrong_symbol_is_seen(place: int, symbol: str) -> None:
    code = new_code()
    changed = code[:place] + symbol + code[place + 1 :]
    assert is_code(changed, 10) == (changed == code)


@given(st.integers(0, 8))
def test_a_swap_of_neighbours_is_seen(place: int) -> None:
    code = new_code()
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_code(swapped, 10) == (swapped == code)


def test_usual_ways_of_typing_a_code_wrong_are_understood() -> None:
    code = new_code()
    assert clean_code(show_code(code).lower()) == code
    assert clean_code(" " + " ".join(code) + "\n") == code
    assert clean_code(code.replace("0", "O").replace("1", "l").replace("V", "u")) == code
    assert clean_code(code.replace("-", "–")) == code


@given(st.text(alphabet=string.printable, max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert is_code(clean_code(text), 10) in {True, False}
