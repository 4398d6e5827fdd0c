"""The disk under SQLite fills up."""

import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from core.tests.support.servers import Server, manage
from core.tests.support.shoppers import Watch, crowd
from faults.disk import filling_disk
from faults.outcome import SHOPPERS, Row, compare, count_drift, end, wait_for_purchases
from faults.stage import Guard, Held, Timeline, product_environment


def play_full_disk(folder: Path) -> Row:
    """The disk under SQLite fills up, and is given room again."""
    row, watch, timeline = Row("disk full under SQLite for 5 s"), Watch(), Timeline()
    folder.mkdir()
    with filling_disk(folder / "disk") as disk:
        file = disk.folder / "app.sqlite3"
        env = product_environment(folder=folder, database_url=f"sqlite:///{file}")
        manage("migrate", "-v0", env=env)
        web = Server(env, folder).start()
        try:
            held = Held.prepare(web)
            stop = threading.Event()
            guard = Guard(held, stop=stop)
            people = [web.sign_up(f"person{number}") for number in range(SHOPPERS)]
            with crowd(people, name="disk", watch=watch):
                guard.start()
                time.sleep(1)
                disk.fill(web)
                timeline.dead()
                time.sleep(5)
                disk.clear()
                timeline.lifted()
                try:
                    wait_for_purchases(watch, timeline)
                except TimeoutError as error:
                    row.faults.append(str(error))
            stop.set()
            guard.join(60)
            row.breaches = guard.breaches
            row.name += f" ({disk.how})"
            row.recovery_seconds = watch.recovery_seconds(timeline.lifted_at)
            refused = sum(answer.status == 503 for answer in watch.answers)
            if not refused:
                row.faults.append("the disk was never full")
            with closing(sqlite3.connect(file)) as connection:
                rows = connection.execute("SELECT description FROM core_transaction").fetchall()
            compare(row, watch, Counter(key for (key,) in rows))
            row.drift = count_drift(env)
        finally:
            end(web)
    return row
