"""Counters for limits, and events that the database itself keeps as they were written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Counts need not outlive a crash: unlogged, a count is no wait for the disk.
_COUNTERS_UNLOGGED = "ALTER TABLE core_throttlecounter SET UNLOGGED"

# The one way to delete an event is to delete the account: the service that does it names the account in a
# setting that ends with its transaction. TRUNCATE is left to whoever owns the table.
_POSTGRESQL_GUARD = """
CREATE FUNCTION core_auditevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     AND OLD.user_id::text = ANY (string_to_array(current_setting('audit.erased_users', true), ','))
  THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit events are written once: they are neither changed nor deleted';
END
$$;
CREATE TRIGGER core_auditevent_append_only BEFORE UPDATE OR DELETE ON core_auditevent
FOR EACH ROW EXECUTE FUNCTION core_auditevent_append_only();
"""

# SQLite has no setting that a trigger could read, and empties tables row by row when tests clean up: there
# the database refuses changes, and the model deletions.
_SQLITE_GUARD = """
CREATE TRIGGER core_auditevent_append_only BEFORE UPDATE ON core_auditevent
BEGIN SELECT RAISE(ABORT, 'audit events are written once: they are neither changed nor deleted'); END
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_COUNTERS_UNLOGGED)
        schema_editor.execute(_POSTGRESQL_GUARD)
    else:
        schema_editor.execute(_SQLITE_GUARD)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER core_auditevent_append_only ON core_auditevent")
        schema_editor.execute("DROP FUNCTION core_auditevent_append_only()")
    else:
        schema_editor.execute("DROP TRIGGER core_auditevent_append_only")


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_outgoing_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='ThrottleCounter',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('resets_at', models.BigIntegerField(help_text='The end of the window, in milliseconds since 1970 UTC.')),
            ],
            options={
                'verbose_name': 'throttle counter',
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('action', models.CharField(max_length=40)),
                ('object_type', models.CharField(blank=True, max_length=40)),
                ('object_id', models.CharField(blank=True, max_length=40)),
                ('changes', models.JSONField(default=dict)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('via', models.CharField(help_text='`api`, `admin` or `command`.', max_length=10)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='audit_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'audit event',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['user', '-at', '-id'], name='auditevent_newest_first')],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
