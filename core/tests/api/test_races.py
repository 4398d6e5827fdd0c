"""Many at once, against a real server on the run's own engine: nothing is lost, doubled, or half there.

Everything goes over HTTP. What the server answers is compared with what it shows afterwards, and
`check_allowances` then recomputes every row.
"""

import datetime
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from decimal import Decimal
from itertools import count
from typing import Any

import httpx
import psycopg2
import pytest

from core.tests.support.factories import PASSWORD
from core.tests.support.servers import Server, ServerFarm

pytestmark = pytest.mark.server

WAIT_SECONDS = 60
# The server lives on the real clock: these are over, whatever day it is.
PAST_DAYS = [str(datetime.date(2026, 1, 1) + datetime.timedelta(days=days)) for days in range(11)]
MONTHLY_INCOME = {"amount": "1000000", "frequency": "monthly", "next_payment_date": PAST_DAYS[0]}
BILL = {"name": "bread", "amount": "1", "frequency": "daily", "due_date": PAST_DAYS[0]}

_people = count(1)


@pytest.fixture(scope="module")
def server(_farm: ServerFarm) -> Iterator[Server]:
    """One server for all races: 2 workers with 8 threads each.

    In the end no row may differ from a recomputation, and nothing may have crashed or complained of locks.
    """
    server = _farm.start(env={"WEB_THREADS": "8"})
    yield server
    server.kill()
    assert " 0 differences" in server.manage("check_allowances")
    assert "locked" not in server.log
    assert "Traceback" not in server.log


@pytest.fixture
def person(server: Server) -> httpx.Client:
    """Somebody new, logged in."""
    return server.sign_up(f"racer{next(_people)}")


def at_once(times: int, call: Callable[[int], Any]) -> list[Any]:
    """`call(0)` to `call(times - 1)`, each in a thread, all let go at the same moment."""
    gate = threading.Barrier(times)

    def run(number: int) -> Any:
        gate.wait(WAIT_SECONDS)
        return call(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times), timeout=WAIT_SECONDS))


