"""Closed pay periods, reconciliations, what was said of single dates, ids that clients give."""

import datetime
from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.models.fields
import core.models.reconciliation


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0014_plan_dates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('date', models.DateField(help_text="The owner's local day.")),
                ('currency', core.models.fields.CurrencyField()),
                ('amount', core.models.fields.MoneyField(help_text="In the owner's currency; it may be negative.")),
                ('covers', models.CharField(choices=[('balance', 'what is on the account'), ('spending', 'what may be spent until payday')], max_length=8)),
                ('not_yet', models.JSONField(blank=True, default=core.models.reconciliation.get_nothing, help_text='Dates that should be over and are not.')),
                ('note', models.CharField(blank=True, max_length=200)),
                ('last_transaction_id', models.BigIntegerField(help_text='The last transaction that was stored before it; 0 for none.')),
                ('period_start', models.DateField(help_text='The first day of the pay period of that moment.')),
                ('period_end', models.DateField(help_text='The next payday of that moment, not part of the period.')),
                ('own_pool', core.models.fields.MoneyField(help_text='The own pool of that moment without what was over; it may be negative.')),
                ('difference', core.models.fields.MoneyField(help_text='By how much it changed what was left, when it was written.')),
                ('user', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reconciliation',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['user', 'date', 'id'], name='reconciliation_by_day')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('covers__in', ['balance', 'spending'])), name='reconciliation_covers_known'),
                    models.CheckConstraint(condition=models.Q(('date__gte', datetime.date(2000, 1, 1))), name='reconciliation_date_in_bounds'),
                    models.CheckConstraint(condition=models.Q(('period_end__gt', models.F('date')), ('period_start__lte', models.F('date'))), name='reconciliation_day_in_period'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PayPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('start', models.DateField(help_text='The payday that began it.')),
                ('end', models.DateField(help_text='The next payday, not part of it.')),
                ('currency', core.models.fields.CurrencyField()),
                ('savings_percent', core.models.fields.ExactDecimalField(decimal_places=2, help_text="The goals' percentages together.", max_digits=5)),
                ('carries', models.BooleanField(help_text='Whether what is left goes into the next period.')),
                ('repays', models.BooleanField(help_text='Whether what was spent beyond the pool is taken from the next period.')),
                ('own_pool', core.models.fields.MoneyField(help_text='What it had of its own, rounded down; it may be negative.')),
                ('carried', core.models.fields.MoneyField(help_text='What it took over from the period before.')),
                ('repaid', core.models.fields.MoneyField(help_text='What it repaid of what the periods before had spent too much.')),
                ('pool', core.models.fields.MoneyField(help_text='What it had to spend; it may be negative.')),
                ('spent', core.models.fields.MoneyField(help_text='Net spending that counted against the pool.')),
                ('left', core.models.fields.MoneyField(help_text='The pool less what was spent; it may be negative.')),
                ('due', core.models.fields.MoneyField(help_text='What was still owed of earlier periods after `repaid`.')),
                ('lines', models.JSONField(default=core.models.reconciliation.get_nothing, help_text='What each date and target brought to it.')),
                ('user', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('reconciliation', models.ForeignKey(db_index=False, help_text='The one that counted in it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.reconciliation')),
            ],
            options={
                'verbose_name': 'closed pay period',
                'ordering': ['-start'],
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'start'), name='payperiod_begins_once'),
                    models.UniqueConstraint(fields=('user', 'end'), name='payperiod_ends_once'),
                    models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='payperiod_has_days'),
                    models.CheckConstraint(condition=models.Q(('savings_percent__gte', 0), ('savings_percent__lte', 100)), name='payperiod_savings_in_bounds'),
                    models.CheckConstraint(condition=models.Q(('carried__gte', 0), ('due__gte', 0), ('repaid__gte', 0)), name='payperiod_carry_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OccurrencePatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('date', models.DateField(help_text='The date of the schedule.')),
                ('amount', core.models.fields.MoneyField(blank=True, help_text="In the item's currency; null: the date is skipped.", null=True)),
                ('said_on', models.DateField(editable=False, help_text="The owner's local day on which this was said.")),
                ('expense', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='core.expense')),
                ('income', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='core.income')),
                ('user', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'occurrence',
                'indexes': [models.Index(fields=['user', 'date'], name='occurrencepatch_by_date')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('expense__isnull', False), ('income__isnull', True)), models.Q(('expense__isnull', True), ('income__isnull', False)), _connector='OR'), name='occurrencepatch_of_one_item'),
                    models.CheckConstraint(condition=models.Q(('amount__isnull', True), models.Q(('amount__gt', 0), ('amount__lt', Decimal('1000000000000'))), _connector='OR'), name='occurrencepatch_amount_in_bounds'),
                    models.UniqueConstraint(fields=('income', 'date'), name='occurrencepatch_once_an_income'),
                    models.UniqueConstraint(fields=('expense', 'date'), name='occurrencepatch_once_an_expense'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ClientId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.UUIDField()),
                ('transaction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='given_id', to='core.transaction')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'client id',
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'client_id'), name='clientid_once'),
                ],
            },
        ),
    ]
