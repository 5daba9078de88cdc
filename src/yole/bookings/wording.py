"""What a person is told of their booking and of the code that they typed, the same in every room."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yole.bookings.enums import State
from yole.kernel.codes import ALPHABET, clean_code

CODE_LENGTH = 10


def state(code: str) -> tuple[str, str, str]:
    """(kind of tag, words to the person, icon) of a booking's state."""
    found = {
        State.BOOKED: ("ok", _("Votre place est gardée"), "check-circle"),
        State.CONFIRMED: ("ok", _("Votre place est gardée"), "check-circle"),
        State.WAITING: ("warning", _("Sur la liste d’attente"), "waiting"),
        State.OFFERED: ("info", _("Une place est libre pour vous"), "hand"),
        State.CANCELLED: ("", _("Inscription annulée"), "cross"),
        State.PRESENT: ("ok", _("Votre arrivée est notée"), "check"),
        State.ABSENT: ("", _("Vous n’êtes pas venu"), "info"),
        State.EXCUSED: ("", _("Vous avez prévenu de votre absence"), "info"),
    }
    return found[State(code)]


def wrong_code(typed: str) -> str:
    """What is wrong in the writing of a code that opens nothing; never what exists."""
    code = clean_code(typed)
    if len(code) != CODE_LENGTH:
        return _("Un code a 10 lettres et chiffres. Vous en avez écrit %(n)d.") % {"n": len(code)}
    if any(c not in ALPHABET for c in code):
        return _("Un code n’a pas la lettre Z, ni d’accent. Regardez encore.")
    return _("Nous ne trouvons pas ce code. Vérifiez chaque lettre, ou appelez-nous.")
