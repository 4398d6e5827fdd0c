"""The rules of one-time codes: RFC 6238 with SHA-1, 6 digits and steps of 30 seconds, and backup codes."""

import base64
import calendar
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
"""How many steps a device's clock may be off, either way."""

BACKUP_CODES = 10

SECRET_BYTES = 20
"""The length that RFC 4226 recommends."""

BACKUP_CODE_BITS = 80

_TOTP = re.compile(r"[0-9]{6}", re.ASCII)
# Crockford's: no letter that is taken for a digit or another letter.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LOOKALIKES = str.maketrans("oil", "011")
_BITS_A_LETTER = 5
_BACKUP_GROUP = 4
# Steps that are kept as used: those that could still be accepted, with some to spare for a clock that is set back.
_KEPT_STEPS = 20


def format_secret(*, secret: bytes) -> str:
    """Return the secret in base 32, in which apps take it."""
    return base64.b32encode(secret).decode("ascii")


def calculate_step(*, now: datetime) -> int:
    """The number of the 30 seconds that an instant lies in."""
    return calendar.timegm(now.utctimetuple()) // STEP_SECONDS


def list_valid_steps(*, now: datetime) -> range:
    """Return the steps whose codes are taken at an instant."""
    step = calculate_step(now=now)
    return range(step - DRIFT_STEPS, step + DRIFT_STEPS + 1)


def find_step(
    *, code: str, secret: bytes, now: datetime, used: Sequence[int], hotp: Callable[[bytes, int], int]
) -> int | None:
    """The step near `now` that a code is the code of, and that is not used yet; None where there is none.

    `hotp` is RFC 4226's function of secret and counter. Every step is compared, and in constant time.
    """
    found = None
    for candidate in list_valid_steps(now=now):
        expected = f"{hotp(secret, candidate):0{DIGITS}d}"
        if hmac.compare_digest(expected, code) and candidate not in used:
            found = candidate
    return found


def add_used_step(*, used: Sequence[int], step: int) -> list[int]:
    """The used steps with one more; the oldest are forgotten."""
    return sorted({*used, step})[-_KEPT_STEPS:]


def normalize_code(*, code: str) -> str:
    """A code without the blanks and dashes in which people copy it."""
    return re.sub(r"[\s-]", "", code).lower()


def is_totp(*, code: str) -> bool:
    """Whether a normalized code has the form that apps show; anything else can only be a backup code."""
    return _TOTP.fullmatch(code) is not None


def format_backup_code(*, number: int) -> str:
    """Return a backup code: a number of `BACKUP_CODE_BITS` random bits, written in groups of four characters."""
    shifts = range(0, BACKUP_CODE_BITS, _BITS_A_LETTER)
    letters = "".join(_ALPHABET[(number >> shift) % len(_ALPHABET)] for shift in shifts)
    groups = (letters[start : start + _BACKUP_GROUP] for start in range(0, len(letters), _BACKUP_GROUP))
    return "-".join(groups)


def hash_backup_code(*, code: str, user_id: int) -> str:
    """What is stored of a code. It has 80 random bits: a slow hash would protect it no better."""
    text = normalize_code(code=code).translate(_LOOKALIKES)
    return hashlib.sha256(f"{user_id}:{text}".encode()).hexdigest()
