"""Whether two cards may be one person: Fellegi-Sunter weights in bits, explained, symmetric, decided by nobody here.

Each field that agrees adds log2(m/u) and each that differs adds log2((1−m)/(1−u)), where m is how often it agrees for one person and u for
two (Fellegi and Sunter, 1969). u of a name is its frequency: a rare name weighs more. Frequencies are a fixed table of orders of magnitude
(frequencies.py), never those of the site: adding a card changes no score. A field that is not known weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import log2
from typing import TypeVar

from rapidfuzz.distance import JaroWinkler

from yole.people.engine.frequencies import frequency
from yole.people.engine.identity import Identity
from yole.people.engine.lookups import email_key
from yole.people.engine.names import short_form, sound, tokens

Key = TypeVar("Key")
PROPOSE, SAME = 9.0, 20.0  # bits: about one chance in two, and better than 99 in 100, among some thousands of cards

_CLOSE = 0.92  # Jaro-Winkler, above which a different spelling is taken for a slip
_EXCHANGE = -2.0  # first and last name exchanged: seldom


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of a card; made once by `record`. Empty or None: not known."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    birth_year: int | None = None
    phone: str = ""
    email: str = ""
    commune: str = ""
    gender: str = ""


def record(identity: Identity, *, birth_year: int | None, commune: str | None, gender: str) -> Record:
    return Record(
        first=tokens(identity.first_name),
        last=tokens(identity.last_name),
        birth_year=birth_year,
        phone=identity.phone,
        email=email_key(identity.email),
        commune=commune or "",
        gender="" if gender == "non_communique" else gender,
    )


class Reason(StrEnum):
    """Codes kept with a pair: they say what agrees, and name nobody."""

    LAST_SAME = "last-same"
    LAST_RARE = "last-rare"
    LAST_CLOSE = "last-close"
    LAST_PART = "last-part"
    LAST_OTHER = "last-other"
    FIRST_SAME = "first-same"
    FIRST_CLOSE = "first-close"
    FIRST_SHORT = "first-short"
    FIRST_PART = "first-part"
    FIRST_OTHER = "first-other"
    EXCHANGED = "exchanged"
    YEAR_SAME = "year-same"
    YEAR_NEAR = "year-near"
    YEAR_OTHER = "year-other"
    PHONE_SAME = "phone-same"
    EMAIL_SAME = "email-same"
    COMMUNE_SAME = "commune-same"
    COMMUNE_OTHER = "commune-other"
    GENDER_OTHER = "gender-other"
    HOUSEHOLD = "household"
    SILENT = ""  # counted, not worth saying


LABELS = {
    Reason.LAST_SAME: "même nom",
    Reason.LAST_RARE: "même nom, et il est rare",
    Reason.LAST_CLOSE: "noms qui se ressemblent",
    Reason.LAST_PART: "une partie du nom est la même",
    Reason.LAST_OTHER: "noms différents",
    Reason.FIRST_SAME: "même prénom",
    Reason.FIRST_CLOSE: "prénoms qui se ressemblent",
    Reason.FIRST_SHORT: "l’un est le diminutif de l’autre",
    Reason.FIRST_PART: "une partie du prénom est la même",
    Reason.FIRST_OTHER: "prénoms différents",
    Reason.EXCHANGED: "nom et prénom inversés",
    Reason.YEAR_SAME: "même année de naissance",
    Reason.YEAR_NEAR: "un an d’écart sur l’année de naissance",
    Reason.YEAR_OTHER: "années de naissance différentes",
    Reason.PHONE_SAME: "même téléphone",
    Reason.EMAIL_SAME: "même adresse e-mail",
    Reason.COMMUNE_SAME: "même commune",
    Reason.COMMUNE_OTHER: "communes différentes",
    Reason.GENDER_OTHER: "genres différents",
    Reason.HOUSEHOLD: "peut-être deux personnes d’un même foyer",
}


class _Level(StrEnum):
    SAME = "same"
    CLOSE = "close"
    SHORT = "short"
    PART = "part"
    OTHER = "other"
    UNKNOWN = "unknown"


# m of each level, for one person written twice (a last name has no short form: its m serves names that are exchanged).
_M_LAST = {_Level.SAME: 0.84, _Level.CLOSE: 0.08, _Level.PART: 0.05, _Level.SHORT: 0.03, _Level.OTHER: 0.03}
_M_FIRST = {_Level.SAME: 0.80, _Level.CLOSE: 0.08, _Level.PART: 0.06, _Level.SHORT: 0.03, _Level.OTHER: 0.03}
_RARE = 1 / 2000
_ALIKE = frozenset({_Level.SAME, _Level.CLOSE, _Level.SHORT, _Level.PART})
_CONTACT = frozenset({Reason.PHONE_SAME, Reason.EMAIL_SAME})
_FIRST_REASONS = {
    _Level.SAME: Reason.FIRST_SAME, _Level.CLOSE: Reason.FIRST_CLOSE, _Level.SHORT: Reason.FIRST_SHORT, _Level.PART: Reason.FIRST_PART,
    _Level.OTHER: Reason.FIRST_OTHER,
}  # fmt: skip
_LAST_REASONS = {
    _Level.SAME: Reason.LAST_SAME, _Level.CLOSE: Reason.LAST_CLOSE, _Level.PART: Reason.LAST_PART, _Level.OTHER: Reason.LAST_OTHER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Names:
    level: _Level
    weight: float
    frequency: float = 1.0


def _share(words: tuple[str, ...], kind: str) -> float:
    """The frequency of a name, as `first`, as `last`, or as the more frequent of both when names may be exchanged."""
    if kind == "either":
        return max(frequency(words, first=True), frequency(words, first=False))
    return frequency(words, first=kind == "first")


def _compare(one: tuple[str, ...], other: tuple[str, ...], m: dict[_Level, float], kind: str) -> _Names:
    """Two names of several words. The order of the words does not matter; a shared word of a composed name counts for a part."""
    if not one or not other:
        return _Names(_Level.UNKNOWN, 0.0)
    joined, facing = sorted(("".join(sorted(one)), "".join(sorted(other))))
    if joined == facing:
        share = _share(one, kind)
        return _Names(_Level.SAME, log2(m[_Level.SAME] / share), share)
    common = tuple(sorted(set(one) & set(other)))
    if common:
        return _Names(_Level.PART, log2(m[_Level.PART] / min(0.04, 2 * _share(common, kind))))
    if kind != "last" and any(short_form(a, b) for a in one for b in other):
        return _Names(_Level.SHORT, log2(m[_Level.SHORT] / 0.005))
    heard = sorted(map(sound, one)) == sorted(map(sound, other))
    if heard or (len(joined) > 3 and len(facing) > 3 and JaroWinkler.similarity(joined, facing) >= _CLOSE):
        likely = max(_share(one, kind), _share(other, kind))
        return _Names(_Level.CLOSE, log2(m[_Level.CLOSE] / max(2 * likely, 0.0015)))
    return _Names(_Level.OTHER, log2(m[_Level.OTHER] / 0.97))


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score` in bits; `reasons` what agrees and what does not, the heaviest first. `level` is "", propose or same."""

    score: float
    reasons: tuple[Reason, ...]
    level: str

    @property
    def words(self) -> tuple[str, ...]:
        """The reasons in French."""
        return tuple(LABELS[reason] for reason in self.reasons)


