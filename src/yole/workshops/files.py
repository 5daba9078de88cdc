"""Exports for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse

from yole.base.answers import as_file
from yole.bookings.enums import Need, Source, State
from yole.bookings.models import Booking
from yole.kernel.codes import show_code
from yole.kernel.tables import write_french_sheet
from yole.workshops import wording
from yole.workshops.indicators import NoShow
from yole.workshops.selectors import SessionRow
from yole.workshops.selectors_desk import Sheet


def sessions_csv(rows: Iterable[SessionRow], name: str) -> HttpResponse:
    """Sessions with counts; nobody is named."""
    header = (
        "atelier",
        "jour",
        "début",
        "fin",
        "genre",
        "état",
        "motif",
        "lieu",
        "commune",
        "salle",
        "animé par",
        "places",
        "prises",
        "libres",
        "en attente",
    )
    lines = [
        (
            *(
                row.title,
                f"{row.starts_at:%Y-%m-%d}",
                f"{row.starts_at:%H:%M}",
                f"{row.ends_at:%H:%M}",
                wording.kind(row.kind),
                row.state,
                row.state_reason,
            ),
            *(row.place, row.commune, row.room, row.mediator, row.seats, row.taken, row.left, row.waiting),
        )
        for row in rows
    ]
    return as_file(write_french_sheet(header, lines), name)


def enrolments_csv(sheet: Sheet, row: SessionRow, see: Callable[[Booking], bool], name: str) -> HttpResponse:
    """People of a session, as this account may read them: other structures' people have neither name nor contact nor code."""
    header = (
        "n°",
        "nom",
        "contact",
        "personnes",
        "état",
        "besoins",
        "structure",
        "origine",
        "code",
        *(f"présence {half}" for half in row.half_days),
    )
    needs, states, sources = dict(Need.choices), dict(State.choices), dict(Source.choices)

    def line(number: object, booking: Booking, marks: dict[str, Any]) -> tuple[object, ...]:
        named = see(booking)
        return (
            *(
                number,
                booking.name if named else "",
                (booking.email or booking.phone) if named else "",
                booking.size,
                states.get(booking.state, booking.state),
            ),
            *("|".join(str(needs.get(n, n)) for n in booking.needs) if named else "", booking.structure.name if booking.structure else ""),
            *(sources.get(booking.source, booking.source), show_code(booking.code) if named else ""),
            *(marks[half].state if half in marks else "" for half in row.half_days),
        )

    lines = [line(one.number, one.booking, one.marks) for one in sheet.lines if one.booking is not None]
    lines += [
        (
            one.number,
            one.name,
            "",
            1,
            "venue sans inscription",
            "",
            "",
            "",
            "",
            *(one.marks[half].state if half in one.marks else "" for half in row.half_days),
        )
        for one in sheet.lines
        if one.booking is None
    ]
    lines += [line(f"attente {queued.rank}", queued.booking, {}) for queued in sheet.waiting]
    return as_file(write_french_sheet(header, lines), name)


def no_show_csv(found: NoShow, name: str) -> HttpResponse:
    """The table of absences, with its definition; protected cells are empty."""
    header = ("genre", "libellé", "attendus", "absents", "taux en %")
    groups = (("ensemble", [found.total]), ("thème", found.by_theme), ("lieu", found.by_place))
    lines: list[tuple[object, ...]] = [(group, row.label, row.expected, row.absent, row.rate) for group, rows in groups for row in rows]
    lines.append(("définition", found.definition["definition"], "", "", ""))
    lines.append(("période", f"{found.first.isoformat()} au {found.last.isoformat()}", "", "", ""))
    lines.append(("protection", f"cases de moins de {found.threshold} laissées vides", "", "", ""))
    return as_file(write_french_sheet(header, lines), name)
