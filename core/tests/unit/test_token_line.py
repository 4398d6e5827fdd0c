"""The refresh tokens of a session: which one works, and what one that comes back means."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.accounts.domain.token_line import (
    MOST_VOIDED,
    TokenLine,
    Verdict,
    judge_refresh,
    replace_lost,
    rotate,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTES = timedelta(minutes=10)
FIRST, SECOND, THIRD, FOURTH = (UUID(int=number) for number in (1, 2, 3, 4))


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def used(line):
    return TokenLine(line.current, True, line.preceding, line.retired, line.voided)


def rotated(line, following, seconds):
    return rotate(line=line, following=following, now=at(seconds), access_lifetime=MINUTES)


def replaced(line, following, seconds):
    return replace_lost(line=line, following=following, now=at(seconds), access_lifetime=MINUTES)


def judge(line, presented, seconds):
    return judge_refresh(line=line, presented=presented, now=at(seconds), access_lifetime=MINUTES)


@pytest.mark.parametrize("line", [TokenLine(FIRST), used(TokenLine(FIRST))])
def test_the_current_token_works(line):
    assert judge(line, FIRST, 0) is Verdict.WORKS


def test_a_rotation_starts_an_unused_pair_and_remembers_the_one_before():
    line = rotated(used(TokenLine(FIRST)), SECOND, 0)

    assert line == TokenLine(current=SECOND, is_used=False, preceding=FIRST, retired={FIRST: NOON}, voided={})


@pytest.mark.parametrize("mark", [used, lambda line: line], ids=["used", "unused"])
@pytest.mark.parametrize(("seconds", "raced"), [(0, True), (10, True), (10.001, False)])
def test_a_token_that_comes_back_within_ten_seconds_of_its_rotation_raced(mark, seconds, raced):
    line = mark(rotated(TokenLine(FIRST), SECOND, 0))

    assert (judge(line, FIRST, seconds) is Verdict.RACED) is raced


def test_later_the_answer_was_lost_where_nothing_of_the_new_pair_was_used_else_the_token_is_stolen():
    line = rotated(TokenLine(FIRST), SECOND, 0)

    assert judge(line, FIRST, 11) is Verdict.LOST_ANSWER
    assert judge(used(line), FIRST, 11) is Verdict.STOLEN


def test_a_token_from_before_the_preceding_one_is_stolen_once_its_own_ten_seconds_are_over():
    line = rotated(rotated(TokenLine(FIRST), SECOND, 0), THIRD, 4)

    assert judge(line, FIRST, 10) is Verdict.RACED
    assert judge(line, FIRST, 11) is Verdict.STOLEN
    assert judge(line, SECOND, 11) is Verdict.RACED
    assert judge(line, SECOND, 15) is Verdict.LOST_ANSWER


def test_a_token_that_the_session_never_had_is_stolen():
    assert judge(TokenLine(FIRST), SECOND, 0) is Verdict.STOLEN


def test_a_replaced_pair_is_void_and_the_token_before_it_may_come_back_again():
    line = replaced(rotated(TokenLine(FIRST), SECOND, 0), THIRD, 20)

    assert line == TokenLine(
        current=THIRD,
        is_used=False,
        preceding=FIRST,
        retired={SECOND: at(20), FIRST: at(20)},
        voided={SECOND: at(20)},
    )
    assert judge(line, FIRST, 30) is Verdict.RACED
    assert judge(line, FIRST, 31) is Verdict.LOST_ANSWER
    assert judge(line, SECOND, 30) is Verdict.RACED
    assert judge(line, SECOND, 31) is Verdict.STOLEN
    assert judge(used(line), FIRST, 31) is Verdict.STOLEN


def test_a_void_pair_is_remembered_as_long_as_its_access_token_could_live():
    line = used(replaced(rotated(TokenLine(FIRST), SECOND, 0), THIRD, 20))

    assert rotated(line, FOURTH, 620).voided == {SECOND: at(20)}
    assert rotated(line, FOURTH, 621).voided == {}


def test_a_line_without_a_token_before_it_can_be_replaced_too():
    line = replaced(TokenLine(FIRST), SECOND, 0)

    assert line == TokenLine(current=SECOND, retired={FIRST: NOON}, voided={FIRST: NOON})


def test_when_very_many_answers_are_lost_the_client_waits():
    void = {UUID(int=number): NOON for number in range(10, 10 + MOST_VOIDED)}
    line = TokenLine(SECOND, preceding=FIRST, voided=void)

    assert judge(line, FIRST, 600) is Verdict.RACED
    assert judge(line, FIRST, 601) is Verdict.LOST_ANSWER
