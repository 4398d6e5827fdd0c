"""Indexes of transactions that pay or are received, and the checks of those that are there."""

from django.db import migrations, models

from core.db.migration_operations import AddIndexBesideWriters, ValidateCheck, make_reference_name

_CHECKS = ("transaction_kind_known", "transaction_item_of_its_kind", "transaction_occurrence_of_an_item")
_REFERENCES = tuple(make_reference_name("core_transaction", column) for column in ("expense_id", "income_id"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('core', '0017_payments'),
    ]

    operations = [
        AddIndexBesideWriters(
            model_name='transaction',
            index=models.Index(condition=models.Q(('kind__in', ('bill', 'income'))), fields=['user', 'date', 'id'], name='transaction_payments'),
        ),
        AddIndexBesideWriters(
            model_name='transaction',
            index=models.Index(condition=models.Q(('expense__isnull', False)), fields=['expense', 'occurrence'], name='transaction_of_expense'),
        ),
        AddIndexBesideWriters(
            model_name='transaction',
            index=models.Index(condition=models.Q(('income__isnull', False)), fields=['income', 'occurrence'], name='transaction_of_income'),
        ),
        *(ValidateCheck("transaction", name) for name in (*_CHECKS, *_REFERENCES)),
    ]
