"""What a café prints: its kit, the poster of the room, one page of results. Tagged PDF."""

from __future__ import annotations

from collections.abc import Sequence

from yole.base.addresses import site_address
from yole.base.htmlpdf import pdf
from yole.debates import debrief, kit, selectors
from yole.debates.engine.room import tables
from yole.debates.enums import CafeTheme, Pillar
from yole.debates.models import Cafe

WORDS_PER_LINE = 48  # characters of a statement on one line of the sheet, set loosely
LOOSE_LINES, DENSE_LINES = 18, 44
MOST_QUOTED = 6  # decisions on the sheet; the page has them all


def room_address(cafe: Cafe) -> str:
    """What the QR code of the room holds."""
    return site_address("debates:room", cafe.room_code)


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


def room_on_a_page(wordings: Sequence[str]) -> tuple[str, int]:
    """How tight the sheet is set (a class of documents.css) and how many texts it quotes, so that it stays one page."""
    lines = sum(max(2, -(-len(words) // WORDS_PER_LINE)) for words in wordings)  # the label takes two lines anyway
    if lines <= LOOSE_LINES:
        return "", 6
    return ("dense", 4) if lines <= DENSE_LINES else ("tiny", 0)


def result_sheet(cafe: Cafe) -> bytes:
    """What the room said on one page. Raises Refused before the vote is closed."""
    debrief.as_json(cafe)
    result = selectors.room_result(cafe)
    orientations = list(cafe.orientations.all())
    density, texts = room_on_a_page([row.wording for row in result.rows] if result is not None else [])
    sent = selectors.followed(cafe)
    context = {
        "cafe": cafe,
        "where": selectors.where(cafe),
        "day": selectors.local_day(cafe),
        "sent": len(sent),
        "taken": sum(bool(idea.outcomes) for idea in sent),
        "result": result,
        "density": density,
        "texts": selectors.published_texts(cafe)[:texts],
        "orientations": orientations[:MOST_QUOTED],
        "more": len(orientations[MOST_QUOTED:]),
        "address": site_address("debates:result", cafe.pk),
    }
    return pdf("debates/documents/result.html", context)
