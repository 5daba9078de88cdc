from django.db import migrations, models


class Migration(migrations.Migration):
    """A structure reads its own lines: they are found without reading the others."""

    dependencies = [("journal", "0002_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["organisation", "seq"], name="journal_by_organisation"),
        ),
    ]
