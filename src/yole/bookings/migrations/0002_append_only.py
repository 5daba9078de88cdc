"""Rows are only added: the database refuses to delete one, or to change anything but the erasing of its free text (retention)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION bookings_bookingevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason = '' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'bookings_bookingevent: rows are only added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER bookings_bookingevent_append_only
    BEFORE UPDATE OR DELETE ON bookings_bookingevent
    FOR EACH ROW EXECUTE FUNCTION bookings_bookingevent_append_only();
"""
BACKWARD = "DROP TRIGGER bookings_bookingevent_append_only ON bookings_bookingevent; DROP FUNCTION bookings_bookingevent_append_only();"


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
