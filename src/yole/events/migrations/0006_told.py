"""People are told of changes to the whole event and to free-entry slots they follow; an edition may be cancelled."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from yole.base.scope import protect

KINDS = [
    ("décision", "Réponse à une proposition"),
    ("confirmer", "Confirmation attendue"),
    ("place", "Place proposée"),
    ("annulation", "Inscription annulée par l’organisation"),
    ("changement", "Séance déplacée"),
    ("inscrit", "Inscription confirmée"),
    ("édition", "Jours, heures ou lieu de l’événement changés"),
    ("séance", "Séance en entrée libre annulée"),
    ("J-7", "Rappel 7 jours avant"),
    ("J-1", "Rappel la veille"),
]


class Migration(migrations.Migration):
    dependencies = [("events", "0005_messages")]

    operations = [
        migrations.AddField("edition", "cancelled_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("edition", "cancel_reason", models.CharField(blank=True, default="", max_length=200), preserve_default=False),
        migrations.AddConstraint(
            "edition",
            models.CheckConstraint(
                condition=models.Q(("cancelled_at__isnull", True), models.Q(("cancel_reason", ""), _negated=True), _connector="OR"),
                name="events_edition_cancel_reason",
            ),
        ),
        migrations.RemoveConstraint("eventmessage", "events_message_kind"),
        migrations.AlterField("eventmessage", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.AddConstraint(
            "eventmessage",
            models.CheckConstraint(condition=models.Q(("kind__in", [value for value, _label in KINDS])), name="events_message_kind"),
        ),
        migrations.CreateModel(
            name="SlotFollow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "registration",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="events.registration"),
                ),
                ("slot", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="events.slot")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("slot", "registration"), name="events_follow_once")]},
        ),
        protect("events_slotfollow", extra=["EXISTS (SELECT 1 FROM events_registration r WHERE r.id = events_slotfollow.registration_id)"]),
    ]
