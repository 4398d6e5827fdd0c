"""Accounts: registration, login, sessions, second factor, mail."""
