"""The rules of one-time codes."""

import datetime

import pytest
from django_otp.oath import hotp

from core.accounts import domain

RFC_SECRET = b"12345678901234567890"


def at(seconds):
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    # RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds, code):
    step = domain.find_step(code=code, secret=RFC_SECRET, now=at(seconds), used=[], hotp=hotp)

    assert step == seconds // 30


@pytest.mark.parametrize(("off", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_off_by_one_step(off, taken):
    code = f"{hotp(RFC_SECRET, (1111111111 + off) // 30):06d}"

    step = domain.find_step(code=code, secret=RFC_SECRET, now=at(1111111111), used=[], hotp=hotp)

    assert (step is not None) is taken


def test_a_used_step_is_used_and_its_neighbours_are_not():
    now, step = at(59), 1
    used = domain.add_used_step(used=[], step=step)

    codes = {number: f"{hotp(RFC_SECRET, number):06d}" for number in (0, 1, 2)}
    found = {
        number: domain.find_step(code=code, secret=RFC_SECRET, now=now, used=used, hotp=hotp)
        for number, code in codes.items()
    }

    assert found == {0: 0, 1: None, 2: 2}


def test_used_steps_are_forgotten_once_they_cannot_come_back():
    used: list[int] = []
    for step in range(100):
        used = domain.add_used_step(used=used, step=step)

    assert used == list(range(80, 100))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, "0000-0000-0000-0000"),
        (1, "1000-0000-0000-0000"),
        (32 * 10, "0a00-0000-0000-0000"),
        (2**80 - 1, "zzzz-zzzz-zzzz-zzzz"),
    ],
)
def test_a_backup_code_writes_eighty_bits_in_letters(number, code):
    assert domain.format_backup_code(number=number) == code


def test_a_backup_code_is_the_same_however_it_is_copied_and_another_for_another_person():
    code = "01ab-cdef-ghjk-mnpq"

    digests = {
        domain.hash_backup_code(code=text, user_id=1) for text in (code, "O1AB CDEF GHJK MNPQ", "oIabcdefghjkmnpq")
    }

    assert len(digests) == 1
    assert domain.hash_backup_code(code=code, user_id=2) not in digests
