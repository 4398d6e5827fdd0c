"""The rules of accounts: one-time codes, and the tokens of a session."""

from core.accounts.domain.one_time_codes import (
    BACKUP_CODE_BITS,
    BACKUP_CODES,
    DIGITS,
    SECRET_BYTES,
    STEP_SECONDS,
    add_used_step,
    calculate_step,
    find_step,
    format_backup_code,
    format_secret,
    hash_backup_code,
    is_totp,
    list_valid_steps,
    normalize_code,
)
from core.accounts.domain.token_line import GRACE, TokenLine, Verdict, judge_refresh, replace_lost, rotate

__all__ = [
    "BACKUP_CODES",
    "BACKUP_CODE_BITS",
    "DIGITS",
    "GRACE",
    "SECRET_BYTES",
    "STEP_SECONDS",
    "TokenLine",
    "Verdict",
    "add_used_step",
    "calculate_step",
    "find_step",
    "format_backup_code",
    "format_secret",
    "hash_backup_code",
    "is_totp",
    "judge_refresh",
    "list_valid_steps",
    "normalize_code",
    "replace_lost",
    "rotate",
]
