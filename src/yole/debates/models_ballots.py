"""Paper ballots between the table and the count: what was printed, what was read, what two people typed.

A sheet holds no name and no date of its own. The image of a doubtful row is kept until a person has looked, and never longer than a week.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from yole.debates.enums import MOST_PEOPLE, MOST_STATEMENTS, SheetOrigin, SheetState


class BallotForm(models.Model):
    """Ballots printed at once: `statements` are keys of `CafeStatement` in the order of the paper, frozen when it is printed.

    `code` is what the QR code of every sheet says; `ballots` how many were printed, each of one sheet or two.
    """

    cafe = models.ForeignKey("debates.Cafe", on_delete=models.CASCADE, related_name="ballot_forms")
    code = models.CharField(max_length=6, unique=True)
    statements = ArrayField(models.BigIntegerField())
    ballots = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(statements__len__range=(1, MOST_STATEMENTS)), name="debates_ballotform_statements"),
            models.CheckConstraint(condition=Q(ballots__range=(1, MOST_PEOPLE)), name="debates_ballotform_ballots"),
        ]

    def __str__(self) -> str:
        return self.code


class BallotSheet(models.Model):
    """One sheet of paper, by the number that is printed on it. The same number twice is refused.

    `votes`, `first`, `second`: one cell per statement of the sheet, 1, −1, 0, or 9 for left blank (8: a person must look).
    """

    form = models.ForeignKey(BallotForm, on_delete=models.CASCADE, related_name="sheets")
    page = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=5, choices=SheetOrigin.choices)
    state = models.CharField(max_length=8, choices=SheetState.choices)
    votes = ArrayField(models.SmallIntegerField(), default=list)
    first = ArrayField(models.SmallIntegerField(), default=list)
    second = ArrayField(models.SmallIntegerField(), default=list)
    first_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    second_by = models.ForeignKey("organisations.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["form", "page"]
        constraints = [
            models.UniqueConstraint(fields=["form", "page"], name="debates_ballotsheet_once"),
            models.CheckConstraint(
                condition=Q(origin__in=SheetOrigin.values, state__in=SheetState.values), name="debates_ballotsheet_lists"
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | Q(first_by__isnull=True) | ~Q(first_by=F("second_by")),
                name="debates_ballotsheet_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.page}"


class BallotCut(models.Model):
    """The image of a doubtful row, for the person who decides. Deleted with the decision, or after a week."""

    sheet = models.ForeignKey(BallotSheet, on_delete=models.CASCADE, related_name="cuts")
    row = models.PositiveSmallIntegerField()
    image = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sheet", "row"]
        constraints = [models.UniqueConstraint(fields=["sheet", "row"], name="debates_ballotcut_once")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.row}"
