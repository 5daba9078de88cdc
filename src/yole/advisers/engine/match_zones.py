"""Zones between which nobody is proposed a post: each island or overseas territory apart, and the metropole."""

from __future__ import annotations

from collections.abc import Mapping

from yole.kernel.geo import Box

METROPOLE = "metropole"
CORSICA = "corse"
OVERSEAS = ("971", "972", "973", "974", "976", "977", "978")
# Postal codes that begin as Guadeloupe's: Saint-Barthélemy and Saint-Martin.
POSTAL = {"97133": "977", "97150": "978"}


def zone_of_commune(code: str, *, corsica_apart: bool = False) -> str:
    """The zone of an INSEE or postal code (`97209`, `97150`, `2A004`, `20000`)."""
    code = code.strip().upper()
    if code in POSTAL:
        return POSTAL[code]
    if code[:3] in OVERSEAS:
        return code[:3]
    if corsica_apart and code[:2] in ("2A", "2B", "20"):
        return CORSICA
    return METROPOLE


def zone_of_point(lat: float, lon: float, boxes: Mapping[str, Box], *, corsica_apart: bool = False) -> str:
    """The zone of a point in degrees. `boxes`: those of the départements, by code."""
    for code in OVERSEAS:
        if code in boxes and boxes[code].contains(lat, lon):
            return code
    if corsica_apart and any(code in boxes and boxes[code].contains(lat, lon) for code in ("2A", "2B")):
        return CORSICA
    return METROPOLE
