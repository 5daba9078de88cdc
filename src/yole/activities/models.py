"""Tables of the activity reports. The roll-ups that statistics read are in `models_rollup`."""

from __future__ import annotations

import uuid
from functools import reduce
from operator import add
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone

from yole.activities.enums import (
    MAX_COUNT,
    MAX_MINUTES,
    ActivityKind,
    AdministrativeTheme,
    Autonomy,
    BatchState,
    Level,
    Material,
    PlaceKind,
    Redirection,
    Schema,
    Theme,
    V1AgeBand,
)
from yole.activities.models_coordination import Coordination
from yole.activities.models_rollup import Cell, Mark, MonthState, Reach, RollupRun, Seen, Shared, StatisticsLink, ThemeCell, Total
from yole.people.enums import AgeBand, Gender, SocialStatus

DATE_MIN = "2015-01-01"  # before the first national networks of digital mediation: a typing error


def margin_rule(field: str, size: int, name: str, *, exact: bool = True) -> list[models.CheckConstraint]:
    """An array of `size` counts, none null or negative, whose sum is `anonymous_count` (or at most, unless `exact`)."""
    cells = [F(f"{field}__{index}") for index in range(size)]
    total: Any = reduce(add, cells[1:], cells[0] + Value(0))
    never_null = Q(**{f"{field}__{index}__isnull": False for index in range(size)})
    positive = Q(**{f"{field}__{index}__gte": 0 for index in range(size)})
    within = Q(anonymous_count=total) if exact else Q(anonymous_count__gte=total)
    return [
        models.CheckConstraint(
            condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__len": size}) & never_null & positive & within,
            name=f"activities_{name}_margin",
        )
    ]


def listed(field: str, values: list[str]) -> Q:
    return Q(**{f"{field}__contained_by": values})


class ImportBatch(models.Model):
    """One import of a file of reports: what was read, what was refused, and how to undo it.

    `content` is the file as received, erased once imported or after 7 days. `refused`: list of {"row", "column", "reason", "remedy"}.
    `mapping`: {"places": {identifier in the file: place key}, "mediators": {identifier: account key}}.
    """

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True, blank=True)
    schema = models.CharField(max_length=10, choices=Schema.choices)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREVIEWED)
    counts = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values, schema__in=Schema.values), name="activities_batch_lists"),
        ]
        indexes = [models.Index(fields=["structure", "-created_at"], name="activities_batch_list")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.created_at:%Y-%m-%d}"


