"""Events without an owner may be deleted once they are three months old."""

from django.db import migrations

# One day less than they are kept for, so that clocks may differ.
_POSTGRESQL_GUARD = """
CREATE OR REPLACE FUNCTION core_auditevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (
    OLD.user_id::text = ANY (string_to_array(current_setting('audit.erased_users', true), ','))
    OR (OLD.user_id IS NULL AND OLD.at < now() - interval '89 days')
  )
  THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit events are written once: they are neither changed nor deleted';
END
$$;
"""
_WITHOUT = _POSTGRESQL_GUARD.replace("OR (OLD.user_id IS NULL AND OLD.at < now() - interval '89 days')", "")


def let_through(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_GUARD, params=None)


def keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_WITHOUT, params=None)


class Migration(migrations.Migration):
    dependencies = [("core", "0011_proven_addresses")]

    operations = [migrations.RunPython(let_through, keep)]
