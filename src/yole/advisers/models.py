"""Tables of conseillers numériques: structures, posts, people, rounds, contracts, budget. Training has its own file."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from yole.advisers.engine.ledger import MOVES
from yole.advisers.enums import (
    LIVING,
    BreakReason,
    CandidateState,
    ContractState,
    Envelope,
    Gender,
    HostKind,
    HostState,
    Opinion,
    PostState,
    RelationState,
    Rule,
    ShownSource,
    Situation,
)
from yole.advisers.models_training import Attendance, Course, CourseSlot, Enrolment, Interview, Syllabus, TrainingRule

__all__ = [
    "Attendance",
    "Candidate",
    "Contract",
    "Course",
    "CourseSlot",
    "Enrolment",
    "GrantRate",
    "Host",
    "Interview",
    "LedgerLine",
    "Post",
    "Relation",
    "Round",
    "ShownLevel",
    "Syllabus",
    "TrainingRule",
]

CODE_LENGTH = 10


def _only(value: F | Func) -> Func:
    """A value as a range of itself: equality in an exclusion constraint, without an extension of the server."""
    return Func(value, template="int8range((%(expressions)s)::int::bigint, (%(expressions)s)::int::bigint, '[]')")


class GrantRate(models.Model):
    """Money for one post, by kind of host and date of its start. Rows are data: amounts change by year.

    `territory` None: for every territory; the row of a territory comes before it.
    """

    territory = models.ForeignKey("territory.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    private = models.BooleanField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    cents = models.PositiveBigIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="advisers_rate_one_at_a_date",
                expressions=[
                    (Func("valid_from", "valid_until", RangeBoundary(inclusive_upper=True), function="daterange"), RangeOperators.OVERLAPS),
                    (_only(F("private")), RangeOperators.OVERLAPS),
                    (_only(Func(F("territory_id"), template="coalesce(%(expressions)s, 0)")), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="advisers_rate_order"),
            models.CheckConstraint(condition=Q(cents__gt=0) & ~Q(source=""), name="advisers_rate_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.cents // 100} €"


class Host(models.Model):
    """A structure that asks for posts. `sealed`: name and address of who asks. `lat`, `lon`: centre of its commune."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=160)
    siret = models.CharField(max_length=14)
    kind = models.CharField(max_length=14, choices=HostKind.choices)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, related_name="+")
    need = models.CharField(max_length=1000)
    asked = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    sealed = models.BinaryField()
    state = models.CharField(max_length=30, choices=HostState.choices, default=HostState.CREATED)
    opinion = models.CharField(max_length=12, choices=Opinion.choices, blank=True)
    opinion_text = models.CharField(max_length=1000, blank=True)
    opinion_on = models.DateField(null=True, blank=True)
    opinion_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    minutes = models.CharField(max_length=80, blank=True, help_text="Référence du compte rendu du comité.")
    granted = models.PositiveSmallIntegerField(default=0)
    kept = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates")
    convention_on = models.DateField(null=True, blank=True)
    convention = models.CharField(max_length=80, blank=True, help_text="Référence de la convention signée.")
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=HostState.values), name="advisers_host_state"),
            models.CheckConstraint(condition=Q(asked__range=(1, 50)), name="advisers_host_asked"),
            models.CheckConstraint(
                condition=~Q(state__in=[HostState.ACCEPTED, HostState.REFUSED])
                | (~Q(opinion="") & Q(decided_on__isnull=False) & ~Q(minutes="")),
                name="advisers_host_decided_after_opinion",
            ),
            models.CheckConstraint(condition=Q(granted=0) | Q(state=HostState.ACCEPTED), name="advisers_host_granted"),
            models.CheckConstraint(condition=~Q(state=HostState.DUPLICATE) | Q(kept__isnull=False), name="advisers_host_kept"),
        ]
        indexes = [models.Index(fields=["territory", "state", "-created_at"], name="advisers_host_list")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """One place for one adviser. `grant`: cents fixed when it was granted."""

    host = models.ForeignKey(Host, on_delete=models.PROTECT, related_name="posts")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    grant = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=PostState.choices, default=PostState.VACANT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "number"], name="advisers_post_number"),
            models.CheckConstraint(condition=Q(state__in=PostState.values), name="advisers_post_state"),
        ]

    def __str__(self) -> str:
        return f"{self.host_id}/{self.number}"


class Candidate(models.Model):
    """Somebody who applies, without an account. `sealed`: name and e-mail; `digest`: finds an address again. `commune`: where from.

    `account`: once in post, the account by which they read their training; linked by themselves.
    """

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64, blank=True)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, related_name="+")
    reach_km = models.PositiveSmallIntegerField()
    available_from = models.DateField()
    situation = models.CharField(max_length=10, choices=Situation.choices)
    experience = models.PositiveSmallIntegerField(default=0, help_text="Années.")
    gender = models.CharField(max_length=8, choices=Gender.choices, blank=True, help_text="Facultatif ; lu en nombres seulement.")
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    state = models.CharField(max_length=12, choices=CandidateState.choices, default=CandidateState.REGISTERED)
    block_reason = models.CharField(max_length=200, blank=True)
    consent_version = models.CharField(max_length=20)
    consent_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)
    account = models.OneToOneField("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_fictional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CandidateState.values), name="advisers_candidate_state"),
            models.UniqueConstraint(
                fields=["territory", "digest"],
                condition=~Q(digest="") & ~Q(state__in=[CandidateState.WITHDRAWN, CandidateState.BLOCKED]),
                name="advisers_candidate_once",
            ),
            models.CheckConstraint(condition=~Q(state=CandidateState.BLOCKED) | ~Q(block_reason=""), name="advisers_candidate_block"),
        ]
        indexes = [models.Index(fields=["territory", "state"], name="advisers_candidate_list")]

    def __str__(self) -> str:
        return self.code


