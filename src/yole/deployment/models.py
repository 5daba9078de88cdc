"""Tables of the siting of places; tours have their own file."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yole.deployment.enums import Demand, Rule, State, Today
from yole.deployment.models_tours import TourPlan

__all__ = ["Scenario", "TourPlan"]


class Scenario(models.Model):
    """A question of siting with everything it was asked on, so that it outlives who asked: inputs as they were, settings, seed, version,
    result. `inputs` and `result`: see `inputs.py` and `planning.py`. No row names a person; the author is an account."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="scenarios")
    title = models.CharField(max_length=120)
    demand = models.CharField(max_length=12, choices=Demand.choices, default=Demand.POPULATION)
    today = models.CharField(max_length=16, choices=Today.choices, default=Today.FRANCE_SERVICES)
    keeps_today = models.BooleanField(default=True)
    count = models.PositiveIntegerField()
    radius_km = models.FloatField()
    rule = models.CharField(max_length=8, choices=Rule.choices, default=Rule.MOST)
    by_quota = models.BooleanField(default=False)
    seed = models.PositiveIntegerField(default=0)
    inputs = models.JSONField()
    inputs_sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=60)
    is_fictional = models.BooleanField(default=False)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)

    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="deployment_scenario_count"),
            models.CheckConstraint(condition=Q(radius_km__gt=0), name="deployment_scenario_radius"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="deployment_scenario_progress"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="deployment_scenario_state"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.DONE, State.STOPPED]) | Q(result__isnull=False), name="deployment_scenario_result"
            ),
            models.CheckConstraint(condition=Q(decided_at__isnull=True) | ~Q(decision=""), name="deployment_scenario_reason"),
        ]
        indexes = [models.Index(fields=["territory", "-created_at"], name="deployment_scenario_list")]

    def __str__(self) -> str:
        return self.title
