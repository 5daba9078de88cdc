"""The chain is made by the database, under one lock, and rows are only added: the owner and the superuser are refused too."""

from django.db import migrations

FORWARD = r"""
ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_body CHECK (body IS JSON OBJECT WITH UNIQUE KEYS);

CREATE FUNCTION journal_entry_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record;
BEGIN
    -- One writer at a time until its transaction ends: no gap, no fork.
    PERFORM pg_advisory_xact_lock(726571);
    SELECT seq, hash INTO last FROM public.journal_entry ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.prev := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    -- Members in the order of RFC 8785; to_json escapes a text as it does; the body comes canonical from the application.
    NEW.hash := sha256('\x00'::bytea || convert_to(
        '{"action":' || to_json(NEW.action::text) || ',"actor":' || to_json(NEW.actor::text)
        || ',"at":"' || to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","body":' || NEW.body || ',"prev":"' || encode(NEW.prev, 'hex')
        || '","seq":' || NEW.seq || ',"subject_ref":' || to_json(NEW.subject_ref::text) || '}', 'UTF8'));
    RETURN NEW;
END $$;
CREATE TRIGGER journal_entry_chain BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_chain();

CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: rows are only added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_treehead_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_treehead
    FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
"""
BACKWARD = """
DROP TRIGGER journal_treehead_append_only ON journal_treehead;
DROP TRIGGER journal_entry_append_only ON journal_entry;
DROP FUNCTION journal_append_only();
DROP TRIGGER journal_entry_chain ON journal_entry;
DROP FUNCTION journal_entry_chain();
ALTER TABLE journal_entry DROP CONSTRAINT journal_entry_body;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
