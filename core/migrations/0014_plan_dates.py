"""Dates, days of the month and targets of plans; carry in the rows of days; revisions."""

import datetime
from decimal import Decimal

import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.lookups
from django.db import migrations, models

import core.models.fields
from core.db.migration_operations import AddCheckNotValid


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0013_currency_codes_without_regex'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='expense',
            name='expense_frequency_known',
        ),
        migrations.RemoveConstraint(
            model_name='income',
            name='income_frequency_known',
        ),
        migrations.AddField(
            model_name='dailyallowance',
            name='carried',
            field=core.models.fields.MoneyField(db_default=0, default=0, help_text='What the pay period took over from the one before.'),
        ),
        migrations.AddField(
            model_name='dailyallowance',
            name='due',
            field=core.models.fields.MoneyField(db_default=0, default=0, help_text='What is still owed after `repaid`.'),
        ),
        migrations.AddField(
            model_name='dailyallowance',
            name='own_pool',
            field=core.models.fields.MoneyField(help_text='What the pay period has of its own; null in rows from before there was carry.', null=True),
        ),
        migrations.AddField(
            model_name='dailyallowance',
            name='repaid',
            field=core.models.fields.MoneyField(db_default=0, default=0, help_text='What the pay period repays of what was overspent before.'),
        ),
        migrations.AddField(
            model_name='dailyallowance',
            name='spent_from',
            field=models.DateField(help_text='The first day whose spending counts; null: the first day of the pay period.', null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='adjust',
            field=models.CharField(choices=[('none', 'on the date itself'), ('before', 'on the last working day before'), ('after', 'on the first working day after')], db_default='none', default='none', help_text='Where a date takes effect that falls on a weekend or a holiday.', max_length=8),
        ),
        migrations.AddField(
            model_name='expense',
            name='deleted_at',
            field=models.DateTimeField(editable=False, help_text='When it was deleted; null where it was not.', null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='end_date',
            field=models.DateField(blank=True, help_text='No date of the schedule counts after this day.', null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='first_date',
            field=models.DateField(editable=False, help_text='The first date that counts; null for a schedule that is running.', null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='month_day',
            field=models.SmallIntegerField(editable=False, help_text="The schedule's day of the month; null: its date's own, or none.", null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='place',
            field=models.BigIntegerField(editable=False, help_text="Among main incomes that tie the lowest goes first; null: the row's id.", null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='second_month_day',
            field=models.SmallIntegerField(editable=False, help_text='The later of the two days of a semi-monthly schedule.', null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='start_date',
            field=models.DateField(blank=True, help_text='No date of the schedule counts before this day.', null=True),
        ),
        migrations.AddField(
            model_name='expense',
            name='valued_on',
            field=models.DateField(editable=False, help_text="The owner's local day on which amount, currency or frequency were last changed.", null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='adjust',
            field=models.CharField(choices=[('none', 'on the date itself'), ('before', 'on the last working day before'), ('after', 'on the first working day after')], db_default='none', default='none', help_text='Where a date takes effect that falls on a weekend or a holiday.', max_length=8),
        ),
        migrations.AddField(
            model_name='income',
            name='deleted_at',
            field=models.DateTimeField(editable=False, help_text='When it was deleted; null where it was not.', null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='end_date',
            field=models.DateField(blank=True, help_text='No date of the schedule counts after this day.', null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='first_date',
            field=models.DateField(editable=False, help_text='The first date that counts; null for a schedule that is running.', null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='month_day',
            field=models.SmallIntegerField(editable=False, help_text="The schedule's day of the month; null: its date's own, or none.", null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='place',
            field=models.BigIntegerField(editable=False, help_text="Among main incomes that tie the lowest goes first; null: the row's id.", null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='second_month_day',
            field=models.SmallIntegerField(editable=False, help_text='The later of the two days of a semi-monthly schedule.', null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='start_date',
            field=models.DateField(blank=True, help_text='No date of the schedule counts before this day.', null=True),
        ),
        migrations.AddField(
            model_name='income',
            name='valued_on',
            field=models.DateField(editable=False, help_text="The owner's local day on which amount, currency or frequency were last changed.", null=True),
        ),
        migrations.AddField(
            model_name='savingsgoal',
            name='added_on',
            field=models.DateField(editable=False, help_text="The owner's local day on which it was added.", null=True),
        ),
        migrations.AddField(
            model_name='savingsgoal',
            name='target_amount',
            field=core.models.fields.MoneyField(blank=True, help_text="The amount to have, in the owner's currency.", null=True),
        ),
        migrations.AddField(
            model_name='savingsgoal',
            name='target_date',
            field=models.DateField(blank=True, help_text='The day by which to have it.', null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='paydays_changed_on',
            field=models.DateField(editable=False, help_text='The local day of the last write that may have moved paydays; null where there was none.', null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='revision',
            field=models.BigIntegerField(db_default=0, default=0, editable=False, help_text="Raised by each write of the user's rows or settings."),
        ),
        migrations.AlterField(
            model_name='savingsgoal',
            name='percentage',
            field=core.models.fields.ExactDecimalField(blank=True, decimal_places=2, help_text='Percent of the income counted, above 0 and at most 100.', max_digits=5, null=True),
        ),
        AddCheckNotValid(
            model_name='expense',
            constraint=models.CheckConstraint(condition=models.Q(('frequency__in', ['once', 'daily', 'weekly', 'bi-weekly', 'semi-monthly', 'four-weekly', 'monthly', 'quarterly', 'semi-annual', 'annual'])), name='expense_frequency_known'),
        ),
        AddCheckNotValid(
            model_name='expense',
            constraint=models.CheckConstraint(condition=models.Q(('adjust__in', ['none', 'before', 'after']), models.Q(('adjust', 'none'), models.Q(('frequency', 'daily'), _negated=True), _connector='OR')), name='expense_adjust_known'),
        ),
        AddCheckNotValid(
            model_name='expense',
            constraint=models.CheckConstraint(condition=models.Q(('start_date__gte', datetime.date(2000, 1, 1)), ('start_date__lte', models.F('due_date'))), name='expense_starts_by_its_date'),
        ),
        AddCheckNotValid(
            model_name='expense',
            constraint=models.CheckConstraint(condition=models.Q(('end_date__gte', models.F('due_date')), ('end_date__lte', datetime.date(2199, 12, 31))), name='expense_ends_from_its_date'),
        ),
        AddCheckNotValid(
            model_name='expense',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('frequency', 'semi-monthly'), ('month_day__isnull', False), ('second_month_day__isnull', False), ('month_day__gte', 1), ('month_day__lt', models.F('second_month_day')), ('second_month_day__lte', 31), django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Least(models.F('second_month_day'), models.Value(28)), '-', django.db.models.functions.comparison.Least(models.F('month_day'), models.Value(28))), 7), django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Least(models.F('month_day'), models.Value(28)), '+', models.Value(28)), '-', django.db.models.functions.comparison.Least(models.F('second_month_day'), models.Value(28))), 7)), models.Q(models.Q(('frequency', 'semi-monthly'), _negated=True), ('second_month_day__isnull', True), models.Q(('month_day__isnull', True), models.Q(('month_day__gte', 1), ('month_day__lte', 31)), _connector='OR')), _connector='OR'), name='expense_month_days_fit'),
        ),
        AddCheckNotValid(
            model_name='income',
            constraint=models.CheckConstraint(condition=models.Q(('frequency__in', ['once', 'daily', 'weekly', 'bi-weekly', 'semi-monthly', 'four-weekly', 'monthly', 'quarterly', 'semi-annual', 'annual'])), name='income_frequency_known'),
        ),
        AddCheckNotValid(
            model_name='income',
            constraint=models.CheckConstraint(condition=models.Q(('adjust__in', ['none', 'before', 'after']), models.Q(('adjust', 'none'), models.Q(('frequency', 'daily'), _negated=True), _connector='OR')), name='income_adjust_known'),
        ),
        AddCheckNotValid(
            model_name='income',
            constraint=models.CheckConstraint(condition=models.Q(('start_date__gte', datetime.date(2000, 1, 1)), ('start_date__lte', models.F('next_payment_date'))), name='income_starts_by_its_date'),
        ),
        AddCheckNotValid(
            model_name='income',
            constraint=models.CheckConstraint(condition=models.Q(('end_date__gte', models.F('next_payment_date')), ('end_date__lte', datetime.date(2199, 12, 31))), name='income_ends_from_its_date'),
        ),
        AddCheckNotValid(
            model_name='income',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('frequency', 'semi-monthly'), ('month_day__isnull', False), ('second_month_day__isnull', False), ('month_day__gte', 1), ('month_day__lt', models.F('second_month_day')), ('second_month_day__lte', 31), django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Least(models.F('second_month_day'), models.Value(28)), '-', django.db.models.functions.comparison.Least(models.F('month_day'), models.Value(28))), 7), django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Least(models.F('month_day'), models.Value(28)), '+', models.Value(28)), '-', django.db.models.functions.comparison.Least(models.F('second_month_day'), models.Value(28))), 7)), models.Q(models.Q(('frequency', 'semi-monthly'), _negated=True), ('second_month_day__isnull', True), models.Q(('month_day__isnull', True), models.Q(('month_day__gte', 1), ('month_day__lte', 31)), _connector='OR')), _connector='OR'), name='income_month_days_fit'),
        ),
        AddCheckNotValid(
            model_name='savingsgoal',
            constraint=models.CheckConstraint(condition=models.Q(('target_amount__gt', 0), ('target_amount__lt', Decimal('1000000000000'))), name='savingsgoal_target_in_bounds'),
        ),
        AddCheckNotValid(
            model_name='savingsgoal',
            constraint=models.CheckConstraint(condition=models.Q(('target_date__gte', datetime.date(2000, 1, 1)), ('target_date__lte', datetime.date(2199, 12, 31))), name='savingsgoal_target_date_in_bounds'),
        ),
        AddCheckNotValid(
            model_name='savingsgoal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('percentage__isnull', False), ('target_amount__isnull', True), ('target_date__isnull', True)), models.Q(('percentage__isnull', True), ('target_amount__isnull', False), ('target_date__isnull', False)), _connector='OR'), name='savingsgoal_percentage_or_target'),
        ),
    ]
