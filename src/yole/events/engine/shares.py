"""A share with its interval, and when it may be shown."""

from __future__ import annotations

from dataclasses import dataclass

from yole.kernel.shares import wilson


@dataclass(frozen=True, slots=True)
class Parity:
    """Women among those who said woman or man, as a fraction with its interval; `unknown` counts the others and those who did not say.

    `share`, `low`, `high` and `unknown` are None when a cell (women, men, others) holds 1 to `threshold` − 1 persons, or nobody said.
    """

    people: int
    share: float | None
    low: float | None
    high: float | None
    unknown: int | None


def parity(women: int, men: int, unknown: int, threshold: int) -> Parity:
    """Raises ValueError for a negative count or a threshold under 2."""
    if min(women, men, unknown) < 0 or threshold < 2:
        raise ValueError("impossible count")
    people = women + men + unknown
    if any(0 < count < threshold for count in (women, men, unknown)) or not women + men:
        return Parity(people, None, None, None, None)
    low, high = wilson(women, women + men)
    return Parity(people, women / (women + men), low, high, unknown)


@dataclass(frozen=True, slots=True)
class Speaking:
    """Women's minutes among the minutes of women and men, as a fraction; `unknown`: minutes told apart from nobody, or counted by nobody,
    as a fraction of all of them (None without any minute). `share` is None when nobody counted, or when 1 to `threshold` − 1 women, or
    men, stand behind it; `why` then says it."""

    share: float | None
    unknown: float | None
    why: str = ""


def speaking(people: tuple[int, int], minutes: tuple[int, int], unknown: int, uncounted: int, threshold: int) -> Speaking:
    """`people` and `minutes`: women, men. `unknown`: minutes of people who said neither; `uncounted`: of sessions without a count.

    Minutes are all of them counted, so there is no interval. Raises ValueError for a negative count or a threshold under 2.
    """
    if min(*people, *minutes, unknown, uncounted) < 0 or threshold < 2:
        raise ValueError("impossible count")
    known = sum(minutes)
    everything = known + unknown + uncounted
    missing = (unknown + uncounted) / everything if everything else None
    if not known:
        return Speaking(None, missing, "aucun temps de parole compté")
    if any(0 < count < threshold for count in people):
        return Speaking(None, missing, f"moins de {threshold} personnes d’un côté")
    return Speaking(minutes[0] / known, missing)
