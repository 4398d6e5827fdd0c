"""Load over HTTP, in rounds: yardstick and product take turns, and a machine whose speed drifts treats both alike."""

import json
import statistics
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.servers import ROOT, Server

CONNECTIONS = 16
PASSWORD = "Bench-horse-battery-9"  # noqa: S105
"""The password of all measured users."""


@dataclass
class Result:
    """The rounds of one scenario."""

    name: str
    rounds: list[dict[str, float]] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Return the requests per second, round by round."""
        return [one["requests"] / one["seconds"] for one in self.rounds]

    def median(self, key: str) -> float:
        """Return the median of a column."""
        return statistics.median(one[key] for one in self.rounds)

    @property
    def bad(self) -> int:
        """Return the number of answers that were no success, and of broken connections."""
        return int(sum(one["bad"] + one["socket_errors"] for one in self.rounds))


@dataclass(frozen=True)
class Scenario:
    """A request that is sent again and again, each time with the next of the tokens in a file."""

    name: str
    server: Server
    method: str
    path: str
    tokens: Path
    body: str = ""
    # Sent as `If-None-Match`.
    etag: str = ""
    connections: int = CONNECTIONS

    def run(self, *, seconds: int) -> dict[str, float]:
        """Run one round of load."""
        done = subprocess.run(
            [
                *("wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--timeout", "30s"),
                *("-s", str(ROOT / "bench/load.lua"), self.server.url, "--"),
                *(self.method, self.path, str(self.tokens), self.body, self.etag),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        line: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
        return line


def take_turns(scenarios: list[Scenario], *, rounds: int, seconds: int, clear: Callable[[], None]) -> dict[str, Result]:
    """Run the scenarios round by round, each once a round, each on a day as empty as the first one's."""
    results = {scenario.name: Result(scenario.name) for scenario in scenarios}
    for number in range(rounds + 1):
        for scenario in scenarios:
            clear()
            outcome = scenario.run(seconds=seconds)
            if number:  # the first round warms up
                results[scenario.name].rounds.append(outcome)
                print(f"  {scenario.name}: {outcome['requests'] / outcome['seconds']:.0f}/s", flush=True)
    return results


def compare(one: Result, other: Result) -> float:
    """Return the ratio of the rates: the median over the rounds in which both took turns."""
    return statistics.median(rate / yardstick for rate, yardstick in zip(one.rates, other.rates, strict=True))


def call(server: Server, method: str, path: str, *, token: str = "", body: Any = None) -> Any:
    """Send one request of the set-up. Return the answer's JSON."""
    with _open(server, method, path, token=token, body=body) as answer:
        return json.load(answer)


def read_etag(server: Server, path: str, *, token: str) -> str:
    """Return the ETag of an answer."""
    with _open(server, "GET", path, token=token, body=None) as answer:
        return str(answer.headers["ETag"])


def _open(server: Server, method: str, path: str, *, token: str, body: Any) -> Any:
    request = urllib.request.Request(server.url + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    return urllib.request.urlopen(request, timeout=60)


def find_deep_path(server: Server, token: str, *, pages: int) -> str:
    """Return the address of the page of purchases at this depth."""
    path = "/api/transaction/"
    for _page in range(pages):
        following = call(server, "GET", path, token=token)["next"]
        if following is None:
            break
        path = following[len(server.url) :]
    return path
