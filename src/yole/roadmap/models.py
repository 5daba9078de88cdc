"""The promise and its measure. What comes before (takeaways, proposals) and around (committees, funding) is in `models_chain`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.roadmap.enums import Direction, Judgement, Need, Perimeter, Periodicity, ReadingKind, Subject, Window
from yole.roadmap.models_chain import (
    CoFunding,
    Committed,
    Committee,
    Envelope,
    EnvelopeShare,
    FundingRequest,
    Governance,
    Member,
    Proposal,
    ProposalAnswer,
    Review,
    ReviewDecision,
    Subscription,
    Takeaway,
)
from yole.roadmap.models_owned import Owned

__all__ = [
    "Axis",
    "Change",
    "CoFunding",
    "Commitment",
    "Committed",
    "Committee",
    "Envelope",
    "EnvelopeShare",
    "Frame",
    "FrameAxis",
    "FrameEngagement",
    "FundingRequest",
    "Governance",
    "Indicator",
    "Member",
    "Milestone",
    "Objective",
    "Proposal",
    "ProposalAnswer",
    "Reading",
    "Review",
    "ReviewDecision",
    "Roadmap",
    "Subscription",
    "Takeaway",
]


class Frame(Owned):
    """A national or regional frame, as dated data: who published it, when it was read, for which years.

    `periods`: list of {"from": 2023, "to": 2027, "source": text}; several when sources disagree, none is chosen for the reader.
    """

    name = models.CharField(max_length=150)
    publisher = models.CharField(max_length=150)
    source = models.CharField(max_length=300)
    url = models.URLField(blank=True)
    read_on = models.DateField()
    periods = models.JSONField(default=list)
    aim = models.CharField(max_length=300, blank=True)
    aim_source = models.CharField(max_length=300, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=~Q(name="") & ~Q(source=""), name="roadmap_frame_sourced"),
            models.CheckConstraint(condition=Q(aim="") | ~Q(aim_source=""), name="roadmap_frame_aim_sourced"),
        ]

    def __str__(self) -> str:
        return self.name


class FrameAxis(Owned):
    frame = models.ForeignKey(Frame, on_delete=models.CASCADE, related_name="axes")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=250)

    class Meta(Owned.Meta):
        ordering = ["number"]
        constraints = [*Owned.Meta.constraints, models.UniqueConstraint(fields=["frame", "number"], name="roadmap_frame_axis_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class FrameEngagement(Owned):
    """A numbered engagement of the frame. Its wording is empty until somebody fills it, with its source: nothing is invented."""

    frame = models.ForeignKey(Frame, on_delete=models.CASCADE, related_name="engagements")
    number = models.PositiveSmallIntegerField()
    wording = models.CharField(max_length=600, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta(Owned.Meta):
        ordering = ["number"]
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["frame", "number"], name="roadmap_frame_engagement_number"),
            models.CheckConstraint(condition=Q(wording="") | ~Q(source=""), name="roadmap_frame_engagement_sourced"),
        ]

    def __str__(self) -> str:
        return f"Engagement national {self.number}"


class Roadmap(Owned):
    frame = models.ForeignKey(Frame, null=True, blank=True, on_delete=models.PROTECT, related_name="roadmaps")
    name = models.CharField(max_length=150)
    perimeter = models.CharField(max_length=30, choices=Perimeter.choices, default=Perimeter.DEPARTEMENT)
    carrier = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    context = models.TextField(max_length=4000, blank=True)
    documents = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    published_at = models.DateTimeField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)

    class Meta(Owned.Meta):
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="roadmap_roadmap_order"),
            models.CheckConstraint(condition=~Q(name=""), name="roadmap_roadmap_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Axis(Owned):
    roadmap = models.ForeignKey(Roadmap, on_delete=models.PROTECT, related_name="axes")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=250)
    frame_axis = models.ForeignKey(FrameAxis, null=True, blank=True, on_delete=models.SET_NULL, related_name="axes")

    class Meta(Owned.Meta):
        ordering = ["number"]
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["roadmap", "number"], name="roadmap_axis_number"),
            models.CheckConstraint(condition=~Q(title=""), name="roadmap_axis_titled"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Objective(Owned):
    """What an axis aims at. Without a definition and a date it is a wish: it can carry no indicator yet."""

    axis = models.ForeignKey(Axis, on_delete=models.PROTECT, related_name="objectives")
    title = models.CharField(max_length=250)
    definition = models.CharField(max_length=600, blank=True)
    due_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta(Owned.Meta):
        constraints = [*Owned.Meta.constraints, models.CheckConstraint(condition=~Q(title=""), name="roadmap_objective_titled")]

    def __str__(self) -> str:
        return self.title


class Commitment(Owned):
    """A numbered promise (engagement). Who answers for it is a structure and a function, never a person's name.

    `proof`: what will show that it is kept. `abandoned_on` goes with a reason. The judgement is that of a person, beside the computation.
    """

    roadmap = models.ForeignKey(Roadmap, on_delete=models.PROTECT, related_name="commitments")
    axis = models.ForeignKey(Axis, on_delete=models.PROTECT, related_name="commitments")
    objective = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=4000, blank=True)
    context = models.TextField(max_length=4000, blank=True)
    responsible = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    function = models.CharField(max_length=150, blank=True)
    copilots = models.ManyToManyField("organisations.Structure", blank=True, related_name="+")
    partners = models.CharField(max_length=400, blank=True)
    starts_on = models.DateField()
    due_on = models.DateField()
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    budget_note = models.CharField(max_length=300, blank=True)
    publics = models.CharField(max_length=300, blank=True)
    proof = models.CharField(max_length=400, blank=True)
    needs = ArrayField(models.CharField(max_length=50, choices=Need.choices), default=list, blank=True)
    national = models.ForeignKey(FrameEngagement, null=True, blank=True, on_delete=models.SET_NULL, related_name="commitments")
    published_at = models.DateTimeField(null=True, blank=True)
    abandoned_on = models.DateField(null=True, blank=True)
    abandoned_reason = models.CharField(max_length=400, blank=True)
    judgement = models.CharField(max_length=12, choices=Judgement.choices, blank=True)
    judgement_words = models.CharField(max_length=400, blank=True)
    judgement_by = models.CharField(max_length=120, blank=True)
    judgement_on = models.DateField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["number"]
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["roadmap", "number"], name="roadmap_commitment_number"),
            models.CheckConstraint(condition=~Q(title=""), name="roadmap_commitment_titled"),
            models.CheckConstraint(condition=Q(due_on__gt=F("starts_on")), name="roadmap_commitment_order"),
            models.CheckConstraint(condition=Q(budget__isnull=True) | Q(budget__gte=0), name="roadmap_commitment_budget"),
            models.CheckConstraint(
                condition=Q(abandoned_on__isnull=True, abandoned_reason="") | Q(abandoned_on__isnull=False) & ~Q(abandoned_reason=""),
                name="roadmap_commitment_abandoned",
            ),
            models.CheckConstraint(
                condition=Q(judgement="", judgement_on__isnull=True) | Q(judgement_on__isnull=False) & ~Q(judgement_by=""),
                name="roadmap_commitment_judgement",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(responsible__isnull=False) & ~Q(function=""),
                name="roadmap_commitment_responsible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Milestone(Owned):
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(max_length=200)
    deliverable = models.CharField(max_length=300, blank=True)
    due_on = models.DateField()
    delivered_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)

    class Meta(Owned.Meta):
        ordering = ["due_on", "pk"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=~Q(title=""), name="roadmap_milestone_titled"),
            models.CheckConstraint(condition=Q(delivered_on__isnull=True) | ~Q(evidence=""), name="roadmap_milestone_evidence"),
            models.CheckConstraint(condition=Q(file_hash="") | Q(file_hash__regex=r"^[0-9a-f]{64}$"), name="roadmap_milestone_hash"),
        ]

    def __str__(self) -> str:
        return self.title


class Indicator(Owned):
    """What measures a commitment, or an objective. `measure`: identifier of the house's number that feeds it, empty when it is typed.

    `margin`: half-width of the 95 % interval, in the unit, for readings that give none; None for a complete count.
    """

    commitment = models.ForeignKey(Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators")
    objective = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators")
    name = models.CharField(max_length=200)
    definition = models.CharField(max_length=600)
    formula = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=40)
    population = models.CharField(max_length=300, blank=True)
    breakdown = models.CharField(max_length=200, blank=True)
    direction = models.CharField(max_length=6, choices=Direction.choices, default=Direction.RISING)
    baseline = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    baseline_source = models.CharField(max_length=300, blank=True)
    target = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    periodicity = models.CharField(max_length=14, choices=Periodicity.choices, default=Periodicity.QUARTER)
    margin = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    measure = models.CharField(max_length=80, blank=True)
    window = models.CharField(max_length=12, choices=Window.choices, default=Window.SINCE)
    retired_on = models.DateField(null=True, blank=True)
    retired_reason = models.CharField(max_length=300, blank=True)

    class Meta(Owned.Meta):
        ordering = ["pk"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=~Q(name="") & ~Q(definition="") & ~Q(unit=""), name="roadmap_indicator_defined"),
            models.CheckConstraint(
                condition=Q(commitment__isnull=False, objective__isnull=True) | Q(commitment__isnull=True, objective__isnull=False),
                name="roadmap_indicator_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True)
                | Q(target__isnull=True)
                | Q(baseline=F("target"))
                | Q(direction=Direction.RISING, target__gt=F("baseline"))
                | Q(direction=Direction.FALLING, target__lt=F("baseline")),
                name="roadmap_indicator_direction",
            ),
            models.CheckConstraint(
                condition=Q(target_on__isnull=True) | Q(baseline_on__isnull=True) | Q(target_on__gt=F("baseline_on")),
                name="roadmap_indicator_order",
            ),
            models.CheckConstraint(condition=Q(margin__isnull=True) | Q(margin__gte=0), name="roadmap_indicator_margin"),
            models.CheckConstraint(condition=Q(retired_on__isnull=True) | ~Q(retired_reason=""), name="roadmap_indicator_retired"),
        ]

    def __str__(self) -> str:
        return self.name


class Reading(Owned):
    """One reading of an indicator. Rows are only added: a correction is another row that replaces one, a withdrawal one without value.

    `author`: key of the account, empty when Yole read it by itself. `details`: counts behind the value, for shares.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="readings")
    kind = models.CharField(max_length=10, choices=ReadingKind.choices, default=ReadingKind.VALUE)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    day = models.DateField()
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    low = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=300)
    file_name = models.CharField(max_length=200, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    author = models.BigIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["day", "pk"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind=ReadingKind.VALUE, replaces__isnull=True)
                | ~Q(kind=ReadingKind.VALUE) & Q(replaces__isnull=False) & ~Q(reason=""),
                name="roadmap_reading_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReadingKind.WITHDRAWAL, value__isnull=True) | ~Q(kind=ReadingKind.WITHDRAWAL) & Q(value__isnull=False),
                name="roadmap_reading_value",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True) | Q(low__lte=F("value"), high__gte=F("value")),
                name="roadmap_reading_interval",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="roadmap_reading_sourced"),
            models.CheckConstraint(condition=Q(file_hash="") | Q(file_hash__regex=r"^[0-9a-f]{64}$"), name="roadmap_reading_hash"),
        ]
        indexes = [models.Index(fields=["indicator", "day"], name="roadmap_reading_line")]

    def __str__(self) -> str:
        return f"{self.day} {self.value}"


class Change(Owned):
    """What was changed in a published commitment, its indicators or its milestones: the value before stays. Rows are only added."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="changes")
    subject = models.CharField(max_length=12, choices=Subject.choices)
    subject_uid = models.CharField(max_length=64)
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=400)
    review = models.ForeignKey(Review, null=True, blank=True, on_delete=models.PROTECT, related_name="changes")
    author = models.BigIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["recorded_at", "pk"]
        constraints = [*Owned.Meta.constraints, models.CheckConstraint(condition=~Q(reason=""), name="roadmap_change_reason")]

    def __str__(self) -> str:
        return f"{self.subject} {self.field}"
