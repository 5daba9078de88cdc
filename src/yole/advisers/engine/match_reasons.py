"""Why somebody has no post, or a post has a place left: one code of a closed list, and a sentence with numbers to act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from yole.advisers.engine.match import Matching
from yole.advisers.engine.match_pairs import DATES, LISTED, RANGE, SKILLS, SURE, ZONE, Pairs, chord_km, unit_vectors
from yole.advisers.engine.match_problem import Problem
from yole.kernel.periods import MONTHS

POST_REASONS = (
    "skills-missing",
    "no-candidate-in-zone",
    "no-candidate-in-range",
    "candidates-available-too-late",
    "not-listed",
    "candidates-prefer-elsewhere",
)


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody or something left: position, code of the reason, sentence; for a post, its places left."""

    index: int
    reason: str
    detail: str
    places: int = 0


def day(ordinal: int) -> str:
    """« 1er mars 2026 »."""
    when = date.fromordinal(ordinal)
    return f"{'1er' if when.day == 1 else when.day} {MONTHS[when.month - 1]} {when.year}"


def number(value: float, digits: int = 1) -> str:
    """A decimal number as written in French, without a useless end: 6,1 or 5."""
    text = f"{value:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def beyond(km: float, limit: float) -> str:
    """A distance over a limit, with as many digits as it takes to see that it is."""
    return next((number(km, d) for d in (1, 2, 3) if round(km, d) > limit), number(km, 6))


def plural(count: int, one: str, several: str) -> str:
    return f"{count} {one if count < 2 else several}"


def and_list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"


