"""SQL that several rooms' migrations need, written once. Row policies are in `yole.base.scope`."""

from __future__ import annotations

from django.db import migrations


def append_only(table: str, *, erasable: str = "") -> migrations.RunSQL:
    """The migration operation by which the database only adds rows to a table: deleting is refused, and changing too, for everybody.

    `erasable` names one text column that retention may empty, alone. Raises a `restrict_violation` for the rest.
    """
    allowed = ""
    if erasable:
        allowed = (
            f"    IF TG_OP = 'UPDATE' AND NEW.{erasable} = '' AND to_jsonb(NEW) - '{erasable}' = to_jsonb(OLD) - '{erasable}' THEN\n"
            "        RETURN NEW;\n    END IF;\n"
        )
    name = f"{table}_append_only"
    forward = f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{allowed}    RAISE EXCEPTION '{table}: rows are only added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {name}
    BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}();
"""
    return migrations.RunSQL(forward, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();")
