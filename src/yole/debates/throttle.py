"""Codes of rooms typed wrong. A room shares one address: the limit is wide, a robot still meets it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yole.organisations.throttle import WrongCodes

CODES = WrongCodes("cafe-code", _("Attendez 15 minutes, ou lisez le carré noir et blanc."), tries=40)
