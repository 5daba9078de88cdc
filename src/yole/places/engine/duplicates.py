"""Places listed twice: candidates by blocking, then a score that can be explained. Nothing is merged here.

Score = weighted mean of name .45, address .35 and proximity .20 (1 − d/300 m); a term that is not known
is left out, never taken as perfect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from yole.kernel.geo import great_circle_km
from yole.kernel.text import fold_name
from yole.places.engine.normalise import address_key, house_number, name_key, siret_key, street, telephone_key
from yole.places.engine.rows import Row, coordinates
from yole.places.engine.schema import split

LISTED, SAME_PLACE = 0.6, 0.8
MAX_BLOCK = 60

_NAME, _ADDRESS, _NEAR = 0.45, 0.35, 0.20
_REACH_M, _CLOSE_M = 300.0, 100.0
_CLOSE_DEGREES = 0.001  # a little over 100 m of latitude, anywhere
_MIN_NAME, _MIN_ADDRESS = 0.75, 0.7
_CAP_FAR, _CAP_OTHER_NUMBER, _CAP_OTHER_PERIMETER = 0.5, 0.5, 0.75
_ONE_VEHICLE = 0.95
_VEHICLES = frozenset({"bus", "minibus", "camion", "camionnette", "van", "fourgon", "fourgonnette"})
# Words by which one operator tells apart two desks or two vehicles that share an address.
_PERIMETERS = frozenset({"nord", "sud", "est", "ouest", "qpv", "zr", "zrr", "urbain", "rural", "haut", "bas", "multisites"})
_NAMING_A_SITE = frozenset({"site", "antenne"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows (numbers from 1, in order) that look alike; `score` 0.6 to 1, from 0.8 the same place; reasons in French."""

    rows: tuple[int, int]
    score: float
    reasons: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Profile:
    """What is compared of a place; made once per place by `profile`."""

    number: int
    code: str
    commune: str
    postcode: str
    name: str
    words: frozenset[str]
    sorted_name: str
    joined_name: str
    address: str
    sorted_address: str
    joined_address: str
    house: str
    street: str
    point: tuple[float, float] | None
    telephone: str
    siret: str
    kinds: frozenset[str]
    itinerant: bool | None


def profile(row: Row) -> Profile:
    """The normal forms of a row. `itinerant` is None when the place says that it is both fixed and itinerant."""
    name = name_key(row["nom"])
    address = address_key(row["adresse"])
    words = name.split()
    return Profile(
        number=row.number,
        code=row["code_insee"].strip().upper(),
        commune=fold_name(row["commune"]),
        postcode=row["code_postal"].strip(),
        name=name,
        words=frozenset(words),
        sorted_name=" ".join(sorted(words)),
        joined_name="".join(words),
        address=address,
        sorted_address=" ".join(sorted(address.split())),
        joined_address=address.replace(" ", ""),
        house=house_number(address),
        street=street(address),
        point=coordinates(row),
        telephone=telephone_key(row["telephone"], row["code_postal"]),
        siret=siret_key(row["pivot"]),
        kinds=frozenset(split(row["typologie"])),
        itinerant=_itinerant(row, words),
    )


def _itinerant(row: Row, words: list[str]) -> bool | None:
    said = {value[:1].casefold() for value in split(row["itinerance"])}
    if {"i", "f"} <= said:
        return None
    return "i" in said or "ENM" in split(row["typologie"]) or not _VEHICLES.isdisjoint(words)


def duplicates(rows: Iterable[Row]) -> list[Pair]:
    """Pairs of score 0.6 and above, in the order of their rows. A pair's score depends on its two rows alone."""
    profiles = [profile(row) for row in rows]
    found: list[Pair] = []
    for first, second in _candidates(profiles):
        pair = compare(first, second)
        if pair is not None:
            found.append(pair)
    found.sort(key=lambda pair: pair.rows)
    return found


def against(place: Row, others: Iterable[Row]) -> list[Pair]:
    """Pairs of one place (being typed, or imported) with each of `others`, the most alike first; numbers are those of the rows."""
    here = profile(place)
    pairs = (compare(here, profile(other)) for other in others)
    return sorted((pair for pair in pairs if pair is not None), key=lambda pair: -pair.score)


