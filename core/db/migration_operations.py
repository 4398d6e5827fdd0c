"""Changes of large tables that do not keep writers waiting."""

from typing import Any

from django.db.migrations.operations import AddConstraint, AddField, AddIndex
from django.db.migrations.operations.base import Operation


class AddCheckNotValid(AddConstraint):
    """Add a check that holds for every write from now on. Rows that are there are checked by `ValidateCheck`.

    PostgreSQL would read the whole table under a lock that keeps writers out. SQLite writes the table anew and
    checks every row at once.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add the check."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            statement = str(self.constraint.create_sql(model, schema_editor))
            # No parameters: a percent sign in the statement is one.
            schema_editor.execute(f"{statement} NOT VALID", params=None)


class AddReferenceNotValid(AddField):
    """Add a foreign key, null in every row that is there, whose constraint holds for every write from now on."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add the column, then on PostgreSQL the constraint without reading the table."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        field = to_state.apps.get_model(app_label, self.model_name)._meta.get_field(self.name)
        field.db_constraint = False
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        field.db_constraint = True
        quote = schema_editor.quote_name
        table, target = field.model._meta.db_table, field.related_model._meta
        schema_editor.execute(
            f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(make_reference_name(table, field.column))} "
            f"FOREIGN KEY ({quote(field.column)}) REFERENCES {quote(target.db_table)} ({quote(target.pk.column)}) "
            "DEFERRABLE INITIALLY DEFERRED NOT VALID"
        )


def make_reference_name(table: str, column: str) -> str:
    """Return the name of the constraint that `AddReferenceNotValid` adds."""
    return f"{table}_{column}_fk"


class AddIndexBesideWriters(AddIndex):
    """Add an index while rows are written. Only in a migration that is not atomic."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add the index, on PostgreSQL concurrently."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.add_index(model, self.index, concurrently=True)


class ValidateCheck(Operation):
    """Check the rows that were there before a constraint was added without it, in a later migration.

    Writers are not kept waiting.
    """

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def describe(self) -> str:
        """Return what `migrate` prints."""
        return f"Validate constraint {self.name} on model {self.model_name}"

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Check the rows, on PostgreSQL."""
        if schema_editor.connection.vendor == "postgresql":
            table = schema_editor.quote_name(to_state.apps.get_model(app_label, self.model_name)._meta.db_table)
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {schema_editor.quote_name(self.name)}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Do nothing: a check that holds for every row does no harm."""
