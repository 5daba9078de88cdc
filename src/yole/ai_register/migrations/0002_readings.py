import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ai_register", "0001_initial"),
        ("territory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="ai_register.entry"),
                ),
                ("territory", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.territory")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "territory", "number"), name="ai_register_reading_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="ai_register_reading_number"),
                ]
            },
        ),
    ]
