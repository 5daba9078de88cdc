"""Readings, changes and answers are only added. Subscriptions are seen by work of the house alone."""

from django.db import migrations

from yole.base.scope import protect
from yole.base.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0001_initial")]
    operations = [
        append_only("roadmap_reading"),
        append_only("roadmap_change"),
        append_only("roadmap_proposalanswer"),
        protect("roadmap_subscription"),
    ]
