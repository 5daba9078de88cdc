"""A sitting that names nobody is nobody's personal data. One that is linked to a person is shown to the structure that gave it, to the
account that did, and to whoever shows its code. Its answers and its result follow it."""

from django.db import migrations

from yole.base.scope import protect, setting


def of_sitting(table: str) -> str:
    """The policy of the sitting holds inside."""
    return f"EXISTS (SELECT 1 FROM assessment_sitting s WHERE s.uuid = {table}.sitting_id)"


class Migration(migrations.Migration):
    dependencies = [("assessment", "0002_more_questions")]
    operations = [
        protect(
            "assessment_sitting",
            structure_column="structure_id",
            account_column="by_id",
            extra=["assessment_sitting.person_id IS NULL", f"assessment_sitting.code = {setting('code', 'text')}"],
        ),
        *(protect(table, extra=[of_sitting(table)]) for table in ("assessment_answer", "assessment_result")),
        protect("assessment_taskrun", extra=["assessment_taskrun.sitting_id IS NULL", of_sitting("assessment_taskrun")]),
        protect(
            "assessment_triage",
            structure_column="structure_id",
            account_column="by_id",
            extra=["assessment_triage.person_id IS NULL"],
        ),
        protect("assessment_bankimport", account_column="account_id"),
    ]
