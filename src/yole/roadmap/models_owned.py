"""What every exported table of the room shares: its territory, and an identifier that files carry."""

from __future__ import annotations

import uuid

from django.db import models


def new_uid() -> str:
    return str(uuid.uuid4())


class Owned(models.Model):
    """`uid` is stable: files carry it from one site to another, and the State's own identifiers fit in it. Unique in a territory."""

    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    uid = models.CharField(max_length=64, default=new_uid, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["territory", "uid"], name="roadmap_%(class)s_uid"),
            models.CheckConstraint(condition=~models.Q(uid=""), name="roadmap_%(class)s_has_uid"),
        ]
