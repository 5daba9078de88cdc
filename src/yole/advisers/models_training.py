"""Tables of the training of advisers, and of interviews between a proposal and its answers."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.advisers.enums import InterviewState, MeetingMode, Outcome, TrainingKind, TrainingState
from yole.workshops.enums import HalfDay

CERTIFICATE_LENGTH = 10


class TrainingRule(models.Model):
    """What a territory asks of its advisers. Without a row the defaults hold."""

    territory = models.OneToOneField("territory.Territory", on_delete=models.CASCADE, primary_key=True, related_name="+")
    initial_hours = models.PositiveSmallIntegerField(default=105)
    continuing_hours = models.PositiveSmallIntegerField(default=21, help_text="Par an.")
    warn_months = models.PositiveSmallIntegerField(default=4, help_text="Avant la fin d’un contrat.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(initial_hours__lte=1000, continuing_hours__lte=300, warn_months__range=(1, 12)), name="advisers_training_rule"
            )
        ]

    def __str__(self) -> str:
        return str(self.territory_id)


class Syllabus(models.Model):
    """What a training teaches, between two dates. Rows are data: a new version is a new row, courses keep theirs.

    `modules`: [{"title": text, "minutes": whole}] in order. `attend_percent`: share of the time to attend before a certificate.
    `pass_percent`: least result of the final test, 0 for no test; the person who decides is then not the one who trained.
    """

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=TrainingKind.choices)
    title = models.CharField(max_length=120)
    modules = models.JSONField()
    attend_percent = models.PositiveSmallIntegerField(default=100)
    pass_percent = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TrainingKind.values), name="advisers_syllabus_kind"),
            models.CheckConstraint(
                condition=Q(attend_percent__range=(1, 100), pass_percent__lte=100) & ~Q(title="") & ~Q(source=""),
                name="advisers_syllabus_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="advisers_syllabus_order"
            ),
            models.UniqueConstraint(fields=["territory", "title", "valid_from"], name="advisers_syllabus_version"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> int:
        modules: list[dict[str, Any]] = self.modules
        return sum(int(one["minutes"]) for one in modules)


class Course(models.Model):
    """A syllabus given on dates, to as many as `places`. `trainer`: the account that trains, when it has one; `trainer_name` is printed."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    syllabus = models.ForeignKey(Syllabus, on_delete=models.PROTECT, related_name="courses")
    remote = models.BooleanField(default=False)
    place = models.CharField(max_length=200)
    trainer_name = models.CharField(max_length=120)
    trainer = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    places = models.OneToOneField("bookings.Capacity", on_delete=models.PROTECT, related_name="course")
    cancelled = models.CharField(max_length=200, blank=True, help_text="Raison ; vide : le cours a lieu.")
    is_fictional = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.syllabus_id}/{self.pk}"


class CourseSlot(models.Model):
    """A half-day of a course."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="slots")
    day = models.DateField()
    half = models.CharField(max_length=12, choices=HalfDay.choices)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["day", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["course", "day", "half"], name="advisers_slot_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="advisers_slot_order"),
        ]
        indexes = [models.Index(fields=["day"], name="advisers_slot_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.half}"

    @property
    def minutes(self) -> int:
        return (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute


class Enrolment(models.Model):
    """An adviser at a course, or on its waiting list. `booking`: the place, or the rank. `code`: number of the certificate, once given."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    candidate = models.ForeignKey("advisers.Candidate", on_delete=models.PROTECT, related_name="enrolments")
    booking = models.OneToOneField("bookings.Booking", on_delete=models.PROTECT, related_name="training")
    state = models.CharField(max_length=8, choices=TrainingState.choices, default=TrainingState.ENROLLED)
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Résultat du test, sur 100.")
    reason = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=CERTIFICATE_LENGTH, unique=True, null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "candidate"], name="advisers_enrolment_once"),
            models.CheckConstraint(condition=Q(state__in=TrainingState.values), name="advisers_enrolment_state"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=100), name="advisers_enrolment_score"),
            models.CheckConstraint(
                condition=Q(state=TrainingState.CERTIFIED, code__isnull=False, decided_on__isnull=False)
                | (~Q(state=TrainingState.CERTIFIED) & Q(code__isnull=True)),
                name="advisers_enrolment_certificate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id}/{self.candidate_id}"


class Attendance(models.Model):
    """Minutes of an adviser in a half-day; none noted is not the same as 0."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attendances")
    slot = models.ForeignKey(CourseSlot, on_delete=models.PROTECT, related_name="attendances")
    minutes = models.PositiveSmallIntegerField()
    by = models.ForeignKey("organisations.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "slot"], name="advisers_attendance_once"),
            models.CheckConstraint(condition=Q(minutes__lte=720), name="advisers_attendance_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.slot_id} {self.minutes}"


class Interview(models.Model):
    """A meeting proposed by a structure to the person of a proposal. `where`: address, number or link of the structure.

    `wish`: what the person would rather have, in their words. `outcome` with its `reason` is all that is kept of what was said.
    """

    relation = models.ForeignKey("advisers.Relation", on_delete=models.PROTECT, related_name="interviews")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    mode = models.CharField(max_length=10, choices=MeetingMode.choices)
    where = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=14, choices=InterviewState.choices, default=InterviewState.PROPOSED)
    wish = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    sequence = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InterviewState.values, minutes__range=(5, 480)), name="advisers_interview_lists"),
            models.CheckConstraint(condition=~Q(state=InterviewState.DONE) | ~Q(outcome=""), name="advisers_interview_outcome"),
            models.UniqueConstraint(
                fields=["relation"],
                condition=Q(state__in=[InterviewState.PROPOSED, InterviewState.ACCEPTED, InterviewState.OTHER_ASKED]),
                name="advisers_interview_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relation_id} {self.starts_at:%Y-%m-%d %H:%M}"
