"""Tables of the room. What names somebody is in `Person.sealed`, encrypted under a key of that person alone, and nowhere else."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.people import enums

CODE_LENGTH = 10
ERASED = Q(sealed__isnull=True, wrapped_key__isnull=True)


class PeopleSettings(models.Model):
    """What a territory decides for its people. It may keep less long than 12 months, never longer."""

    territory = models.OneToOneField("territory.Territory", on_delete=models.CASCADE, primary_key=True, related_name="people_settings")
    minor_alone_from = models.PositiveSmallIntegerField(default=15, help_text="Âge à partir duquel on décide seul.")
    minor_rule = models.CharField(max_length=20, choices=enums.MinorRule.choices, default=enums.MinorRule.GUARDIAN_AGREES)
    keep_months = models.PositiveSmallIntegerField(default=12)
    notice_days = models.PositiveSmallIntegerField(default=30)
    grace_until = models.DateField(
        null=True, blank=True, editable=False, help_text="Délai raccourci : avant ce jour, le délai le plus long s’applique encore."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minor_alone_from__range=(13, 18)), name="people_settings_minor_age"),
            models.CheckConstraint(condition=Q(minor_rule__in=enums.MinorRule.values), name="people_settings_minor_rule"),
            models.CheckConstraint(condition=Q(keep_months__range=(1, 12)), name="people_settings_months"),
            models.CheckConstraint(condition=Q(notice_days__range=(7, 90)), name="people_settings_notice"),
        ]

    def __str__(self) -> str:
        return f"people of {self.territory_id}"


class Person(models.Model):
    """Somebody met by a structure. Most have no name here.

    `code` is printed on the card that the person keeps; it goes when the row becomes anonymous for good. `sealed` is AES-256-GCM of a
    JSON object (see sealing.py) under `wrapped_key`, the person's own key encrypted by the master key of the site: without either,
    nobody can read it. `canonical` points to the row that stands for the same human being after a merge; nothing else moves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="people")
    structure = models.ForeignKey("organisations.Structure", on_delete=models.PROTECT, related_name="people")
    kind = models.CharField(max_length=10, choices=enums.Kind.choices, default=enums.Kind.ANONYMOUS)
    code = models.CharField(max_length=CODE_LENGTH, unique=True, null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    age_band = models.CharField(max_length=24, choices=enums.AgeBand.choices, default=enums.AgeBand.UNKNOWN)
    gender = models.CharField(max_length=16, choices=enums.Gender.choices, default=enums.Gender.UNKNOWN)
    social_status = models.CharField(max_length=16, choices=enums.SocialStatus.choices, default=enums.SocialStatus.UNKNOWN)
    commune = models.ForeignKey("territory.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    sealed = models.BinaryField(null=True, blank=True)
    wrapped_key = models.BinaryField(null=True, blank=True)
    canonical = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_contact_on = models.DateField()
    kept_on = models.DateField(null=True, blank=True, help_text="Jour où quelqu’un a décidé de garder la fiche une fois de plus.")
    kept_reason = models.CharField(max_length=200, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Effacement demandé par la personne.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=enums.Kind.values), name="people_person_kind"),
            models.CheckConstraint(condition=Q(age_band__in=enums.AgeBand.values), name="people_person_age_band"),
            models.CheckConstraint(condition=Q(gender__in=enums.Gender.values), name="people_person_gender"),
            models.CheckConstraint(condition=Q(social_status__in=enums.SocialStatus.values), name="people_person_status"),
            models.CheckConstraint(condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2100)), name="people_person_birth"),
            # Named people are sealed, the others have nothing sealed: no third state.
            models.CheckConstraint(
                condition=Q(kind="followed", sealed__isnull=False, wrapped_key__isnull=False) | (Q(kind="anonymous") & ERASED),
                name="people_person_sealed_or_absent",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True, code__isnull=False)
                | (Q(anonymised_at__isnull=False, kind="anonymous", code__isnull=True, birth_year__isnull=True)),
                name="people_person_anonymised_for_good",
            ),
            models.CheckConstraint(condition=Q(canonical__isnull=True) | ~Q(canonical=F("id")), name="people_person_not_its_own"),
        ]
        indexes = [
            models.Index(fields=["structure", "-last_contact_on", "id"], name="people_by_contact"),
            models.Index(fields=["created_by", "-last_contact_on"], name="people_by_creator"),
            models.Index(fields=["last_contact_on"], condition=Q(anonymised_at__isnull=True), name="people_due"),
            models.Index(fields=["canonical"], condition=Q(canonical__isnull=False), name="people_merged"),
        ]

    def __str__(self) -> str:
        return self.code or str(self.id)

    @property
    def is_followed(self) -> bool:
        return self.kind == enums.Kind.FOLLOWED


