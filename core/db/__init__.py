"""Database access without business words: locks, base classes of rows, migrations. Imports no model of ours."""
