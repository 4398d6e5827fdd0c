"""The report of a run, as Markdown."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import Result


@dataclass(frozen=True)
class Target:
    """A number with a bound, at least or at most. Without a bound it is shown for comparison."""

    name: str
    measured: float
    bound: float | None
    at_least: bool = True
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Return whether the bound is kept."""
        if self.bound is None:
            return True
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def render(self) -> str:
        """Return the row of the table."""
        sign = "≥" if self.at_least else "≤"
        measured = f"{self.measured:.2f}" if not self.unit else f"{self.measured:.1f} {self.unit}"
        if self.bound is None:
            return f"| {self.name} | {measured} | | |"
        bound = f"{self.bound:g}{' ' if self.unit else ''}{self.unit}"
        return f"| {self.name} | {measured} | {sign} {bound} | {'yes' if self.holds else '**no**'} |"


@dataclass
class Report:
    """The results of a run."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    statements: dict[str, int] = field(default_factory=dict)

    @property
    def refused(self) -> list[str]:
        """Return the scenarios in which not every answer was a success: their numbers are void.

        The naive design loses races, and a login that waits too long for the hasher is refused: both are in the table.
        """
        names = [result.name for result in self.results.values() if result.bad]
        return [name for name in names if not name.startswith("naive") and name != "login"]

    def render(self, *, heading: str = "# Benchmarks") -> str:
        """Return the report as Markdown."""
        lines = [heading, ""]
        lines += [f"- {name}: {value}" for name, value in self.facts]
        lines += [
            "",
            "| what | requests/s | p50 ms | p95 ms | p99 ms | bad | statements |",
            "|---|---|---|---|---|---|---|",
        ]
        for result in self.results.values():
            numbers = " | ".join(f"{result.median(key):.1f}" for key in ("p50_ms", "p95_ms", "p99_ms"))
            rate = f"{result.median('requests') / result.median('seconds'):.0f}"
            lines.append(
                f"| {result.name} | {rate} | {numbers} | {result.bad} | {self.statements.get(result.name, '')} |"
            )
        lines += ["", "| what must hold | measured | target | holds |", "|---|---|---|---|"]
        lines += [target.render() for target in self.targets]
        return "\n".join(lines) + "\n"


def describe_machine() -> str:
    """Return the machine of the run."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
