"""How to reach somebody is shown to the structure that holds the café and to those who coordinate the territory; sending is work of the house."""

from django.db import migrations

from yole.base.scope import TERRITORY, protect, reach, setting

OF_CAFE = (
    "EXISTS (SELECT 1 FROM debates_cafe c WHERE c.id = debates_cafecontact.cafe_id AND (c.structure_id = "
    f"{setting('structure')} OR ({reach(TERRITORY)} AND c.territory_id = {setting('territory')})))"
)


class Migration(migrations.Migration):
    dependencies = [("debates", "0001_initial")]
    operations = [protect("debates_cafecontact", extra=[OF_CAFE])]
