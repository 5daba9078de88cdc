"""Codes of passports typed wrong."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yole.organisations.throttle import WrongCodes

CODES = WrongCodes("passport-code", _("Attendez %(n)d minutes. Ou donnez le fichier du passeport."))
