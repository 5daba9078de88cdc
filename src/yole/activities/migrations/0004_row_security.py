"""A report is shown to who wrote it and to its structure; numbers are read in the roll-ups, which name nobody."""

from django.db import migrations

from yole.base.scope import protect


class Migration(migrations.Migration):
    dependencies = [("activities", "0003_rollup_marks")]
    operations = [
        protect("activities_activity", structure_column="structure_id", account_column="mediator_id"),
        # The policy of the report holds inside.
        protect(
            "activities_participation",
            extra=["EXISTS (SELECT 1 FROM activities_activity a WHERE a.id = activities_participation.activity_id)"],
        ),
        protect("activities_importbatch", structure_column="structure_id", account_column="account_id"),
        protect(
            "activities_coordination", structure_column="structure_id", account_column="coordinator_id", territory_column="territory_id"
        ),
        protect("activities_preference", account_column="account_id"),
    ]
