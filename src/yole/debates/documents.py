"""What a café prints: its kit, the poster of the room, one page of results. Tagged PDF."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from yole.base.htmlpdf import pdf
from yole.debates import debrief, kit, selectors
from yole.debates.engine.room import tables
from yole.debates.enums import CafeTheme, Pillar
from yole.debates.models import Cafe


def as_file(content: bytes | str, name: str, kind: str = "application/pdf", *, inline: bool = True) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def room_address(cafe: Cafe) -> str:
    """What the QR code of the room holds."""
    return settings.BASE_URL + reverse("debates:room", args=[cafe.room_code])


def table_words(people: int) -> str:
    """« 2 tables, de 22 à 23 personnes » above thirty people, else empty."""
    sizes = tables(people)
    if len(sizes) == 1:
        return ""
    spread = f"de {sizes[-1]} à {sizes[0]} personnes" if sizes[0] != sizes[-1] else f"de {sizes[0]} personnes"
    return f"{len(sizes)} tables, {spread}"


def kit_sheet(cafe: Cafe) -> bytes:
    """What the host holds: framing, roles, material, pillars, questions, minutes."""
    context = {
        "cafe": cafe,
        "where": selectors.where(cafe),
        "steps": kit.steps(cafe.people_expected),
        "tables": table_words(cafe.people_expected),
        "pillars": [(Pillar(code).label, kit.PILLARS[code]) for code in cafe.pillars],
        "themes": [CafeTheme(code).label for code in cafe.themes] + list(cafe.free_themes),
    }
    return pdf("debates/documents/kit.html", context)


def poster(cafe: Cafe) -> bytes:
    """The code of the room and its QR, to pin on a wall."""
    return pdf("debates/documents/poster.html", {"cafe": cafe, "address": room_address(cafe), "where": selectors.where(cafe)})


def result_sheet(cafe: Cafe) -> bytes:
    """What the room said on one page. Raises Refused before the vote is closed."""
    debrief.as_json(cafe)
    context = {
        "cafe": cafe,
        "where": selectors.where(cafe),
        "day": selectors.local_day(cafe),
        "result": selectors.room_result(cafe),
        "texts": selectors.published_texts(cafe)[:8],
        "orientations": list(cafe.orientations.all()),
        "address": settings.BASE_URL + reverse("debates:result", args=[cafe.pk]),
    }
    return pdf("debates/documents/result.html", context)
