"""Sheets about procedures, their versions, the sections that answers quote, and everyday words with their official terms.

No personal data but the account that verified a sheet. A sheet belongs to no territory: procedures are national.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from yole.reference.enums import Origin, Status


class Sheet(models.Model):
    """`code`: the official number (F19778) or ours (y-…). `benefits`: names of the benefits that the sheet explains.

    `held_on`: date of the official text that we hold for this number. `verified_on`: the day when `verified_by` compared the sheet with
    the official one; empty until somebody did.
    """

    code = models.CharField(max_length=60, unique=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PUBLISHED)
    theme = models.CharField("Thème", max_length=80, blank=True)
    url = models.URLField("Adresse officielle", max_length=300, blank=True)
    benefits = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    held_on = models.DateField(null=True, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=Origin.values, status__in=Status.values), name="reference_sheet_lists"),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(verified_on__isnull=False), name="reference_sheet_verified_day"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SheetVersion(models.Model):
    """The text of a sheet at a date. `checksum`: SHA-256 of what was read; the same content is never a second version."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    dated = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sheet", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="reference_version_number"),
            models.UniqueConstraint(fields=["sheet"], condition=Q(is_current=True), name="reference_version_current"),
            models.CheckConstraint(condition=~Q(title=""), name="reference_version_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """What an answer quotes. `path`: its titles from the top. `search`: title words weigh A, text words D."""

    version = models.ForeignKey(SheetVersion, on_delete=models.CASCADE, related_name="sections")
    order = models.PositiveIntegerField()
    path = ArrayField(models.CharField(max_length=300), default=list)
    content = models.TextField()
    words = models.PositiveIntegerField()
    search = SearchVectorField()

    class Meta:
        ordering = ["version", "order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="reference_section_order"),
            models.CheckConstraint(condition=~Q(content=""), name="reference_section_text"),
        ]
        indexes = [GinIndex(fields=["search"], name="reference_section_search")]

    def __str__(self) -> str:
        return " > ".join(self.path)


class Lexeme(models.Model):
    """In how many current sections a word stands, as PostgreSQL stems it: rare words weigh more. Counted again after each load."""

    word = models.CharField(max_length=255, primary_key=True)
    sections = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.word


class Synonym(models.Model):
    """An everyday word and the official term. `everyday_key` and `official_key`: the form that search compares."""

    everyday = models.CharField("Mot de tous les jours", max_length=120)
    official = models.CharField("Terme officiel", max_length=200)
    everyday_key = models.CharField(max_length=120, editable=False)
    official_key = models.CharField(max_length=200, editable=False)
    is_reviewed = models.BooleanField("Relu par un conseiller", default=False)

    class Meta:
        ordering = ["everyday_key", "official_key"]
        constraints = [
            models.UniqueConstraint(fields=["everyday_key", "official_key"], name="reference_synonym_once"),
            models.CheckConstraint(condition=~Q(everyday_key="") & ~Q(official_key=""), name="reference_synonym_words"),
        ]

    def __str__(self) -> str:
        return f"{self.everyday} = {self.official}"
