"""Rows are only added: the database refuses to delete one, or to change anything but the erasing of its free text (retention)."""

from django.db import migrations

from yole.base.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [append_only("events_attendanceevent", erasable="walk_in_label")]
