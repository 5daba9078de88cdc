"""Before a commitment: takeaways and proposals. Around it: committees, reviews, members, funding, and who asked to be told."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.roadmap.enums import Answer, CommitteeKind, Frequency, FundingStatus
from yole.roadmap.models_owned import Owned


class Governance(Owned):
    """Who leads digital inclusion in a département. The private note leaves the house in no file."""

    departement = models.CharField(max_length=3)
    context = models.TextField(max_length=4000, blank=True)
    private_note = models.TextField(max_length=4000, blank=True)

    class Meta(Owned.Meta):
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["territory", "departement"], name="roadmap_governance_departement"),
        ]

    def __str__(self) -> str:
        return self.departement


class Committee(Owned):
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=14, choices=CommitteeKind.choices, default=CommitteeKind.STRATEGIC)
    frequency = models.CharField(max_length=14, choices=Frequency.choices, default=Frequency.QUARTERLY)
    next_on = models.DateField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True)

    class Meta(Owned.Meta):
        ordering = ["name"]
        constraints = [*Owned.Meta.constraints, models.CheckConstraint(condition=~Q(name=""), name="roadmap_committee_named")]

    def __str__(self) -> str:
        return self.name


class Member(Owned):
    """A structure that takes part in the governance."""

    structure = models.ForeignKey("organisations.Structure", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=40, blank=True)
    is_copilot = models.BooleanField(default=False)
    category = models.CharField(max_length=80, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta(Owned.Meta):
        constraints = [*Owned.Meta.constraints]

    def __str__(self) -> str:
        return str(self.structure_id)


class Takeaway(Owned):
    """Something said in public, kept as it was said. `source` and `key` find it again where it comes from."""

    source = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    label = models.CharField(max_length=250)
    day = models.DateField()
    words = models.CharField(max_length=1000)
    agree = models.PositiveIntegerField(null=True, blank=True)
    voters = models.PositiveIntegerField(null=True, blank=True)
    low = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    url = models.CharField(max_length=300, blank=True)
    is_fictional = models.BooleanField(default=False)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["-day", "-pk"]
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["territory", "source", "key"], name="roadmap_takeaway_once"),
            models.CheckConstraint(condition=~Q(words="") & ~Q(label=""), name="roadmap_takeaway_worded"),
            models.CheckConstraint(condition=Q(url="") | Q(url__regex=r"^(/[^/\\]|https://)"), name="roadmap_takeaway_address"),
            models.CheckConstraint(
                condition=Q(agree__isnull=True) | Q(voters__isnull=False, agree__lte=F("voters")), name="roadmap_takeaway_support"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:80]


class Committed(models.Model):
    """A commitment that a proposal became."""

    proposal = models.ForeignKey("Proposal", on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey("Commitment", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "commitment"], name="roadmap_committed_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.commitment_id}"


class Proposal(Owned):
    """Takeaways that say the same thing, put in one sentence. `answer` is the last one given: every answer stays in `answers`."""

    title = models.CharField(max_length=250)
    details = models.TextField(max_length=3000, blank=True)
    takeaways = models.ManyToManyField(Takeaway, blank=True, related_name="proposals")
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    commitments: models.ManyToManyField[Any, Committed] = models.ManyToManyField(
        "Commitment", through=Committed, blank=True, related_name="proposals"
    )
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["-created_at", "-pk"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=~Q(title=""), name="roadmap_proposal_titled"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="roadmap_proposal_answer"),
        ]

    def __str__(self) -> str:
        return self.title


class ProposalAnswer(Owned):
    """The public answer of a named committee, with its reason. Rows are only added."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    reason = models.CharField(max_length=1000)
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="answers")
    day = models.DateField()
    author = models.BigIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["recorded_at", "pk"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="roadmap_answer_reason"),
            models.CheckConstraint(condition=~Q(answer=Answer.WAITING), name="roadmap_answer_says"),
        ]

    def __str__(self) -> str:
        return self.answer


class Review(Owned):
    """A meeting where commitments were looked at: what was decided, and when the next one is."""

    roadmap = models.ForeignKey("Roadmap", on_delete=models.PROTECT, related_name="reviews")
    committee = models.ForeignKey(Committee, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews")
    title = models.CharField(max_length=150)
    held_on = models.DateField()
    decision = models.TextField(max_length=3000)
    next_on = models.DateField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["-held_on", "-pk"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=~Q(title="") & ~Q(decision=""), name="roadmap_review_decided"),
            models.CheckConstraint(condition=Q(next_on__isnull=True) | Q(next_on__gt=F("held_on")), name="roadmap_review_order"),
        ]

    def __str__(self) -> str:
        return self.title


class ReviewDecision(Owned):
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    commitment = models.ForeignKey("Commitment", on_delete=models.PROTECT, related_name="decisions")
    words = models.CharField(max_length=600)

    class Meta(Owned.Meta):
        ordering = ["pk"]
        constraints = [*Owned.Meta.constraints, models.UniqueConstraint(fields=["review", "commitment"], name="roadmap_decision_once")]

    def __str__(self) -> str:
        return self.words[:80]


class Envelope(Owned):
    """An amount of public money that pays for actions (enveloppe de financement)."""

    label = models.CharField(max_length=150)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta(Owned.Meta):
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gte=0, ends_on__gte=F("starts_on")), name="roadmap_envelope_sound"),
        ]

    def __str__(self) -> str:
        return self.label


class EnvelopeShare(Owned):
    """What an envelope gives at most to a département."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="shares")
    departement = models.CharField(max_length=3)
    ceiling = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta(Owned.Meta):
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=["envelope", "departement"], name="roadmap_share_once"),
            models.CheckConstraint(condition=Q(ceiling__gte=0), name="roadmap_share_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.departement}"


class FundingRequest(Owned):
    """What a commitment asks from an envelope: in all, for staff, for services."""

    commitment = models.ForeignKey("Commitment", on_delete=models.PROTECT, related_name="requests")
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="requests")
    status = models.CharField(max_length=10, choices=FundingStatus.choices, default=FundingStatus.IN_PROGRESS)
    asked = models.DecimalField(max_digits=14, decimal_places=2)
    staff = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    services = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    beneficiaries = models.ManyToManyField("organisations.Structure", blank=True, related_name="+")

    class Meta(Owned.Meta):
        constraints = [*Owned.Meta.constraints, models.CheckConstraint(condition=Q(asked__gte=0), name="roadmap_request_positive")]

    def __str__(self) -> str:
        return str(self.asked)


class CoFunding(Owned):
    """What a structure pays of a commitment."""

    commitment = models.ForeignKey("Commitment", on_delete=models.PROTECT, related_name="co_fundings")
    structure = models.ForeignKey("organisations.Structure", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta(Owned.Meta):
        constraints = [*Owned.Meta.constraints, models.CheckConstraint(condition=Q(amount__gte=0), name="roadmap_cofunding_positive")]

    def __str__(self) -> str:
        return str(self.amount)


class Subscription(models.Model):
    """Somebody who asked to be told of changes. The address is sealed; `digest` finds it again without reading it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    territory = models.ForeignKey("territory.Territory", on_delete=models.CASCADE, related_name="+")
    commitment = models.ForeignKey("Commitment", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_until = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "commitment", "digest"], name="roadmap_subscription_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return str(self.pk)