class Notice(models.Model):
    """The information given to a person, or to the guardian of a minor: which text, when, how, by whom."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, help_text="SHA-256 du texte lu.")
    given_to = models.CharField(max_length=12, choices=enums.GivenBy.choices, default=enums.GivenBy.SELF)
    given_at = models.DateTimeField(default=timezone.now)
    how = models.CharField(max_length=12, choices=enums.How.choices)
    by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "-given_at"], name="people_notice_by_person")]

    def __str__(self) -> str:
        return f"{self.version} {self.given_at:%Y-%m-%d}"


class Consent(models.Model):
    """An agreement to one purpose. Withdrawing writes a date; the row stays as long as the person is followed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=enums.Purpose.choices)
    words = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=20, help_text="Version de la fiche d’information lue.")
    given_by = models.CharField(max_length=12, choices=enums.GivenBy.choices, default=enums.GivenBy.SELF)
    given_at = models.DateTimeField(default=timezone.now)
    how = models.CharField(max_length=12, choices=enums.How.choices)
    by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at__isnull=True), name="people_consent_one_live_by_purpose"
            ),
            models.CheckConstraint(condition=Q(purpose__in=enums.Purpose.values), name="people_consent_purpose"),
            models.CheckConstraint(condition=~Q(purpose="autre") | ~Q(words=""), name="people_consent_words"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")), name="people_consent_order"
            ),
        ]

    def __str__(self) -> str:
        return self.purpose


class Agreement(models.Model):
    """The person lets another structure open their card. Withdrawing closes it at once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="agreements")
    structure = models.ForeignKey("organisations.Structure", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    how = models.CharField(max_length=12, choices=enums.How.choices)
    by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "structure"], condition=Q(withdrawn_at__isnull=True), name="people_agreement_one_live"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")), name="people_agreement_order"
            ),
        ]
        indexes = [models.Index(fields=["structure", "person"], condition=Q(withdrawn_at__isnull=True), name="people_shared_with")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.structure_id}"


class Lookup(models.Model):
    """A keyed digest of something by which a person is found. The key differs for each structure, so rows of two structures
    cannot be compared; an agreement writes rows for the other structure, its withdrawal deletes them."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lookups")
    structure = models.ForeignKey("organisations.Structure", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=5, choices=enums.LookupKind.choices)
    digest = models.BinaryField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "kind", "structure", "person"], name="people_lookup_once"),
            models.CheckConstraint(condition=Q(kind__in=enums.LookupKind.values), name="people_lookup_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class Pair(models.Model):
    """Two rows that may be one person, with the reasons; the decision of somebody is remembered. `first` < `second`."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    structure = models.ForeignKey("organisations.Structure", on_delete=models.CASCADE, related_name="+", help_text="Où la paire se voit.")
    score = models.FloatField(help_text="Poids total, en bits.")
    likely = models.BooleanField(default=False, help_text="Au-dessus du second seuil.")
    reasons = models.JSONField(default=list, help_text="Codes des raisons : aucun nom.")
    state = models.CharField(max_length=10, choices=enums.PairState.choices, default=enums.PairState.PROPOSED)
    found_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="people_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="people_pair_order"),
            models.CheckConstraint(condition=Q(state__in=enums.PairState.values), name="people_pair_state"),
        ]
        indexes = [models.Index(fields=["structure", "state", "-score"], name="people_pairs_to_decide")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Merge(models.Model):
    """`person` was declared to be `into`. Undoing writes a date and takes the pointer away; rows are only added."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges_received")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(undone_at__isnull=True), name="people_merge_one_live"),
            models.CheckConstraint(condition=~Q(person=F("into")), name="people_merge_two"),
        ]
        indexes = [models.Index(fields=["-at"], name="people_merges_by_time")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.into_id}"


class AccessLog(models.Model):
    """Who opened a named card, and what for. The card shows it; kept 12 months."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="accesses", db_index=False)
    account = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    structure = models.ForeignKey("organisations.Structure", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    act = models.CharField(max_length=10, choices=enums.Access.choices)
    motive = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(act__in=enums.Access.values), name="people_access_act")]
        indexes = [
            models.Index(fields=["person", "-at"], name="people_access_by_person"),
            models.Index(fields=["account", "person"], name="people_access_by_account"),
            models.Index(fields=["at"], name="people_access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d}"


class Erasure(models.Model):
    """A person whose identity was destroyed: a reference only, so that it can be destroyed again after an old backup is restored."""

    person_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    asked = models.BooleanField(default=False, help_text="À la demande de la personne, et non au bout du délai.")

    def __str__(self) -> str:
        return str(self.person_id)


class RetentionRun(models.Model):
    """One run of the retention rule of people: counts, never contents."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()
    warned = models.PositiveIntegerField(default=0, help_text="Fiches dont l’échéance approche, ce jour-là.")
    anonymised = models.PositiveIntegerField(default=0)
    communes_dropped = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "day"], name="people_run_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class ImportBatch(models.Model):
    """A list of beneficiaries waiting for a yes. `sealed` is the file, encrypted under its own key; both go once decided."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    structure = models.ForeignKey("organisations.Structure", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("organisations.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField(null=True)
    wrapped_key = models.BinaryField(null=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["structure", "-created_at"], name="people_imports")]

    def __str__(self) -> str:
        return str(self.id)
