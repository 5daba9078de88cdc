"""Tours of buses: what was asked, the plan as computed and as edited by hand, and what of it was published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class TourState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publié"


class TourPlan(models.Model):
    """A week (or two) of stops for some buses.

    `stops`: rows as `tours.Candidate` writes them, the depot first. `routes[day][bus]`: identifiers of stops in order. `written`: the
    lines of timetable that publishing added, and the ends of validity that it changed, so that it can be undone. Nothing names anybody.
    """

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="tour_plans")
    title = models.CharField(max_length=120)
    buses = models.ManyToManyField("places.Place", related_name="tour_plans")
    weeks = models.PositiveSmallIntegerField(default=1, help_text="1 : chaque semaine ; 2 : une semaine sur deux.")
    day_starts = models.TimeField()
    hours = models.FloatField(help_text="Durée d’une journée, route et accueil compris.")
    detour = models.FloatField(default=1.45)
    speed_kmh = models.FloatField(default=40)
    seed = models.PositiveIntegerField(default=0)
    stops = models.JSONField()
    routes = models.JSONField(default=list)
    edited = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=TourState.choices, default=TourState.DRAFT)
    first_monday = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    written = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    is_fictional = models.BooleanField(default=False)

    class Meta:
        db_table = "deployment_tour_plan"
        constraints = [
            models.CheckConstraint(condition=Q(weeks__range=(1, 2)), name="deployment_tour_weeks"),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=14), name="deployment_tour_hours"),
            models.CheckConstraint(condition=Q(state__in=TourState.values), name="deployment_tour_state"),
            models.CheckConstraint(condition=~Q(state=TourState.PUBLISHED) | Q(first_monday__isnull=False), name="deployment_tour_period"),
        ]
        indexes = [models.Index(fields=["territory", "-created_at"], name="deployment_tour_list")]

    def __str__(self) -> str:
        return self.title
