"""Who speaks, proposes and registers is shown to the teams of the territory, and to whoever opened a registration with its code.

The bookings of events get a policy of their own beside the one of workshops: PostgreSQL shows a row that any of them lets in. The policies
of `events_registration` and `events_seat` do not read `bookings_booking`, whose policy reads them.
"""

from django.db import migrations

from yole.base.scope import EVENTS, STRUCTURE, TERRITORY, protect, reach, setting

TEAM = reach(STRUCTURE, TERRITORY, EVENTS)
OF_BOOKING = (
    f"({TEAM} AND (EXISTS (SELECT 1 FROM events_edition e WHERE e.capacity_id = bookings_booking.capacity_id "
    f"AND e.territory_id = {setting('territory')}) OR EXISTS (SELECT 1 FROM events_slot s JOIN events_edition e ON e.id = s.edition_id "
    f"WHERE s.capacity_id = bookings_booking.capacity_id AND e.territory_id = {setting('territory')}))) "
    f"OR EXISTS (SELECT 1 FROM events_seat t JOIN events_registration r ON r.id = t.registration_id "
    f"WHERE t.booking_id = bookings_booking.id AND r.booking_id = {setting('booking')})"
)


def of_edition(table: str) -> str:
    return (
        f"{TEAM} AND EXISTS (SELECT 1 FROM events_edition e WHERE e.id = {table}.edition_id AND e.territory_id = {setting('territory')})"
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0002_append_only"), ("bookings", "0003_booking_person")]
    operations = [
        *(protect(table, extra=[of_edition(table)]) for table in ("events_speaker", "events_proposal")),
        *(
            protect(table, extra=[f"{table}.booking_id = {setting('booking')}", of_edition(table)])
            for table in ("events_registration", "events_attendanceevent")
        ),
        # The policies of the other table hold inside: a review is seen by whoever sees the proposal, a seat by whoever sees the registration.
        protect("events_review", extra=["EXISTS (SELECT 1 FROM events_proposal p WHERE p.id = events_review.proposal_id)"]),
        protect("events_seat", extra=["EXISTS (SELECT 1 FROM events_registration r WHERE r.id = events_seat.registration_id)"]),
        migrations.RunSQL(
            f"CREATE POLICY yole_events ON bookings_booking USING ({OF_BOOKING}) WITH CHECK ({OF_BOOKING})",
            "DROP POLICY yole_events ON bookings_booking",
        ),
    ]
