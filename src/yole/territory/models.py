from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

# Both or neither; « not null » is said outright, since a check that comes out unknown passes.
_POSITION = Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False, lat__range=(-90, 90), lon__range=(-180, 180))


class Territory(models.Model):
    """What a territory decides for itself. An empty list of départements means the whole of France."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    departements = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    languages = ArrayField(models.CharField(max_length=8), default=list)
    holiday_country = models.CharField(max_length=2, default="FR")
    holiday_subdivision = models.CharField(max_length=20, blank=True)
    # List of {"when": "easter-2" | "12-20" | "2026-03-12", "name": text, "customary": bool}; see engine/holidays.py.
    extra_holidays = models.JSONField(default=list, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    small_count_threshold = models.PositiveSmallIntegerField(default=5)
    place_check_days = models.PositiveSmallIntegerField(default=180)
    place_stale_days = models.PositiveSmallIntegerField(default=730)
    is_default = models.BooleanField(default=False)
    # Moves on whenever communes or quartiers change, so that every process knows when to read them again.
    communes_version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="territory_one_default"),
            models.CheckConstraint(
                condition=Q(small_count_threshold__gte=3, small_count_threshold__lte=100), name="territory_threshold_range"
            ),
            models.CheckConstraint(
                condition=Q(place_check_days__gte=1, place_stale_days__gt=F("place_check_days")), name="territory_freshness_order"
            ),
            models.CheckConstraint(condition=Q(languages__len__gte=1), name="territory_some_language"),
            models.CheckConstraint(condition=~Q(name=""), name="territory_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Epci(models.Model):
    """A grouping of communes (établissement public de coopération intercommunale), by its SIREN."""

    code = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=160)
    sort_key = models.CharField(max_length=160, db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{9}$"), name="epci_siren")]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune by its official code (Insee). Coordinates are those of its centre, area in km²; unknown is null."""

    code = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=80)
    search_key = models.CharField(max_length=80)
    postcodes = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    departement = models.CharField(max_length=3)
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, blank=True, related_name="communes")
    population = models.PositiveIntegerField(null=True, blank=True)
    population_vintage = models.CharField(max_length=40, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    km2 = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=200)
    source_date = models.CharField(max_length=10)  # a year, a month or a day, ISO 8601

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^([013-9][0-9]|2[AB1-9])[0-9]{3}$"), name="commune_code"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(search_key=""), name="commune_named"),
            models.CheckConstraint(condition=_POSITION, name="commune_position"),
            models.CheckConstraint(condition=Q(km2__isnull=True) | Q(km2__gt=0), name="commune_area"),
        ]
        indexes = [
            models.Index(fields=["departement", "sort_key"], name="commune_listing"),
            models.Index(OpClass("search_key", name="varchar_pattern_ops"), name="commune_prefix"),
            GinIndex(fields=["postcodes"], name="commune_postcodes"),
        ]

    def __str__(self) -> str:
        return self.name


class Contour(models.Model):
    """The outline of a commune: `geometry` as received (GeoJSON), `outline` simplified for our maps.

    `outline` is a list of rings, each a flat list lon, lat, lon, lat… in whole ten-thousandths of a degree.
    """

    commune = models.OneToOneField(Commune, on_delete=models.CASCADE, primary_key=True, related_name="contour")
    geometry = models.JSONField()
    outline = models.JSONField()
    source = models.CharField(max_length=200)
    source_date = models.CharField(max_length=10)

    def __str__(self) -> str:
        return str(self.commune_id)


class Quartier(models.Model):
    """A quartier that people name, added by a structure or the coordination. Removed ones are kept, out of sight.

    `added_by` and `changed_by` hold what the screen shows (a structure or a role), the `_account` fields the account's key.
    """

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="quartiers")
    name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=80)
    search_key = models.CharField(max_length=80)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.CharField(max_length=160)
    added_by_account = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=160, blank=True)
    changed_by_account = models.CharField(max_length=40, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "search_key"], condition=Q(removed_at__isnull=True), name="quartier_unique_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(search_key=""), name="quartier_named"),
            models.CheckConstraint(condition=_POSITION, name="quartier_position"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One import of communes: what was read, from where, what it changed."""

    at = models.DateTimeField(auto_now_add=True)
    origin = models.CharField(max_length=400)
    created = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    contours = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.origin}"
