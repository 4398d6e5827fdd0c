"""The clock passes midnight and the changes of summer time."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from core.tests.support.servers import Server, clock_environment, manage
from core.tests.support.shoppers import Watch, crowd
from faults.outcome import SHOPPERS, Row, compare, count_drift, end
from faults.stage import Stage, product_environment

# Each lies between two days or two offsets from UTC for one of the people; in Havana the clock is put forward at
# midnight, so that there the day begins at one o'clock.
BOUNDARIES = {
    "summer time ends in Berlin": datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    "midnight in Berlin": datetime(2026, 11, 21, 23, 0, tzinfo=UTC),
    "midnight and summer time in Havana": datetime(2027, 3, 14, 5, 0, tzinfo=UTC),
    "summer time begins in Berlin": datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
}
ZONES = ("Europe/Berlin", "America/Havana", "UTC", "Europe/Berlin")


def play_clock(stage: Stage, folder: Path) -> Row:
    """The clock passes midnight and both changes of summer time while people shop."""
    row, watch = Row("clock past midnight and both changes of summer time", watches_limits=False), Watch()
    stage.execute("CREATE DATABASE clock OWNER allowance TEMPLATE template0")
    folder.mkdir()
    env = product_environment(folder=folder, database_url=stage.product_url("clock"), REDIS_URL=stage.redis.url)
    manage("migrate", "-v0", env=env)
    web = Server(env | clock_environment(folder), folder)
    web.move_clock(min(BOUNDARIES.values()) - timedelta(hours=1))
    web.start()
    try:
        for number, zone in enumerate(ZONES):
            web.sign_up(f"person{number}", timezone=zone)
        for name, boundary in BOUNDARIES.items():
            web.move_clock(boundary - timedelta(minutes=1))
            clients = [web.log_in(f"person{number}") for number in range(SHOPPERS)]
            # A clock that is moved while a request is under way is no boundary: it stands right before anybody shops.
            web.move_clock(boundary - timedelta(seconds=2))
            with crowd(clients, name=name, watch=watch):
                time.sleep(4)
        stage.database = "clock"
        compare(row, watch, stage.count_purchases())
        row.faults += _find_wrong_days(stage)
        row.drift = count_drift(web.env)
    finally:
        stage.database = "allowance"
        end(web)
    return row


def _find_wrong_days(stage: Stage) -> list[str]:
    """Return purchases that are not on the local day at which they were stored, and boundaries that none crossed."""
    wrong = []
    statement = (
        "SELECT t.description, t.date, t.created_at, u.timezone "
        "FROM core_transaction t JOIN core_user u ON u.id = t.user_id"
    )
    sides: dict[str, set[bool]] = {name: set() for name in BOUNDARIES}
    for description, date, created_at, zone in stage.query(statement):
        # The day is that of the moment at which the request came in.
        days = {(created_at - timedelta(seconds=back)).astimezone(ZoneInfo(zone)).date() for back in (0, 1)}
        if date not in days:
            wrong.append(f"{description}: stored at {created_at} in {zone}, on {date}")
        name = description.partition("/")[0].replace("-", " ")
        sides[name].add(created_at >= BOUNDARIES[name])
    crossed = {name for name, seen in sides.items() if seen == {True, False}}
    return wrong + [f"nobody shopped on both sides of {name}" for name in BOUNDARIES if name not in crossed]
