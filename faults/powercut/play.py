"""Record a server on SQLite while people buy, then cut its power many times and read what is left."""

import random
import shutil
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from services import Unavailable

from core.tests.support.servers import Server, manage
from faults.powercut.log import LogWriter, Operation, Record, read_log
from faults.powercut.replay import Disk, read_files, write_files
from faults.stage import product_environment

SHOPPERS = 4
# Calls that are counted are more frequent than purchases, so that some of the checkpoints are theirs.
CALLERS = 3
PAUSE_SECONDS = 0.03
BACKUPS = 2
SEED = 1
HEADINGS = ("power cuts", "changes", "syncs", "checkpoints", "acknowledged", "copies", "cuts", "bad cuts")


@dataclass(frozen=True)
class Size:
    """How much is recorded, and how often the power is cut."""

    purchases: int = 480
    cuts: int = 200


@dataclass
class CutRow:
    """The cuts of one recording. A cut is bad where something of `found` is about it."""

    name: str
    records: int = 0
    syncs: int = 0
    checkpoints: int = 0
    acknowledged: int = 0
    copies: int = 0
    cuts: int = 0
    bad: int = 0
    found: list[str] = field(default_factory=list)

    def problems(self) -> list[str]:
        """Return everything that must not be."""
        problems = list(self.found)
        if not (self.acknowledged and self.checkpoints > 1 and self.copies):
            problems.append("the recording holds no purchases, no checkpoints or no copies")
        return problems

    def cells(self) -> list[str]:
        """Return the row of the table."""
        numbers = (self.records, self.syncs, self.checkpoints, self.acknowledged, self.copies, self.cuts, self.bad)
        return [self.name, *map(str, numbers)]


@dataclass
class _Expected:
    """What must be there after a cut at this place of the log."""

    purchases: set[str] = field(default_factory=set)
    # By the copy's name: the purchases that were acknowledged before the copy was begun.
    begun: dict[str, frozenset[str]] = field(default_factory=dict)
    written: dict[str, frozenset[str]] = field(default_factory=dict)

    def read(self, note: str) -> None:
        kind, _, name = note.partition(" ")
        if kind == "bought":
            self.purchases.add(name)
        elif kind == "begun":
            self.begun[name] = frozenset(self.purchases)
        elif kind == "written":
            self.written[name] = self.begun[name]