def statuses(answers: list[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def all_transactions(person: httpx.Client) -> list[dict[str, Any]]:
    """Every page."""
    rows: list[dict[str, Any]] = []
    address: str | None = "/api/transaction/?page_size=200"
    while address:
        page = person.get(address).json()
        rows += page["results"]
        address = page["next"]
    return rows


def test_sixty_purchases_at_once_are_all_there_and_add_up(person):
    person.post("/api/income/", json=MONTHLY_INCOME)

    answers = at_once(60, lambda number: person.post("/api/transaction/", json={"amount": f"1.{number:02}"}))

    today = person.get("/api/allowance/today/").json()
    # Sixty times 1, and the cents from 0 to 59: 59 * 60 / 2 = 1770.
    assert statuses(answers) == {201: 60}
    assert len({answer.json()["id"] for answer in answers}) == 60
    assert today["spent"] == "77.70"
    assert Decimal(today["remaining_amount"]) == Decimal(today["amount"]) - Decimal("77.70")
    # Each answer shows the state after its own write: no two saw the same.
    assert len({answer.json()["remaining_amount"] for answer in answers}) == 60


def test_twenty_purchases_at_once_have_twenty_revisions(person):
    before = int(person.get("/api/allowance/today/").json()["revision"])

    answers = at_once(20, lambda number: person.post("/api/transaction/", json={"amount": "1"}))

    assert statuses(answers) == {201: 20}
    assert sorted(int(answer.headers["X-Revision"]) for answer in answers) == list(range(before + 1, before + 21))
    assert person.get("/api/allowance/today/").json()["revision"] == str(before + 20)


def test_payments_skips_and_purchases_at_once_add_up(person):
    """Eight payments of one bill, eight skips of its next date, eight copies of one purchase, eight other purchases."""
    person.post("/api/income/", json=MONTHLY_INCOME)
    rent = person.post("/api/expense/", json=BILL | {"frequency": "monthly"}).json()["id"]
    dates = [row["date"] for row in person.get(f"/api/expense/{rent}/occurrences/").json()["results"]]
    paid = {"kind": "bill", "expense": rent, "amount": "1", "occurrence": dates[1]}
    copied = {"amount": "1", "client_id": "4f9c2b1e-6a0d-4e7b-9c35-1d2e8f7a6b50"}
    calls = (
        lambda: person.post("/api/transaction/", json=paid),
        lambda: person.patch(f"/api/expense/{rent}/occurrences/{dates[2]}/", json={"skipped": True}),
        lambda: person.post("/api/transaction/", json=copied),
        lambda: person.post("/api/transaction/", json={"amount": "1"}),
    )

    answers = at_once(32, lambda number: calls[number % 4]())

    payments, skips, copies, purchases = (answers[number::4] for number in range(4))
    assert statuses(payments) == statuses(purchases) == {201: 8}
    assert statuses(skips) == {200: 8}
    assert statuses(copies) == {201: 1, 200: 7}
    assert len({answer.json()["id"] for answer in copies}) == 1
    occurrences = {row["date"]: row for row in person.get(f"/api/expense/{rent}/occurrences/").json()["results"]}
    assert occurrences[dates[1]]["transaction"] == min(answer.json()["id"] for answer in payments)
    assert (occurrences[dates[1]]["status"], occurrences[dates[2]]["status"]) == ("paid", "skipped")
    assert person.get("/api/allowance/today/").json()["spent"] == "9.00"


def test_eight_first_writes_of_somebody_new_make_one_row_for_the_day(person):
    answers = at_once(8, lambda number: person.post("/api/transaction/", json={"amount": "1"}))

    days = person.get("/api/allowance/").json()
    assert statuses(answers) == {201: 8}
    assert days["count"] == 1
    assert days["results"][0]["spent"] == "8.00"


def test_eight_first_reads_of_somebody_new_make_one_row_for_the_day(person):
    answers = at_once(8, lambda number: person.get("/api/allowance/today/"))

    assert statuses(answers) == {200: 8}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert person.get("/api/allowance/").json()["count"] == 1


def test_what_is_stated_among_purchases_has_its_place_among_them(person):
    person.post("/api/income/", json=MONTHLY_INCOME)

    def write(number: int) -> httpx.Response:
        if number % 4:
            return person.post("/api/transaction/", json={"amount": "1"})
        covers = "balance" if number % 8 else "spending"
        return person.post("/api/reconciliation/", json={"amount": "1000", "covers": covers})

    answers = at_once(32, write)

    stated = person.get("/api/reconciliation/").json()["results"]
    assert statuses(answers) == {201: 32}
    assert len(stated) == 8
    # Of the 24 purchases those before the last statement are part of what was there.
    spent = [line["amount"] for line in stated[0]["lines"] if line["what"] == "spent_that_day"]
    before = Decimal(spent[0]) if spent else Decimal(0)
    today = person.get("/api/allowance/today/").json()
    assert (today["spent"], Decimal(today["left"])) == ("24.00", 1000 - (24 - before))


def test_of_eight_changes_from_one_date_on_one_succeeds(person):
    person.post("/api/income/", json=MONTHLY_INCOME)
    bill = person.post("/api/expense/", json=BILL).json()
    day = person.get("/api/allowance/today/").json()["period"]["end"]

    answers = at_once(
        8,
        lambda number: person.post(f"/api/expense/{bill['id']}/change/", json={"effective_from": day, "amount": "2"}),
    )

    assert statuses(answers) == {201: 1, 400: 7}
    assert {answer.json()["effective_from"][0] for answer in answers if answer.status_code == 400} == {
        "It has ended before that day."
    }
    assert person.get("/api/expense/").json()["count"] == 2


def test_of_twenty_deletions_of_one_row_one_succeeds(person):
    row = person.post("/api/transaction/", json={"amount": "5"}).json()

    answers = at_once(20, lambda number: person.delete(f"/api/transaction/{row['id']}/"))

    assert statuses(answers) == {204: 1, 404: 19}
    assert person.get("/api/allowance/today/").json()["spent"] == "0.00"


def test_sixteen_writers_of_four_people_never_find_the_database_locked(server):
    people = [server.sign_up(f"writer{next(_people)}") for _ in range(4)]

    def live(number: int) -> list[httpx.Response]:
        person = people[number % 4]
        bought = person.post("/api/transaction/", json={"amount": "3"})
        return [
            bought,
            person.post(
                "/api/expense/", json={"name": "x", "amount": "1", "frequency": "daily", "due_date": "2026-11-01"}
            ),
            person.patch(f"/api/transaction/{bought.json()['id']}/", json={"amount": "4"}),
            person.post("/api/transaction/", json={"amount": "1", "date": PAST_DAYS[9]}),
            person.delete(f"/api/transaction/{bought.json()['id']}/"),
        ]

    answers = [answer for several in at_once(16, live) for answer in several]

    assert statuses(answers) == {201: 48, 200: 16, 204: 16}
    for person in people:
        days = {row["date"]: row["spent"] for row in person.get("/api/allowance/").json()["results"]}
        assert days[PAST_DAYS[9]] == "4.00"
        assert person.get("/api/allowance/today/").json()["spent"] == "0.00"


def test_one_key_sent_twenty_times_at_once_creates_one_row(person, engine):
    key = {"Idempotency-Key": "once"}

    answers = at_once(20, lambda number: person.post("/api/transaction/", json={"amount": "7"}, headers=key))

    made = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(made) + len(waiting) == 20
    assert len({answer.text for answer in made}) == 1
    assert len([answer for answer in made if "Idempotent-Replayed" not in answer.headers]) == 1
    assert {answer.json()["code"] for answer in waiting} <= {"idempotency_in_progress"}
    assert len(all_transactions(person)) == 1
    if engine == "sqlite":
        # One writer at a time: whoever comes second waits, and is answered.
        assert waiting == []


def test_a_key_whose_first_request_is_still_at_work_is_told_so(server, person, engine):
    """Somebody else holds what the first request needs, so that it is surely at work when the second comes."""
    key = {"Idempotency-Key": "slow"}

    def buy() -> httpx.Response:
        return person.post("/api/transaction/", json={"amount": "7"}, headers=key)

    with ThreadPoolExecutor(2) as pool:
        if engine == "postgresql":
            blocker = psycopg2.connect(server.env["DATABASE_URL"])
            blocker.cursor().execute("SELECT 1 FROM core_user FOR UPDATE")
            answers = [pool.submit(buy), pool.submit(buy)]
            done, at_work = wait(answers, timeout=WAIT_SECONDS, return_when=FIRST_COMPLETED)
            blocker.rollback()
            blocker.close()
            second, first = done.pop(), at_work.pop()
            assert second.result().status_code == 409
            assert second.result().json()["code"] == "idempotency_in_progress"
        else:
            # One writer at a time: the second waits as the first does, and then gets its answer.
            blocker = sqlite3.connect(server.env["DATABASE_URL"].removeprefix("sqlite:///"), isolation_level=None)
            blocker.execute("BEGIN IMMEDIATE")
            first, second = pool.submit(buy), pool.submit(buy)
            time.sleep(0.5)
            blocker.execute("ROLLBACK")
            blocker.close()
            assert second.result(WAIT_SECONDS).status_code == 201
        made = first.result(WAIT_SECONDS)

    again = buy()
    assert (made.status_code, again.status_code) == (201, 201)
    assert again.json() == made.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(all_transactions(person)) == 1


def test_goals_entered_at_once_never_pass_a_hundred_percent(person):
    answers = at_once(20, lambda number: person.post("/api/savings-goal/", json={"percentage": "9"}))

    # 11 times 9 is 99; a twelfth would be 108.
    assert statuses(answers) == {201: 11, 400: 9}
    assert person.get("/api/savings-goal/").json()["count"] == 11


def test_changes_of_one_row_at_once_lose_nothing(person):
    row = person.post("/api/transaction/", json={"amount": "5"}).json()
    changes = [{"amount": "6"}, {"category": "food"}, {"description": "bread"}, {"kind": "refund"}] * 4

    answers = at_once(16, lambda number: person.patch(f"/api/transaction/{row['id']}/", json=changes[number]))

    stored = person.get(f"/api/transaction/{row['id']}/").json()
    assert statuses(answers) == {200: 16}
    assert {name: stored[name] for change in changes for name in change} == {
        "amount": "6.00",
        "category": "food",
        "description": "bread",
        "kind": "refund",
    }
    assert person.get("/api/allowance/today/").json()["spent"] == "-6.00"


def test_one_row_moved_at_once_ends_on_one_day(person):
    row = person.post("/api/transaction/", json={"amount": "5"}).json()

    answers = at_once(
        10, lambda number: person.patch(f"/api/transaction/{row['id']}/", json={"date": PAST_DAYS[number + 1]})
    )

    spent = {day["date"]: day["spent"] for day in person.get("/api/allowance/").json()["results"]}
    ended_on = person.get(f"/api/transaction/{row['id']}/").json()["date"]
    assert statuses(answers) == {200: 10}
    assert {day: amount for day, amount in spent.items() if amount != "0.00"} == {ended_on: "5.00"}


def test_an_account_deleted_while_it_is_written_to_is_gone(server, person):
    def act(number: int) -> httpx.Response:
        if number == 5:
            return person.request("DELETE", "/api/auth/users/me/", json={"current_password": PASSWORD})
        return person.post("/api/transaction/", json={"amount": "1"})

    answers = at_once(12, act)

    assert answers[5].status_code == 204
    assert set(statuses(answers[:5] + answers[6:])) <= {201, 401}
    assert person.get("/api/allowance/today/").status_code == 401


class Shopper:
    """Buys without pause, each purchase under a key of its own, and remembers what was acknowledged."""

    def __init__(self, client: httpx.Client, name: str, stop: threading.Event) -> None:
        self.client, self.name, self.stop = client, name, stop
        self.acknowledged: dict[str, int] = {}
        self.unanswered: list[str] = []
        self.refused: list[httpx.Response] = []

    def buy(self, key: str) -> httpx.Response:
        body = {"amount": "1.01", "description": key}
        return self.client.post("/api/transaction/", json=body, headers={"Idempotency-Key": key})

    def run(self) -> None:
        numbers = count()
        while not self.stop.is_set() and not self.unanswered:
            key = f"{self.name}-{next(numbers)}"
            try:
                answer = self.buy(key)
            except httpx.TransportError:
                # The server died: nobody knows whether the purchase was stored.
                self.unanswered.append(key)
                continue
            if answer.status_code == 201:
                self.acknowledged[key] = answer.json()["id"]
            else:
                self.refused.append(answer)


@pytest.mark.parametrize("round_number", [1, 2])
def test_what_was_acknowledged_before_a_kill_is_there_once_afterwards(server, person, round_number):
    person.post("/api/income/", json=MONTHLY_INCOME)
    stop = threading.Event()
    shoppers = [Shopper(person, f"{round_number}-{number}", stop) for number in range(8)]

    with ThreadPoolExecutor(len(shoppers)) as pool:
        runs = [pool.submit(shopper.run) for shopper in shoppers]
        deadline = time.monotonic() + WAIT_SECONDS
        while sum(len(shopper.acknowledged) for shopper in shoppers) < 60 and time.monotonic() < deadline:
            time.sleep(0.01)
        server.kill()
        stop.set()
        for run in runs:
            run.result(WAIT_SECONDS)
    server.start()
    stored_after_the_kill = {row["description"]: row["id"] for row in all_transactions(person)}
    acknowledged = {key: pk for shopper in shoppers for key, pk in shopper.acknowledged.items()}
    unanswered = [key for shopper in shoppers for key in shopper.unanswered]
    retried = {key: shoppers[0].buy(key) for key in [*unanswered, *list(acknowledged)[-5:]]}

    rows = all_transactions(person)
    today = person.get("/api/allowance/today/").json()
    assert [shopper.refused for shopper in shoppers] == [[]] * 8
    assert len(acknowledged) >= 60
    assert len(unanswered) > 0
    # Each acknowledged purchase survived, and of the unanswered ones some may have.
    assert acknowledged.items() <= stored_after_the_kill.items()
    assert stored_after_the_kill.keys() <= acknowledged.keys() | set(unanswered)
    # A retry finds out which: it creates what is missing and nothing else.
    assert {answer.status_code for answer in retried.values()} == {201}
    for key, answer in retried.items():
        assert answer.json()["id"] == stored_after_the_kill.get(key, answer.json()["id"])
        assert ("Idempotent-Replayed" in answer.headers) == (key in stored_after_the_kill)
    assert Counter(row["description"] for row in rows) == dict.fromkeys([*acknowledged, *unanswered], 1)
    assert Decimal(today["spent"]) == Decimal("1.01") * len(rows)
    assert Decimal(today["remaining_amount"]) == Decimal(today["amount"]) - Decimal(today["spent"])
