"""A Café IA: what was prepared, written, voted and decided.

Three things are never joined: what somebody wrote, how they voted, and how to reach them. A ballot holds no date, no address and no name;
keys of ballots, votes and contacts are drawn at random, so that their order tells nothing.
"""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.debates.enums import (
    MOST_PEOPLE,
    MOST_STATEMENTS,
    SMALLEST_ROOM,
    BallotOrigin,
    CafePublic,
    CafeState,
    CafeTheme,
    ContributionKind,
    Format,
    Moderation,
    Opinion,
    Phase,
    Pillar,
)
from yole.debates.models_ballots import BallotCut as BallotCut
from yole.debates.models_ballots import BallotForm as BallotForm
from yole.debates.models_ballots import BallotSheet as BallotSheet


class Cafe(models.Model):
    """One debate. `ballots_cast` never exceeds `people_counted`: the host counts the room before the vote opens.

    `vote_closed_at` is what lets results be shown; a vote opened again empties it.
    """

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="cafes")
    structure = models.ForeignKey("organisations.Structure", null=True, blank=True, on_delete=models.PROTECT, related_name="cafes")
    host = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField("Titre", max_length=150)
    search_key = models.CharField(max_length=320, editable=False)
    format = models.CharField("Format", max_length=20, choices=Format.choices, default=Format.DEBATE)
    public = models.CharField("Public", max_length=20, choices=CafePublic.choices, default=CafePublic.EVERYBODY)
    starts_at = models.DateTimeField("Début")
    ends_at = models.DateTimeField("Fin")
    place = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place_text = models.CharField("Autre lieu", max_length=150, blank=True)
    commune = models.ForeignKey("territory.Commune", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CafeState.choices, default=CafeState.DRAFT)
    state_reason = models.CharField(max_length=200, blank=True)
    # The kit
    framing = models.TextField("Cadre", max_length=2000, blank=True)
    roles = models.TextField("Rôles", max_length=1000, blank=True)
    material = models.TextField("Matériel", max_length=1000, blank=True)
    pillars = ArrayField(models.CharField(max_length=20, choices=Pillar.choices), default=list, blank=True)
    themes = ArrayField(models.CharField(max_length=30, choices=CafeTheme.choices), default=list, blank=True)
    free_themes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    questions = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    people_expected = models.PositiveSmallIntegerField("Personnes attendues", default=15)
    # The room
    room_code = models.CharField(max_length=16, unique=True)
    phase = models.CharField(max_length=12, choices=Phase.choices, blank=True)
    phase_ends_at = models.DateTimeField(null=True, blank=True)
    people_counted = models.PositiveSmallIntegerField("Personnes comptées", null=True, blank=True)
    ballots_cast = models.PositiveSmallIntegerField(default=0)
    vote_opened_at = models.DateTimeField(null=True, blank=True)
    vote_closed_at = models.DateTimeField(null=True, blank=True)
    is_fictional = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="debates_cafe_titled"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="debates_cafe_order"),
            models.CheckConstraint(
                condition=Q(
                    state__in=CafeState.values, phase__in=["", *Phase.values], format__in=Format.values, public__in=CafePublic.values
                ),
                name="debates_cafe_lists",
            ),
            models.CheckConstraint(condition=~Q(state=CafeState.CANCELLED) | ~Q(state_reason=""), name="debates_cafe_cancel_reason"),
            models.CheckConstraint(condition=Q(people_expected__range=(SMALLEST_ROOM, MOST_PEOPLE)), name="debates_cafe_expected"),
            models.CheckConstraint(
                condition=Q(people_counted__isnull=True, ballots_cast=0)
                | Q(people_counted__isnull=False, people_counted__lte=MOST_PEOPLE, ballots_cast__lte=F("people_counted")),
                name="debates_cafe_no_more_ballots_than_people",
            ),
            models.CheckConstraint(
                condition=Q(vote_opened_at__isnull=True, vote_closed_at__isnull=True)
                | Q(vote_opened_at__isnull=False, people_counted__isnull=False),
                name="debates_cafe_vote_after_count",
            ),
        ]
        indexes = [
            models.Index(fields=["territory", "-starts_at", "-id"], name="debates_cafe_list"),
            models.Index(fields=["structure", "-starts_at"], name="debates_cafe_structure"),
        ]

    def __str__(self) -> str:
        return self.title


class Contribution(models.Model):
    """What somebody wrote, under the kind they chose. Nothing says who: no account, no device.

    `merged_into`: a person read both and found that they say the same; the text stays, and `Merge` keeps the history.
    """

    cafe = models.ForeignKey(Cafe, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=10, choices=ContributionKind.choices)
    text = models.CharField(max_length=280, blank=True)
    theme = models.CharField(max_length=60, blank=True)
    moderation = models.CharField(max_length=10, choices=Moderation.choices, default=Moderation.TO_READ)
    moderation_reason = models.CharField(max_length=200, blank=True)
    moderated_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ContributionKind.values, moderation__in=Moderation.values), name="debates_contribution_lists"
            ),
            models.CheckConstraint(condition=~Q(text="") | Q(erased_at__isnull=False), name="debates_contribution_text"),
            models.CheckConstraint(
                condition=~Q(moderation=Moderation.REFUSED) | ~Q(moderation_reason=""), name="debates_contribution_refusal_reason"
            ),
            models.CheckConstraint(condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="debates_contribution_not_itself"),
        ]
        indexes = [models.Index(fields=["cafe", "moderation", "id"], name="debates_contribution_list")]

    def __str__(self) -> str:
        return f"{self.cafe_id} {self.kind}"


