"""Tables of the programme: editions, venues, proposals, slots, published versions."""

from __future__ import annotations

import uuid
from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.events.enums import (
    Audience,
    EditionStatus,
    Kind,
    ProposalState,
    RoomKind,
    Sex,
)

CODE_LENGTH = 10  # codes that people type: a proposal's, an invitation's


class Venue(models.Model):
    """A site that hosts editions. Coordinates in degrees (WGS 84), both or neither."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("Nom du lieu", max_length=150)
    address = models.CharField("Adresse", max_length=250, blank=True)
    commune = models.ForeignKey("territory.Commune", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    access_note = models.CharField("Venir et entrer", max_length=300, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "name"], name="events_venue_name"),
            models.CheckConstraint(condition=~Q(name=""), name="events_venue_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a venue. `capacity` in persons; access: without a step, induction loop, sign language."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rooms")
    guid = models.UUIDField(default=uuid.uuid4)
    name = models.CharField("Nom de la salle", max_length=80)
    kind = models.CharField(max_length=12, choices=RoomKind.choices, default=RoomKind.OTHER)
    capacity = models.PositiveIntegerField("Nombre de personnes")
    step_free = models.BooleanField("Accès de plain-pied", default=False)
    induction_loop = models.BooleanField("Boucle magnétique", default=False)
    sign_language = models.BooleanField("Langue des signes", default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "name"], name="events_room_name"),
            models.UniqueConstraint(fields=["venue", "guid"], name="events_room_guid"),
            models.CheckConstraint(condition=Q(capacity__range=(1, 10000)), name="events_room_capacity"),
            models.CheckConstraint(condition=Q(kind__in=RoomKind.values) & ~Q(name=""), name="events_room_lists"),
        ]

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """One year of the event. `slug` is its address and the acronym of the exchange formats.

    `capacity`: places of the event as a whole, once registration is open. `version`: number of the last published programme, 0 for none.
    `cancelled_at`: the event does not take place, for the reason that the public reads; its status is then « terminée ».
    `day_starts`, `day_ends`: local hours between which a slot may be; an end before the start is on the next morning.
    """

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    slug = models.CharField(max_length=60, unique=True)
    title = models.CharField("Titre", max_length=150)
    number = models.PositiveSmallIntegerField("Édition", default=1)
    summary = models.CharField("En une phrase", max_length=300, blank=True)
    starts_on = models.DateField("Premier jour")
    ends_on = models.DateField("Dernier jour")
    time_zone = models.CharField(max_length=64, default="America/Martinique")
    day_starts = models.TimeField(default=time(8))
    day_ends = models.TimeField(default=time(18))
    organisers = models.CharField("Organisation", max_length=300, blank=True)
    partners = models.CharField("Partenaires", max_length=500, blank=True)
    venues = models.ManyToManyField(Venue, related_name="editions", blank=True)
    status = models.CharField(max_length=16, choices=EditionStatus.choices, default=EditionStatus.DRAFT)
    call_closes_on = models.DateField("Fin de l’appel", null=True, blank=True)
    recording_licence = models.CharField("Licence des enregistrements", max_length=120, blank=True)
    capacity = models.OneToOneField("bookings.Capacity", null=True, blank=True, on_delete=models.PROTECT, related_name="edition")
    version = models.PositiveIntegerField(default=0)
    door_salt = models.CharField(max_length=32, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-starts_on", "slug"]
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9_]{4,}$"), name="events_edition_slug"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="events_edition_order"),
            models.CheckConstraint(condition=Q(status__in=EditionStatus.values) & ~Q(title=""), name="events_edition_lists"),
            models.CheckConstraint(condition=Q(cancelled_at__isnull=True) | ~Q(cancel_reason=""), name="events_edition_cancel_reason"),
        ]
        indexes = [models.Index(fields=["territory", "-starts_on"], name="events_edition_list")]

    def __str__(self) -> str:
        return self.title


class Track(models.Model):
    """A theme of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="tracks")
    name = models.CharField("Thème", max_length=80)
    slug = models.CharField(max_length=80)
    colour = models.CharField(max_length=7, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "slug"], name="events_track_slug"),
            models.UniqueConstraint(fields=["edition", "name"], name="events_track_name"),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z][a-z0-9-]+$"), name="events_track_slug_shape"),
            models.CheckConstraint(condition=Q(colour="") | Q(colour__regex=r"^#[0-9a-fA-F]{6}$"), name="events_track_colour"),
        ]

    def __str__(self) -> str:
        return self.name


