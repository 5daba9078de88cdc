"""A list of beneficiaries waiting for a yes is read by the structure that sent it."""

from django.db import migrations

from yole.base.scope import protect


class Migration(migrations.Migration):
    dependencies = [("people", "0003_runs_by_territory")]
    operations = [protect("people_importbatch", structure_column="structure_id")]
