"""People who shop without pause while something breaks, and a watch on what they are answered.

    watch = Watch()
    with crowd([alice, bob], name="dark", watch=watch):
        ...  # break something, mend it
    watch.faults          # answers that no client should ever see
    watch.acknowledged    # key of the purchase: id of its row

A shopper is a good client: each purchase has an `Idempotency-Key` and is sent again until it is acknowledged.
Now and then it hangs up before the answer comes, as a phone in a tunnel does, and so does not know what became of it.
It waits less than `Retry-After` asks for, so that it is there when the first answer comes.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx

RETRY_SECONDS = 0.2
PAUSE_SECONDS = 0.02
GIVE_UP_SECONDS = 25
HANGS_UP_EVERY = 8
HANGS_UP_AFTER = httpx.Timeout(30, read=0.005)


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: when it began and ended (`time.monotonic`), and the status; 0 for no answer at all."""

    began: float
    ended: float
    status: int


@dataclass
class Watch:
    """What all clients of a run were answered."""

    answers: list[Answer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)
    # How often each code stood in a 503.
    codes: Counter[str] = field(default_factory=Counter)
    may_be_silent: bool = False

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Within the block a request may end without an answer: the process that would give it is dead."""
        self.may_be_silent = True
        try:
            yield
        finally:
            self.may_be_silent = False

    def send(self, client: httpx.Client, method: str, path: str, **request: object) -> httpx.Response | None:
        """Send a request and judge its answer; None where there was none."""
        silent_before, began = self.may_be_silent, time.monotonic()
        try:
            answer = client.request(method, path, **request)  # type: ignore[arg-type]
        except httpx.TransportError as error:
            self.answers.append(Answer(began, time.monotonic(), 0))
            if not (silent_before or self.may_be_silent):
                self.faults.append(f"{method} {path}: no answer ({type(error).__name__})")
            return None
        self.answers.append(Answer(began, time.monotonic(), answer.status_code))
        fault = find_fault(answer)
        if fault:
            self.faults.append(f"{method} {path}: {fault}")
        elif answer.status_code == 503:
            self.codes[answer.json().get("code", "")] += 1
        return answer

    def hang_up(self, client: httpx.Client, method: str, path: str, **request: object) -> None:
        """Send a request and go away before it is answered. That there was none is nobody's fault."""
        with suppress(httpx.TransportError):
            client.request(method, path, timeout=HANGS_UP_AFTER, **request)  # type: ignore[arg-type]

    def recovery_seconds(self, moment: float) -> float:
        """From that moment until a purchase begun after it was taken, and no request begun after it failed any more."""
        since = [answer for answer in self.answers if answer.began >= moment]
        failed = [answer.ended for answer in since if not 0 < answer.status < 500]
        bought = [answer.ended for answer in since if answer.status == 201]
        return max([*failed, min(bought, default=moment)]) - moment


def find_fault(answer: httpx.Response) -> str:
    """What is wrong with an answer: it may be a success, the caller's fault, or 503 with a wait and a JSON body."""
    if answer.status_code < 500:
        return ""
    if answer.status_code != 503:
        return f"{answer.status_code} {answer.text[:200]}"
    if not answer.headers.get("Retry-After", "").isdigit():
        return "503 without Retry-After"
    if not answer.headers.get("Content-Type", "").startswith("application/json"):
        return "503 without JSON"
    body = answer.json()
    return "" if "code" in body or "status" in body else f"503 without a code: {answer.text[:200]}"


class Shopper(threading.Thread):
    """Buys until told to stop, and then brings its last purchase home."""

    def __init__(self, client: httpx.Client, name: str, watch: Watch, *, stop: threading.Event) -> None:
        super().__init__(name=f"shopper {name}", daemon=True)
        self.client, self.watch, self.stop_event = client, watch, stop
        self.bought = 0

    def run(self) -> None:
        """One purchase after the other."""
        while not self.stop_event.is_set():
            self.bought += 1
            self._buy(f"{self.name.removeprefix('shopper ')}-{self.bought}")
            time.sleep(PAUSE_SECONDS)

    def _buy(self, key: str) -> None:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        purchase = {"json": {"amount": "1.01", "description": key}, "headers": {"Idempotency-Key": key}}
        if self.bought % HANGS_UP_EVERY == 0:
            self.watch.hang_up(self.client, "POST", "/api/transaction/", **purchase)
        while True:
            answer = self.watch.send(self.client, "POST", "/api/transaction/", **purchase)
            if answer is not None and answer.status_code == 201:
                self.watch.acknowledged[key] = answer.json()["id"]
                return
            if answer is not None and answer.status_code < 500 and answer.status_code != 409:
                self.watch.faults.append(f"a purchase was refused: {answer.status_code} {answer.text[:200]}")
                self.watch.given_up.append(key)
                return
            if time.monotonic() > deadline:
                self.watch.faults.append(f"a purchase was not taken within {GIVE_UP_SECONDS} s")
                self.watch.given_up.append(key)
                return
            time.sleep(RETRY_SECONDS)


class Reader(threading.Thread):
    """Looks at today's figure until told to stop."""

    def __init__(self, client: httpx.Client, watch: Watch, *, stop: threading.Event) -> None:
        super().__init__(name="reader", daemon=True)
        self.client, self.watch, self.stop_event = client, watch, stop

    def run(self) -> None:
        """One look after the other."""
        while not self.stop_event.is_set():
            answer = self.watch.send(self.client, "GET", "/api/allowance/today/")
            if answer is not None and answer.status_code not in (200, 503):
                self.watch.faults.append(f"today was refused: {answer.status_code} {answer.text[:200]}")
            time.sleep(RETRY_SECONDS / 2)


@contextmanager
def crowd(clients: Sequence[httpx.Client], *, name: str, watch: Watch) -> Iterator[None]:
    """A shopper for each client and one reader, while the block runs; then each brings its last purchase home.

    The purchases' keys begin with `name`, its spaces written as dashes, and a slash.
    """
    stop = threading.Event()
    prefix = name.replace(" ", "-")
    shoppers = [Shopper(client, f"{prefix}/{number}", watch, stop=stop) for number, client in enumerate(clients)]
    everybody = [*shoppers, Reader(clients[0], watch, stop=stop)]
    for thread in everybody:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in everybody:
            thread.join(2 * GIVE_UP_SECONDS)
