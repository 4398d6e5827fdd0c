"""Work on everybody takes no more memory for more people, says how far it is, and is finished by the next run
where it ended in the middle: every row is there once."""

import datetime
import gc
import signal
import subprocess
import sys
import tracemalloc
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from core import jobs
from core.allowance.services import BulkResult, bulk, check_days, drift, open_days_for_all
from core.clock import today_for
from core.models import DailyAllowance, Income, User
from core.operations import progress
from core.tests.conftest import TODAY
from core.tests.support.factories import TransactionFactory
from core.tests.support.parallel import run_at_once
from core.tests.support.servers import ROOT, Server

pytestmark = pytest.mark.usefixtures("clock")


def make_people(count: int, *, prefix: str = "person") -> list[User]:
    """People who earn 900 a month, without a row of any day: set-based, for there are many."""
    people = User.objects.bulk_create(
        User(
            username=f"{prefix}{number}",
            username_key=f"{prefix}{number}",
            email=f"{prefix}{number}@example.org",
            email_key=f"{prefix}{number}@example.org",
            currency="EUR",
        )
        for number in range(count)
    )
    Income.objects.bulk_create(
        Income(
            user=person,
            amount=Decimal(900),
            currency="EUR",
            frequency="monthly",
            next_payment_date=datetime.date(2026, 12, 1),
            added_on=TODAY,
            scheduled_on=TODAY,
        )
        for person in people
    )
    return people


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> list[User]:
    """Nine people, in chunks of two."""
    monkeypatch.setattr(bulk, "CHUNK_PEOPLE", 2)
    return make_people(9)


class PulledPlug(Exception):
    """The end of a process, as far as its transaction can tell."""


def stop_after(chunks: int) -> Any:
    """Something to call after each chunk that ends the work after so many."""
    left = iter(range(chunks - 1))

    def count(_size: int) -> None:
        if next(left, None) is None:
            raise PulledPlug

    return count


def list_opened() -> list[tuple[str, Decimal]]:
    return list(DailyAllowance.objects.order_by("user").values_list("user__username", "amount"))


def test_a_day_that_was_opened_for_some_is_opened_for_the_rest_by_the_next_run(people):
    with pytest.raises(PulledPlug):
        open_days_for_all(today_for=today_for, on_chunk=stop_after(2))
    first = list_opened()

    result = open_days_for_all(today_for=today_for)

    # 900 by nine days.
    assert first == [(person.username, Decimal(100)) for person in people[:4]]
    assert result == BulkResult(written=5)
    assert list_opened() == [(person.username, Decimal(100)) for person in people]


def test_a_chunk_that_ends_in_the_middle_leaves_nothing_of_itself(people, monkeypatch):
    store_changes = bulk.store_changes

    def store_and_fail(*, changes):
        store_changes(changes=changes)
        if people[2].pk in {day.user_id for day in changes.days}:
            raise PulledPlug

    monkeypatch.setattr(bulk, "store_changes", store_and_fail)
    with pytest.raises(PulledPlug):
        open_days_for_all(today_for=today_for)
    monkeypatch.undo()

    assert [username for username, _amount in list_opened()] == [person.username for person in people[:2]]
    assert open_days_for_all(today_for=today_for) == BulkResult(written=7)


def test_a_run_that_opens_nothing_locks_nobody(people, django_assert_max_num_queries):
    open_days_for_all(today_for=today_for)

    # Five chunks of two statements, and one that finds no more people.
    with django_assert_max_num_queries(11) as statements:
        open_days_for_all(today_for=today_for)

    assert not [one for one in statements if "FOR NO KEY UPDATE" in one["sql"] or "SAVEPOINT" in one["sql"]]


