"""Checks a timetable from what was asked alone: nothing of the model is used."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from yole.advisers.engine.timetable import Meeting, Timetable


def faults(asked: Timetable, meetings: Sequence[Meeting]) -> list[str]:
    """What does not hold, in French; empty when the timetable can be held."""
    slots = {slot.id: slot for slot in asked.slots}
    rooms = {room.id: room for room in asked.rooms}
    advisers = {adviser.id: adviser for adviser in asked.advisers}
    told = []
    for cohort in asked.cohorts:
        own = sorted((m for m in meetings if m.cohort == cohort.id), key=lambda m: m.number)
        if [m.number for m in own] != list(range(1, len(cohort.themes) + 1)):
            told.append(f"{cohort.id} : séances {[m.number for m in own]}")
            continue
        if any(slots[a.slot].day >= slots[b.slot].day for a, b in pairwise(own)):
            told.append(f"{cohort.id} : deux séances le même jour ou dans le désordre")
        weeks = [slots[m.slot].week for m in own]
        if any(weeks.count(week) > cohort.per_week for week in weeks):
            told.append(f"{cohort.id} : plus de {cohort.per_week} séances par semaine")
        for m, theme in zip(own, cohort.themes, strict=True):
            name, room, adviser = f"{cohort.id}, séance {m.number}", rooms[m.room], advisers[m.adviser]
            if room.capacity < cohort.size:
                told.append(f"{name} : {m.room} trop petite")
            if theme not in adviser.skills:
                told.append(f"{name} : {m.adviser} n’anime pas « {theme} »")
            for who, allowed in ((cohort.id, cohort.slots), (m.room, room.slots), (m.adviser, adviser.slots)):
                if allowed is not None and m.slot not in allowed:
                    told.append(f"{name} : {who} n’est pas libre ({m.slot})")
    for a, b in combinations(meetings, 2):
        first, second = sorted((a, b), key=lambda m: (slots[m.slot].day, slots[m.slot].starts))
        if slots[a.slot].overlaps(slots[b.slot]) and (a.room == b.room or a.adviser == b.adviser):
            told.append(f"{a.cohort} et {b.cohort} : {a.slot} et {b.slot} en même temps, même salle ou même conseiller")
        sites = rooms[first.room].site, rooms[second.room].site
        if a.adviser == b.adviser and asked.too_close(slots[first.slot], slots[second.slot], *sites):
            told.append(f"{a.adviser} : de {sites[0]} à {sites[1]} sans le temps du trajet")
    for adviser in asked.advisers:
        hours: dict[tuple[int, int], float] = {}
        for m in meetings:
            if m.adviser == adviser.id:
                slot = slots[m.slot]
                hours[slot.week] = hours.get(slot.week, 0.0) + (slot.ends - slot.starts) / 60
        if any(total > adviser.max_hours + 1e-9 for total in hours.values()):
            told.append(f"{adviser.id} : plus de {adviser.max_hours:g} heures dans une semaine")
    return told + [f"{m.cohort}, séance {m.number} : verrouillée, et déplacée" for m in asked.locked if m not in meetings]
