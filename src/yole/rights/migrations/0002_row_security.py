"""A follow-up is shown to the team of the structure that keeps it; to nobody else: whoever coordinates a territory reads numbers."""

from django.db import migrations

from yole.base.scope import protect


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]
    operations = [
        protect("rights_followup", structure_column="structure_id"),
        protect("rights_screening", structure_column="structure_id"),
    ]