class Merge(models.Model):
    """Two contributions put together by a person, and taken apart again when `undone_at` is set."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contribution"], condition=Q(undone_at__isnull=True), name="debates_merge_once"),
            models.CheckConstraint(condition=~Q(contribution=F("into")), name="debates_merge_two"),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} -> {self.into_id}"


class Statement(models.Model):
    """A sentence of the territory that cafés vote on, so that several cafés can vote on the same one. Its words are its versions."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ContributionKind.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=ContributionKind.values), name="debates_statement_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class StatementVersion(models.Model):
    """The words of a statement, numbered from 1. Never changed: other words are another version, whose votes are counted apart."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    wording = models.CharField(max_length=280)
    origin = models.ForeignKey(Contribution, null=True, blank=True, on_delete=models.PROTECT, related_name="versions")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="debates_version_number"),
            models.CheckConstraint(condition=~Q(wording=""), name="debates_version_wording"),
        ]

    def __str__(self) -> str:
        return self.wording


class CafeStatement(models.Model):
    """A statement put to the vote of a café, in the host's order (1 … 20); people see them in a random order."""

    cafe = models.ForeignKey(Cafe, on_delete=models.PROTECT, related_name="statements")
    version = models.ForeignKey(StatementVersion, on_delete=models.PROTECT, related_name="uses")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["cafe", "order"]
        constraints = [
            models.UniqueConstraint(fields=["cafe", "version"], name="debates_cafestatement_once"),
            models.UniqueConstraint(fields=["cafe", "order"], name="debates_cafestatement_order", deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(condition=Q(order__range=(1, MOST_STATEMENTS)), name="debates_cafestatement_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.cafe_id} {self.order}"


class Tablet(models.Model):
    """A device that the host lends to one person after another. Only the digest of what it holds is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    cafe = models.ForeignKey(Cafe, on_delete=models.CASCADE, related_name="tablets")
    digest = models.CharField(max_length=64, unique=True)
    opened_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.cafe_id} {self.opened_at:%Y-%m-%d}"


class Ballot(models.Model):
    """What one person voted: one per telephone, per turn on a tablet, or per sheet of paper.

    `digest`: of the random token that the device holds, so that it meets its own ballot again; emptied after the café.
    `paper`: what names the sheet (`form/number`), so that it is counted once. No date: nothing ties a ballot to a moment.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    cafe = models.ForeignKey(Cafe, on_delete=models.PROTECT, related_name="ballots")
    origin = models.CharField(max_length=6, choices=BallotOrigin.choices)
    digest = models.CharField(max_length=64, blank=True)
    paper = models.CharField(max_length=40, blank=True)
    writes = models.PositiveSmallIntegerField(default=0, help_text="Réponses reçues, changements compris.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cafe", "digest"], condition=~Q(digest=""), name="debates_ballot_once_per_device"),
            models.UniqueConstraint(fields=["cafe", "paper"], condition=~Q(paper=""), name="debates_ballot_once_per_sheet"),
            models.CheckConstraint(condition=Q(origin__in=BallotOrigin.values), name="debates_ballot_origin"),
            models.CheckConstraint(
                condition=Q(origin=BallotOrigin.PAPER, digest="") & ~Q(paper="") | ~Q(origin=BallotOrigin.PAPER) & Q(paper=""),
                name="debates_ballot_paper",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Vote(models.Model):
    """One answer of a ballot. No row: the statement was not seen."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="votes")
    statement = models.ForeignKey(CafeStatement, on_delete=models.PROTECT, related_name="votes")
    value = models.SmallIntegerField(choices=Opinion.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "statement"], name="debates_vote_once"),
            models.CheckConstraint(condition=Q(value__in=Opinion.values), name="debates_vote_value"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.value}"


class CafeContact(models.Model):
    """How to tell somebody what came of the café, by their consent. Sealed; no key leads to a ballot or a contribution."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    cafe = models.ForeignKey(Cafe, on_delete=models.CASCADE, related_name="contacts")
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField(help_text="Adresse ou numéro, chiffré.")
    consent_version = models.CharField(max_length=20)
    consent_on = models.DateField()
    asked_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    informed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Orientation(models.Model):
    """What the room decided to do next, and who does it: a structure or a function, never a private person."""

    cafe = models.ForeignKey(Cafe, on_delete=models.CASCADE, related_name="orientations")
    what = models.CharField("Quoi", max_length=280)
    who = models.CharField("Qui", max_length=150, blank=True)
    due_on = models.DateField("Pour quand", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["cafe", "created_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(what=""), name="debates_orientation_what")]

    def __str__(self) -> str:
        return self.what


class SentIdea(models.Model):
    """A contribution or a voted statement sent to the roadmap. `taken_as`: the reference that the roadmap gave it."""

    cafe = models.ForeignKey(Cafe, on_delete=models.PROTECT, related_name="sent_ideas")
    contribution = models.ForeignKey(Contribution, null=True, blank=True, on_delete=models.PROTECT, related_name="sent")
    statement = models.ForeignKey(CafeStatement, null=True, blank=True, on_delete=models.PROTECT, related_name="sent")
    sent_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    taken_as = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contribution__isnull=True, statement__isnull=False) | Q(contribution__isnull=False, statement__isnull=True),
                name="debates_sent_one_thing",
            ),
            models.UniqueConstraint(fields=["contribution"], condition=Q(withdrawn_at__isnull=True), name="debates_sent_contribution_once"),
            models.UniqueConstraint(fields=["statement"], condition=Q(withdrawn_at__isnull=True), name="debates_sent_statement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cafe_id} {self.sent_at:%Y-%m-%d}"
