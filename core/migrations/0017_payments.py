"""Transactions that pay a bill or are an income, and the ids that clients give."""

import django.db.models.deletion
from django.db import migrations, models

from core.db.migration_operations import AddCheckNotValid, AddReferenceNotValid


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0016_first_dates'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='transaction',
            name='transaction_kind_known',
        ),
        migrations.AddField(
            model_name='transaction',
            name='client_id',
            field=models.UUIDField(editable=False, help_text='What the client calls it.', null=True),
        ),
        AddReferenceNotValid(
            model_name='transaction',
            name='expense',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The bill that was paid.', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='transactions', to='core.expense'),
        ),
        AddReferenceNotValid(
            model_name='transaction',
            name='income',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The income that arrived.', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='transactions', to='core.income'),
        ),
        migrations.AddField(
            model_name='transaction',
            name='occurrence',
            field=models.DateField(blank=True, help_text="The date of the item's schedule that it settles.", null=True),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='kind',
            field=models.CharField(choices=[('spend', 'spend'), ('refund', 'refund'), ('bill', 'bill'), ('income', 'income')], default='spend', max_length=8),
        ),
        AddCheckNotValid(
            model_name='transaction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['spend', 'refund', 'bill', 'income'])), name='transaction_kind_known'),
        ),
        AddCheckNotValid(
            model_name='transaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expense__isnull', True), ('kind', 'bill'), _connector='OR'), models.Q(('income__isnull', True), ('kind', 'income'), _connector='OR')), name='transaction_item_of_its_kind'),
        ),
        AddCheckNotValid(
            model_name='transaction',
            constraint=models.CheckConstraint(condition=models.Q(('occurrence__isnull', True), ('expense__isnull', False), ('income__isnull', False), _connector='OR'), name='transaction_occurrence_of_an_item'),
        ),
    ]
