"""Attacks, each a sentence that says what does not get through."""
