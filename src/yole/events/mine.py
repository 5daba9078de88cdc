"""What a visitor has opened with a code: a registration, a proposal; and the signed links that open them."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest

from yole.base.addresses import site_address
from yole.base.scope import open_booking
from yole.base.visits import Opened
from yole.events.models import Proposal, Registration
from yole.events.selectors_public import proposal_by_pk, registration_of

_REGISTRATION, _PROPOSAL = Opened("events.mine"), Opened("events.proposal")
_SALT, _PROPOSAL_SALT = "yole.events.link", "yole.events.proposal"


def remember(request: HttpRequest, registration: Registration) -> None:
    open_booking(registration.booking_id)
    _REGISTRATION.keep(request, registration.booking_id)


def remembered(request: HttpRequest) -> Registration | None:
    """The registration, None when there is none or half an hour has passed."""
    kept = _REGISTRATION.kept(request)
    if kept is None:
        return None
    booking = int(kept[0])
    open_booking(booking)
    return registration_of(booking)


def remember_proposal(request: HttpRequest, proposal: Proposal) -> None:
    _PROPOSAL.keep(request, proposal.pk)


def remembered_proposal(request: HttpRequest) -> Proposal | None:
    kept = _PROPOSAL.kept(request)
    return proposal_by_pk(int(kept[0])) if kept is not None else None


def forget(request: HttpRequest) -> None:
    _REGISTRATION.forget(request)
    _PROPOSAL.forget(request)


# Signed links: they name the row without its code.


def cancel_link(registration: Registration) -> str:
    """One step: the page says what will be cancelled, one button does it."""
    token = signing.Signer(salt=_SALT).sign(str(registration.booking_id))
    return site_address("events:cancel", token)


def open_link(registration: Registration) -> str:
    """Opens a registration for its holder: messages carry it."""
    token = signing.Signer(salt=_SALT).sign(str(registration.booking_id))
    return site_address("events:mine-link", token)


def read_link(token: str) -> Registration | None:
    """The registration of a signed link, None when it is not ours."""
    pk = _unsigned(token, _SALT)
    if pk is None:
        return None
    open_booking(pk)
    return registration_of(pk)


def proposal_link(proposal: Proposal) -> str:
    """Opens a proposal for its author: the organisers send it with their answer."""
    token = signing.Signer(salt=_PROPOSAL_SALT).sign(str(proposal.pk))
    return site_address("events:proposal-link", token)


def read_proposal_link(token: str) -> Proposal | None:
    pk = _unsigned(token, _PROPOSAL_SALT)
    return proposal_by_pk(pk) if pk is not None else None


def _unsigned(token: str, salt: str) -> int | None:
    try:
        return int(signing.Signer(salt=salt).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
