"""Closed lists of the passport, with the words that people read."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Colour(TextChoices):
    """A colour that our pictures know, or none."""

    NONE = "", "Sans couleur"
    YELLOW = "jaune", "Jaune"
    ORANGE = "orange", "Orange"
    GREEN = "vert", "Vert"
    BLUE = "bleu", "Bleu"
    VIOLET = "violet", "Violet"
    RED = "rouge", "Rouge"


class JuryState(TextChoices):
    OPEN = "open", "Ouvert"
    CLOSED = "closed", "Clos"


class Decision(TextChoices):
    """What a jury decides. None of them is made by the machine."""

    AWARDED = "awarded", "Attribué"
    REFUSED = "refused", "Refusé"
    POSTPONED = "postponed", "Reporté"


class AwardState(TextChoices):
    ACTIVE = "active", _("En cours")
    SUSPENDED = "suspended", _("Suspendu")
    REVOKED = "revoked", _("Retiré")


class Kind(TextChoices):
    """What a credential of an award shows. Its holder chooses."""

    LEVEL = "niveau", _("Le niveau seul")
    AREAS = "domaines", _("Le niveau et les domaines")


class KeyEnd(TextChoices):
    """Why a signing key is no longer used."""

    REPLACED = "replaced", "Remplacée : ce qu’elle a signé reste valable"
    COMPROMISED = "compromised", "Volée ou perdue : rien de ce qu’elle a signé n’est valable"
