"""Places of a course are those of `bookings`; a waiting list; an adviser in post may read their training from their account."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yole.kernel.codes import new_code

STATES = [
    ("inscrit", "Inscription faite"),
    ("certifie", "Attestation remise"),
    ("ajourne", "À reprendre"),
    ("abandon", "Abandon"),
    ("attente", "Liste d’attente"),
]


def give_places(apps, schema_editor):
    """One capacity for each course, one booking for each enrolment; who left holds no place. The last line checks keys at once: a table
    whose checks wait takes no change in the same transaction."""
    courses, bookings, capacities = (
        apps.get_model(*name).objects.using(schema_editor.connection.alias)
        for name in (("advisers", "Course"), ("bookings", "Booking"), ("bookings", "Capacity"))
    )
    for course in courses.select_related("territory"):
        rows = list(course.enrolments.order_by("at", "pk"))
        taken = sum(row.state != "abandon" for row in rows)
        first = course.slots.order_by("day", "starts").first()
        starts_at = datetime.combine(first.day, first.starts, ZoneInfo(course.territory.time_zone)) if first else None
        course.places = capacities.create(
            capacity=max(course.capacity, taken), taken=taken, starts_at=starts_at, offers_stop_hours=1, closed_reason=course.cancelled
        )
        course.save(update_fields=["places"])
        for row in rows:
            row.booking = bookings.create(
                capacity=course.places,
                code=new_code(10),
                name=f"Dossier {row.candidate_id}",
                no_contact=True,
                consent_version="formation-2026-11",
                state="annulé" if row.state == "abandon" else "inscrit",
                idempotency_key=uuid.uuid4(),
                source="desk",
                created_at=row.at,
            )
            row.save(update_fields=["booking"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def count_places(apps, schema_editor):
    """The number of places back on the course itself; those who wait were never enrolled."""
    for course in apps.get_model("advisers", "Course").objects.using(schema_editor.connection.alias).select_related("places"):
        course.capacity = min(course.places.capacity, 200)
        course.save(update_fields=["capacity"])
        course.enrolments.filter(state="attente").delete()
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("advisers", "0004_training_renewal_interviews"),
        ("bookings", "0003_booking_person"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "candidate",
            "account",
            models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            "course",
            "places",
            models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="course", to="bookings.capacity"),
        ),
        migrations.AddField(
            "enrolment",
            "booking",
            models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="training", to="bookings.booking"),
        ),
        migrations.RemoveConstraint("course", "advisers_course_capacity"),
        migrations.AlterField("course", "capacity", models.PositiveSmallIntegerField(default=1)),
        migrations.RunPython(give_places, count_places),
        migrations.AlterField(
            "course",
            "places",
            models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="course", to="bookings.capacity"),
        ),
        migrations.AlterField(
            "enrolment",
            "booking",
            models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="training", to="bookings.booking"),
        ),
        migrations.RemoveField("course", "capacity"),
        migrations.RemoveConstraint("enrolment", "advisers_enrolment_state"),
        migrations.AlterField("enrolment", "state", models.CharField(choices=STATES, default="inscrit", max_length=8)),
        migrations.AddConstraint(
            "enrolment",
            models.CheckConstraint(condition=models.Q(("state__in", [value for value, _label in STATES])), name="advisers_enrolment_state"),
        ),
    ]
