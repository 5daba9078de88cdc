"""Checks an answer of `tour` from the stops, the fleet and the travel times alone: nothing of the search is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from yole.deployment.engine.tour import Fleet, Stop, Travel

NEARLY = 1e-6


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def faults(stops: Sequence[Stop], depot: str, fleet: Fleet, travel: Travel, answer: Mapping[str, Any]) -> list[str]:
    """What does not hold, in French; empty when the tours can be driven and the figures are right."""
    row = {stop.id: i for i, stop in enumerate(stops)}
    told: list[str] = []
    days: dict[str, list[int]] = {}
    used: set[tuple[int, int]] = set()
    for route in answer["routes"]:
        name = f"véhicule {route['vehicle']}, jour {route['day']}"
        if not (1 <= route["vehicle"] <= fleet.vehicles and 1 <= route["day"] <= fleet.days) or (route["vehicle"], route["day"]) in used:
            told.append(f"{name} : hors de la flotte ou deux fois")
        used.add((route["vehicle"], route["day"]))
        at, free, driving = row[depot], minute(route["leaves"]), 0.0
        if free < fleet.start:
            told.append(f"{name} : départ avant l’heure")
        for visit in route["stops"]:
            stop, arrive, leave = stops[row[visit["id"]]], minute(visit["arrive"]), minute(visit["leave"])
            leg = float(travel.minutes[at, row[stop.id]])
            if arrive + NEARLY < free + leg:
                told.append(f"{name}, {stop.id} : arrivée {visit['arrive']} trop tôt pour {leg:.1f} min de route")
            if arrive < stop.opens or leave > stop.closes:
                told.append(f"{name}, {stop.id} : hors des heures d’ouverture")
            if leave - arrive < stop.service:
                told.append(f"{name}, {stop.id} : accueil trop court")
            driving, at, free = driving + leg, row[stop.id], leave
            days.setdefault(stop.id, []).append(route["day"])
        back = float(travel.minutes[at, row[depot]])
        returns = minute(route["returns"])
        if returns + NEARLY < free + back or returns > fleet.start + fleet.length:
            told.append(f"{name} : retour impossible ou après la fin de la journée")
        if route["work_min"] != returns - minute(route["leaves"]) or route["work_min"] > fleet.length:
            told.append(f"{name} : durée de travail fausse ou trop longue")
        if abs(route["drive_min"] - driving - back) > 0.01:
            told.append(f"{name} : minutes de route fausses")
    return told + _visits(stops, depot, days, answer)


def _visits(stops: Sequence[Stop], depot: str, days: Mapping[str, list[int]], answer: Mapping[str, Any]) -> list[str]:
    told, groups, collected = [], dict[str, str](), 0.0
    for stop in stops:
        on = sorted(days.get(stop.id, []))
        if stop.id == depot:
            continue
        if not on:
            if stop.required:
                told.append(f"{stop.id} : obligatoire et non desservi")
            continue
        collected += stop.prize
        gaps = [later - earlier for earlier, later in pairwise(on)]
        if len(on) != stop.visits or any(gap < max(stop.gap, 1) for gap in gaps) or (stop.every and any(gap != stop.every for gap in gaps)):
            told.append(f"{stop.id} : jours {on} pour {stop.visits} visites")
        if stop.group and stop.group in groups:
            told.append(f"{stop.id} et {groups[stop.group]} : même groupe")
        groups[stop.group] = stop.id
    if abs(collected - answer["prize_collected"]) > 1e-6:
        told.append(f"valeur obtenue {answer['prize_collected']}, recomptée {collected}")
    left = {entry["id"] for entry in answer["unserved"]}
    if left != {stop.id for stop in stops if stop.id != depot and stop.id not in days}:
        told.append("la liste des arrêts non desservis est fausse")
    return told
