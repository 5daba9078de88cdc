"""Every change of a report, of its people or of a merge of people marks the cells to compute again, in the same transaction.

Triggers, so that no path can forget it (imports, corrections in bulk, cascades). They belong to the owner of the tables: the row policies
of the site's role would hide rows from them.
"""

from django.db import migrations

from yole.base.scope import policy

_CELLS = """coalesce(a.structure_id, 0), coalesce(a.mediator_id, 0),
    (date_part('year', a.date) * 12 + date_part('month', a.date) - 1)::int"""
_INTO = "INSERT INTO activities_rollup_mark (territory, structure, mediator, month, at)"
_SAFE = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

FUNCTIONS = f"""
CREATE FUNCTION activities_mark_new() RETURNS trigger {_SAFE} AS $$
BEGIN
    {_INTO} SELECT DISTINCT a.territory_id, {_CELLS}, now() FROM fresh a;
    RETURN NULL;
END $$;
CREATE FUNCTION activities_mark_old() RETURNS trigger {_SAFE} AS $$
BEGIN
    {_INTO} SELECT DISTINCT a.territory_id, {_CELLS}, now() FROM stale a;
    RETURN NULL;
END $$;
CREATE FUNCTION activities_mark_both() RETURNS trigger {_SAFE} AS $$
BEGIN
    {_INTO}
    SELECT a.territory_id, {_CELLS}, now() FROM fresh a UNION SELECT a.territory_id, {_CELLS}, now() FROM stale a;
    RETURN NULL;
END $$;
CREATE FUNCTION activities_mark_people_new() RETURNS trigger {_SAFE} AS $$
BEGIN
    {_INTO}
    SELECT DISTINCT a.territory_id, {_CELLS}, now() FROM activities_activity a WHERE a.id IN (SELECT activity_id FROM fresh);
    RETURN NULL;
END $$;
CREATE FUNCTION activities_mark_people_old() RETURNS trigger {_SAFE} AS $$
BEGIN
    {_INTO}
    SELECT DISTINCT a.territory_id, {_CELLS}, now() FROM activities_activity a WHERE a.id IN (SELECT activity_id FROM stale);
    RETURN NULL;
END $$;
CREATE FUNCTION activities_mark_merge() RETURNS trigger {_SAFE} AS $$
BEGIN
    {_INTO}
    WITH RECURSIVE below(id) AS (
        SELECT NEW.id UNION SELECT p.id FROM people_person p JOIN below ON p.canonical_id = below.id
    )
    SELECT DISTINCT a.territory_id, {_CELLS}, now()
    FROM below JOIN activities_participation p ON p.person_id = below.id JOIN activities_activity a ON a.id = p.activity_id;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER activities_mark_insert AFTER INSERT ON activities_activity
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION activities_mark_new();
CREATE TRIGGER activities_mark_update AFTER UPDATE ON activities_activity
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION activities_mark_both();
CREATE TRIGGER activities_mark_delete AFTER DELETE ON activities_activity
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION activities_mark_old();
CREATE TRIGGER activities_mark_people_insert AFTER INSERT ON activities_participation
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION activities_mark_people_new();
CREATE TRIGGER activities_mark_people_update AFTER UPDATE ON activities_participation
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION activities_mark_people_new();
CREATE TRIGGER activities_mark_people_delete AFTER DELETE ON activities_participation
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION activities_mark_people_old();
CREATE TRIGGER activities_mark_merge AFTER UPDATE OF canonical_id ON people_person
    FOR EACH ROW WHEN (OLD.canonical_id IS DISTINCT FROM NEW.canonical_id) EXECUTE FUNCTION activities_mark_merge();
"""

BACKWARD = """
DROP TRIGGER activities_mark_merge ON people_person;
DROP TRIGGER activities_mark_people_delete ON activities_participation;
DROP TRIGGER activities_mark_people_update ON activities_participation;
DROP TRIGGER activities_mark_people_insert ON activities_participation;
DROP TRIGGER activities_mark_delete ON activities_activity;
DROP TRIGGER activities_mark_update ON activities_activity;
DROP TRIGGER activities_mark_insert ON activities_activity;
DROP FUNCTION activities_mark_merge(), activities_mark_people_old(), activities_mark_people_new(), activities_mark_both(),
    activities_mark_old(), activities_mark_new();
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_rollups"), ("people", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS + TRIGGERS, BACKWARD),
        # Who was met where is for the task alone: no scope of a request reads it.
        migrations.RunSQL(*policy("activities_rollup_seen", ())),
    ]
