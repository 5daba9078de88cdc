"""Rows are only added: the database refuses to delete one, or to change anything but the erasing of its free text (retention)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION workshops_attendance_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.walk_in_label = '' AND to_jsonb(NEW) - 'walk_in_label' = to_jsonb(OLD) - 'walk_in_label' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'workshops_attendance: rows are only added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER workshops_attendance_append_only
    BEFORE UPDATE OR DELETE ON workshops_attendance
    FOR EACH ROW EXECUTE FUNCTION workshops_attendance_append_only();
"""
BACKWARD = "DROP TRIGGER workshops_attendance_append_only ON workshops_attendance; DROP FUNCTION workshops_attendance_append_only();"


class Migration(migrations.Migration):
    dependencies = [("workshops", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
