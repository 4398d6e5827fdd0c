"""What a power cut leaves of the files: recorded by a preloaded library, replayed change by change."""

import subprocess
import sys
from pathlib import Path

import pytest
from services import Unavailable

from core.tests.support.servers import ROOT, base_environment, manage
from faults.powercut.log import Operation, Record, read_log
from faults.powercut.play import build_recorder, cut_power, recording_environment
from faults.powercut.replay import Disk, read_files

pytestmark = [pytest.mark.server, pytest.mark.once]

# Purchases and counted calls in turn, on a database that checkpoints often: most checkpoints are started by counts.
BUY_AND_COUNT = """
import os
from decimal import Decimal
import django
django.setup()
from pathlib import Path
from django.db import connection
from core.kernel.limits import Limit
from core.clock import today_for
from core.limits.counter import make_counter
from core.limits.counters import hit
from core.models import Transaction, User
from faults.powercut.log import LogWriter
log = LogWriter(Path(os.environ["RECORDER_LOG"]))
alice = User.objects.create(username="alice", email="alice@example.org", currency="EUR")
connection.cursor().execute("PRAGMA wal_autocheckpoint = 30")
for number in range(12):
    Transaction.objects.create(user=alice, date=today_for(alice), amount=Decimal("1.01"), description=str(number))
    log.note(f"bought {number}")
    for call in range(40):
        hit(make_counter("anon", str(call), limit=Limit(calls=1000, seconds=60)))
"""


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that records, compiled."""
    try:
        return build_recorder(tmp_path_factory.mktemp("recorder"))
    except Unavailable as reason:
        pytest.skip(f"LEFT OUT: {reason}")


def _run(*arguments: str, env: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_no_purchase_is_lost_in_a_checkpoint_that_a_counted_call_starts(recorder, tmp_path):
    data, log = tmp_path / "data", tmp_path / "log"
    data.mkdir()
    env = base_environment(DATABASE_URL=f"sqlite:///{data / 'app.sqlite3'}", DATA_DIR=str(data))
    manage("migrate", "-v0", env=env)
    before = read_files(data)
    env |= recording_environment(recorder, folder=data, log=log)

    _run("-c", BUY_AND_COUNT, env=env | {"DJANGO_SETTINGS_MODULE": "fintech_app.settings"})
    row = cut_power("", before, list(read_log(log)), cuts=150, scratch=tmp_path)

    assert (row.acknowledged, row.cuts) == (12, 150)
    assert row.checkpoints >= 2
    assert row.found == []


def test_a_written_copy_survives_a_power_cut(recorder, tmp_path):
    data, log = tmp_path / "data", tmp_path / "log"
    data.mkdir()
    env = base_environment(DATABASE_URL=f"sqlite:///{data / 'app.sqlite3'}", DATA_DIR=str(data))
    manage("migrate", "-v0", env=env)
    disk = Disk(read_files(data))

    _run("manage.py", "backup", str(data / "copy"), env=env | recording_environment(recorder, folder=data, log=log))
    for record in read_log(log):
        disk.replay(record)

    assert disk.after_cut(None)[str(data / "copy")] == (data / "copy").read_bytes()


def test_the_key_of_make_run_survives_a_power_cut(recorder, tmp_path):
    data, log = tmp_path / "data", tmp_path / "log"
    env = base_environment(SECRET_KEY="", DATA_DIR=str(data))
    disk = Disk({})

    _run("bin/serve.py", "manage", "check", env=env | recording_environment(recorder, folder=data, log=log))
    for record in read_log(log):
        disk.replay(record)

    assert disk.after_cut(None)[str(data / "secret_key")] == (data / "secret_key").read_bytes()


def test_a_cut_without_chance_leaves_what_was_synced_alone():
    name = "/data/file"
    disk = Disk({})
    for record in (
        Record(Operation.OPEN, 7, 0, name, b""),
        Record(Operation.WRITE, 7, 0, "", b"kept"),
        Record(Operation.SYNC, 7, 0, "", b""),
        Record(Operation.WRITE, 7, 4, "", b" lost"),
    ):
        disk.replay(record)
    nameless = disk.after_cut(None)
    disk.replay(Record(Operation.SYNC_FOLDER, 1, 0, "", b""))

    assert nameless == {}
    assert disk.after_cut(None) == {name: b"kept"}
