"""Finding a commune or a quartier from what a person typed: accents, articles, « St », joined words, typing errors, sounds,
initials (« FDF »)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from yole.kernel.text import fold_name

LONGEST = 80  # characters; no name of a commune has more than 45
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "nd": "notre dame", "3": "trois", "2": "deux"}
_NOISE = re.compile(r"\bcedex\b(?:\s+\d{1,2})?|^(?:commune|ville|mairie|bourg)\s+(?:de\s+la|de\s+l|de|du|des|d)\s+")
_CLOSE_ENOUGH = 0.7
_SAME_ORDER = 0.06  # two candidates nearer than this are shown together
_SOUNDS: tuple[tuple[str, str], ...] = (
    *(("sch", "ch"), ("sh", "ch"), ("oe", "e"), ("eau", "o"), ("au", "o"), ("ph", "f"), ("qu", "k"), ("ck", "k"), ("gu", "g")),
    *(
        ("ill", "y"),
        ("ouy", "uy"),
        ("ai", "e"),
        ("ei", "e"),
        ("y", "i"),
        ("am", "an"),
        ("em", "an"),
        ("en", "an"),
        ("in", "un"),
        ("im", "un"),
        ("om", "on"),
    ),
    *(("ce", "se"), ("ci", "si"), ("ch", "*"), ("c", "k"), ("*", "ch"), ("z", "s")),
)
_DOUBLED = re.compile(r"(.)\1+")
_SILENT = re.compile(r"[estxdp]+$")


def search_key(name: str) -> str:
    """The stored form by which a name is found: folded, no leading article, « st » and « ste » in full."""
    words = _NOISE.sub("", fold_name(name)).split()
    return fold_name(" ".join(_ABBREVIATIONS.get(word, word) for word in words)) if words else ""


def sound(key: str) -> str:
    """A rough French sound of a key: two spellings that are said alike give the same text."""
    text = key.replace(" ", "")
    for written, said in _SOUNDS:
        text = text.replace(written, said)
    text = _DOUBLED.sub(r"\1", text.replace("h", "") if not text.startswith("ch") else "ch" + text[2:].replace("h", ""))
    return _SILENT.sub("", text) or text


@dataclass(frozen=True, slots=True)
class Named:
    """One name to be found. `weight` orders equal answers (population); `reference` is what the caller wants back."""

    key: str
    weight: int
    reference: int


@dataclass(frozen=True, slots=True)
class Found:
    """Positions in the list of names, best first. `exact`: the name itself was typed; else it is a guess to be confirmed."""

    references: list[int]
    exact: bool
    close_call: bool = False


class NameIndex:
    """Names held in memory. 35,000 names take some 15 MB and answer in a few milliseconds."""

    def __init__(self, names: Iterable[Named]) -> None:
        self._names: Sequence[Named] = sorted(names, key=lambda name: name.key)
        self._keys = [name.key for name in self._names]
        self._joined = [key.replace(" ", "") for key in self._keys]
        self._by_joined: dict[str, list[int]] = defaultdict(list)
        self._by_sound: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_initials: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(self._keys):
            self._by_joined[self._joined[place]].append(place)
            self._by_sound[sound(key)].append(place)
            words = key.split()
            for word in words[1:]:
                self._by_word[word].append(place)
            if len(words) >= 3:
                self._by_initials["".join(word[0] for word in words)].append(place)
        self._words = sorted(self._by_word)

    def __len__(self) -> int:
        return len(self._names)

    def find(self, typed: str, limit: int) -> Found:
        """The names that a typed text may mean, at most `limit`; none when nothing is near."""
        key = search_key(typed[: LONGEST * 2])
        if not key or len(key) > LONGEST:
            return Found([], exact=False)
        if same := self._by_joined.get(key.replace(" ", "")):
            return Found(self._ordered(same, limit), exact=True, close_call=len(same) > 1)
        if beginning := self._starting(key) or self._containing(key):
            return Found(self._ordered(beginning, limit), exact=False, close_call=len(beginning) > 1)
        if len(key) >= 3 and (alike := self._by_sound.get(sound(key))):
            return Found(self._ordered(alike, limit), exact=False, close_call=len(alike) > 1)
        if initials := self._by_initials.get(key):
            return Found(self._ordered(initials, limit), exact=False, close_call=len(initials) > 1)
        return self._near(key, limit)

    def _ordered(self, places: Iterable[int], limit: int) -> list[int]:
        best = sorted(set(places), key=lambda place: (-self._names[place].weight, self._keys[place]))
        return [self._names[place].reference for place in best[:limit]]

    def _starting(self, key: str) -> list[int]:
        start = bisect_left(self._keys, key)
        stop = bisect_left(self._keys, key + "\U0010ffff", lo=start)
        return list(range(start, stop))

    def _containing(self, key: str) -> list[int]:
        """Names one of whose later words begins with the typed one: « france » for Fort-de-France."""
        if len(key) < 4 or " " in key:
            return []
        start = bisect_left(self._words, key)
        stop = bisect_left(self._words, key + "\U0010ffff", lo=start)
        return [place for word in self._words[start:stop] for place in self._by_word[word]]

    def _near(self, key: str, limit: int) -> Found:
        joined = key.replace(" ", "")
        if len(joined) < 4:
            return Found([], exact=False)
        near = process.extract(joined, self._joined, scorer=OSA.normalized_similarity, score_cutoff=_CLOSE_ENOUGH, limit=max(limit, 5))
        if not near:
            return Found([], exact=False)
        top = near[0][1]
        shown = [place for _, score, place in near if score >= top - _SAME_ORDER]
        return Found(self._ordered(shown, limit), exact=False, close_call=len(shown) > 1)
