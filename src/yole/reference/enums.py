"""Closed lists of the library."""

from django.db.models import TextChoices


class Origin(TextChoices):
    PROJECT = "project", "Écrite pour le projet"
    OFFICIAL = "official", "Fiche officielle importée"


class Status(TextChoices):
    PUBLISHED = "published", "Publiée"
    WITHDRAWN = "withdrawn", "Retirée"
