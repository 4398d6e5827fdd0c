"""Tokens of mailed links are masked in log lines, by their place and by their shape."""

import logging

import pytest

from core.context import LinkFilter

TOKEN = "d1b2c3-0123456789abcdef0123456789abcdef"


def mask(message: str, **extra: str) -> logging.LogRecord:
    record = logging.makeLogRecord({"msg": message, **extra})
    assert LinkFilter().filter(record)
    return record


@pytest.mark.parametrize(
    "line",
    [
        f"Not Found: /password/reset/confirm/MQ/{TOKEN}",
        f"Not Found: //password/reset/confirm/MQ/{TOKEN}",
        f"Not Found: /password/reset/confirm=/MQ/{TOKEN}",
        f"Not Found: /PASSWORD/RESET/CONFIRM/MQ/{TOKEN.upper()}",
        f"Not Found: /{TOKEN}",
        f"Not Found: /x/{TOKEN[:-4]}",
        f"Bad Request: /?next={TOKEN}&x=1",
    ],
)
def test_a_token_is_masked_wherever_it_stands(line: str) -> None:
    masked = mask(line).getMessage()

    assert "0123456789ab" not in masked.lower()
    assert masked.startswith(line.split("/", maxsplit=1)[0])
    assert "…" in masked


def test_the_path_of_a_request_line_is_masked_too() -> None:
    assert vars(mask("request", path=f"/x/{TOKEN}"))["path"] == "/x/…"


@pytest.mark.parametrize(
    "line",
    [
        "GET /api/transaction/1234567890/ in 12 ms",
        "client_id 550e8400-e29b-41d4-a716-446655440000",
        "request 0123456789abcdef0123456789abcdef",
        "2026-11-22 12:00:00 open-days done",
    ],
)
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert mask(line).getMessage() == line
