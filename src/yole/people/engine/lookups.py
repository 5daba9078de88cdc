"""By which values a person is found. The digests of these values are stored, never the values."""

from __future__ import annotations

from itertools import combinations

from yole.kernel.text import fold
from yole.people.engine.identity import Identity
from yole.people.engine.names import PREFIX_LONGEST, PREFIX_SHORTEST, prefixes, sound, tokens

PHONE, EMAIL, PREFIX, NAME_YEAR, NAME_PAIR = "tel", "mel", "pre", "nan", "paire"
BLOCKING = (PHONE, EMAIL, NAME_YEAR, NAME_PAIR)
MAX_BLOCK = 60  # persons who share a value: beyond, the value tells nothing
_WORDS_MAX = 6

Value = tuple[str, str]  # kind, normalised value


def email_key(email: str) -> str:
    return email.strip().lower()


def _sounds(*names: str) -> list[str]:
    """Sounds of every word of the names; of both names together, so that their exchange changes nothing."""
    words = [word for name in names for word in tokens(name)[:_WORDS_MAX]]
    return sorted({sound(word) for word in words if len(word) > 1 or len(words) == 1})


def _contacts(identity: Identity) -> set[Value]:
    found = set()
    if identity.phone:
        found.add((PHONE, identity.phone))
    if identity.email:
        found.add((EMAIL, email_key(identity.email)))
    return found


def stored(identity: Identity, birth_year: int | None) -> set[Value]:
    """Every value under which a person is filed."""
    found = _contacts(identity)
    for word in {*tokens(identity.last_name)[:_WORDS_MAX], *tokens(identity.first_name)[:_WORDS_MAX]}:
        found |= {(PREFIX, beginning) for beginning in prefixes(word)}
    heard = _sounds(identity.last_name, identity.first_name)
    if birth_year is not None:
        found |= {(NAME_YEAR, f"{one}|{birth_year}") for one in heard}
    found |= {(NAME_PAIR, f"{one}|{other}") for one, other in combinations(heard, 2)}
    return found


def candidates(identity: Identity, birth_year: int | None) -> set[Value]:
    """The values to look up to find who may be the same person: years one off are looked up too.

    With the year, only the last name is looked up, among both names of the others: exchanged names are found, and a first name that a
    whole year was given brings nobody.
    """
    found = _contacts(identity)
    heard = _sounds(identity.last_name, identity.first_name)
    if birth_year is not None:
        alone = _sounds(identity.last_name or identity.first_name)
        found |= {(NAME_YEAR, f"{one}|{year}") for one in alone for year in (birth_year - 1, birth_year, birth_year + 1)}
    found |= {(NAME_PAIR, f"{one}|{other}") for one, other in combinations(heard, 2)}
    return found


def typed(text: str) -> list[Value]:
    """The beginnings of names in what somebody types, all to be found together. Words of one letter are left out."""
    words = [word for word in fold(text).split() if len(word) >= PREFIX_SHORTEST]
    return [(PREFIX, word[:PREFIX_LONGEST]) for word in dict.fromkeys(words)][:_WORDS_MAX]