def compare(one: Record, other: Record) -> Comparison:
    """Symmetric: compare(a, b) = compare(b, a). Needs no other card than these two."""
    last, first = _compare(one.last, other.last, _M_LAST, "last"), _compare(one.first, other.first, _M_FIRST, "first")
    crossed = (_compare(one.last, other.first, _M_LAST, "either"), _compare(one.first, other.last, _M_LAST, "either"))
    across = sum(names.weight for names in crossed) + _EXCHANGE
    exchanged = across > last.weight + first.weight and all(names.level in _ALIKE for names in crossed)
    parts: list[tuple[float, Reason]] = []
    if exchanged:
        parts.append((across, Reason.EXCHANGED))
        levels = tuple(sorted(names.level for names in crossed))
    else:
        if last.level is not _Level.UNKNOWN:
            rare = last.level is _Level.SAME and last.frequency <= _RARE
            parts.append((last.weight, Reason.LAST_RARE if rare else _LAST_REASONS[last.level]))
        if first.level is not _Level.UNKNOWN:
            parts.append((first.weight, _FIRST_REASONS[first.level]))
        levels = (last.level, first.level)
    parts += [part for part in (_year(one, other), *_contacts(one, other), _place(one, other), _gender(one, other)) if part[0]]
    score = sum(weight for weight, _ in parts)
    shown = [(weight, reason) for weight, reason in parts if reason is not Reason.SILENT]
    seen: set[Reason] = {reason for _, reason in shown}
    level = _decide(score, levels[0], levels[1], seen)
    if Reason.FIRST_OTHER in seen and seen & _CONTACT:
        shown.append((0.0, Reason.HOUSEHOLD))
    ordered = sorted(shown, key=lambda part: (-abs(part[0]), part[1]))
    return Comparison(round(score, 3), tuple(reason for _, reason in ordered), level)


