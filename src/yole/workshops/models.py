from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.bookings.models import OutgoingMessage
from yole.workshops.enums import (
    ALL_THEMES,
    REMINDER_CHOICES,
    AttendanceKind,
    Audience,
    CallOutcome,
    HalfDay,
    Kind,
    Level,
    MessageKind,
    PresenceState,
    SessionState,
)


def every_reminder() -> list[str]:
    return [value for value, _ in REMINDER_CHOICES]


class WorkshopSettings(models.Model):
    """What a territory decides for its workshops. Without a row the defaults hold."""

    territory = models.OneToOneField("territory.Territory", on_delete=models.CASCADE, primary_key=True, related_name="workshop_settings")
    reminders = ArrayField(models.CharField(max_length=4, choices=REMINDER_CHOICES), default=every_reminder, blank=True)
    offer_hours = models.PositiveSmallIntegerField(default=48)
    offers_stop_hours = models.PositiveSmallIntegerField(default=4)
    # List of {"from": "2026-12-18", "to": "2027-01-03", "name": text}, both days included.
    school_holidays = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offer_hours__range=(1, 336), offers_stop_hours__range=(0, 336)), name="workshops_settings_hours"
            )
        ]

    def __str__(self) -> str:
        return str(self.territory_id)


class Programme(models.Model):
    """What is taught, to whom, under which funding. `reminders` null: those of the territory."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="programmes")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="programmes")
    slug = models.SlugField(max_length=80)
    title = models.CharField("Titre", max_length=150)
    sort_key = models.CharField(max_length=150, editable=False)
    summary = models.CharField("En une phrase", max_length=200, blank=True)
    aims = ArrayField(models.CharField(max_length=200), default=list, blank=True, help_text="« Vous saurez… », une ligne par but.")
    themes = ArrayField(models.CharField(max_length=40, choices=ALL_THEMES), default=list)
    level = models.CharField(max_length=14, choices=Level.choices, default=Level.BEGINNER)
    audiences = ArrayField(models.CharField(max_length=20, choices=Audience.choices), default=list)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    material = models.CharField("Matériel", max_length=200, blank=True)
    sessions_planned = models.PositiveSmallIntegerField(default=1)
    funder = models.CharField("Financeur", max_length=150, blank=True)
    agreement_number = models.CharField("Numéro de convention", max_length=60, blank=True)
    agreement_until = models.DateField("Feuilles gardées jusqu’au", null=True, blank=True)
    reminders = ArrayField(models.CharField(max_length=4, choices=REMINDER_CHOICES), null=True, blank=True)
    published = models.BooleanField(default=False)
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "slug"], name="workshops_programme_slug"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="workshops_programme_level"),
            models.CheckConstraint(condition=~Q(title=""), name="workshops_programme_titled"),
            models.CheckConstraint(
                condition=Q(agreement_number="") | Q(agreement_until__isnull=False), name="workshops_agreement_has_date"
            ),
        ]
        indexes = [
            GinIndex(fields=["themes"], name="workshops_programme_themes"),
            models.Index(fields=["territory", "sort_key"], name="workshops_programme_sort"),
        ]

    def __str__(self) -> str:
        return self.title


class Cohort(models.Model):
    """One run of a programme that people follow whole: one enrolment for all its sessions, attendance at each.

    `pattern`: list of {"weekday": 0..6 (Monday 0), "starts": "09:00", "ends": "11:00"}, local times of the territory.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=150)
    starts_on = models.DateField()
    ends_on = models.DateField()
    pattern = models.JSONField(default=list)
    capacity = models.OneToOneField("bookings.Capacity", on_delete=models.PROTECT, related_name="cohort")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="workshops_cohort_order")]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One meeting (séance). `capacity` is null for a drop-in slot, and for a session of a cohort (the cohort has it).

    Instants are stored in UTC; every output uses the territory's zone. `sequence` grows with each change that calendars must see.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="sessions")
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SINGLE)
    place = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stop = models.ForeignKey("places.Stop", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    room = models.CharField("Salle", max_length=80, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    half_days = ArrayField(models.CharField(max_length=10, choices=HalfDay.choices), default=list)
    capacity = models.OneToOneField("bookings.Capacity", null=True, blank=True, on_delete=models.PROTECT, related_name="session")
    mediator = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.PLANNED)
    state_reason = models.CharField(max_length=200, blank=True)
    previous_starts_at = models.DateTimeField(null=True, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workshops_session_order"),
            models.CheckConstraint(condition=Q(state__in=SessionState.values, kind__in=Kind.values), name="workshops_session_lists"),
            models.CheckConstraint(condition=Q(half_days__len__gte=1), name="workshops_session_half_day"),
            models.CheckConstraint(
                condition=Q(kind=Kind.COHORT, cohort__isnull=False, capacity__isnull=True) | ~Q(kind=Kind.COHORT) & Q(cohort__isnull=True),
                name="workshops_session_cohort",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.COHORT, Kind.DROP_IN]) | Q(capacity__isnull=False), name="workshops_session_has_capacity"
            ),
            models.CheckConstraint(
                condition=~Q(state=SessionState.CANCELLED) | ~Q(state_reason=""), name="workshops_session_cancel_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["territory", "starts_at", "id"], name="workshops_session_calendar"),
            models.Index(fields=["programme", "starts_at"], name="workshops_session_programme"),
            models.Index(fields=["place", "starts_at"], name="workshops_session_place"),
            models.Index(fields=["mediator", "starts_at"], name="workshops_session_mediator"),
            models.Index(fields=["starts_at"], name="workshops_session_due"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Attendance(models.Model):
    """One act at the door, as it was done, offline or not. Rows are only added; a correction is another row.

    Exactly one of `booking` and `walk_in` (key of somebody who came without enrolment, labelled by `walk_in_label`).
    `clock_drift`: seconds by which the device is ahead of the server, so the true instant is `device_time` − drift.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendance")
    half_day = models.CharField(max_length=10, choices=HalfDay.choices)
    booking = models.ForeignKey("bookings.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    walk_in = models.UUIDField(null=True, blank=True)
    walk_in_label = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=AttendanceKind.choices)
    device = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    device_time = models.DateTimeField()
    clock_drift = models.IntegerField(default=0)
    by = models.CharField(max_length=120)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(booking__isnull=True, walk_in__isnull=False) | Q(booking__isnull=False, walk_in__isnull=True),
                name="workshops_attendance_who",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AttendanceKind.values, half_day__in=HalfDay.values), name="workshops_attendance_lists"
            ),
        ]
        indexes = [models.Index(fields=["session", "half_day"], name="workshops_attendance_session")]

    def __str__(self) -> str:
        return f"{self.kind} {self.device_time:%Y-%m-%d %H:%M}"


class Presence(models.Model):
    """What the attendance events of one person in one half-day come to: a cache of `engine.attendance.fold`, rebuilt at each event."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="presences")
    half_day = models.CharField(max_length=10, choices=HalfDay.choices)
    booking = models.ForeignKey("bookings.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="presences")
    walk_in = models.UUIDField(null=True, blank=True)
    label = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=PresenceState.choices, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    double = models.BooleanField(default=False, help_text="Double passage.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "half_day", "booking"], name="workshops_presence_booking"),
            models.UniqueConstraint(fields=["session", "half_day", "walk_in"], name="workshops_presence_walk_in"),
            models.CheckConstraint(
                condition=Q(booking__isnull=True, walk_in__isnull=False) | Q(booking__isnull=False, walk_in__isnull=True),
                name="workshops_presence_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.half_day} {self.state}"


class Evaluation(models.Model):
    """A smiley (1 bad, 2 fair, 3 good) and one line, from a booking code or typed from paper. `key` makes a double send one row."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="evaluations")
    booking = models.ForeignKey("bookings.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    smiley = models.PositiveSmallIntegerField()
    line = models.CharField(max_length=200, blank=True)
    key = models.UUIDField(unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(smiley__range=(1, 3)), name="workshops_evaluation_smiley"),
            models.UniqueConstraint(fields=["session", "booking"], name="workshops_evaluation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.smiley}"


class OutboundMessage(OutgoingMessage):
    """Something to tell one person about a session, written from the session and the booking when it is sent."""

    booking = models.ForeignKey("bookings.Booking", on_delete=models.PROTECT, related_name="messages")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind.choices)
    call_outcome = models.CharField(max_length=12, choices=CallOutcome.choices, blank=True)
    called_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "once"], name="workshops_message_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(cancelled_at__isnull=True), name="workshops_message_sent_or_cancelled"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"], condition=Q(sent_at__isnull=True, cancelled_at__isnull=True), name="workshops_message_pending"
            ),
            models.Index(fields=["session"], name="workshops_message_session"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"
