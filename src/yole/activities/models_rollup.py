"""The roll-ups that statistics read, kept by a task (see `rollups`), and the links by which a dashboard is shared.

Whole numbers are references without foreign keys: 0 (or an empty text) stands for « none », a month is `kernel.periods.month_index`.
Nothing here is a source: everything but the links can be rebuilt from the reports.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


def _count() -> Any:
    return models.IntegerField(default=0, db_default=0)


class MainMeasures(models.Model):
    """What is counted of any set of activities. `accompaniments`: one per person and activity; `identified`: those with a card or a name;
    `v1_activities`: those of the first national tool; `duration_unknown`: activities, not minutes."""

    activities = _count()
    minutes = models.BigIntegerField(default=0, db_default=0)
    accompaniments = _count()
    identified = _count()
    already_known = _count()
    v1_activities = _count()
    duration_unknown = _count()

    class Meta:
        abstract = True


class Measures(MainMeasures):
    """And who came, how long, where, with what. Numbered columns follow the order of their enumeration.

    `duration_*`: [0, 30), [30, 60), [60, 120), 120 minutes and more; `v1_group`, `v1_age_*`: people of the first national tool, whose age
    bands are kept apart.
    """

    one_off = _count()
    v1_group = _count()
    duration_0 = _count()
    duration_1 = _count()
    duration_2 = _count()
    duration_3 = _count()
    where_0 = _count()
    where_1 = _count()
    where_2 = _count()
    where_3 = _count()
    material_0 = _count()
    material_1 = _count()
    material_2 = _count()
    material_3 = _count()
    material_4 = _count()
    gender_0 = _count()
    gender_1 = _count()
    gender_2 = _count()
    age_0 = _count()
    age_1 = _count()
    age_2 = _count()
    age_3 = _count()
    age_4 = _count()
    age_5 = _count()
    age_6 = _count()
    age_7 = _count()
    v1_age_0 = _count()
    v1_age_1 = _count()
    v1_age_2 = _count()
    v1_age_3 = _count()
    v1_age_4 = _count()
    status_0 = _count()
    status_1 = _count()
    status_2 = _count()
    status_3 = _count()
    status_4 = _count()

    class Meta:
        abstract = True


class Cell(Measures):
    """The finest roll-up: each activity in one cell."""

    id = models.BigAutoField(primary_key=True)
    territory = models.IntegerField()
    structure = models.IntegerField()
    mediator = models.IntegerField()
    month = models.IntegerField()
    place = models.IntegerField()
    commune = models.CharField(max_length=5, blank=True)
    kind = models.CharField(max_length=10)

    class Meta:
        db_table = "activities_rollup_cell"
        indexes = [
            models.Index(fields=["structure", "mediator", "month"], name="activities_cell_dirty"),
            models.Index(fields=["territory", "month"], name="activities_cell_month"),
            models.Index(fields=["mediator", "month"], name="activities_cell_mediator"),
        ]

    def __str__(self) -> str:
        return f"{self.structure}/{self.mediator} {self.month}"


class ThemeCell(MainMeasures):
    """The same by theme, the main measures alone: an activity is in the cell of each of its themes."""

    id = models.BigAutoField(primary_key=True)
    territory = models.IntegerField()
    structure = models.IntegerField()
    mediator = models.IntegerField()
    month = models.IntegerField()
    place = models.IntegerField()
    commune = models.CharField(max_length=5, blank=True)
    kind = models.CharField(max_length=10)
    theme = models.CharField(max_length=40)

    class Meta:
        db_table = "activities_rollup_theme"
        indexes = [
            models.Index(fields=["structure", "mediator", "month"], name="activities_theme_dirty"),
            models.Index(fields=["mediator", "month"], name="activities_theme_mediator"),
        ]

    def __str__(self) -> str:
        return f"{self.structure}/{self.mediator} {self.month} {self.theme}"


class Total(Measures):
    """The whole territory by month, and by one dimension: `dim` is empty, structure, place, commune, kind or theme.

    Rows of a theme hold the main measures alone, as `ThemeCell`.
    """

    id = models.BigAutoField(primary_key=True)
    territory = models.IntegerField()
    dim = models.CharField(max_length=9, blank=True)
    value = models.CharField(max_length=40, blank=True)
    month = models.IntegerField()

    class Meta:
        db_table = "activities_rollup_total"
        constraints = [models.UniqueConstraint(fields=["territory", "dim", "value", "month"], name="activities_total_once")]

    def __str__(self) -> str:
        return f"{self.dim} {self.value} {self.month}"


class Seen(models.Model):
    """Who was met where, by month: the one roll-up that knows persons. Read by the task alone (row policy)."""

    id = models.BigAutoField(primary_key=True)
    territory = models.IntegerField()
    structure = models.IntegerField()
    mediator = models.IntegerField()
    month = models.IntegerField()
    place = models.IntegerField()
    commune = models.CharField(max_length=5, blank=True)
    kind = models.CharField(max_length=10)
    themes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    person = models.UUIDField()

    class Meta:
        db_table = "activities_rollup_seen"
        indexes = [
            models.Index(fields=["structure", "mediator", "month"], name="activities_seen_dirty"),
            models.Index(fields=["person"], name="activities_seen_person"),
        ]

    def __str__(self) -> str:
        return f"{self.structure}/{self.mediator} {self.month}"


class Reach(models.Model):
    """Persons met in a month, by how many months before they were last met: `persons[i]` of them `gaps[i]` months before (FIRST: never).

    Unique persons of any run of months, without adding up: in months s to e, each person counts in the first month m where they were met
    since s, so the number is the sum of persons over m in [s, e] with gap > m − s. `level` is territory, structure or mediator.
    """

    FIRST = 9999

    id = models.BigAutoField(primary_key=True)
    level = models.CharField(max_length=9)
    scope = models.IntegerField()
    dim = models.CharField(max_length=9, blank=True)
    value = models.CharField(max_length=40, blank=True)
    month = models.IntegerField()
    gaps = ArrayField(models.IntegerField())
    persons = ArrayField(models.IntegerField())

    class Meta:
        db_table = "activities_rollup_reach"
        constraints = [models.UniqueConstraint(fields=["level", "scope", "dim", "value", "month"], name="activities_reach_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.scope} {self.month}"


class Shared(models.Model):
    """One person in one workshop reported by several activities: all of them but one are taken off the sums of persons.

    `pair` says which rows are the same person in the same session, and nothing else about them.
    """

    id = models.BigAutoField(primary_key=True)
    territory = models.IntegerField()
    structure = models.IntegerField()
    mediator = models.IntegerField()
    month = models.IntegerField()
    place = models.IntegerField()
    commune = models.CharField(max_length=5, blank=True)
    kind = models.CharField(max_length=10)
    themes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    session = models.BigIntegerField()
    pair = models.UUIDField()
    activity = models.UUIDField()
    gender = models.CharField(max_length=14)
    age_band = models.CharField(max_length=24)
    social_status = models.CharField(max_length=14)

    class Meta:
        db_table = "activities_rollup_shared"
        indexes = [
            models.Index(fields=["session"], name="activities_shared_session"),
            models.Index(fields=["territory", "month"], name="activities_shared_month"),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.pair}"


class Mark(models.Model):
    """Cells to compute again, written by triggers in the transaction of the change. Only added, then deleted by the task."""

    id = models.BigAutoField(primary_key=True)
    territory = models.IntegerField()
    structure = models.IntegerField()
    mediator = models.IntegerField()
    month = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "activities_rollup_mark"

    def __str__(self) -> str:
        return f"{self.structure}/{self.mediator} {self.month}"


class MonthState(models.Model):
    """When a month of a territory was last computed: the « as of » of its numbers."""

    territory = models.IntegerField()
    month = models.IntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "activities_rollup_month"
        constraints = [models.UniqueConstraint(fields=["territory", "month"], name="activities_month_once")]

    def __str__(self) -> str:
        return f"{self.territory} {self.month}"


class RollupRun(models.Model):
    """One rebuild or recount of everything: how long, how much, how many rows differed from what was stored."""

    class Kind(models.TextChoices):
        REBUILD = "rebuild", "Reconstruction"
        RECOUNT = "recount", "Recomptage"

    kind = models.CharField(max_length=7, choices=Kind.choices)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    activities = models.BigIntegerField(help_text="Activités comptées.")
    differences = models.BigIntegerField(default=0)

    class Meta:
        db_table = "activities_rollup_run"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["rebuild", "recount"]), name="activities_run_kind"),
            models.CheckConstraint(condition=Q(finished_at__gte=F("started_at")), name="activities_run_order"),
        ]
        indexes = [models.Index(fields=["kind", "-finished_at"], name="activities_run_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.finished_at:%Y-%m-%d}"


class StatisticsLink(models.Model):
    """A read-only link to one dashboard, protected counts only. The token is known to its holder; here is its SHA-256.

    `question`: {"period", "structure", "mediator", "place", "commune", "theme", "kind"}, frozen when the link was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    territory = models.ForeignKey("territory.Territory", on_delete=models.CASCADE, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=120)
    token_digest = models.CharField(max_length=64, unique=True)
    question = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("organisations.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "activities_statistics_link"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="activities_link_expires_later"),
            models.CheckConstraint(condition=Q(("token_digest__regex", "^[0-9a-f]{64}$")), name="activities_link_digest"),
        ]
        indexes = [models.Index(fields=["territory", "-created_at"], name="activities_link_list")]

    def __str__(self) -> str:
        return self.label