def test_two_runs_at_once_open_each_day_once(transactional_db, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK_PEOPLE", 5)
    people = make_people(40)

    results = run_at_once([lambda: open_days_for_all(today_for=today_for)] * 2)

    assert sum(result.written for result in results) == len(people)
    assert list_opened() == [(person.username, Decimal(100)) for person in people]


@pytest.mark.parametrize("few_people", [5, 0], ids=["few people", "many people"])
def test_what_was_mended_for_some_is_mended_for_the_rest_by_the_next_run(people, monkeypatch, few_people):
    monkeypatch.setattr(drift, "CHUNK_ROWS", 2)
    monkeypatch.setattr(drift, "_FEW_PEOPLE", few_people)
    open_days_for_all(today_for=today_for)
    DailyAllowance.objects.update(amount=Decimal(1), remaining_amount=Decimal(1))

    with pytest.raises(PulledPlug):
        list(check_days(today_for=today_for, mend=True, on_chunk=stop_after(2)))
    first = [amount for _username, amount in list_opened()]
    list(check_days(today_for=today_for, mend=True))

    assert first == [Decimal(100)] * 4 + [Decimal(1)] * 5
    assert list_opened() == [(person.username, Decimal(100)) for person in people]


_MAKE_PEOPLE = """
from core.tests.operations.test_restarting import make_people
make_people(20)
"""

# Killed with the rows of the third chunk written and not committed.
_OPEN_AND_DIE = """
import os, signal
from core.allowance.services import bulk
from core.clock import today_for

store_changes, stored = bulk.store_changes, []

def store_and_die(*, changes):
    store_changes(changes=changes)
    stored.append(len(changes.days))
    if len(stored) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

bulk.CHUNK_PEOPLE, bulk.store_changes = 5, store_and_die
bulk.open_days_for_all(today_for=today_for)
"""

_COUNT = """
from core.models import DailyAllowance
newest = DailyAllowance.objects.latest("date").date
rows = DailyAllowance.objects.filter(date=newest).values_list("user_id", flat=True)
print(len(rows), len(set(rows)))
"""


@pytest.mark.server
def test_a_process_that_is_killed_while_it_opens_a_day_leaves_whole_chunks_and_the_next_one_finishes(live_api: Server):
    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", script],
            cwd=ROOT, env=live_api.env, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    made = run(_MAKE_PEOPLE)
    killed = run(_OPEN_AND_DIE)
    left = run(_COUNT).stdout.split()
    told = live_api.manage("run_jobs", "open-days")

    assert made.returncode == 0, made.stderr
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert left == ["10", "10"]
    assert told == "open-days: opened 10, failed 0\n"
    assert run(_COUNT).stdout.split() == ["20", "20"]
    assert live_api.manage("check_allowances") == "20 days checked, 0 differences.\n"


def test_ten_times_the_people_do_not_take_ten_times_the_memory(db, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK_PEOPLE", 50)
    monkeypatch.setattr(drift, "CHUNK_ROWS", 50)

    def measure(work) -> int:
        tracemalloc.start()
        try:
            work()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def collect(chunk: int) -> None:
        gc.collect()

    def work_on_everybody() -> None:
        assert open_days_for_all(today_for=today_for, on_chunk=collect).failed == 0
        assert list(check_days(today_for=today_for, on_chunk=collect)) == []

    make_people(100)
    # Statements are put into words, and caches filled, by whoever comes first.
    work_on_everybody()
    DailyAllowance.objects.all().delete()
    few = measure(work_on_everybody)
    DailyAllowance.objects.all().delete()
    make_people(900, prefix="more")
    many = measure(work_on_everybody)

    assert DailyAllowance.objects.count() == 1000
    # Ten times the memory is what it would be if anything were kept.
    assert many < few * 2


def test_long_work_says_every_few_seconds_how_far_it_is(monkeypatch):
    said: list[str] = []
    seconds = iter([0, 4, 10, 11, 25])
    monkeypatch.setattr(progress, "monotonic", lambda: next(seconds))

    lines = progress.ProgressLines(name="open-days", total=100_000, say=said.append)
    for _ in range(4):
        lines.advance(30_000)

    # After 10 and after 25 seconds; by then people had registered.
    assert said == ["open-days: 60,000 of 100,000", "open-days: 120,000 of 120,000"]


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is told of after each chunk."""
    monkeypatch.setattr(progress, "SECONDS_BETWEEN", 0)


def test_jobs_on_everybody_log_their_progress(people, impatience, monkeypatch, caplog):
    monkeypatch.setattr(drift, "CHUNK_ROWS", 5)
    caplog.set_level("INFO", logger="core.jobs")

    jobs.run_job("open-days")
    jobs.run_job("check-drift")

    assert [record.getMessage() for record in caplog.records if " of " in record.getMessage()] == [
        *(f"open-days: {done} of 9" for done in (2, 4, 6, 8, 9)),
        *(f"check-drift: {done} of 9" for done in (5, 9)),
    ]


def test_a_check_without_a_terminal_writes_its_progress_in_lines(people, impatience):
    TransactionFactory.create(user=people[0])
    open_days_for_all(today_for=today_for)
    told, log = StringIO(), StringIO()

    call_command("check_allowances", stdout=told, stderr=log)

    assert told.getvalue() == "9 days checked, 0 differences.\n"
    assert log.getvalue() == "check_allowances: 9 of 9\n"


def test_a_check_on_a_terminal_shows_a_bar(people, capsys):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    log = Terminal()

    call_command("check_allowances", stdout=StringIO(), stderr=log)

    # It is drawn where it takes a second, which this does not.
    assert (log.getvalue(), capsys.readouterr().err) == ("", "")
