"""Badges, attendance sheet and programme as tagged PDF."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from yole.base.errors import Refused

pypdfium2 = pytest.importorskip("pypdfium2")


@pytest.fixture
def crowd(fair: SimpleNamespace, new_slot: Callable[..., Any], person: Callable[..., Any]) -> SimpleNamespace:
    from yole.events import services_editions, services_programme
    from yole.events.services_registration import register

    fair.slot = new_slot("« NÔTRE, Œuvre » ensemble", room=fair.room, places=30)
    services_programme.publish(None, fair.edition)
    services_editions.open_registration(None, fair.edition, 60)
    fair.edition.refresh_from_db()
    fair.people = [
        register(fair.edition, person(f"Prénom Œ {n} (fictif)", slots=[fair.slot.number], organisation="Structure (fictif)")).registration
        for n in range(12)
    ]
    return fair


def pages(content: bytes) -> list[str]:
    made = pypdfium2.PdfDocument(content)
    found = [page.get_textpage().get_text_range() for page in made]
    made.close()
    return found


def test_badges(crowd: SimpleNamespace) -> None:
    from yole.events import documents

    content = documents.badges(crowd.edition, frozenset({"organisation", "code"}))
    assert pypdfium2.raw.FPDFCatalog_IsTagged(pypdfium2.PdfDocument(content))
    found = pages(content)
    assert len(found) == 2
    assert found[0].count("Structure (fictif)") == 10
    assert found[1].count("Structure (fictif)") == 2
    code = crowd.people[0].booking.code
    assert any(f"{code[:4]}-{code[4:8]}-{code[8:]}" in page for page in found)
    assert "Structure (fictif)" not in "".join(pages(documents.badges(crowd.edition, frozenset())))


def test_attendance_sheet(crowd: SimpleNamespace) -> None:
    from yole.events import documents
    from yole.events.services_registration import cancel_by_person

    cancel_by_person(crowd.people[0])
    found = pages(documents.attendance_sheet(crowd.edition, crowd.slot, crowd.edition.starts_on))
    assert len(found) == 1
    text = found[0].replace("\u00a0", " ")
    assert "« NÔTRE, Œuvre » ensemble" in text
    assert "Prénom Œ 11 (fictif)" in text
    assert "Prénom Œ 0 (fictif)" not in text
    assert "Matin" in text
    assert "Après-midi" not in text
    whole = pages(documents.attendance_sheet(crowd.edition, None, crowd.edition.starts_on))[0]
    assert "Après-midi" in whole


def test_a_sheet_of_thirty_rows_is_one_page(crowd: SimpleNamespace, person: Callable[..., Any]) -> None:
    from yole.events import documents
    from yole.events.services_registration import register

    for n in range(12, 30):
        register(crowd.edition, person(f"Encore {n} (fictif)"))
    assert len(pages(documents.attendance_sheet(crowd.edition, None, crowd.edition.starts_on))) == 1


def test_programme_on_paper(crowd: SimpleNamespace) -> None:
    from yole.events import documents

    text = pages(documents.programme(crowd.edition))[0]
    assert "NÔTRE, Œuvre" in text
    assert "Salle B" in text


def test_nothing_to_print_is_said(fair: SimpleNamespace) -> None:
    from yole.events import documents

    with pytest.raises(Refused):
        documents.badges(fair.edition, frozenset())
    with pytest.raises(Refused):
        documents.programme(fair.edition)
