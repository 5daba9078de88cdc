from django.db import models


class PeriodicRun(models.Model):
    """When a periodic task was last enqueued; the row that workers compete for."""

    name = models.CharField(max_length=80, primary_key=True)
    last_run = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
