"""Closed lists of the room that are not those of the national schema (these are in engine/schema.py)."""

from django.db.models import TextChoices


class Kind(TextChoices):
    FIXED = "fixed", "Lieu fixe"
    ITINERANT = "itinerant", "Bus ou antenne mobile"


class FieldGroup(TextChoices):
    """What a confirmation covers: freshness is kept per group."""

    HOURS = "hours", "Horaires"
    CONTACT = "contact", "Adresse et téléphone"
    SERVICES = "services", "Aides proposées"


class ReportKind(TextChoices):
    CLOSED = "closed", "Le lieu est fermé"
    HOURS = "hours", "Les horaires ne sont pas bons"
    CONTACT = "contact", "Le téléphone ou l’adresse ne sont pas bons"
    BUS = "bus", "Le bus n’est pas passé"
    OTHER = "other", "Autre chose"


class ReportState(TextChoices):
    NEW = "new", "À traiter"
    ACCEPTED = "accepted", "Corrigé"
    REFUSED = "refused", "Sans suite"


class BatchState(TextChoices):
    PREVIEWED = "previewed", "Aperçu"
    APPLIED = "applied", "Importé"
    UNDONE = "undone", "Annulé"


class Weekday(TextChoices):
    """OSM names, so that a stop's day can be written into opening hours as it is."""

    MO = "Mo", "lundi"
    TU = "Tu", "mardi"
    WE = "We", "mercredi"
    TH = "Th", "jeudi"
    FR = "Fr", "vendredi"
    SA = "Sa", "samedi"
    SU = "Su", "dimanche"
