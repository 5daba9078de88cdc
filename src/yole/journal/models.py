from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from yole.journal.words import words_of


class Entry(models.Model):
    """An act. The database itself sets `seq`, `at`, `prev` and `hash`, and refuses any change (migration 0002)."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    subject_ref = models.CharField(max_length=120)
    body = models.TextField(help_text="Canonical JSON (RFC 8785) of an object, as it is hashed.")
    prev = models.BinaryField()
    hash = models.BinaryField()
    organisation = models.GeneratedField(
        expression=KeyTextTransform("organisation", Cast("body", models.JSONField())),
        output_field=models.TextField(null=True),
        db_persist=True,
        help_text="Read from the hashed body: it cannot be changed apart from it.",
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(seq__gte=1), name="journal_entry_seq")]
        indexes = [
            models.Index(fields=["action", "seq"], name="journal_by_action"),
            models.Index(fields=["actor", "seq"], name="journal_by_actor"),
            models.Index(fields=["subject_ref", "seq"], name="journal_by_subject"),
            models.Index(fields=["at"], name="journal_by_instant"),
            models.Index(fields=["organisation", "seq"], name="journal_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    @property
    def words(self) -> str:
        return words_of(self.action)

    @property
    def fingerprint(self) -> str:
        """The first digits of the hash, for a list."""
        return bytes(self.hash).hex()[:16]


class TreeHead(models.Model):
    """A signed head, as signed: texts are kept byte for byte. Rows are only added."""

    origin = models.CharField(max_length=300)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    at = models.CharField(max_length=27)
    key = models.CharField(max_length=60)
    signature = models.CharField(max_length=100)
    peaks = models.BinaryField(
        help_text="Roots of the complete subtrees, 32 bytes each: they lead to `root`, and let the next head be made from here."
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=0), name="journal_treehead_size")]
        indexes = [models.Index(fields=["size", "id"], name="journal_heads_by_size")]

    def __str__(self) -> str:
        return f"{self.size} {self.at}"
