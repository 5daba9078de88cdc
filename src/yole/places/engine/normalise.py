"""Normal forms of names, addresses and telephones: the same for the duplicate search, the stored columns and the repairs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from yole.kernel.gazetteer import departement_of
from yole.kernel.text import fold
from yole.places.engine.schema import SIRET, TELEPHONE

_STOP = frozenset(["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "s", "sur", "sous", "pour", "par"])
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_STREET_WORDS = {
    **_SAINTS,
    "r": "rue",
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "boul": "boulevard",
    "pl": "place",
    "rte": "route",
    "chem": "chemin",
    "che": "chemin",
    "all": "allee",
    "allees": "allee",
    "qu": "quai",
    "qua": "quartier",
    "imp": "impasse",
    "sq": "square",
    "fg": "faubourg",
    "fbg": "faubourg",
    "crs": "cours",
    "lot": "lotissement",
    "res": "residence",
    "bat": "batiment",
    "dr": "docteur",
    "gal": "general",
    "gen": "general",
    "mal": "marechal",
    "pdt": "president",
}
_HOUSE_NUMBER = re.compile(r"(?:n (?=[0-9])|no (?=[0-9]))?([0-9]+)(?: ?(bis|ter|quater|[a-f])(?= |$))?")


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Name of a place without case, accents, punctuation or stop words, words in their order: `france services case pilote`."""
    words = [_SAINTS.get(word, word) for word in fold(name).split()]
    return " ".join([word for word in words if word not in _STOP] or words)


@lru_cache(maxsize=65536)
def address_key(address: str) -> str:
    """Address without case, accents, punctuation or stop words, abbreviations written out: `18 rue robespierre`."""
    words = [_STREET_WORDS.get(word, word) for word in fold(address).split()]
    return " ".join([word for word in words if word not in _STOP] or words)


def house_number(key: str) -> str:
    """The house number that an address key begins with (`12` of `12 bis rue …`), '' when it has none."""
    found = _HOUSE_NUMBER.match(key)
    return found.group(1).lstrip("0") if found else ""


def street(key: str) -> str:
    """An address key without its house number."""
    found = _HOUSE_NUMBER.match(key)
    return key[found.end() :].strip() if found else key


class Telephone(NamedTuple):
    """A number in the international form, and whether it could be written so without guessing."""

    number: str
    certain: bool


_OVERSEAS = {"971": "+590", "977": "+590", "978": "+590", "972": "+596", "973": "+594", "974": "+262", "976": "+262"}
_BY_START = {
    "590": "+590",
    "690": "+590",
    "691": "+590",
    "594": "+594",
    "694": "+594",
    "596": "+596",
    "696": "+596",
    "697": "+596",
    "262": "+262",
    "263": "+262",
    "269": "+262",
    "692": "+262",
    "693": "+262",
    "639": "+262",
}
_NOISE = re.compile(r"[\s.\-_/()\u2010-\u2015\u00b7]+")
_PREFIXES = ("596", "590", "594", "262", "33")
_PLAN_DIGITS = 9


@lru_cache(maxsize=65536)
def international(text: str, postcode: str = "") -> Telephone | None:
    """The international form of one telephone as people write it: `0596 01 23 77` gives `+596596012377`.

    The postcode tells whose prefix a number beginning with 09 takes. Nine digits without their 0
    (a spreadsheet ate it) are proposed, not certain.
    None when nothing sensible can be proposed (short numbers, several numbers, text).
    """
    if TELEPHONE.fullmatch(text):
        return Telephone(text, True)
    bare = _NOISE.sub("", text.replace("(0)", "", 1) if text.lstrip().startswith(("+", "00")) else text)
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("+"):
        return _with_prefix(bare[1:])
    if not (bare.isascii() and bare.isdigit()):
        return None
    if len(bare) == _PLAN_DIGITS + 1 and bare[0] == "0" and bare[1] != "0":
        return Telephone(_prefix(bare[1:], postcode) + bare[1:], True)
    if len(bare) == _PLAN_DIGITS and bare[0] != "0":
        return Telephone(_prefix(bare, postcode) + bare, False)
    return _with_prefix(bare) if len(bare) > _PLAN_DIGITS + 1 and bare[0] != "0" else None


def _prefix(national: str, postcode: str) -> str:
    if national[:3] in _BY_START:
        return _BY_START[national[:3]]
    return _OVERSEAS.get(departement_of(postcode), "+33") if national[0] == "9" else "+33"


def _with_prefix(digits: str) -> Telephone | None:
    """Digits that begin with a country prefix; a national 0 kept behind it is dropped."""
    if not (digits.isascii() and digits.isdigit()):
        return None
    for prefix in _PREFIXES:
        rest = digits[len(prefix) :]
        if digits.startswith(prefix):
            rest = rest[1:] if rest.startswith("0") and len(rest) == _PLAN_DIGITS + 1 else rest
            if len(rest) == _PLAN_DIGITS and rest[0] != "0":
                return Telephone(f"+{prefix}{rest}", True)
    whole = "+" + digits
    return Telephone(whole, True) if TELEPHONE.fullmatch(whole) and not digits.startswith(_PREFIXES) else None


def telephone_key(text: str, postcode: str = "") -> str:
    """The form under which two telephones are compared: international when it can be told, else digits; '' when there is none."""
    text = text.strip()
    if not text:
        return ""
    known = international(text, postcode)
    return known.number if known else "".join(c for c in text if c.isdigit())


def siret_key(pivot: str) -> str:
    """The SIRET of a pivot, '' when it is not one or is the dummy of zeros."""
    pivot = pivot.strip()
    return pivot if SIRET.fullmatch(pivot) and pivot.strip("0") else ""
