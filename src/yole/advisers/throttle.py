"""Codes of files and certificates typed wrong."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yole.organisations.throttle import WrongCodes

CODES = WrongCodes("advisers-code", _("Réessayez plus tard."))
