from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from yole.places.enums import BatchState, FieldGroup, Kind, ReportKind, ReportState, Weekday


def _list(**options: Any) -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=300), default=list, blank=True, **options)


class Place(models.Model):
    """A place of digital help: the columns of the national schema 1.0.2, plus normal forms written by the engine.

    A place that was merged into another, or closed, is kept and no longer shown.
    """

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="places")
    source = models.CharField(max_length=120)
    source_id = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FIXED)

    pivot = models.CharField(max_length=14, blank=True)
    name = models.CharField(max_length=300)
    commune_name = models.CharField(max_length=150)
    postcode = models.CharField(max_length=5)
    insee_code = models.CharField(max_length=5, blank=True, db_index=True)
    address = models.CharField(max_length=300)
    address_extra = models.CharField(max_length=300, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    typologies = _list()
    telephone = models.CharField(max_length=20, blank=True)
    emails = _list()
    websites = _list()
    opening_hours = models.TextField(blank=True, help_text="Syntaxe opening_hours d’OpenStreetMap.")
    summary = models.CharField(max_length=280, blank=True)
    detail = models.TextField(blank=True)
    source_label = models.CharField(max_length=300, blank=True, help_text="Colonne « source » du schéma.")
    itinerance = _list()
    parent_structure = models.CharField(max_length=300, blank=True)
    updated_on = models.DateField(help_text="Colonne « date_maj » du schéma.")
    services = _list()
    audiences = _list()
    special_care = _list()
    fees = _list()
    programmes = _list()
    labels = _list()
    other_labels = _list()
    access_modes = _list()
    support_modes = _list()
    accessibility_url = models.URLField(max_length=500, blank=True)
    booking_url = models.URLField(max_length=500, blank=True)

    # Normal forms, written by places.engine.normalise alone.
    sort_key = models.CharField(max_length=300, editable=False)
    name_key = models.CharField(max_length=300, editable=False)
    address_key = models.CharField(max_length=300, editable=False)

    languages = _list(help_text="Langues parlées, codes ISO 639.")
    closed_on = models.DateField(null=True, blank=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_places")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "source", "source_id"], name="places_place_source_unique"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="places_place_coordinates",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="places_place_not_merged_into_itself"),
            models.CheckConstraint(condition=Q(postcode__regex=r"^\d{5}$"), name="places_place_postcode"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="places_place_kind"),
        ]
        indexes = [
            models.Index(
                fields=["territory", "lat", "lon"], condition=Q(closed_on__isnull=True, merged_into__isnull=True), name="places_place_shown"
            ),
            models.Index(fields=["territory", "lat"], condition=Q(closed_on__isnull=False), name="places_place_closed"),
            models.Index(fields=["territory", "sort_key"], condition=Q(kind="itinerant"), name="places_place_itinerant"),
            models.Index(fields=["territory", "sort_key"], name="places_place_sort"),
            models.Index(fields=["postcode"], name="places_place_postcode_idx"),
            models.Index(fields=["telephone"], name="places_place_telephone"),
            GinIndex(fields=["services"], name="places_place_services"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceSource(models.Model):
    """What each source last said of a place, every column kept as text, known to Yole or not."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="sources")
    source = models.CharField(max_length=120)
    source_id = models.CharField(max_length=200)
    raw = models.JSONField()
    repairs = models.JSONField(default=list)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "source", "source_id"], name="places_source_unique")]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class Confirmation(models.Model):
    """Somebody confirmed a group of fields of a place on a day; the latest one gives its freshness."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="confirmations")
    group = models.CharField(max_length=10, choices=FieldGroup.choices)
    confirmed_on = models.DateField()
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    how = models.CharField(max_length=120, help_text="Par exemple : appel au lieu, passage, liste nationale.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["place", "group", "-confirmed_on"], name="places_confirmation_latest")]

    def __str__(self) -> str:
        return f"{self.get_group_display()} {self.confirmed_on}"


class Stop(models.Model):
    """Where an itinerant place stops."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="stops")
    name = models.CharField(max_length=150)
    address = models.CharField(max_length=300, blank=True)
    insee_code = models.CharField(max_length=5, blank=True, db_index=True)
    commune_name = models.CharField(max_length=150, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    step_free = models.BooleanField("Accessible de plain-pied", null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="places_stop_name_unique"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="places_stop_coordinates",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StopTime(models.Model):
    """When a stop is served: every n-th week on a weekday from a first date, or on one date. Local times of the territory."""

    stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="times")
    weekday = models.CharField(max_length=2, choices=Weekday.choices, blank=True)
    on_date = models.DateField(null=True, blank=True)
    every_weeks = models.PositiveSmallIntegerField(default=1, help_text="1 : chaque semaine ; 2 : une semaine sur deux.")
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField(null=True, blank=True, help_text="Première semaine servie ; compulsory when every_weeks > 1.")
    valid_until = models.DateField(null=True, blank=True)
    on_holidays = models.BooleanField(
        "Passe les jours fériés", null=True, blank=True, help_text="Vide : on ne sait pas, la page dit d’appeler."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="places_stoptime_order"),
            models.CheckConstraint(
                condition=(Q(weekday__in=Weekday.values, on_date__isnull=True) | Q(weekday="", on_date__isnull=False)),
                name="places_stoptime_day",
            ),
            models.CheckConstraint(condition=Q(every_weeks__range=(1, 8)), name="places_stoptime_weeks"),
            models.CheckConstraint(condition=Q(every_weeks=1) | Q(valid_from__isnull=False), name="places_stoptime_anchor"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday or self.on_date} {self.starts:%H:%M}-{self.ends:%H:%M}"


class StopCancellation(models.Model):
    """A day on which an itinerant place does not come, with the reason shown to the public."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="cancellations")
    on_date = models.DateField()
    stop = models.ForeignKey(
        Stop, null=True, blank=True, on_delete=models.CASCADE, related_name="cancellations", help_text="Vide : tous les arrêts."
    )
    reason = models.CharField(max_length=200)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.on_date} {self.reason}"


class Report(models.Model):
    """« Signaler une erreur »: what somebody says of a place. The contact is optional and erased after 30 days."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10, choices=ReportKind.choices)
    text = models.CharField(max_length=1000, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    key = models.UUIDField(unique=True, help_text="Clé du formulaire affiché : un double envoi ne fait qu’un signalement.")
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.NEW)
    answer = models.CharField(max_length=500, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    handled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-created_at"], name="places_report_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.place_id})"


class ImportBatch(models.Model):
    """One import of a list: what was read, what was done, and how to undo it."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="place_imports")
    source = models.CharField(max_length=120)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="Le fichier reçu, effacé quand le lot est importé ou après 7 jours.", null=True, blank=True)
    mapping = models.JSONField(default=dict, help_text="Colonne du fichier -> colonne du schéma.")
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.PREVIEWED)
    counts = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d}"


class PlaceChange(models.Model):
    """What one act changed in one place, field by field, old and new: the history of a place, and what undo reads."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="changes")
    batch = models.ForeignKey(ImportBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="changes")
    created = models.BooleanField(default=False, help_text="Le lieu est né de cet acte.")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why = models.CharField(max_length=200)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["place", "-at"], name="places_change_latest")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.why}"


class PairDecision(models.Model):
    """A person's decision on two places that look alike: merged (reversible), or told apart for good."""

    kept = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    same = models.BooleanField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    before = models.JSONField(default=dict, help_text="Champs du lieu gardé avant la fusion.")
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kept=F("other")), name="places_pair_two_places")]

    def __str__(self) -> str:
        return f"{self.kept_id} / {self.other_id}"


class PairSearch(models.Model):
    """The last search of look-alike places in a territory. `pairs`: list of [id, id, score], best first."""

    territory = models.OneToOneField("territory.Territory", on_delete=models.CASCADE, related_name="pair_search")
    asked_at = models.DateTimeField(null=True, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    compared = models.PositiveIntegerField(default=0, help_text="Nombre de lieux comparés.")
    pairs = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.territory_id} {self.computed_at}"
