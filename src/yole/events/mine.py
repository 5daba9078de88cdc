"""What a visitor has opened with a code, a registration or a proposal: kept in their session for half an hour, never in an address."""

from __future__ import annotations

import time

from django.core import signing
from django.http import HttpRequest

from yole.base.addresses import site_address
from yole.base.scope import open_booking
from yole.events.models import Proposal, Registration
from yole.events.selectors_public import proposal_by_pk, registration_of

_REGISTRATION, _PROPOSAL = "events.mine", "events.proposal"
_SALT, _PROPOSAL_SALT = "yole.events.link", "yole.events.proposal"
MINUTES = 30


def _keep(request: HttpRequest, key: str, pk: int) -> None:
    request.session[key] = [pk, int(time.time())]


def _kept(request: HttpRequest, key: str) -> int | None:
    found = request.session.get(key)
    return int(found[0]) if found and time.time() - found[1] <= MINUTES * 60 else None


def remember(request: HttpRequest, registration: Registration) -> None:
    open_booking(registration.booking_id)
    _keep(request, _REGISTRATION, registration.booking_id)


def remembered(request: HttpRequest) -> Registration | None:
    """The registration, None when there is none or half an hour has passed."""
    booking = _kept(request, _REGISTRATION)
    if booking is None:
        return None
    open_booking(booking)
    return registration_of(booking)


def remember_proposal(request: HttpRequest, proposal: Proposal) -> None:
    _keep(request, _PROPOSAL, proposal.pk)


def remembered_proposal(request: HttpRequest) -> Proposal | None:
    pk = _kept(request, _PROPOSAL)
    return proposal_by_pk(pk) if pk is not None else None


def forget(request: HttpRequest) -> None:
    request.session.pop(_REGISTRATION, None)
    request.session.pop(_PROPOSAL, None)


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
