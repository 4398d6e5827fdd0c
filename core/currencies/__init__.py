"""Amounts in other currencies than the owner's."""
