"""Hours of training in whole minutes: what is required, what stands against a certificate, half-days typed one a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

MORNING_ENDS, EVENING_STARTS = time(12, 30), time(18)
_LINE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ ,;]+(\d{1,2})[h:](\d{2})?\s*(?:-|–|à)\s*(\d{1,2})[h:](\d{2})?", re.IGNORECASE)
_MODULE = re.compile(r"(.+?)\s*[:;]\s*(\d{1,3})\s*h(?:\s*(\d{1,2}))?")


class TypedError(Exception):
    """A typed line that cannot be read. `line` counts from 1."""

    def __init__(self, line: int, found: str, expected: str) -> None:
        self.line, self.found, self.expected = line, found, expected
        super().__init__(f"{line}: {found}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A half-day: `half` is « matin », « apres_midi » or « soir », by its first hour."""

    day: date
    half: str
    starts: time
    ends: time

    @property
    def minutes(self) -> int:
        return (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute


def half_of(starts: time) -> str:
    return "matin" if starts < MORNING_ENDS else "apres_midi" if starts < EVENING_STARTS else "soir"


def slots_of(typed: str) -> list[Slot]:
    """Half-days of a text, one a line (« 12/01/2027 8 h 30 - 12 h »), in order. Raises TypedError: unreadable, over before it starts,
    longer than 6 hours, or twice the same half-day."""
    found: dict[tuple[date, str], Slot] = {}
    for number, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(re.sub(r"\s*h\s*", "h", line.strip()))
        try:
            if match is None:
                raise ValueError
            day, month, year, from_h, from_m, to_h, to_m = (int(part or 0) for part in match.groups())
            starts, ends = time(from_h, from_m), time(to_h, to_m)
            slot = Slot(date(year, month, day), half_of(starts), starts, ends)
        except ValueError:
            raise TypedError(number, line.strip(), "12/01/2027 8 h 30 - 12 h") from None
        if not 0 < slot.minutes <= 360:
            raise TypedError(number, line.strip(), "une demi-journée de 6 heures au plus, qui finit après son début")
        if (slot.day, slot.half) in found:
            raise TypedError(number, line.strip(), "une seule ligne par demi-journée")
        found[slot.day, slot.half] = slot
    return sorted(found.values(), key=lambda slot: (slot.day, slot.starts))


def modules_of(typed: str) -> list[dict[str, int | str]]:
    """Modules of a text, one a line (« Vérifier une réponse : 3 h 30 »). Raises TypedError for a line that cannot be read, or no time."""
    found: list[dict[str, int | str]] = []
    for number, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        match = _MODULE.fullmatch(" ".join(line.split()))
        minutes = int(match.group(2)) * 60 + int(match.group(3) or 0) if match else 0
        if match is None or not minutes or int(match.group(3) or 0) > 59:
            raise TypedError(number, line.strip(), "Nom du module : 3 h 30")
        found.append({"title": match.group(1)[:200], "minutes": minutes})
    return found


def clock(minutes: int) -> str:
    """« 21 h », « 3 h 30 »."""
    return f"{minutes // 60} h" + (f" {minutes % 60:02d}" if minutes % 60 else "")


def required(minutes: int, percent: int) -> int:
    """Minutes to attend: the share of the programme, rounded up."""
    return -(-minutes * percent // 100)


def against(attended: int, needed: int, score: int | None, least: int) -> list[str]:
    """What stands against a certificate, in words; empty when nothing does. `least`: result of the test, 0 for no test."""
    told = []
    if attended < needed:
        told.append(f"Il manque {clock(needed - attended)} : {clock(attended)} sur {clock(needed)}.")
    if least and (score is None or score < least):
        told.append(
            f"Le résultat du test doit être de {least} % au moins." if score is None else f"Résultat {score} % : il en faut {least} %."
        )
    return told
