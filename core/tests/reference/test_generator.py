"""The random worlds: reproducible, and replayed from their log to the same figures."""

from collections import Counter

import pytest

from .figure import find_figure
from .generator import Case, make_case
from .replaying import apply
from .world import Settings, World

SEEDS = range(8, 14)
RULES = [str(rule) for rule in range(2, 16)]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [make_case(seed) for seed in SEEDS]


def test_a_seed_always_makes_the_same_case(cases: list[Case]) -> None:
    assert make_case(SEEDS[1]).events == cases[1].events


def test_the_log_replayed_gives_the_figures_that_were_noted(cases: list[Case]) -> None:
    for case in cases:
        world = World(made_on=case.made_on, settings=Settings(currency=case.currency))
        checks = list(case.checks)
        for place, event in enumerate(case.events, start=1):
            apply(world, place, event)
            while checks and checks[0].after == place:
                noted = checks.pop(0)
                figure = find_figure(world, noted.figure.date, today=noted.today)
                figure.tomorrow = noted.figure.tomorrow
                assert figure == noted.figure
        assert checks == []


def test_a_few_worlds_meet_every_rule(cases: list[Case]) -> None:
    met = Counter(rule for case in cases for rule in {mark.partition(":")[0] for mark in case.marks})
    assert [rule for rule in RULES if not met[rule]] == []