class ShownLevel(models.Model):
    """A digital level that a candidate chose to show, 1 to 4. It counts once `checked_at`: at once for a diagnostic of this site, read by
    its code; for a Pix score, when somebody of recruitment has seen the document.
    """

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, primary_key=True, related_name="shown")
    source = models.CharField(max_length=10, choices=ShownSource.choices)
    level = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Pix : 0 à 1 024.")
    document = models.CharField(max_length=60, blank=True, help_text="Référence de la certification.")
    dated = models.DateField()
    consent_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 4), source__in=ShownSource.values), name="advisers_shown_level"),
            models.CheckConstraint(
                condition=~Q(source=ShownSource.PIX) | (Q(score__range=(0, 1024)) & ~Q(document="")), name="advisers_shown_pix"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.level}"


class Round(models.Model):
    """A matching that was published. `figures`: its report and the nearest-three rule on the same data, without a name."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=10, choices=Rule.choices)
    figures = models.JSONField()
    answer_before = models.DateField()
    by = models.ForeignKey("organisations.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["territory", "-at"], name="advisers_round_list")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Relation(models.Model):
    """A candidate proposed for a post. Each side says yes with a date; a no closes it and is not shown to other hosts."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="relations")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="relations")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="relations")
    metres = models.PositiveIntegerField()
    state = models.CharField(max_length=26, choices=RelationState.choices, default=RelationState.NEW)
    candidate_yes_at = models.DateTimeField(null=True, blank=True)
    host_yes_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "candidate"], name="advisers_relation_one_post"),
            models.CheckConstraint(condition=Q(state__in=RelationState.values), name="advisers_relation_state"),
            models.CheckConstraint(
                condition=~Q(state__in=[RelationState.INTERESTED, RelationState.HIRED])
                | Q(candidate_yes_at__isnull=False, host_yes_at__isnull=False),
                name="advisers_relation_two_yes",
            ),
            models.UniqueConstraint(fields=["candidate"], condition=Q(state=RelationState.HIRED), name="advisers_relation_hired_once"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id}→{self.post_id}"

    @property
    def km(self) -> float:
        return self.metres / 1000


class Contract(models.Model):
    """An adviser in a post, both dates served. One per post at any date; a renewal is another contract, after its `previous`.

    `grant`: cents engaged when it was signed. `hours`: initial training due, None for what the territory decided.
    """

    relation = models.ForeignKey(Relation, on_delete=models.PROTECT, related_name="contracts")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="contracts")
    previous = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewal")
    state = models.CharField(max_length=24, choices=ContractState.choices, default=ContractState.RUNNING)
    grant = models.PositiveBigIntegerField(default=0)
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    asked_on = models.DateField(null=True, blank=True, help_text="Renouvellement demandé le.")
    asked_by_host = models.BooleanField(default=False)
    reminded_on = models.DateField(null=True, blank=True)
    break_reason = models.CharField(max_length=12, choices=BreakReason.choices, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="Dernier jour servi, quand le contrat s’arrête avant.")
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="advisers_contract_order"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | (Q(ended_on__gte=F("starts_on")) & Q(ended_on__lte=F("ends_on")) & ~Q(end_reason="")),
                name="advisers_contract_break",
            ),
            models.CheckConstraint(condition=Q(state__in=ContractState.values), name="advisers_contract_state"),
            models.CheckConstraint(
                condition=Q(state=ContractState.BROKEN, ended_on__isnull=False, break_reason__in=BreakReason.values)
                | (~Q(state=ContractState.BROKEN) & Q(ended_on__isnull=True, break_reason="")),
                name="advisers_contract_broken_with_reason",
            ),
            models.UniqueConstraint(fields=["relation"], condition=Q(state__in=LIVING), name="advisers_contract_one_living"),
            ExclusionConstraint(
                name="advisers_contract_one_at_a_date",
                expressions=[
                    (
                        Func(
                            F("starts_on"),
                            Func(F("ended_on"), F("ends_on"), function="coalesce"),
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (_only(F("post_id")), RangeOperators.OVERLAPS),
                ],
                condition=~Q(state=ContractState.CANCELLED),
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_on"], name="advisers_contract_ending")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.starts_on}"

    @property
    def last_day(self) -> date:
        return self.ended_on or self.ends_on


class LedgerLine(models.Model):
    """One half of a move. Rows are only added, and a trigger checks at the commit that the lines of a move sum to zero."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    move = models.UUIDField()
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in MOVES])
    envelope = models.CharField(max_length=8, choices=Envelope.choices)
    stage = models.CharField(max_length=10)
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="lines")
    contract = models.ForeignKey(Contract, null=True, on_delete=models.PROTECT, related_name="lines")
    cents = models.BigIntegerField()
    document = models.CharField(max_length=120)
    by = models.ForeignKey("organisations.Account", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["move", "stage"], name="advisers_line_once"),
            models.CheckConstraint(condition=~Q(cents=0) & ~Q(document=""), name="advisers_line_whole"),
        ]
        indexes = [models.Index(fields=["territory", "envelope", "stage"], name="advisers_line_balance")]

    def __str__(self) -> str:
        return f"{self.stage} {self.cents}"
