from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from yole.assessment.enums import ItemState, Mode, More, Purpose, SittingState, StopReason, Task, TriageOutcome

CODE_LENGTH = 8
DEFAULT_CUTS = (-1.0, 0.0, 1.0)


def default_cuts() -> list[float]:
    return list(DEFAULT_CUTS)


class DiagnosticSettings(models.Model):
    """What a territory decides for its diagnosis. Without a row the defaults hold.

    `levels`: list of {"name": text, "colour": text, "sentence": text}, one more than the cuts, weakest first.
    `cuts`: on theta, strictly increasing.
    """

    territory = models.OneToOneField("territory.Territory", on_delete=models.CASCADE, primary_key=True, related_name="diagnostic_settings")
    cuts = ArrayField(models.FloatField(), default=default_cuts)
    levels = models.JSONField(default=list, blank=True)
    min_items = models.PositiveSmallIntegerField(default=8)
    max_items = models.PositiveSmallIntegerField(default=20)
    certainty = models.FloatField(default=0.80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_items__range=(4, 40), max_items__range=(4, 60), certainty__range=(0.5, 0.99)),
                name="assessment_settings_range",
            ),
            models.CheckConstraint(condition=Q(max_items__gte=models.F("min_items")), name="assessment_settings_order"),
        ]

    def __str__(self) -> str:
        return str(self.territory_id)


class Item(models.Model):
    """A question of the bank. `data` is its whole source (assessment/bank); what was asked is kept by `ItemVersion`.

    `shown`: sittings that were offered it since `counted_since` of the parameter set in force (exposure control).
    """

    key = models.SlugField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.DRAFT)
    kind = models.CharField(max_length=10)
    competence = models.CharField(max_length=8)
    area = models.PositiveSmallIntegerField(help_text="1 à 5.")
    shown = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="assessment_item_state"),
            models.CheckConstraint(condition=Q(area__range=(1, 5)), name="assessment_item_area"),
        ]

    def __str__(self) -> str:
        return self.key


class ItemVersion(models.Model):
    """The text of an item at one time; never changed once somebody answered it."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="assessment_item_version")]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.version}"


class ParameterSet(models.Model):
    """Parameters of every item in force from a date; rows are only added. Each result says which set it used.

    `values`: {item key: {"a": x, "b": x, "se_a": x | null, "se_b": x | null, "n": answers}}; metric: logistic D = 1, theta ~ N(0, 1).
    """

    made_at = models.DateTimeField(default=timezone.now)
    origin = models.CharField(max_length=12, choices=[("expert", "Avis d’experts"), ("calibrated", "Calibrage"), ("online", "En continu")])
    note = models.CharField(max_length=200, blank=True)
    values = models.JSONField()
    correlation = models.JSONField(default=list, blank=True, help_text="Corrélations entre les 5 domaines.")

    class Meta:
        indexes = [models.Index(fields=["-made_at"], name="assessment_parameters_last")]

    def __str__(self) -> str:
        return f"{self.pk} {self.origin} {self.made_at:%Y-%m-%d}"


class Group(models.Model):
    """People measured together, before and after: « did it help? ». `reference` is what a higher room links it to (a cohort)."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("Nom", max_length=150)
    reference = models.CharField(max_length=60, blank=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Sitting(models.Model):
    """One person's diagnosis, anonymous by default, taken up again by its `code` on any device.

    `pair`: the same random value on the before and the after of one person, drawn at the first and printed with the code; names nobody.
    `pending`: the item on the screen now, so that a reload asks the same. `assisted`: somebody answered with the person at least once.
    `more`: what the person wanted to know better after a first result, `more_from` answers counted then; the result is made again.
    `prior_mean`: where the desk triage places the person (sd 0.8), never for a supervised sitting or a before and after.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid4)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    commune = models.ForeignKey("territory.Commune", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="sittings")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="sittings")
    pair = models.UUIDField(default=uuid4, db_index=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.PLACEMENT)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.ONLINE)
    state = models.CharField(max_length=10, choices=SittingState.choices, default=SittingState.OPEN)
    stop_reason = models.CharField(max_length=8, choices=StopReason.choices, blank=True)
    assisted = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False, help_text="Passé devant une personne de l’équipe : compte pour un passeport.")
    age_band = models.CharField(max_length=24, blank=True, help_text="Pour vérifier que les questions sont justes.")
    gender = models.CharField(max_length=16, blank=True)
    seed = models.PositiveBigIntegerField()
    parameters = models.ForeignKey(ParameterSet, on_delete=models.PROTECT, related_name="+")
    pending = models.ForeignKey(ItemVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    more = models.CharField(max_length=6, choices=More.choices, blank=True)
    more_from = models.PositiveSmallIntegerField(default=0)
    prior_mean = models.FloatField(null=True, blank=True)
    by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_fictional = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=SittingState.values, mode__in=Mode.values, purpose__in=Purpose.values),
                name="assessment_sitting_lists",
            ),
            models.CheckConstraint(
                condition=~Q(state=SittingState.FINISHED) | Q(finished_at__isnull=False), name="assessment_sitting_finished"
            ),
            models.CheckConstraint(
                condition=Q(prior_mean__isnull=True) | Q(purpose=Purpose.PLACEMENT, supervised=False), name="assessment_sitting_prior"
            ),
        ]
        indexes = [
            models.Index(fields=["structure", "-started_at"], name="assessment_sitting_structure"),
            models.Index(fields=["person", "-finished_at"], condition=Q(person__isnull=False), name="assessment_sitting_person"),
            models.Index(fields=["state", "last_at"], name="assessment_sitting_idle"),
        ]

    def __str__(self) -> str:
        return self.code


class Answer(models.Model):
    """One answer; rows are only added. `response`: ids of the options chosen, empty for « Je ne sais pas ».

    `counts`: false for a pilot item.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="answers")
    response = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    score = models.PositiveSmallIntegerField(help_text="0 ou 1 ; 2 pour une tâche.")
    counts = models.BooleanField(default=True)
    assisted = models.BooleanField(default=False)
    seconds = models.PositiveIntegerField(null=True, blank=True, help_text="Noté, jamais compté.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="assessment_answer_position"),
            models.UniqueConstraint(fields=["sitting", "version"], name="assessment_answer_once"),
            models.CheckConstraint(condition=Q(score__lte=2), name="assessment_answer_score"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.position}"


class Result(models.Model):
    """What the answers of a sitting come to. `level` counts from 0; `probability` is that of this level being the right one.

    `areas`: [{"area": 1..5, "theta": x | null, "se": x, "answered": n}], theta null under 3 answers.
    """

    sitting = models.OneToOneField(Sitting, on_delete=models.CASCADE, primary_key=True, related_name="result")
    theta = models.FloatField()
    se = models.FloatField()
    level = models.PositiveSmallIntegerField()
    probability = models.FloatField()
    probabilities = ArrayField(models.FloatField())
    cuts = ArrayField(models.FloatField())
    areas = models.JSONField(default=list)
    answered = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(probability__range=(0.0, 1.0), se__gte=0.0), name="assessment_result_range"),
        ]

    def __str__(self) -> str:
        return f"{self.level} ({self.probability:.0%})"


