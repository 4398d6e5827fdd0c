"""Database access without business words: locks, and the base classes of stored rows. Imports no model of ours."""
