"""Signed one-step links that messages carry. The screens declare the names `cancel` and `offer` in urls.py (namespace `workshops`)."""

from __future__ import annotations

from django.core import signing

from yole.base.addresses import site_address
from yole.base.scope import open_booking
from yole.bookings.models import Booking

_SALT = "yole.workshops.link"


def link_token(booking: Booking) -> str:
    """The signed text of the one-step links: it names the booking without its code."""
    return signing.Signer(salt=_SALT).sign(str(booking.pk))


def read_token(token: str) -> Booking | None:
    """The booking of a signed link, None when the link is not ours."""
    try:
        pk = int(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    open_booking(pk)
    return Booking.objects.select_related("capacity").filter(pk=pk).first()


def cancel_link(booking: Booking) -> str:
    """One step: GET `workshops:cancel` <token> shows a page, POST cancels."""
    return site_address("workshops:cancel", link_token(booking))


def offer_link(booking: Booking) -> str:
    """GET `workshops:offer` <token> shows the offered place, POST accepts or refuses."""
    return site_address("workshops:offer", link_token(booking))