class TaskRun(models.Model):
    """A hands-on task: score 0, 1 or 2 by the goal reached and the help used. What was typed never leaves the page.

    `acts`: list of [act, milliseconds since the start] from the closed list of the task; idempotent by `uuid`.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid4)
    sitting = models.ForeignKey(Sitting, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    task = models.CharField(max_length=12, choices=Task.choices)
    score = models.PositiveSmallIntegerField()
    hints = models.PositiveSmallIntegerField(default=0)
    acts = models.JSONField(default=list)
    assisted = models.BooleanField(default=False)
    client_side = models.BooleanField(default=False, help_text="Le résultat vient de la page seule.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__lte=2, task__in=Task.values), name="assessment_task_score")]

    def __str__(self) -> str:
        return f"{self.task} {self.score}"


class Triage(models.Model):
    """A desk triage: 4 to 6 questions asked aloud. `answers`: {question: answer} of closed lists.

    The need that brought the person is served first, whatever the outcome.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid4)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answers = models.JSONField()
    mean = models.FloatField(help_text="Niveau de départ proposé au diagnostic (écart-type 0,8).")
    outcome = models.CharField(max_length=10, choices=TriageOutcome.choices, help_text="Proposée.")
    decided = models.CharField(max_length=10, choices=TriageOutcome.choices, help_text="Choisie par la personne de l’équipe.")
    sitting = models.OneToOneField(Sitting, null=True, blank=True, on_delete=models.SET_NULL, related_name="triage")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(outcome__in=TriageOutcome.values), name="assessment_triage_outcome")]
        indexes = [models.Index(fields=["structure", "-made_at"], name="assessment_triage_structure")]

    def __str__(self) -> str:
        return f"{self.decided} {self.made_at:%Y-%m-%d}"


class PaperForm(models.Model):
    """A printed form: the items in order. `table`: [{"score": n, "theta": x, "level": k}] printed for rooms without a machine."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    versions = ArrayField(models.BigIntegerField(), help_text="ItemVersion, dans l’ordre.")
    parameters = models.ForeignKey(ParameterSet, on_delete=models.PROTECT, related_name="+")
    table = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class FairnessRun(models.Model):
    """One search of unfair items: Mantel-Haenszel between two groups. `items`: as `yole assessment dif` prints them."""

    made_at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=20, help_text="Critère : âge, genre, mode…")
    reference = models.CharField(max_length=40)
    focal = models.CharField(max_length=40)
    persons = models.PositiveIntegerField()
    items = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.by} {self.made_at:%Y-%m-%d}"


class Proposal(models.Model):
    """What a night of calculation proposes for the parameters. Nothing changes until somebody decides.

    `values`: {item key: {"a", "b", "se_a", "se_b", "n", "old_b", "regularised"}}. `new_items`: only items on trial were fitted, the scale
    held by the others. `alerts`: keys of items in service whose difficulty moved by more than 3 standard errors.
    """

    made_at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12, choices=[("new", "Questions à l’essai"), ("full", "Calibrage complet"), ("drift", "Dérive")])
    persons = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    alerts = models.JSONField(default=list)
    correlation = models.JSONField(default=list, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    accepted = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-made_at"], name="assessment_proposal_last")]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d}"


class BankImport(models.Model):
    """A file of questions read and shown before it enters the bank; kept a day at most. `content`: its questions as JSON."""

    uuid = models.UUIDField(primary_key=True, default=uuid4)
    account = models.ForeignKey("organisations.Account", on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=120)
    content = models.JSONField()
    refused = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.file_name
