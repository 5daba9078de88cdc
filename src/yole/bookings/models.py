from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.bookings.enums import HOLDING, LIVING, Act, Channel, Need, Source, State

CODE_LENGTH = 10
SIZE_MAX = 10


class Capacity(models.Model):
    """Limited places of one thing (a session, a cohort, a slot of an event), which holds a key to this row.

    `taken` is a cache, moved only by conditional updates: the bookings are the truth (`services.recount`).
    `seats` = capacity and the visible overbooking, whole places only.
    """

    capacity = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    overbooking_percent = models.PositiveSmallIntegerField(default=0)
    seats = models.GeneratedField(
        expression=F("capacity") + F("capacity") * F("overbooking_percent") / 100,
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    taken = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(
        null=True, blank=True, help_text="Fin des inscriptions du public ; l’accueil peut inscrire jusqu’à la fin."
    )
    closed_reason = models.CharField(max_length=200, blank=True, help_text="Non vide : plus aucune inscription.")
    offer_hours = models.PositiveSmallIntegerField(default=48, help_text="Heures pour répondre à une proposition.")
    offers_stop_hours = models.PositiveSmallIntegerField(default=4, help_text="Plus de proposition dans les heures qui précèdent.")
    names_kept_until = models.DateField(
        null=True, blank=True, help_text="Date de la convention de financement : les noms sont gardés jusque-là."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=10000), name="bookings_capacity_range"),
            models.CheckConstraint(condition=Q(overbooking_percent__lte=50), name="bookings_overbooking_range"),
            models.CheckConstraint(condition=Q(taken__gte=0, taken__lte=F("seats")), name="bookings_taken_within_seats"),
            models.CheckConstraint(condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="bookings_capacity_order"),
            models.CheckConstraint(
                condition=Q(offer_hours__range=(1, 336), offers_stop_hours__range=(0, 336)), name="bookings_offer_hours"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="bookings_capacity_ends")]

    def __str__(self) -> str:
        return f"{self.taken}/{self.seats}"


class Booking(models.Model):
    """A registration, of one person or a household (`size`), by name or nickname, with at most the contact that was given.

    `beyond_capacity`: present at the door when every place was taken; counted, holds no place.
    `duplicate_key`: digest of name and contact; empty without contact, since a first name alone is not a person.
    `person`: the card of somebody whom the structure follows, when the desk enrolled them from it.
    """

    capacity = models.ForeignKey(Capacity, on_delete=models.PROTECT, related_name="bookings")
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField("Nom ou surnom", max_length=80, blank=True)
    email = models.EmailField("Adresse e-mail", blank=True)
    phone = models.CharField("Téléphone", max_length=16, blank=True)
    no_contact = models.BooleanField("Ne pas me contacter", default=False)
    needs = ArrayField(models.CharField(max_length=20, choices=Need.choices), default=list, blank=True)
    needs_note = models.CharField(max_length=200, blank=True)
    consent_version = models.CharField(max_length=20)
    consent_at = models.DateTimeField(default=timezone.now)
    size = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices)
    marked_from = models.CharField(max_length=10, choices=State.choices, blank=True, help_text="État avant la présence notée.")
    beyond_capacity = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(default=5, help_text="0 passe en premier, 9 en dernier.")
    priority_reason = models.CharField(max_length=200, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    idempotency_key = models.UUIDField()
    duplicate_key = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.PUBLIC)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    prescriber = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    prescriber_agreed_at = models.DateTimeField(
        null=True, blank=True, help_text="Quand la personne a dit oui à ce que le partenaire sache si elle est venue."
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["capacity", "idempotency_key"], name="bookings_booking_once_per_form"),
            models.UniqueConstraint(
                fields=["capacity", "duplicate_key"],
                condition=Q(state__in=LIVING) & ~Q(duplicate_key=""),
                name="bookings_booking_once_per_person",
            ),
            models.CheckConstraint(condition=Q(size__range=(1, SIZE_MAX)), name="bookings_booking_size"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="bookings_booking_state"),
            models.CheckConstraint(condition=Q(priority__lte=9), name="bookings_booking_priority"),
            models.CheckConstraint(condition=Q(email="") | Q(phone=""), name="bookings_booking_one_contact"),
            models.CheckConstraint(condition=~Q(name="") | Q(erased_at__isnull=False), name="bookings_booking_named"),
            models.CheckConstraint(
                condition=~Q(state=State.OFFERED) | Q(offer_expires_at__isnull=False), name="bookings_booking_offer_ends"
            ),
            models.CheckConstraint(condition=Q(beyond_capacity=False) | Q(state=State.PRESENT), name="bookings_booking_beyond"),
        ]
        indexes = [
            models.Index(fields=["capacity", "priority", "created_at", "id"], condition=Q(state=State.WAITING), name="bookings_queue"),
            models.Index(fields=["capacity", "state"], include=["size"], name="bookings_by_state"),
            models.Index(fields=["offer_expires_at"], condition=Q(state=State.OFFERED), name="bookings_offers"),
            models.Index(fields=["prescriber", "-created_at"], condition=Q(prescriber__isnull=False), name="bookings_prescribed"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def holds_place(self) -> bool:
        return self.state in HOLDING and not self.beyond_capacity


class BookingEvent(models.Model):
    """History of a booking. Rows are only added; a database trigger lets nothing change but the erasing of `reason`."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(max_length=10, choices=Act.choices)
    state = models.CharField(max_length=10, choices=State.choices, help_text="État après l’acte.")
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["booking", "at"], name="bookings_event_order")]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class OutgoingMessage(models.Model):
    """Something to tell one person, once: what a room's table of messages has. No text is kept, it is written when it is sent.

    `claimed_at` is committed before the transport is called, so a crash can lose a message and never doubles one.
    """

    channel = models.CharField(max_length=5, choices=Channel.choices)
    once = models.CharField(max_length=120, help_text="Un seul message par inscription et par clé.")
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
