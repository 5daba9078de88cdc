from django.db import migrations, models


class Migration(migrations.Migration):
    """A delay made shorter waits for the notice to be over."""

    dependencies = [("people", "0004_import_row_security")]

    operations = [
        migrations.AddField(
            model_name="peoplesettings",
            name="grace_until",
            field=models.DateField(
                blank=True,
                editable=False,
                help_text="Délai raccourci : avant ce jour, le délai le plus long s’applique encore.",
                null=True,
            ),
        ),
    ]