class Speaker(models.Model):
    """Somebody who speaks at one edition. The name is shown once `publication_agreed_at` is set; the contact is sealed, never exported.

    `external_id`, `external_guid`: identifiers that an imported programme gave, kept as they came. `unavailable`: list of
    {"from": instant, "to": instant}, ISO 8601 with zone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="speakers")
    name = models.CharField("Nom affiché", max_length=120, blank=True)
    biography = models.TextField("Présentation", max_length=2000, blank=True)
    organisation = models.CharField("Structure", max_length=150, blank=True)
    sex = models.CharField(max_length=14, choices=Sex.choices, default=Sex.UNKNOWN)
    step_free = models.BooleanField("Accès de plain-pied nécessaire", default=False)
    unavailable = models.JSONField(default=list, blank=True)
    publication_agreed_at = models.DateTimeField(null=True, blank=True)
    recording_agreed_at = models.DateTimeField(null=True, blank=True)
    contact_sealed = models.BinaryField(null=True, blank=True)
    contact_key = models.BinaryField(null=True, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    external_guid = models.CharField(max_length=80, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="events_speaker_sex"),
            models.CheckConstraint(condition=~Q(name="") | Q(erased_at__isnull=False), name="events_speaker_named"),
        ]
        indexes = [models.Index(fields=["edition", "name"], name="events_speaker_list")]

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """An answer to the call. `code` brings its author back to it. `available`: half-days that suit, as `2026-12-12 matin`; empty: all.

    `key` comes with the displayed form: sending it twice makes one proposal.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="proposals")
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    key = models.UUIDField(unique=True)
    title = models.CharField("Titre", max_length=150)
    abstract = models.TextField("Résumé", max_length=2000)
    kind = models.CharField("Format", max_length=14, choices=Kind.choices)
    minutes = models.PositiveSmallIntegerField("Durée en minutes", default=45)
    wanted_capacity = models.PositiveIntegerField("Personnes attendues", null=True, blank=True)
    needs = models.CharField("Matériel et besoins", max_length=300, blank=True)
    step_free = models.BooleanField("Accès de plain-pied nécessaire", default=False)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    available = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    speakers = models.ManyToManyField(Speaker, related_name="proposals", blank=True)
    state = models.CharField(max_length=12, choices=ProposalState.choices, default=ProposalState.SUBMITTED)
    answer = models.TextField("Réponse à l’auteur", max_length=1000, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values, kind__in=Kind.values), name="events_proposal_lists"),
            models.CheckConstraint(condition=~Q(title=""), name="events_proposal_titled"),
            models.CheckConstraint(condition=Q(minutes__range=(5, 720)), name="events_proposal_minutes"),
        ]
        indexes = [models.Index(fields=["edition", "state", "submitted_at"], name="events_proposal_list")]

    def __str__(self) -> str:
        return self.title


