"""What the pages of the desk share: the session asked for, who may read whose name, forms sent twice."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import Http404, HttpRequest

from yole.base.errors import Refused
from yole.bookings.models import Booking
from yole.organisations.enums import Role
from yole.organisations.models import Account
from yole.organisations.requests import account_of
from yole.territory.models import Territory
from yole.workshops import selectors, selectors_desk
from yole.workshops.models import Programme, Session
from yole.workshops.selectors import SessionRow

_ALL_NAMES = {Role.TERRITORY_COORDINATOR, Role.ADMINISTRATOR}
_SENT = "workshops.sent"


def own_territory(request: HttpRequest) -> Territory:
    return account_of(request).territory


def session_or_404(request: HttpRequest, pk: int) -> tuple[Session, SessionRow]:
    territory = own_territory(request)
    found, row = selectors.session(territory, pk), selectors.session_row(territory, pk)
    if found is None or row is None:
        raise Http404
    return found, row


def programme_or_404(request: HttpRequest, pk: int) -> Programme:
    found = Programme.objects.select_related("territory", "structure").filter(territory=own_territory(request), pk=pk).first()
    if found is None:
        raise Http404
    return found


def reads_all(account: Account, session: Session) -> bool:
    """Whether an account may read every name of a session: its structure runs it, or it leads it, or it coordinates the territory."""
    if account.role in _ALL_NAMES or session.mediator_id == account.pk:
        return True
    return account.structure_id is not None and session.programme.structure_id in (None, account.structure_id)


def reader(account: Account, session: Session) -> Callable[[Booking], bool]:
    """Tells, booking by booking, whether an account may read the name: all of its own sessions, and the people whom its structure sent."""
    everything = reads_all(account, session)

    def reads(booking: Booking) -> bool:
        return (
            everything
            or booking.prescriber_id == account.pk
            or (booking.structure_id is not None and booking.structure_id == account.structure_id)
        )

    return reads


def session_of_booking(territory: Territory, booking: Booking) -> Session:
    """The session of an enrolment, or the first of its cohort. Raises Http404 in another territory."""
    found = Session.objects.filter(territory=territory).select_related(
        "programme__territory", "programme__structure", "cohort", "capacity", "mediator", "place", "stop"
    )
    one = (
        found.filter(capacity_id=booking.capacity_id).first()
        or found.filter(cohort__capacity_id=booking.capacity_id).order_by("starts_at").first()
    )
    if one is None:
        raise Http404
    return one


def booking_or_refused(request: HttpRequest, pk: int) -> tuple[Booking, Session]:
    """An enrolment that this account may read. Raises Http404, or Refused for another structure's person."""
    booking = Booking.objects.select_related("capacity", "structure", "prescriber").filter(pk=pk).first()
    if booking is None:
        raise Http404
    session = session_of_booking(own_territory(request), booking)
    if not reader(account_of(request), session)(booking):
        raise Refused(
            "Cette personne est inscrite par une autre structure.",
            remedy="Demandez à la structure qui organise.",
            code="forbidden",
            status=403,
        )
    return booking, session


def sent_before(request: HttpRequest, form: forms.Form) -> bool:
    """Whether this displayed form was already sent and done: reloading a page creates nothing twice."""
    key = str(form.cleaned_data.get("form_key") or "")
    return bool(key) and key in request.session.get(_SENT, [])


def note_sent(request: HttpRequest, form: forms.Form) -> None:
    key = str(form.cleaned_data.get("form_key") or "")
    if key:
        request.session[_SENT] = [*request.session.get(_SENT, []), key][-30:]


def clash_words(pks: list[int]) -> dict[int, str]:
    """Session -> what it shares at the same hours: the room, the person who leads, or both."""
    found: dict[int, set[str]] = {}
    for clash in selectors_desk.clashes(pks):
        words = "salle déjà prise" if clash.kind == "room" else "même personne à deux endroits"
        for pk in (clash.first, clash.second):
            found.setdefault(pk, set()).add(words)
    return {pk: ", ".join(sorted(words)) for pk, words in found.items()}