def build_recorder(folder: Path) -> Path:
    """Compile the library that records. Raises Unavailable where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise Unavailable("no C compiler is installed (Debian: apt-get install gcc libc6-dev)")
    library = folder / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl", "-pthread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"the recorder cannot be compiled: {done.stderr.strip()[-500:]}")
    return library


def play_power_cuts(name: str, *, folder: Path, redis_url: str = "", size: Size | None = None) -> CutRow:
    """Record once, then cut the power at many places of the recording."""
    size = size or Size()
    folder.mkdir()
    data = folder / "data"
    data.mkdir()
    library = build_recorder(folder)
    env = product_environment(folder=data, database_url=f"sqlite:///{data / 'app.sqlite3'}", REDIS_URL=redis_url)
    manage("migrate", "-v0", env=env)
    # What lies there now was written long ago.
    before = read_files(data)
    log = folder / "log"
    env |= recording_environment(library, folder=data, log=log)
    _record(Server(env, folder), LogWriter(log), data=data, purchases=size.purchases)
    return cut_power(name, before, list(read_log(log)), cuts=size.cuts, scratch=folder)


def recording_environment(library: Path, *, folder: Path, log: Path) -> dict[str, str]:
    """Return what makes a process record its changes of the files in this folder."""
    return {"LD_PRELOAD": str(library), "RECORDED_FOLDER": str(folder), "RECORDER_LOG": str(log)}


def _record(web: Server, log: LogWriter, *, data: Path, purchases: int) -> None:
    """Let people buy and others be counted, and copy the database meanwhile."""
    try:
        web.start()
        people = [web.sign_up(f"person{number}") for number in range(SHOPPERS)]
        each = purchases // SHOPPERS
        shoppers = [
            threading.Thread(target=_buy, args=(client, log, f"{number}", each)) for number, client in enumerate(people)
        ]
        with _counted([web.client() for _number in range(CALLERS)]):
            for shopper in shoppers:
                shopper.start()
            for number in range(BACKUPS):
                copy = f"copy{number}"
                log.note(f"begun {copy}")
                web.manage("backup", str(data / copy))
                log.note(f"written {copy}")
            for shopper in shoppers:
                shopper.join()
        web.stop()
    finally:
        for client in web.clients:
            client.close()
        web.kill()
        log.close()


def _buy(client: httpx.Client, log: LogWriter, prefix: str, purchases: int) -> None:
    """Buy so often, and note each purchase once it is acknowledged."""
    for number in range(purchases):
        key = f"{prefix}-{number}"
        answer = client.post("/api/transaction/", json={"amount": "1.01", "description": key})
        if answer.status_code == 201:
            log.note(f"bought {key}")
        time.sleep(PAUSE_SECONDS)


@contextmanager
def _counted(clients: Sequence[httpx.Client]) -> Iterator[None]:
    """Send calls without a token while the block runs: each is counted and writes nothing else."""
    stop = threading.Event()

    def call(client: httpx.Client) -> None:
        while not stop.is_set():
            client.get("/api/allowance/today/")

    threads = [threading.Thread(target=call, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _choose_cuts(records: Sequence[Record], checkpointed: Sequence[int], cuts: int) -> list[int]:
    """Return positions in the log: half of them anywhere, half of them in a checkpoint or soon after one."""
    chance = random.Random(SEED)  # noqa: S311
    anywhere = range(1, len(records) + 1)
    near = sorted({min(position + 1 + chance.randrange(60), len(records)) for position in checkpointed})
    chosen = set(chance.sample(near, min(cuts // 2, len(near))))
    rest = [position for position in anywhere if position not in chosen]
    chosen.update(chance.sample(rest, min(cuts - len(chosen), len(rest))))
    return sorted(chosen)


def _list_writes(records: Iterable[Record], path: str) -> list[int]:
    """Return the positions of the writes to a file that keeps its inode."""
    inodes: set[int] = set()
    found = []
    for position, record in enumerate(records):
        if record.operation is Operation.OPEN:
            (inodes.add if record.path == path else inodes.discard)(record.inode)
        elif record.operation is Operation.WRITE and record.inode in inodes:
            found.append(position)
    return found


def cut_power(name: str, before: dict[str, bytes], records: list[Record], *, cuts: int, scratch: Path) -> CutRow:
    """Replay the log of an `app.sqlite3`, and look at what a cut would leave at each of the chosen places.

    Notes say what was acknowledged: `bought KEY`, with the key in the purchase's description.
    """
    row = CutRow(name)
    main = next(name for name in before if name.endswith("app.sqlite3"))
    writes = _list_writes(records, main)
    chosen = _choose_cuts(records, writes, cuts)
    row.records, row.cuts = len(records), len(chosen)
    row.syncs = sum(record.operation is Operation.SYNC for record in records)
    # After a checkpoint the log of the database is begun anew, with its header; the first header follows none.
    headers = [records[position] for position in _list_writes(records, f"{main}-wal")]
    row.checkpoints = sum(record.offset == 0 for record in headers) - 1
    disk, expected = Disk(before), _Expected()
    wanted = iter([*chosen, len(records) + 1])
    following = next(wanted)
    for position, record in enumerate(records, start=1):
        disk.replay(record)
        if record.operation is Operation.NOTE:
            expected.read(record.path)
        if position == following:
            following = next(wanted)
            # Every other cut leaves nothing that was not synced.
            chance = random.Random(f"{SEED}/{position}") if position % 2 else None  # noqa: S311
            problems = _find_problems(disk.after_cut(chance), expected, scratch=scratch)
            row.bad += bool(problems)
            row.found += [f"cut after record {position} of {len(records)}: {text}" for text in problems]
    row.acknowledged, row.copies = len(expected.purchases), len(expected.written)
    return row


def _find_problems(files: dict[str, bytes], expected: _Expected, *, scratch: Path) -> list[str]:
    """Start again from these files, and compare with what was acknowledged."""
    folder = scratch / "after"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    write_files(files.items(), folder)
    problems = _compare(folder / "app.sqlite3", expected.purchases)
    for name, purchases in expected.written.items():
        problems += [f"{name}: {problem}" for problem in _compare(folder / name, purchases)]
    return problems


def _compare(file: Path, purchases: Iterable[str]) -> list[str]:
    if not file.exists():
        return ["the file is gone"]
    try:
        with closing(sqlite3.connect(file)) as connection:
            # A check constraint calls this function of Django's.
            connection.create_function("REGEXP", 2, lambda pattern, text: True)
            state = connection.execute("PRAGMA integrity_check").fetchone()[0]
            stored = Counter(key for (key,) in connection.execute("SELECT description FROM core_transaction"))
    except sqlite3.DatabaseError as error:
        return [f"it cannot be read: {error}"]
    problems = [] if state == "ok" else [f"it is damaged: {state}"]
    lost = [key for key in purchases if not stored[key]]
    twice = [key for key, times in stored.items() if times > 1]
    if lost:
        problems.append(f"{len(lost)} of {len(list(purchases))} acknowledged purchases are lost")
    if twice:
        problems.append(f"{len(twice)} purchases are stored twice")
    return problems