class Reasons:
    """Sentences about one problem and its matching."""

    def __init__(self, problem: Problem, pairs: Pairs, matching: Matching) -> None:
        self._people, self._posts = problem.candidates, problem.posts
        self._given = problem.preferences
        self._pairs, self._matching = pairs, matching
        self._here = unit_vectors(self._people.lat, self._people.lon)
        self._there = unit_vectors(self._posts.lat, self._posts.lon)
        self._open = self._posts.places > 0
        self._zone = np.array(self._posts.zone, dtype=object)
        self._last_held = self._weakest_held()
        self._load = np.bincount(matching.placed[matching.placed >= 0], minlength=len(self._posts))
        self._zones_of_candidates: dict[str, NDArray[np.bool_]] = {}
        self._skill_masks: dict[frozenset[str], NDArray[np.bool_]] = {}

    def _weakest_held(self) -> dict[int, int]:
        """Per post, the candidate it holds that it likes least by the default order."""
        worst: dict[int, int] = {}
        for c in np.flatnonzero(self._matching.placed >= 0).tolist():
            p = int(self._matching.placed[c])
            rival = worst.get(p)
            if rival is None or self._strength(c) < self._strength(rival):
                worst[p] = c
        return worst

    def _strength(self, c: int) -> tuple[float, int, int]:
        return float(self._people.experience[c]), -int(self._matching.metres[c]), -c

    # Candidates ------------------------------------------------------------------------------------------------------

    def candidates(self) -> list[Left]:
        """Every candidate without a post, in the order of ids."""
        return [self._candidate(c) for c in np.flatnonzero(self._matching.placed < 0).tolist()]

    def _candidate(self, c: int) -> Left:
        if not self._people.eligible[c]:
            return Left(
                c,
                "not-eligible",
                "La candidature n’est pas éligible : courriel non confirmé, dossier bloqué ou ni diplôme, ni expérience, ni formation.",
            )
        left = self._pairs.candidate_left[c].tolist()
        if not left[SKILLS] and self._open.any():
            return Left(c, "skills-missing", self._skills_told(c))
        if not left[ZONE]:
            return Left(c, "other-zone", self._zone_told(c))
        if not left[RANGE]:
            return Left(c, "no-post-in-range", self._range_told(c))
        if not left[DATES]:
            return Left(c, "too-late", self._late_told(c))
        if not left[LISTED]:
            return Left(c, "not-listed", self._unlisted_told(c, left[DATES]))
        return Left(c, "outranked", self._outranked_told(c, left[LISTED]))

    def _fits(self, c: int) -> NDArray[np.bool_]:
        """Posts with places, whose skills the candidate has, in one of its zones."""
        have = self._people.skills[c]
        if have not in self._skill_masks:
            self._skill_masks[have] = np.array([need <= have for need in self._posts.required], dtype=bool) & self._open
        inside = np.zeros(len(self._posts), dtype=bool)
        for zone in self._people.zones[c]:
            inside |= self._zone == zone
        fits: NDArray[np.bool_] = self._skill_masks[have] & inside
        return fits

    def _measured(self, c: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(posts that fit, kilometres), nearest first."""
        posts = np.flatnonzero(self._fits(c))
        km = chord_km(self._here[c], self._there[posts])
        order = np.argsort(km, kind="stable")
        return posts[order], km[order]

    def _skills_told(self, c: int) -> str:
        missing = [sorted(need - self._people.skills[c]) for need, is_open in zip(self._posts.required, self._open, strict=True) if is_open]
        least = min(missing, key=lambda names: (len(names), names))
        count = len(missing)
        lead = "Le seul poste ouvert demande" if count == 1 else f"Les {count} postes ouverts demandent"
        return f"{lead} des compétences que vous n’avez pas déclarées ; il vous manque au moins : {', '.join(least)}."

    def _zone_told(self, c: int) -> str:
        if not self._open.any():
            return "Aucun poste n’a de place ouverte."
        own = and_list(sorted(self._people.zones[c]))
        count = int(self._open.sum())
        where = and_list(sorted({str(zone) for zone in self._zone[self._open]})[:6])
        return f"Aucun poste pour vous dans votre zone ({own}) ; {plural(count, 'poste ouvert', 'postes ouverts')} ailleurs ({where})."

    def _range_told(self, c: int) -> str:
        _, km = self._measured(c)
        reach = float(self._people.reach_km[c])
        shown = and_list([beyond(far, reach) for far in km[:2].tolist()])
        more = f" (les plus proches de {len(km)})" if len(km) > 2 else ""
        return f"{plural(min(2, len(km)), 'poste', 'postes')} à {shown} km{more} ; vous cherchez à {number(reach, 3)} km au plus."

    def _late_told(self, c: int) -> str:
        posts, km = self._measured(c)
        posts = posts[km <= float(self._people.reach_km[c]) + 1e-9]
        latest = int(self._posts.starts[posts].max())
        free = int(self._people.available[c])
        lead = f"{plural(len(posts), 'poste', 'postes')} à votre portée, qui {'commence' if len(posts) == 1 else 'commencent au plus tard'}"
        return f"{lead} le {day(latest)} ; vous êtes disponible le {day(free)}, {plural(free - latest, 'jour', 'jours')} trop tard."

    def _unlisted_told(self, c: int, count: int) -> str:
        posts, km = self._measured(c)
        near = posts[(km <= float(self._people.reach_km[c]) + 1e-9) & (self._posts.starts[posts] >= self._people.available[c])]
        own = self._given.candidates.get(c)
        mine = count if own is None else sum(int(p) in own for p in near.tolist())
        back = sum(c in self._given.posts.get(int(p), {c: 1}) for p in near.tolist())
        sides = f"vous en avez accepté {mine}, {back} {'vous a cité' if back < 2 else 'vous ont cité'}"
        lead = plural(count, "poste vous convenait", "postes vous convenaient")
        return f"{lead} par le lieu et la date ; {sides} : aucun choix ne se rejoint."

    def _outranked_told(self, c: int, count: int) -> str:
        first, last = int(self._pairs.start[c]), int(self._pairs.start[c + 1])
        sure = self._pairs.kind[first:last] == SURE
        at = first + int(np.where(sure, self._pairs.cost[first:last], np.iinfo(np.int32).max).argmin())
        post, metres = int(self._pairs.post[at]), int(self._pairs.metres[at])
        lead = (
            f"{plural(count, 'poste vous convient', 'postes vous conviennent')} ; "
            f"{'ses places sont prises' if count == 1 else 'leurs places sont prises'} par des candidatures placées avant la vôtre."
        )
        name = f"{self._posts.ids[post]}, à {number(metres / 1000)} km"
        if post in self._given.posts:
            rank = self._given.posts[post][c]
            places = plural(int(self._posts.places[post]), "place", "places")
            return f"{lead} Au premier de vos choix ({name}), la structure vous a mis au rang {rank} pour {places}."
        rival = self._last_held[post]
        theirs, mine = float(self._people.experience[rival]), float(self._people.experience[c])
        if theirs > mine:
            why = f"la dernière retenue a une expérience de {number(theirs, 2)}, vous {number(mine, 2)}"
        elif self._matching.metres[rival] < metres:
            why = f"la dernière retenue a la même expérience et habite à {number(int(self._matching.metres[rival]) / 1000)} km"
        else:
            why = "la dernière retenue est à égalité, et l’identifiant départage"
        return f"{lead} Au premier de vos choix ({name}), {why}."

    # Posts -----------------------------------------------------------------------------------------------------------

    def posts(self) -> list[Left]:
        """Every post with a place left, in the order of ids. Those it already holds do not count as candidates."""
        return [self._post(p) for p in np.flatnonzero(self._load < self._posts.places).tolist()]

    def _post(self, p: int) -> Left:
        free = int(self._posts.places[p] - self._load[p])
        left = (self._pairs.post_left[p] - self._load[p]).tolist()
        reason = next((POST_REASONS[rule] for rule in (SKILLS, ZONE, RANGE, DATES, LISTED) if not left[rule]), POST_REASONS[-1])
        others = self._people.eligible & (self._matching.placed != p)
        if reason == "skills-missing" and not (others.any() and self._posts.required[p]):
            reason = "no-candidate-in-zone"
        told = {
            "skills-missing": self._no_skill,
            "no-candidate-in-zone": self._no_zone,
            "no-candidate-in-range": self._no_range,
            "candidates-available-too-late": self._too_late,
            "not-listed": self._not_listed,
        }
        detail = told[reason](p, others) if reason in told else self._elsewhere(left[LISTED])
        return Left(p, reason, detail, free)

    def _suited(self, p: int, others: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Candidates not yet here, with the skills, in the zone."""
        zone = self._posts.zone[p]
        if zone not in self._zones_of_candidates:
            self._zones_of_candidates[zone] = np.array([zone in zones for zones in self._people.zones], dtype=bool)
        found = np.flatnonzero(others & self._zones_of_candidates[zone])
        need = self._posts.required[p]
        return found if not need else found[[need <= self._people.skills[c] for c in found.tolist()]]

    def _no_skill(self, p: int, others: NDArray[np.bool_]) -> str:
        asked = ", ".join(sorted(self._posts.required[p]))
        return f"Aucune des {int(others.sum())} autres candidatures éligibles n’a toutes les compétences demandées : {asked}."

    def _no_zone(self, p: int, others: NDArray[np.bool_]) -> str:
        count = int(others.sum())
        elsewhere = f" ; {plural(count, 'candidature éligible', 'candidatures éligibles')} dans d’autres zones" if count else ""
        return f"Aucune autre candidature éligible dans la zone {self._posts.zone[p]}{elsewhere}."

    def _no_range(self, p: int, others: NDArray[np.bool_]) -> str:
        suited = self._suited(p, others)
        km = chord_km(self._here[suited], self._there[p])
        at = int((km - self._people.reach_km[suited]).argmin())
        reach = float(self._people.reach_km[suited[at]])
        near = f"la moins éloignée de son rayon est à {beyond(float(km[at]), reach)} km et cherche à {number(reach, 3)} km au plus"
        return f"{plural(len(suited), 'autre candidature', 'autres candidatures')} dans la zone, aucune à portée ; {near}."

    def _reaching(self, p: int, others: NDArray[np.bool_]) -> NDArray[np.int64]:
        suited = self._suited(p, others)
        return suited[chord_km(self._here[suited], self._there[p]) <= self._people.reach_km[suited] + 1e-9]

    def _too_late(self, p: int, others: NDArray[np.bool_]) -> str:
        reaching = self._reaching(p, others)
        soonest, start = int(self._people.available[reaching].min()), int(self._posts.starts[p])
        count = plural(len(reaching), "autre candidature à portée", "autres candidatures à portée")
        late = plural(soonest - start, "jour", "jours")
        return f"{count}, disponible au plus tôt le {day(soonest)} : {late} après le début du poste ({day(start)})."

    def _not_listed(self, p: int, others: NDArray[np.bool_]) -> str:
        reaching = self._reaching(p, others)
        count = len(reaching[self._people.available[reaching] <= self._posts.starts[p]])
        return (
            f"{plural(count, 'autre candidature possible', 'autres candidatures possibles')}, mais aucune où les deux côtés se sont cités."
        )

    def _elsewhere(self, count: int) -> str:
        if count == 1:
            return "La seule autre candidature possible a un poste qu’elle préfère."
        return f"Les {count} autres candidatures possibles ont toutes un poste qu’elles préfèrent."