Part = tuple[float, Reason]
_NOTHING: Part = (0.0, Reason.SILENT)


def _year(one: Record, other: Record) -> Part:
    if one.birth_year is None or other.birth_year is None:
        return _NOTHING
    gap = abs(one.birth_year - other.birth_year)
    if gap == 0:
        return log2(0.92 / (1 / 60)), Reason.YEAR_SAME
    return (log2(0.05 / (2 / 60)), Reason.YEAR_NEAR) if gap == 1 else (log2(0.03 / (57 / 60)), Reason.YEAR_OTHER)


def _agreement(one: str, other: str, m: float, u: float, same: Reason, different: Reason) -> Part:
    """The weight of a field that agrees or not; nothing when one of them is empty."""
    if not one or not other:
        return _NOTHING
    return (log2(m / u), same) if one == other else (log2((1 - m) / (1 - u)), different)


def _contacts(one: Record, other: Record) -> tuple[Part, Part]:
    # u is far above chance: telephones are shared in a household and borrowed.
    phone = _agreement(one.phone, other.phone, 0.65, 0.004, Reason.PHONE_SAME, Reason.SILENT)
    return phone, _agreement(one.email, other.email, 0.75, 0.002, Reason.EMAIL_SAME, Reason.SILENT)


def _place(one: Record, other: Record) -> Part:
    return _agreement(one.commune, other.commune, 0.85, 0.08, Reason.COMMUNE_SAME, Reason.COMMUNE_OTHER)


def _gender(one: Record, other: Record) -> Part:
    return _agreement(one.gender, other.gender, 0.98, 0.52, Reason.SILENT, Reason.GENDER_OTHER)


def _decide(score: float, last: _Level, first: _Level, seen: set[Reason]) -> str:
    """What a score allows. Names decide first: a contact shared by a household never makes two cards one person."""
    contact, year = bool(seen & _CONTACT), Reason.YEAR_SAME in seen
    if score < PROPOSE or (last not in _ALIKE and first not in _ALIKE):
        return ""
    if first is _Level.OTHER:
        twins_or_slip = last in _ALIKE and year and contact and Reason.GENDER_OTHER not in seen
        return "propose" if twins_or_slip else ""
    if last is _Level.OTHER:  # a name taken or left: the first name and the year of many people agree
        return "propose" if contact else ""
    if last not in _ALIKE or first not in _ALIKE:
        return "propose" if year or contact else ""
    whole = _Level.PART not in (last, first)
    contradicted = bool(seen & {Reason.YEAR_OTHER, Reason.GENDER_OTHER})
    return "same" if score >= SAME and whole and (year or contact) and not contradicted else "propose"


def best(one: Record, others: Iterable[tuple[Key, Record]]) -> list[tuple[Key, Comparison]]:
    """The cards worth showing beside one, best first; equal scores keep the order of `others`."""
    found = [(key, compare(one, other)) for key, other in others]
    return sorted(((key, made) for key, made in found if made.level), key=lambda pair: -pair[1].score)
