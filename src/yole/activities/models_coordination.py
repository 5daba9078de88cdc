"""Activities of coordination: animation of a network, events, partnerships."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from yole.activities.enums import (
    MAX_COUNT,
    MAX_MINUTES,
    AnimationKind,
    AnimationTheme,
    CoordinationKind,
    EventKind,
    Initiative,
    Organiser,
    PartnershipNature,
    Scale,
)

_ANIMATION = Q(kind=CoordinationKind.ANIMATION)
_EVENT = Q(kind=CoordinationKind.EVENT)
_PARTNERSHIP = Q(kind=CoordinationKind.PARTNERSHIP)
_NO_ANIMATION = Q(
    animation_kind="", initiative="", animation_themes__len=0, mediators__isnull=True, structures__isnull=True, other_actors__isnull=True
)
_NO_EVENT = Q(event_kind="", organisers__len=0, participants__isnull=True)
_NO_PARTNERSHIP = Q(natures__len=0, partners=[])


class Coordination(models.Model):
    """What a coordinator did: one of three kinds, each with its own fields; those of the others stay empty.

    `partners`: list of {"nom": text, "type": value of `Organiser` without ma_structure}. `*_other` holds the text asked by « autre ».
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    coordinator = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=CoordinationKind.choices)
    title = models.CharField(max_length=150, blank=True)
    date = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    scale = models.CharField(max_length=14, choices=Scale.choices, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    notes = models.TextField(blank=True)

    animation_kind = models.CharField(max_length=20, choices=AnimationKind.choices, blank=True)
    animation_kind_other = models.CharField(max_length=100, blank=True)
    initiative = models.CharField(max_length=10, choices=Initiative.choices, blank=True)
    animation_themes = ArrayField(models.CharField(max_length=13, choices=AnimationTheme.choices), default=list, blank=True)
    animation_themes_other = models.CharField(max_length=100, blank=True)
    mediators = models.PositiveSmallIntegerField(null=True, blank=True)
    structures = models.PositiveSmallIntegerField(null=True, blank=True)
    other_actors = models.PositiveSmallIntegerField(null=True, blank=True)

    event_kind = models.CharField(max_length=19, choices=EventKind.choices, blank=True)
    event_kind_other = models.CharField(max_length=100, blank=True)
    organisers = ArrayField(models.CharField(max_length=12, choices=Organiser.choices), default=list, blank=True)
    organisers_other = models.CharField(max_length=100, blank=True)
    participants = models.PositiveSmallIntegerField(null=True, blank=True)

    natures = ArrayField(models.CharField(max_length=27, choices=PartnershipNature.choices), default=list, blank=True)
    natures_other = models.CharField(max_length=100, blank=True)
    partners = models.JSONField(default=list, blank=True)

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CoordinationKind.values), name="activities_coordination_kind"),
            models.CheckConstraint(condition=Q(scale="") | Q(scale__in=Scale.values), name="activities_coordination_scale"),
            models.CheckConstraint(condition=Q(date__gte="2015-01-01"), name="activities_coordination_date"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(0, MAX_MINUTES)), name="activities_coordination_minutes"
            ),
            models.CheckConstraint(
                condition=_ANIMATION & _NO_EVENT & _NO_PARTNERSHIP
                | _EVENT & _NO_ANIMATION & _NO_PARTNERSHIP
                | _PARTNERSHIP & _NO_ANIMATION & _NO_EVENT,
                name="activities_coordination_one_kind",
            ),
            models.CheckConstraint(
                condition=~_ANIMATION
                | Q(
                    animation_kind__in=AnimationKind.values,
                    initiative__in=Initiative.values,
                    animation_themes__contained_by=AnimationTheme.values,
                    mediators__isnull=False,
                    mediators__range=(0, MAX_COUNT),
                    structures__isnull=False,
                    structures__range=(0, MAX_COUNT),
                    other_actors__isnull=False,
                    other_actors__range=(0, MAX_COUNT),
                )
                & (Q(mediators__gt=0) | Q(structures__gt=0) | Q(other_actors__gt=0)),
                name="activities_coordination_animation",
            ),
            models.CheckConstraint(
                condition=~_EVENT
                | Q(
                    event_kind__in=EventKind.values,
                    organisers__len__gte=1,
                    organisers__contained_by=Organiser.values,
                    participants__isnull=False,
                    participants__range=(0, MAX_COUNT),
                ),
                name="activities_coordination_event",
            ),
            models.CheckConstraint(
                condition=~_PARTNERSHIP | Q(natures__len__gte=1, natures__contained_by=PartnershipNature.values) & ~Q(partners=[]),
                name="activities_coordination_partnership",
            ),
            models.CheckConstraint(
                condition=(~Q(animation_kind="autre") | ~Q(animation_kind_other=""))
                & (~Q(animation_themes__contains=["autre"]) | ~Q(animation_themes_other=""))
                & (~Q(event_kind="autre") | ~Q(event_kind_other=""))
                & (~Q(organisers__contains=["autre"]) | ~Q(organisers_other=""))
                & (~Q(natures__contains=["autre"]) | ~Q(natures_other="")),
                name="activities_coordination_other_told",
            ),
        ]
        indexes = [
            models.Index(
                fields=["coordinator", "-date", "-created_at", "-id"],
                name="activities_coordination_mine",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["structure", "-date", "-created_at", "-id"],
                name="activities_coord_structure",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(fields=["changed_at"], name="activities_coord_changed"),
            models.Index(fields=["territory", "date"], name="activities_coord_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.date}"
