import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0002_append_only'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bookings', to='people.person'),
        ),
    ]
