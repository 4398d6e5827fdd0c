"""The product and the independent reference agree on what some people live through, over HTTP."""

import pytest

from core.tests.comparison.running import run_case
from core.tests.reference.generator import make_case

SEEDS = (0, 2, 7, 13)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_product_says_what_the_reference_says(db, clock, seed):
    outcome = run_case(make_case(seed), clock)

    assert outcome is None, "\n".join(outcome.differences)
