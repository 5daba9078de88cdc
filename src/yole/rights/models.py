"""Tables of the room. Answers to the questions are never kept: a follow-up holds what was told, when, and what became of it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.rights.enums import Answer, Outcome, Reason, RefusalReason, ScreenPurpose, Step


class FollowUp(models.Model):
    """One right of one person, followed with their agreement. `inputs_hash` is the SHA-256 of the answers, which are not kept; with the
    versions it says what the result was computed from. `amount` is what the office granted, in EUR per `period`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    benefit = models.CharField(max_length=40)
    commune = models.CharField(max_length=5, blank=True)
    step = models.CharField(max_length=12, choices=Step.choices, default=Step.IDENTIFIED)
    identified_on = models.DateField()
    prepared_on = models.DateField(null=True, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    appeal_on = models.DateField(null=True, blank=True)
    remind_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    period = models.CharField(max_length=5, choices=[("month", "par mois"), ("year", "par an")], default="month")
    refusal_reason = models.CharField(max_length=12, choices=RefusalReason.choices, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    verdict = models.CharField(max_length=12)
    probability = models.FloatField()
    inputs_hash = models.CharField(max_length=64)
    engine = models.CharField(max_length=60)
    rules_dated = models.DateField()
    told_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)
    overruled = models.CharField(max_length=300, blank=True)
    contested_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-changed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=Step.values), name="rights_followup_step"),
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True) | Q(answer__in=Answer.values, answered_on__isnull=False),
                name="rights_followup_answer",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0, answer=Answer.GRANTED), name="rights_followup_amount"
            ),
            models.CheckConstraint(condition=~Q(step=Step.CLOSED) | ~Q(outcome=""), name="rights_followup_closed_says_why"),
            models.CheckConstraint(
                condition=Q(filed_on__isnull=True) | Q(answered_on__isnull=True) | Q(answered_on__gte=F("filed_on")),
                name="rights_followup_dates",
            ),
            models.UniqueConstraint(
                fields=["structure", "person", "benefit"],
                condition=Q(person__isnull=False) & ~Q(step__in=[Step.CLOSED, Step.ANSWERED]),
                name="rights_followup_once",
            ),
        ]
        indexes = [
            models.Index(fields=["structure", "step", "-changed_at"], name="rights_followup_list"),
            models.Index(fields=["person"], name="rights_followup_person"),
            models.Index(fields=["territory", "benefit"], name="rights_followup_figures"),
        ]

    def __str__(self) -> str:
        return f"{self.benefit} {self.step}"


class Screening(models.Model):
    """That a list was screened, by whom and what for. Neither the list nor its results are kept."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    purpose = models.CharField(max_length=12, choices=ScreenPurpose.choices)
    households = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=Q(purpose__in=ScreenPurpose.values), name="rights_screening_purpose")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.households}"
