"""Tables of the room. An entry is what it says in its latest version; earlier ones stay readable.

No personal data but the account that keeps an entry, and the one that read it again.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from yole.ai_register.enums import Origin


class Entry(models.Model):
    """One algorithm or AI use. Declared ones belong to the platform, hence to no territory; the others to the territory that wrote them.

    `stopped_on`: the day when it was no longer used; it stays in the register.
    """

    key = models.SlugField(max_length=80)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    territory = models.ForeignKey("territory.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    stopped_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(territory__isnull=True), name="ai_register_declared_once"),
            models.UniqueConstraint(fields=["territory", "key"], condition=Q(territory__isnull=False), name="ai_register_once"),
            models.CheckConstraint(
                condition=Q(origin=Origin.DECLARED, territory__isnull=True) | Q(origin=Origin.BY_HAND, territory__isnull=False),
                name="ai_register_origin",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="ai_register_key"),
        ]

    def __str__(self) -> str:
        return self.key


class EntryVersion(models.Model):
    """What an entry said from a moment on. `content`: the fields of `fields.py`, by name; `checksum` its SHA-256, so that an entry that
    says the same is never a second version."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    author = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["entry", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="ai_register_version_number"),
            models.CheckConstraint(condition=Q(number__gte=1) & ~Q(checksum=""), name="ai_register_version_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.number}"


class Reading(models.Model):
    """A version of an entry before a territory: when somebody in charge was told that it is to be read again, when it was.

    A reading begins the twelve months anew: `told_at` is then emptied.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="readings")
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    told_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    account = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "territory", "number"], name="ai_register_reading_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="ai_register_reading_number"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.number}"
