"""A takeaway says no word of a person: its sentence has a name of its own, apart from the free texts that retention erases."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0003_row_security")]
    operations = [
        migrations.RemoveConstraint(model_name="takeaway", name="events_takeaway_lists"),
        migrations.RenameField(model_name="takeaway", old_name="text", new_name="finding"),
        migrations.AddConstraint(
            model_name="takeaway",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("finding", ""), _negated=True), ("source__in", ["créneau", "café", "bulletin", "vote"])),
                name="events_takeaway_lists",
            ),
        ),
    ]
