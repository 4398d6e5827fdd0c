"""Audit events of an account and its rows, for the owner to read."""
