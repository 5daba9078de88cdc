"""Closed lists of the room; those of the fields are in `kernel/algorithms.py`."""

from django.db.models import TextChoices


class Origin(TextChoices):
    DECLARED = "declared", "Inscrit par la plateforme"
    BY_HAND = "by-hand", "Inscrit par le territoire"
