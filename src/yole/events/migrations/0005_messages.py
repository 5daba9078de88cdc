"""Messages are shown to whoever sees the registration or the proposal that they are about. Speaking minutes hold no name."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from yole.base.scope import protect


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0003_booking_person'),
        ('events', '0004_takeaway_finding'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'SMS'), ('call', 'Téléphone')], max_length=5)),
                ('once', models.CharField(help_text='Un seul message par inscription et par clé.', max_length=120)),
                ('due_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('failed', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kind', models.CharField(choices=[('décision', 'Réponse à une proposition'), ('confirmer', 'Confirmation attendue'), ('place', 'Place proposée'), ('annulation', 'Inscription annulée par l’organisation'), ('changement', 'Séance déplacée'), ('J-7', 'Rappel 7 jours avant'), ('J-1', 'Rappel la veille')], max_length=10)),
                ('before', models.CharField(blank=True, max_length=200)),
                ('decision', models.CharField(blank=True, max_length=12)),
                ('booking', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='bookings.booking')),
                ('proposal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='events.proposal')),
                ('registration', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='events.registration')),
                ('slot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.slot')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('cancelled_at__isnull', True), ('sent_at__isnull', True)), fields=['channel', 'due_at'], name='events_message_pending')],
                'constraints': [models.UniqueConstraint(fields=('registration', 'once'), name='events_message_once_registration'), models.UniqueConstraint(fields=('proposal', 'once'), name='events_message_once_proposal'), models.CheckConstraint(condition=models.Q(models.Q(('proposal__isnull', False), ('registration__isnull', True)), models.Q(('proposal__isnull', True), ('registration__isnull', False)), _connector='OR'), name='events_message_to'), models.CheckConstraint(condition=models.Q(('kind__in', ['décision', 'confirmer', 'place', 'annulation', 'changement', 'J-7', 'J-1'])), name='events_message_kind'), models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('cancelled_at__isnull', True), _connector='OR'), name='events_message_sent_or_cancelled')],
            },
        ),
        migrations.CreateModel(
            name='SpeakingTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('women', models.PositiveSmallIntegerField(verbose_name='Femmes qui ont parlé')),
                ('men', models.PositiveSmallIntegerField(verbose_name='Hommes qui ont parlé')),
                ('women_minutes', models.PositiveSmallIntegerField(verbose_name='Minutes des femmes')),
                ('men_minutes', models.PositiveSmallIntegerField(verbose_name='Minutes des hommes')),
                ('unknown_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='Minutes sans réponse ou autre')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('slot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='speaking', to='events.slot')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('women__gt', 0), ('women_minutes', 0), _connector='OR'), models.Q(('men__gt', 0), ('men_minutes', 0), _connector='OR')), name='events_speaking_people')],
            },
        ),
        protect(
            "events_eventmessage",
            extra=[
                "EXISTS (SELECT 1 FROM events_registration r WHERE r.id = events_eventmessage.registration_id)",
                "EXISTS (SELECT 1 FROM events_proposal p WHERE p.id = events_eventmessage.proposal_id)",
            ],
        ),
    ]
