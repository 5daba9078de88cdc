import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Runs of the retention rule are counted for each territory; the table was empty until then."""

    dependencies = [
        ("people", "0002_row_security"),
        ("territory", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="retentionrun", name="people_runs_by_day"),
        migrations.RunSQL("DELETE FROM people_retentionrun", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="retentionrun",
            name="territory",
            field=models.ForeignKey(
                default=None, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="territory.territory"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="retentionrun",
            constraint=models.UniqueConstraint(fields=("territory", "day"), name="people_run_once_a_day"),
        ),
    ]