class Activity(models.Model):
    """One report (compte rendu d’activité). The key is made by the device that writes it, so sending it twice is sending it once.

    An anonymous group stays a group: `anonymous_count` and its margins, in the order of the enumerations; the last cell of each
    margin is « non communiqué ». Rows of the first version carry `v1_age_counts` (at most the group) and no `age_counts`.
    `participants` = `anonymous_count` + linked people, kept by the services. `minutes` is null only where an archive has none.
    `version` grows with each correction, so that a device can tell that somebody corrected before it.
    `original`: for imported rows, {column of the file: text as given} for what has no column here.

    Keys without an index of their own are found by one of `Meta.indexes`; each index more is paid at every report saved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+", db_index=False)
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mediator = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ActivityKind.choices)
    one_off = models.BooleanField("Aide ponctuelle", default=False)
    date = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    place_kind = models.CharField(max_length=13, choices=PlaceKind.choices)
    place = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    commune = models.ForeignKey("territory.Commune", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    session = models.ForeignKey("workshops.Session", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    materials = ArrayField(models.CharField(max_length=10, choices=Material.choices), default=list, blank=True)
    level = models.CharField(max_length=14, choices=Level.choices, blank=True)
    autonomy = models.CharField(max_length=24, choices=Autonomy.choices, blank=True)
    redirection = models.CharField(max_length=40, choices=Redirection.choices, blank=True)
    oriented_to_structure = models.BooleanField(null=True, blank=True)
    themes = ArrayField(models.CharField(max_length=40, choices=Theme.choices), default=list, blank=True)
    admin_themes = ArrayField(models.CharField(max_length=40, choices=AdministrativeTheme.choices), default=list, blank=True)
    procedure_details = models.CharField(max_length=280, blank=True)
    workshop_title = models.CharField(max_length=150, blank=True)
    title_key = models.CharField(max_length=150, blank=True, editable=False, help_text="Titre replié, pour la recherche.")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    notes = models.TextField(blank=True)
    schema = models.CharField(max_length=10, choices=Schema.choices, default=Schema.YOLE)
    original = models.JSONField(null=True, blank=True)
    anonymous_count = models.PositiveSmallIntegerField(default=0)
    already_known = models.PositiveSmallIntegerField(default=0, help_text="Déjà accompagnés, dans le groupe anonyme.")
    gender_counts = ArrayField(models.PositiveSmallIntegerField(), size=3, null=True, blank=True)
    age_counts = ArrayField(models.PositiveSmallIntegerField(), size=8, null=True, blank=True)
    status_counts = ArrayField(models.PositiveSmallIntegerField(), size=5, null=True, blank=True)
    v1_age_counts = ArrayField(models.PositiveSmallIntegerField(), size=5, null=True, blank=True)
    participants = models.PositiveSmallIntegerField()
    import_batch = models.ForeignKey(
        ImportBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="activities", db_index=False
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values), name="activities_activity_kind"),
            models.CheckConstraint(condition=Q(place_kind__in=PlaceKind.values), name="activities_activity_place_kind"),
            models.CheckConstraint(condition=Q(schema__in=Schema.values), name="activities_activity_schema"),
            models.CheckConstraint(condition=Q(date__gte=DATE_MIN), name="activities_activity_date"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True, schema=Schema.CNFS) | Q(minutes__isnull=False, minutes__range=(0, MAX_MINUTES)),
                name="activities_activity_minutes",
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True) | Q(place_kind=PlaceKind.ACTIVITY_PLACE), name="activities_activity_place_where"
            ),
            models.CheckConstraint(condition=listed("materials", Material.values), name="activities_activity_materials"),
            models.CheckConstraint(
                condition=Q(level="") | Q(level__in=Level.values, kind=ActivityKind.GROUP), name="activities_activity_level"
            ),
            models.CheckConstraint(
                condition=Q(autonomy="") | Q(autonomy__in=Autonomy.values, kind=ActivityKind.INDIVIDUAL),
                name="activities_activity_autonomy",
            ),
            models.CheckConstraint(
                condition=Q(redirection="") | Q(redirection__in=Redirection.values), name="activities_activity_redirection"
            ),
            models.CheckConstraint(
                condition=listed("themes", Theme.values) & (Q(themes__len__gte=1) | Q(schema=Schema.CNFS)),
                name="activities_activity_themes",
            ),
            models.CheckConstraint(
                condition=listed("admin_themes", AdministrativeTheme.values)
                & (Q(admin_themes__len=0, procedure_details="") | Q(themes__contains=[Theme.AIDE_AUX_DEMARCHES_ADMINISTRATIVES.value])),
                name="activities_activity_admin_themes",
            ),
            models.CheckConstraint(
                condition=Q(anonymous_count__range=(0, MAX_COUNT), already_known__lte=F("anonymous_count")),
                name="activities_activity_group",
            ),
            models.CheckConstraint(
                condition=Q(participants__range=(1, MAX_COUNT), participants__gte=F("anonymous_count")),
                name="activities_activity_participants",
            ),
            models.CheckConstraint(
                condition=Q(gender_counts__isnull=False, status_counts__isnull=False)
                & (
                    Q(schema=Schema.CNFS, age_counts__isnull=True, v1_age_counts__isnull=False)
                    | ~Q(schema=Schema.CNFS) & Q(age_counts__isnull=False, v1_age_counts__isnull=True)
                ),
                name="activities_activity_margins",
            ),
            *margin_rule("gender_counts", len(Gender.values), "gender"),
            *margin_rule("age_counts", len(AgeBand.values), "age"),
            *margin_rule("status_counts", len(SocialStatus.values), "status"),
            *margin_rule("v1_age_counts", len(V1AgeBand.values), "v1_age", exact=False),
        ]
        indexes = [
            models.Index(fields=["mediator", "-date", "-created_at", "-id"], name="activities_mine", condition=Q(deleted_at__isnull=True)),
            models.Index(
                fields=["structure", "-date", "-created_at", "-id"], name="activities_structure", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["changed_at"], name="activities_changed"),
            models.Index(fields=["territory", "date"], name="activities_territory_day"),
            models.Index(fields=["place", "date"], name="activities_place_day", condition=Q(place__isnull=False)),
            models.Index(fields=["session"], name="activities_session", condition=Q(session__isnull=False)),
            models.Index(fields=["import_batch"], name="activities_batch", condition=Q(import_batch__isnull=False)),
            GinIndex(fields=["tags"], name="activities_tags", condition=~Q(tags__len=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.date}"


class Participation(models.Model):
    """One person in one activity. Age band, gender, status and commune are those of the day of the activity and stay so.

    `person` is emptied when the person is erased: the count and the bands stay, the link does not.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participations")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="participations")
    age_band = models.CharField(max_length=24, choices=AgeBand.choices, default=AgeBand.UNKNOWN)
    gender = models.CharField(max_length=14, choices=Gender.choices, default=Gender.UNKNOWN)
    social_status = models.CharField(max_length=14, choices=SocialStatus.choices, default=SocialStatus.UNKNOWN)
    commune = models.ForeignKey("territory.Commune", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    already_known = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "person"], name="activities_participation_once"),
            models.CheckConstraint(
                condition=Q(age_band__in=AgeBand.values, gender__in=Gender.values, social_status__in=SocialStatus.values),
                name="activities_participation_lists",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.age_band}"


class Preference(models.Model):
    """What the quick form proposes to one account: own durations (at most 4, in minutes), usual place, last values.

    `last`: the shape `save_activity` takes, without date, people, group, notes or anything about somebody. `recent_minutes`: the
    durations of the last 30 reports, from which `durations` follows unless they were chosen by hand.
    """

    account = models.OneToOneField("organisations.Account", primary_key=True, on_delete=models.CASCADE, related_name="activity_preference")
    durations = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    recent_minutes = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    durations_chosen = models.BooleanField(default=False, help_text="Choisies à la main : l’usage ne les change plus.")
    place = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(durations__len__lte=4), name="activities_preference_durations")]

    def __str__(self) -> str:
        return str(self.account_id)


__all__ = [
    "Activity",
    "Cell",
    "Coordination",
    "ImportBatch",
    "Mark",
    "MonthState",
    "Participation",
    "Preference",
    "Reach",
    "RollupRun",
    "Seen",
    "Shared",
    "StatisticsLink",
    "ThemeCell",
    "Total",
]