def _candidates(profiles: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """Pairs that share at least one key. A key shared by more than 60 places (a switchboard) says nothing and is dropped."""
    by_name_too = any(not p.code for p in profiles)
    first_with: dict[str, int] = {}
    blocks: dict[str, list[int]] = {}
    for index, p in enumerate(profiles):
        for key in _keys(p, by_name_too):
            known = first_with.setdefault(key, index)
            if known != index:
                blocks.setdefault(key, [known]).append(index)
    size = len(profiles)
    seen: set[int] = set()
    for members in blocks.values():
        if len(members) > MAX_BLOCK:
            continue
        for i, one in enumerate(members):
            first = profiles[one]
            for other in members[i + 1 :]:
                second = profiles[other]
                if _hopeless(first, second):
                    continue
                both = one * size + other
                if both not in seen:
                    seen.add(both)
                    yield first, second


def _hopeless(a: Profile, b: Profile) -> bool:
    """What a glance tells, without comparing a text: a veto, or other house numbers while nothing says they are close (a cap at .5)."""
    if a.code != b.code and a.code and b.code:
        return True
    if a.itinerant is not b.itinerant and a.itinerant is not None and b.itinerant is not None:
        return True
    if a.house == b.house or not a.house or not b.house:
        return False
    return not a.point or not b.point or abs(a.point[0] - b.point[0]) > _CLOSE_DEGREES


def _keys(p: Profile, by_name_too: bool) -> Iterator[str]:
    if p.telephone:
        yield f"telephone {p.telephone}"
    if p.siret:
        yield f"siret {p.siret}"
    communes = ([p.code] if p.code else []) + ([p.commune] if p.commune and (by_name_too or not p.code) else [])
    for commune in communes:
        if p.address:
            yield f"address {commune}|{p.address}"
            if p.house:
                yield f"street {commune}|{p.house} {p.street[:12]}"
        if p.joined_name:
            yield f"start {commune}|{p.joined_name[:6]}"
            yield f"end {commune}|{p.joined_name[-6:]}"


def compare(a: Profile, b: Profile) -> Pair | None:
    """The pair of two places with its score and reasons, None when a veto holds or the score is under 0.6. Symmetric."""
    if a.number > b.number:
        a, b = b, a
    if _hopeless(a, b) or not _same_commune(a, b):
        return None
    name = _likeness(a.sorted_name, b.sorted_name, a.joined_name, b.joined_name, _MIN_NAME)
    if name < _MIN_NAME:
        return None
    if a.siret and a.siret == b.siret and a.kinds and b.kinds and a.kinds.isdisjoint(b.kinds) and a.joined_name != b.joined_name:
        return None  # a library and a social centre of one town hall share its SIRET
    total, weight = _NAME * name, _NAME
    address = _address(a, b)
    if address is not None:
        total, weight = total + _ADDRESS * address, weight + _ADDRESS
    metres = 1000 * great_circle_km(*a.point, *b.point) if a.point and b.point else None
    if metres is not None:
        total, weight = total + _NEAR * max(0.0, 1 - metres / _REACH_M), weight + _NEAR
    score = total / weight
    if (address is None or address < _MIN_ADDRESS) and (metres is None or metres > _CLOSE_M):
        score = min(score, _CAP_FAR)
    if score < LISTED:
        return None
    told_apart = "" if a.telephone and a.telephone == b.telephone else _told_apart(a, b, name)
    if told_apart:
        score = min(score, _CAP_OTHER_PERIMETER)
    return Pair((a.number, b.number), round(score, 3), _reasons(a, b, name, address, metres, told_apart))


def _reasons(a: Profile, b: Profile, name: float, address: float | None, metres: float | None, told_apart: str) -> tuple[str, ...]:
    reasons = ["même nom" if a.name == b.name else f"noms proches ({name:.0%})".replace("%", " %")]
    reasons.append("adresse inconnue" if address is None else _address_reason(a, b, address))
    if metres is None:
        reasons.append("distance inconnue")
    else:
        reasons.append(f"à {metres:.0f} m" if metres < 1000 else f"à {metres / 1000:.1f} km".replace(".", ","))
    if told_apart:
        reasons.append(told_apart)
    if a.telephone and b.telephone:
        reasons.append("même téléphone" if a.telephone == b.telephone else "téléphones différents")
    if a.siret and a.siret == b.siret:
        reasons.append("même SIRET")
    return tuple(reasons)


def _likeness(sorted_a: str, sorted_b: str, joined_a: str, joined_b: str, floor: float = 0.0) -> float:
    """The better of the ratio of sorted words and the ratio without spaces, from 0 to 1; 0 when under `floor`."""
    if joined_a == joined_b:
        return 1.0
    return max(fuzz.ratio(sorted_a, sorted_b, score_cutoff=100 * floor), fuzz.ratio(joined_a, joined_b, score_cutoff=100 * floor)) / 100


def _same_commune(a: Profile, b: Profile) -> bool:
    if a.code and b.code:
        return a.code == b.code
    return a.commune == b.commune and (not a.postcode or not b.postcode or a.postcode[:2] == b.postcode[:2])


def _address(a: Profile, b: Profile) -> float | None:
    """Likeness of two addresses from 0 to 1, None when one is not known; at most .5 when house numbers differ."""
    if not a.address or not b.address:
        return None
    likeness = _likeness(a.sorted_address, b.sorted_address, a.joined_address, b.joined_address)
    return min(likeness, _CAP_OTHER_NUMBER) if a.house and b.house and a.house != b.house else likeness


def _address_reason(a: Profile, b: Profile, likeness: float) -> str:
    if a.address == b.address:
        return "même adresse"
    if a.house and b.house and a.house != b.house:
        return "numéros de rue différents"
    return f"adresses proches ({likeness:.0%})".replace("%", " %") if likeness >= _MIN_ADDRESS else "adresses différentes"


def _told_apart(a: Profile, b: Profile, name: float) -> str:
    """Why two names at one address may be two desks or two vehicles of one operator: a perimeter word of one is not the other's."""
    # « multisites » that goes with the name of a site says how the operator works, not what this desk covers.
    words = [p.words - {"multisites"} if p.words & _NAMING_A_SITE else p.words for p in (a, b)]
    apart = sorted((words[0] ^ words[1]) & _PERIMETERS)
    if apart:
        return f"périmètres différents ({', '.join(apart)})"
    if a.itinerant and b.itinerant and name < _ONE_VEHICLE and a.telephone and b.telephone:
        return "deux véhicules d'un même point de départ peuvent être différents"
    return ""
