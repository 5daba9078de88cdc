"""Tables of the room. Those of the programme are in `models_programme`; here, who comes and what remains."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.bookings.models import OutgoingMessage
from yole.events.enums import DoorAct, HalfDay, MessageKind, Profile, Sex, TakeawaySource
from yole.events.models_programme import (
    CODE_LENGTH,
    Edition,
    ProgrammeVersion,
    Proposal,
    Review,
    Room,
    Slot,
    SlotSpeaker,
    Speaker,
    Track,
    Venue,
)

__all__ = [
    "CODE_LENGTH",
    "AttendanceEvent",
    "DoorDevice",
    "Edition",
    "Episode",
    "EventMessage",
    "Feedback",
    "Invitation",
    "ProgrammeVersion",
    "Proposal",
    "Registration",
    "Review",
    "Room",
    "Seat",
    "Slot",
    "SlotFollow",
    "SlotSpeaker",
    "Speaker",
    "SpeakingTime",
    "Takeaway",
    "Track",
    "Venue",
]


class Invitation(models.Model):
    """A code given to a structure: whoever has it may register before the public opening, `places` times at most."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="invitations")
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    label = models.CharField("Structure invitée", max_length=120)
    places = models.PositiveSmallIntegerField("Places", default=1)
    used = models.PositiveSmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("places")), name="events_invitation_used"),
            models.CheckConstraint(condition=~Q(label=""), name="events_invitation_named"),
        ]

    def __str__(self) -> str:
        return self.label


class Registration(models.Model):
    """Somebody (or a household) registered for an edition. Name, contact, needs, state and code are those of `booking`.

    The code of `booking` opens the registration, its seats and the door. `organisation` is printed on the badge when given.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="registrations")
    booking = models.OneToOneField("bookings.Booking", on_delete=models.PROTECT, related_name="registration")
    sex = models.CharField(max_length=14, choices=Sex.choices, default=Sex.UNKNOWN)
    profile = models.CharField(max_length=14, choices=Profile.choices, default=Profile.OTHER)
    commune = models.ForeignKey("territory.Commune", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.CharField("Structure", max_length=120, blank=True)
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="registrations")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=Sex.values, profile__in=Profile.values), name="events_registration_lists"),
        ]

    def __str__(self) -> str:
        return str(self.booking_id)


class Seat(models.Model):
    """A registration's place, or rank on the waiting list, in one limited slot."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="seats")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="seats")
    booking = models.OneToOneField("bookings.Booking", on_delete=models.PROTECT, related_name="seat")

    class Meta:
        indexes = [models.Index(fields=["slot"], name="events_seat_slot")]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.booking_id}"


class SlotFollow(models.Model):
    """A free-entry slot that the holder of a registration asked to be told about, should it move or be cancelled. It holds no place."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="follows")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "registration"], name="events_follow_once")]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.registration_id}"


class EventMessage(OutgoingMessage):
    """Something to tell the holder of a registration, or the author of a proposal, by e-mail or SMS.

    `booking`: the booking that an offer, a confirmation or a cancellation is about. `slot`: the session that moved or, followed, is
    cancelled. `before`: where and when it, or the whole event, was first said to be, in words. `decision`: the state of the proposal
    that the message tells.
    """

    registration = models.ForeignKey(Registration, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    booking = models.ForeignKey("bookings.Booking", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    before = models.CharField(max_length=200, blank=True)
    decision = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "once"], name="events_message_once_registration"),
            models.UniqueConstraint(fields=["proposal", "once"], name="events_message_once_proposal"),
            models.CheckConstraint(
                condition=Q(registration__isnull=True, proposal__isnull=False) | Q(registration__isnull=False, proposal__isnull=True),
                name="events_message_to",
            ),
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="events_message_kind"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(cancelled_at__isnull=True), name="events_message_sent_or_cancelled"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"], condition=Q(sent_at__isnull=True, cancelled_at__isnull=True), name="events_message_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"


class DoorDevice(models.Model):
    """A device that left with the package of an edition, and its share of the places kept for people without registration."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="devices")
    label = models.CharField("Porte", max_length=60)
    walk_in_share = models.PositiveIntegerField("Places sans inscription", default=0)
    account = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(label=""), name="events_device_named")]

    def __str__(self) -> str:
        return self.label


