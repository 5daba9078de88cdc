"""Who sees the rows of those who apply; a ledger that only grows and whose moves sum to zero."""

from django.db import migrations

from yole.base.scope import protect, setting
from yole.base.sql import append_only

# The recruiter has no reach over followed people: what opens these tables is the role itself, in its own territory.
RECRUITMENT = (
    f"EXISTS (SELECT 1 FROM organisations_account a WHERE a.id = {setting('account')} "
    "AND a.role IN ('recruiter', 'territory-coordinator') AND a.territory_id = {table}.territory_id)"
)

BALANCE = """
CREATE FUNCTION advisers_move_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(cents) <> 0 OR count(*) <> 2 FROM advisers_ledgerline WHERE move = NEW.move) THEN
        RAISE EXCEPTION 'advisers_ledgerline: the lines of a move must sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.stage <> 'source' AND (
        SELECT coalesce(sum(cents), 0) < 0 FROM advisers_ledgerline
        WHERE territory_id = NEW.territory_id AND envelope = NEW.envelope AND stage = NEW.stage AND post_id IS NOT DISTINCT FROM NEW.post_id
    ) THEN
        RAISE EXCEPTION 'advisers_ledgerline: a stage cannot hold less than nothing' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER advisers_move_balances
    AFTER INSERT ON advisers_ledgerline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION advisers_move_balances();
"""
UNDO = "DROP TRIGGER advisers_move_balances ON advisers_ledgerline; DROP FUNCTION advisers_move_balances();"


class Migration(migrations.Migration):
    dependencies = [("advisers", "0001_initial")]
    operations = [
        protect("advisers_candidate", extra=[RECRUITMENT.format(table="advisers_candidate")]),
        protect("advisers_host", extra=[RECRUITMENT.format(table="advisers_host")]),
        protect("advisers_relation", extra=["EXISTS (SELECT 1 FROM advisers_candidate c WHERE c.id = advisers_relation.candidate_id)"]),
        append_only("advisers_ledgerline"),
        migrations.RunSQL(BALANCE, UNDO),
    ]