class Review(models.Model):
    """What one reader thinks of a proposal: a score from 1 to 5, or a declared conflict of interest and no score."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="reviews")
    account = models.ForeignKey("organisations.Account", on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(max_length=1000, blank=True)
    conflict = models.BooleanField("Conflit d’intérêts", default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "account"], name="events_review_once"),
            models.CheckConstraint(
                condition=Q(conflict=True, score__isnull=True) | Q(conflict=False, score__isnull=False, score__range=(1, 5)),
                name="events_review_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.score}"


class Slot(models.Model):
    """One entry of the programme, as the organisers prepare it: what the public sees is the last `ProgrammeVersion`.

    `guid` is stable for ever, `number` a positive integer unique in the edition, `code` six characters or empty. `day`: rank of the day
    of the conference, from 1; a slot at 00:15 belongs to the day that began the evening before. Without room or start it is still to
    place. `type_label`: the type as an imported programme wrote it, else empty. `first_version`: version of the programme in which it
    first appeared, null for never. `sequence` grows with each publication that moved it. `capacity`: limited places, null for free entry.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="slots")
    guid = models.UUIDField(default=uuid.uuid4)
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=6, blank=True)
    title = models.CharField("Titre", max_length=300)
    subtitle = models.CharField("Sous-titre", max_length=300, blank=True)
    abstract = models.TextField("Résumé", blank=True)
    description = models.TextField("Description", blank=True)
    kind = models.CharField("Format", max_length=14, choices=Kind.choices, default=Kind.CONFERENCE)
    type_label = models.CharField(max_length=80, blank=True)
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.SET_NULL, related_name="slots")
    audience = models.CharField("Public", max_length=14, choices=Audience.choices, default=Audience.ALL)
    language = models.CharField(max_length=12, blank=True)
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="slots")
    day = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField("Durée en minutes", default=45)
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.SET_NULL, related_name="slots")
    speakers = models.ManyToManyField(Speaker, through="SlotSpeaker", related_name="slots")
    wanted_capacity = models.PositiveIntegerField("Personnes attendues", null=True, blank=True)
    step_free = models.BooleanField("Accès de plain-pied nécessaire", default=False)
    capacity = models.OneToOneField("bookings.Capacity", null=True, blank=True, on_delete=models.PROTECT, related_name="slot")
    # Lists of {"url", "title", "type", "service"}.
    links = models.JSONField(default=list, blank=True)
    attachments = models.JSONField(default=list, blank=True)
    recording_licence = models.CharField("Licence de l’enregistrement", max_length=120, blank=True)
    recording_refused = models.BooleanField("Pas d’enregistrement", default=False)
    recording_url = models.URLField(max_length=500, blank=True)
    feedback_url = models.URLField(max_length=500, blank=True)
    origin_url = models.URLField(max_length=500, blank=True)
    logo = models.CharField(max_length=500, blank=True)
    external_slug = models.CharField(max_length=150, blank=True)
    first_version = models.PositiveIntegerField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["starts_at", "room__position", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "guid"], name="events_slot_guid"),
            models.UniqueConstraint(fields=["edition", "number"], name="events_slot_number"),
            models.UniqueConstraint(fields=["edition", "code"], condition=~Q(code=""), name="events_slot_code"),
            models.CheckConstraint(condition=Q(number__gte=1, minutes__range=(1, 1440)), name="events_slot_range"),
            models.CheckConstraint(condition=Q(code="") | Q(code__regex=r"^[0-9A-Z]{6}$"), name="events_slot_code_shape"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values, audience__in=Audience.values), name="events_slot_lists"),
            models.CheckConstraint(condition=~Q(title=""), name="events_slot_titled"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, day__isnull=True) | Q(starts_at__isnull=False, day__isnull=False, day__gte=1),
                name="events_slot_placed",
            ),
            models.CheckConstraint(condition=Q(cancelled_at__isnull=True) | ~Q(cancel_reason=""), name="events_slot_cancel_reason"),
        ]
        indexes = [models.Index(fields=["edition", "starts_at"], name="events_slot_time")]

    def __str__(self) -> str:
        return self.title


class SlotSpeaker(models.Model):
    """Who speaks in a slot, in the order of the programme."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="slot_speakers")
    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="slot_speakers")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["slot", "speaker"], name="events_slotspeaker_once")]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.position}"


class ProgrammeVersion(models.Model):
    """A published programme. Rows are only added.

    `snapshot`: list of slots as readers see them (`selectors_programme.PublicSlot.to_dict`); `changes`: list of {"guid", "title", "what"}
    since the version before, in French words.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField(default=list)
    changes = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="events_version_number")]

    def __str__(self) -> str:
        return f"{self.edition_id} v{self.number}"
