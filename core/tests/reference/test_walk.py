"""The reference against itself: an account whose owner spends exactly `amount` never lacks what is kept for later."""

import pytest

from .walk import walk


@pytest.mark.parametrize("seed", range(8, 14))
def test_the_account_holds_what_is_kept_for_later_and_nothing_more(seed: int) -> None:
    """Each period's end is checked on the way; a walk that falls below zero ends there."""
    assert walk(seed).ended in ("walked", "below zero")
