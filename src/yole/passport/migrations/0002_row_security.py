"""Candidates and their awards are shown to the evaluators of their jury, to the structure that presents them and to those who coordinate
the territory. The public pages read one award by its code, as work of the house."""

from django.db import migrations

from yole.base.scope import TERRITORY, protect, reach, setting

OF_JURY = (
    f"EXISTS (SELECT 1 FROM passport_jury_evaluators e WHERE e.jury_id = passport_candidacy.jury_id AND e.account_id = {setting('account')})",
    "EXISTS (SELECT 1 FROM passport_jury j WHERE j.id = passport_candidacy.jury_id AND (j.structure_id = "
    f"{setting('structure')} OR ({reach(TERRITORY)} AND j.territory_id = {setting('territory')})))",
)


class Migration(migrations.Migration):
    dependencies = [("passport", "0001_initial")]
    operations = [
        protect("passport_candidacy", extra=OF_JURY),
        # The policy of the candidacy holds inside, and so does the one of the award.
        protect("passport_award", extra=["EXISTS (SELECT 1 FROM passport_candidacy c WHERE c.id = passport_award.candidacy_id)"]),
        protect("passport_credential", extra=["EXISTS (SELECT 1 FROM passport_award a WHERE a.uuid = passport_credential.award_id)"]),
    ]
