"""Bounds of passwords."""

PASSWORD_LENGTH = 128
"""The most characters that a password has. Hashing costs by length: nothing longer reaches a hasher."""
