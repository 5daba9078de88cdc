"""Codes of enrolments typed wrong."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yole.organisations.throttle import WrongCodes

CODES = WrongCodes("booking-code", _("Attendez %(n)d minutes, ou appelez-nous : nous retrouvons votre inscription."))
