"""The results of the faults, and their table."""

import os
import platform
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.tests.support.servers import ROOT, Server, manage
from core.tests.support.shoppers import Watch
from faults.scenarios import BACK_WITHIN_SECONDS
from faults.stage import Timeline, wait_until

SHOPPERS = 4
RED_WITHIN_SECONDS = 2.0
HEADINGS = (
    *("fault", "requests", "acknowledged", "lost", "duplicated", "drift", "other 5xx", "seconds to recover"),
    *("ready red after", "ready green after", "a job runs after", "limits and revocations"),
)


@dataclass
class Row:
    """The result of one fault."""

    name: str
    requests: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    drift: int = 0
    recovery_seconds: float = 0.0
    red_after: float | None = None
    green_after: float | None = None
    job_after: float | None = None
    must_turn_red: bool = False
    watches_limits: bool = True
    faults: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def problems(self) -> list[str]:
        """Return everything that must not be."""
        problems = [f"{text} ({times} times)" for text, times in Counter(self.faults + self.breaches).items()]
        problems += [f"{name}: {count}" for name, count in self._losses().items() if count]
        if not self.acknowledged:
            problems.append("nothing was acknowledged at all")
        if self.recovery_seconds > BACK_WITHIN_SECONDS:
            problems.append(f"back after {self.recovery_seconds:.1f} s")
        if self.must_turn_red and (self.red_after is None or self.red_after > RED_WITHIN_SECONDS):
            problems.append(f"ready red after {_seconds(self.red_after)}")
        if self.must_turn_red and (self.green_after is None or self.green_after > BACK_WITHIN_SECONDS):
            problems.append(f"ready green after {_seconds(self.green_after)}")
        return problems

    def _losses(self) -> dict[str, int]:
        return {"lost": self.lost, "duplicated": self.duplicated, "drift": self.drift}

    def cells(self) -> list[str]:
        """Return the row of the table."""
        held = "broken" if self.breaches else "hold"
        return [
            self.name,
            *(str(number) for number in (self.requests, self.acknowledged, *self._losses().values())),
            str(len(self.faults)),
            f"{self.recovery_seconds:.1f}",
            _seconds(self.red_after) if self.must_turn_red else "",
            _seconds(self.green_after) if self.must_turn_red else "",
            _seconds(self.job_after),
            held if self.watches_limits else "",
        ]


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def wait_for_purchases(watch: Watch, timeline: Timeline) -> None:
    """Wait until each shopper may have bought once since the cause was removed, and a second more."""

    def are_back() -> bool:
        done = [answer for answer in watch.answers if answer.began > timeline.lifted_at and answer.status == 201]
        return len(done) >= SHOPPERS

    wait_until(are_back, "nobody can buy", seconds=30)
    time.sleep(1)


def compare(row: Row, watch: Watch, stored: Counter[str]) -> None:
    """Compare what was acknowledged with what is stored."""
    row.requests, row.acknowledged = len(watch.answers), len(watch.acknowledged)
    row.lost = sum(stored[key] == 0 for key in watch.acknowledged)
    row.duplicated = sum(times > 1 for times in stored.values())
    row.faults += watch.faults


def count_drift(env: dict[str, str]) -> int:
    """Return how many stored days differ from a recomputation."""
    try:
        manage("check_allowances", env=env)
    except AssertionError as error:
        print(error, file=sys.stderr)
        return str(error).count("\n") or 1
    return 0


def show(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table, as Markdown."""
    cells = [headings, *rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(headings))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def describe_machine() -> str:
    """Return what a run was measured on."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{machine}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


_MARK = "<!-- make faults -->"


def write(page: Path, table: str, machine: str) -> None:
    """Write the table between the marks of the page."""
    before, _mark, rest = (ROOT / page).read_text(encoding="utf-8").partition(_MARK)
    after = rest.partition(_MARK)[2]
    text = f"{before}{_MARK}\nMeasured on {machine}.\n\n{table}\n{_MARK}{after}"
    (ROOT / page).write_text(text, encoding="utf-8")


def end(web: Server) -> None:
    """Kill a server and close its clients."""
    for client in web.clients:
        client.close()
    web.kill()
