"""Unit tests need no database, no clock and no luck: hypothesis draws the same examples in every run.

Set HYPOTHESIS_PROFILE=explore to look for new ones.
"""

import os

from hypothesis import settings

settings.register_profile("deterministic", derandomize=True, database=None, deadline=None, max_examples=100)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "deterministic"))