class AttendanceEvent(models.Model):
    """One act at a door, as it was done, off line or not. Rows are only added; a correction is another row.

    Exactly one of `booking` (the registration's booking of the edition) and `walk_in` (key of somebody who came without one, labelled by
    `walk_in_label`). `slot` null: the door of the edition. `clock_offset`: seconds by which the device is ahead of the server, so
    the true instant is `device_time` − offset.
    """

    nonce = models.UUIDField(primary_key=True, default=uuid.uuid4)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="attendance")
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="attendance")
    on_day = models.DateField()
    half_day = models.CharField(max_length=10, choices=HalfDay.choices)
    booking = models.ForeignKey("bookings.Booking", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    walk_in = models.UUIDField(null=True, blank=True)
    walk_in_label = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12, choices=DoorAct.choices)
    device = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    device_time = models.DateTimeField()
    clock_offset = models.IntegerField(default=0)
    by = models.CharField(max_length=120)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(booking__isnull=True, walk_in__isnull=False) | Q(booking__isnull=False, walk_in__isnull=True),
                name="events_attendance_who",
            ),
            models.CheckConstraint(condition=Q(kind__in=DoorAct.values, half_day__in=HalfDay.values), name="events_attendance_lists"),
        ]
        indexes = [models.Index(fields=["edition", "slot", "on_day", "half_day"], name="events_attendance_door")]

    def __str__(self) -> str:
        return f"{self.kind} {self.device_time:%Y-%m-%d %H:%M}"


class Feedback(models.Model):
    """An anonymous opinion on a slot: 1 to 5 and one text. `key` comes with the displayed form: a double send is one row."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="feedback")
    score = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500, blank=True)
    key = models.UUIDField(unique=True)
    on_day = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__range=(1, 5)), name="events_feedback_score")]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.score}"


class SpeakingTime(models.Model):
    """Who spoke in a session, counted in the room and declared in aggregate: people and whole minutes, never a name.

    `unknown_minutes`: what could not be told apart, and those who said neither. Minutes nobody counted are in no column.
    """

    slot = models.OneToOneField(Slot, on_delete=models.CASCADE, related_name="speaking")
    women = models.PositiveSmallIntegerField("Femmes qui ont parlé")
    men = models.PositiveSmallIntegerField("Hommes qui ont parlé")
    women_minutes = models.PositiveSmallIntegerField("Minutes des femmes")
    men_minutes = models.PositiveSmallIntegerField("Minutes des hommes")
    unknown_minutes = models.PositiveSmallIntegerField("Minutes sans réponse ou autre", default=0)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(women__gt=0) | Q(women_minutes=0)) & (Q(men__gt=0) | Q(men_minutes=0)), name="events_speaking_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.women_minutes}/{self.men_minutes}"


class Takeaway(models.Model):
    """What was learned or asked in public (enseignement): the first link of the chain that ends in the roadmap.

    `finding` is one sentence, `quotation` what was said, never who said it. Support: `in_favour` out of `counted` people, both
    or neither, or words in `support_note`. A takeaway is withdrawn with a reason, never deleted.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="takeaways")
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="takeaways")
    source = models.CharField("Origine", max_length=10, choices=TakeawaySource.choices, default=TakeawaySource.SLOT)
    finding = models.CharField("Enseignement", max_length=300)
    quotation = models.CharField("Citation", max_length=500, blank=True)
    in_favour = models.PositiveIntegerField("Personnes d’accord", null=True, blank=True)
    counted = models.PositiveIntegerField("Personnes comptées", null=True, blank=True)
    support_note = models.CharField("Appui", max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(finding="") & Q(source__in=TakeawaySource.values), name="events_takeaway_lists"),
            models.CheckConstraint(
                condition=Q(in_favour__isnull=True, counted__isnull=True)
                | Q(in_favour__isnull=False, counted__isnull=False, counted__gte=F("in_favour")),
                name="events_takeaway_support",
            ),
            models.CheckConstraint(condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""), name="events_takeaway_withdrawn"),
        ]

    def __str__(self) -> str:
        return self.finding


class Episode(models.Model):
    """A recording, as the web radio and its podcast feed give it. `guid` never changes; one address per episode, never used again.

    The audio is a file of the data directory named by its digest (`audio_sha256`, hexadecimal); `audio_bytes` its true length.
    Published only with a transcript and the consents; a withdrawal empties the digest and removes the file.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="episodes")
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="episodes")
    guid = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.PositiveIntegerField()
    title = models.CharField("Titre", max_length=200)
    description = models.TextField("Description", max_length=2000, blank=True)
    language = models.CharField(max_length=8, default="fr")
    licence = models.CharField("Licence", max_length=120, blank=True)
    audio_sha256 = models.CharField(max_length=64, blank=True)
    audio_type = models.CharField(max_length=40, blank=True)
    audio_bytes = models.PositiveBigIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    transcript = models.TextField("Transcription", blank=True)
    speakers_agreed = models.BooleanField("Les personnes enregistrées sont d’accord", default=False)
    minors = models.BooleanField("On entend des mineurs", default=False)
    minors_agreed = models.BooleanField("Les mineurs et leurs parents sont d’accord", default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="events_episode_number"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(withdrawn_at__isnull=False)
                | (~Q(transcript="") & ~Q(audio_sha256="") & Q(speakers_agreed=True) & (Q(minors=False) | Q(minors_agreed=True))),
                name="events_episode_publishable",
            ),
        ]

    def __str__(self) -> str:
        return self.title
