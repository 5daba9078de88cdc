"""Enrolments and what hangs on them are shown to the teams of their territory, and to whoever opened one with its code or link.

The policies of the tables of `bookings` are here: this room knows to which territory a capacity belongs. Teams of other structures see
the row of an enrolment, so that a list is complete; its name is withheld by `desk_common.reader`.
"""

from django.db import migrations

from yole.base.scope import STRUCTURE, TERRITORY, protect, reach, setting

TEAM = reach(STRUCTURE, TERRITORY)
OF_CAPACITY = (
    f"{TEAM} AND (EXISTS (SELECT 1 FROM workshops_session s WHERE s.capacity_id = bookings_booking.capacity_id "
    f"AND s.territory_id = {setting('territory')}) OR EXISTS (SELECT 1 FROM workshops_cohort c JOIN workshops_programme p "
    f"ON p.id = c.programme_id WHERE c.capacity_id = bookings_booking.capacity_id AND p.territory_id = {setting('territory')}))"
)


def of_session(table: str) -> str:
    return (
        f"{TEAM} AND EXISTS (SELECT 1 FROM workshops_session s WHERE s.id = {table}.session_id AND s.territory_id = {setting('territory')})"
    )


class Migration(migrations.Migration):
    dependencies = [("workshops", "0002_append_only"), ("bookings", "0002_append_only")]
    operations = [
        protect(
            "bookings_booking",
            extra=[f"bookings_booking.id = {setting('booking')}", f"bookings_booking.code = {setting('code', 'text')}", OF_CAPACITY],
        ),
        # The policy of the booking holds inside: its history is seen by whoever sees it.
        protect(
            "bookings_bookingevent",
            extra=["EXISTS (SELECT 1 FROM bookings_booking b WHERE b.id = bookings_bookingevent.booking_id)"],
        ),
        *(
            protect(table, extra=[f"{table}.booking_id = {setting('booking')}", of_session(table)])
            for table in ("workshops_attendance", "workshops_presence", "workshops_evaluation", "workshops_outboundmessage")
        ),
    ]
