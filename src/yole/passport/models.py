from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from yole.passport.enums import AwardState, Colour, Decision, JuryState, KeyEnd, Kind

CLAIM_LENGTH = 12
CODE_LENGTH = 10


class Scheme(models.Model):
    """A passport programme of a territory. Its version grows when levels or requirements change; awards keep the level they were given."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60)
    name = models.CharField("Nom", max_length=100)
    version = models.PositiveSmallIntegerField(default=1)
    summary = models.CharField("En une phrase", max_length=300, blank=True)
    published = models.BooleanField(default=True)
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # The address of a level is inside every credential: it names one scheme of the site.
            models.UniqueConstraint(fields=["slug"], name="passport_scheme_slug"),
            models.CheckConstraint(condition=~Q(name=""), name="passport_scheme_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """A level, rank 1 the weakest. `code` is the credential's `humanCode`.

    `requirements`: see requirements.DEFAULT for its members; an absent member takes its default value.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="levels")
    rank = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField("Nom", max_length=60)
    colour = models.CharField("Couleur", max_length=10, choices=Colour.choices, blank=True, default=Colour.NONE)
    sentence = models.CharField("Ce que la personne sait faire", max_length=300)
    requirements = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["scheme", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "rank"], name="passport_level_rank"),
            models.UniqueConstraint(fields=["scheme", "code"], name="passport_level_code"),
            models.CheckConstraint(condition=Q(rank__range=(1, 12)), name="passport_level_rank_range"),
        ]

    def __str__(self) -> str:
        return self.name


class IssuerKey(models.Model):
    """The public half of a signing key; its secret is a file of the keys folder (keys.py), never in the database."""

    public = models.CharField(max_length=80, unique=True)
    controller = models.CharField(max_length=300)
    since = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=12, choices=KeyEnd.choices, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, end="") | Q(revoked_at__isnull=False, end__in=KeyEnd.values), name="passport_key_end"
            ),
            models.UniqueConstraint(fields=["controller"], condition=Q(revoked_at__isnull=True), name="passport_key_one_in_use"),
        ]

    def __str__(self) -> str:
        return self.public


class StatusList(models.Model):
    """Two signed lists of one numbering: withdrawals, and which of them are suspensions alone. Signed at each change, and daily."""

    number = models.PositiveIntegerField(primary_key=True)
    withdrawn = models.TextField(blank=True, help_text="Liste signée, en JSON.")
    suspended = models.TextField(blank=True, help_text="Liste signée, en JSON.")
    signed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.number)


class StatusEntry(models.Model):
    """One place of a list, drawn at random. It is never given twice, even when the award it served is forgotten."""

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="entries")
    index = models.PositiveIntegerField()
    withdrawn = models.BooleanField(default=False)
    suspended = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status_list", "index"], name="passport_status_index"),
            models.CheckConstraint(condition=Q(index__lt=131_072), name="passport_status_range"),
            # A suspension is a withdrawal that may be lifted: a verifier that reads one list alone refuses it.
            models.CheckConstraint(condition=Q(suspended=False) | Q(withdrawn=True), name="passport_status_suspended_is_withdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.status_list_id}#{self.index}"


class Jury(models.Model):
    """A session where evaluators decide, for a cohort of a workshop programme or for people who come one by one."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="juries")
    cohort = models.ForeignKey("workshops.Cohort", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("Intitulé", max_length=120)
    held_on = models.DateField("Date")
    evaluators = models.ManyToManyField("organisations.Account", related_name="+")
    state = models.CharField(max_length=8, choices=JuryState.choices, default=JuryState.OPEN)
    is_fictional = models.BooleanField(default=False)
    created_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=JuryState.values), name="passport_jury_state")]
        indexes = [models.Index(fields=["territory", "-held_on"], name="passport_jury_list")]

    def __str__(self) -> str:
        return self.title


class TrainerException(models.Model):
    """An evaluator who trained the cohort may decide only after a second person has signed the written motive."""

    jury = models.ForeignKey(Jury, on_delete=models.CASCADE, related_name="exceptions")
    evaluator = models.ForeignKey("organisations.Account", on_delete=models.PROTECT, related_name="+")
    motive = models.CharField("Motif", max_length=300)
    asked_at = models.DateTimeField(default=timezone.now)
    second = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jury", "evaluator"], name="passport_exception_once"),
            models.CheckConstraint(condition=~Q(motive=""), name="passport_exception_motive"),
            models.CheckConstraint(
                condition=Q(second__isnull=True, signed_at__isnull=True)
                | (Q(second__isnull=False, signed_at__isnull=False) & ~Q(second=models.F("evaluator"))),
                name="passport_exception_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jury_id} {self.evaluator_id}"


class Candidacy(models.Model):
    """Somebody before a jury. No name is kept: the jury reads it from the person's card or enrolment when the page is shown.

    `evidence`: what the machine computed, as requirements.Evidence.as_json gives it; frozen when the jury decides.
    `proposed` and `probability`: what the machine proposed and how likely it says that this level is the right one.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    jury = models.ForeignKey(Jury, on_delete=models.PROTECT, related_name="candidacies")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=40)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    booking = models.ForeignKey("bookings.Booking", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sitting = models.ForeignKey("assessment.Sitting", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    evidence = models.JSONField(default=dict, blank=True)
    proposed = models.ForeignKey(Level, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    level = models.ForeignKey(Level, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    motive = models.TextField(blank=True)
    to_work_on = models.TextField(blank=True)
    followed = models.BooleanField(null=True, blank=True, help_text="La décision est celle que la machine proposait.")
    decided_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["jury", "number"]
        constraints = [
            models.UniqueConstraint(fields=["jury", "number"], name="passport_candidacy_number"),
            models.UniqueConstraint(fields=["jury", "person"], condition=Q(person__isnull=False), name="passport_candidacy_person_once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | Q(decision__in=Decision.values, decided_at__isnull=False),
                name="passport_candidacy_decided",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.AWARDED, level__isnull=False) | (~Q(decision=Decision.AWARDED) & Q(level__isnull=True)),
                name="passport_candidacy_level",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Award(models.Model):
    """A passport given. Its key is the identifier of its first credential. `claim`: what opens it to its holder."""

    uuid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    candidacy = models.OneToOneField(Candidacy, null=True, blank=True, on_delete=models.SET_NULL, related_name="award")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="awards")
    entry = models.OneToOneField(StatusEntry, on_delete=models.PROTECT, related_name="award")
    recipient = models.UUIDField(default=uuid4, editable=False)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=AwardState.choices, default=AwardState.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True)
    state_changed_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=CLAIM_LENGTH, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AwardState.values), name="passport_award_state"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")), name="passport_award_dates"
            ),
            models.CheckConstraint(condition=Q(state=AwardState.ACTIVE) | ~Q(state_reason=""), name="passport_award_reason"),
        ]
        indexes = [models.Index(fields=["level", "-created_at"], name="passport_award_list")]

    def __str__(self) -> str:
        return str(self.uuid)


class Credential(models.Model):
    """A signed form of an award. `document` is its JSON text, empty until it is signed; `code` is printed on what the holder shows."""

    uuid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LEVEL)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    document = models.TextField(blank=True)
    key = models.ForeignKey(IssuerKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "kind"], name="passport_credential_kind"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="passport_credential_kinds"),
            models.CheckConstraint(
                condition=Q(document="", key__isnull=True) | (~Q(document="") & Q(key__isnull=False, signed_at__isnull=False)),
                name="passport_credential_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} {self.kind}"
