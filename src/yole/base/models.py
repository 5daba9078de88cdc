from django.conf import settings
from django.db import models


class PeriodicRun(models.Model):
    """When a periodic task was last enqueued; the row that workers compete for."""

    name = models.CharField(max_length=80, primary_key=True)
    last_run = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    NEW = "new", "En cours"
    DONE = "done", "Enregistré"
    CONFLICT = "conflict", "À décider"
    REFUSED = "refused", "Refusé"
    DROPPED = "dropped", "Abandonné"

    @classmethod
    def open_states(cls) -> tuple["DeliveryState", "DeliveryState"]:
        """A person still has to decide."""
        return cls.CONFLICT, cls.REFUSED


class Delivery(models.Model):
    """That an act made without a network was received, and what was answered. Never its content: see deliveries.py."""

    uuid = models.UUIDField(primary_key=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    device = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    made_at = models.DateTimeField(help_text="Heure de l’appareil.")
    drift = models.BigIntegerField(help_text="Secondes d’avance de l’appareil.")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.NEW)
    answer = models.JSONField(default=dict)
    doubtful = models.BooleanField(default=False, help_text="La date était impossible ; une personne la confirme.")
    settled_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="base_delivery_state")]
        indexes = [
            models.Index(fields=["account", "received_at"], name="base_delivery_account"),
            models.Index(fields=["received_at"], name="base_delivery_received"),
            models.Index(
                fields=["account"],
                condition=models.Q(state__in=["conflict", "refused"]) | models.Q(doubtful=True),
                name="base_delivery_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
