"""A person is shown to the team of the structure that follows them, and to a structure with which they agreed to be shared. To nobody else:
whoever coordinates a territory reads numbers. `people_erasure` keeps a random key and a date, and stays open."""

from django.db import migrations

from yole.base.scope import protect, setting

# The policy of a person reads agreements, and that of an agreement reads persons: this function, which the owner of the tables runs, breaks
# the circle. It is read once per query.
SHARED = f"""
CREATE FUNCTION people_shared_with_us() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person_id FROM public.people_agreement WHERE withdrawn_at IS NULL AND structure_id = {setting("structure")}
$$;
"""


def of_person(table: str, column: str = "person_id") -> str:
    """The policy of the person holds inside."""
    return f"EXISTS (SELECT 1 FROM people_person p WHERE p.id = {table}.{column})"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.RunSQL(SHARED, "DROP FUNCTION people_shared_with_us();"),
        protect("people_person", structure_column="structure_id", extra=["people_person.id IN (SELECT people_shared_with_us())"]),
        *(protect(table, extra=[of_person(table)]) for table in ("people_notice", "people_consent", "people_accesslog", "people_merge")),
        # Read by the structure that shares and by the one that receives.
        *(protect(table, structure_column="structure_id", extra=[of_person(table)]) for table in ("people_agreement", "people_lookup")),
        protect("people_pair", structure_column="structure_id"),
    ]
