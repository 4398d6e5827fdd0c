"""The README's tour, pasted into a shell beside a real server, prints what the README says."""

import datetime
import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import pytest
from django.conf import settings

from core.allowance.domain.figure import calculate_day
from core.allowance.domain.values import Adjust
from core.tests.support.servers import leave_out
from core.tests.unit.figure.plans import (
    expense,
    figure_of,
    income,
    paying,
    percentage,
    pool_and_amount,
    snapshot_of,
)

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(sh|text varies|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "core" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
END = "-- end of block --"


def list_steps():
    """The tour's commands, each with what they print, and whether that depends on the day."""
    steps = []
    for kind, text in BLOCK.findall(README):
        if kind == "sh":
            steps.append([text, "", False])
        else:
            steps[-1][1:] = [text, kind == "text varies"]
    return steps


def names_of(printed):
    return [line.partition(":")[0] for line in printed.splitlines()]


@pytest.mark.once
@pytest.mark.server
def test_the_tour_prints_what_it_says(live_api, tmp_path):
    if not shutil.which("curl"):
        leave_out("curl is not installed")
    live_api.manage("seed_demo", "-v0")
    # `make run` keeps the login in var/, beside the README.
    (tmp_path / "var").symlink_to(live_api.folder)
    steps = list_steps()
    script = "".join(f"{commands}\necho '{END}'\n" for commands, _printed, _varies in steps)

    # Line by line from standard input, as one pastes it.
    done = subprocess.run(
        ["bash"],
        input=script.replace("http://127.0.0.1:8000", live_api.base_url),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )

    printed = done.stdout.split(f"{END}\n")
    assert len(steps) > 8
    assert done.stderr == ""
    for (commands, expected, varies), got in zip(steps, printed, strict=False):
        if varies:
            assert names_of(got) == names_of(expected), commands
        else:
            assert got == expected, commands


def test_the_tours_figures_are_the_same_on_every_day():
    seen = set()
    for number in range(4 * 366):
        today = datetime.date(2026, 1, 1) + datetime.timedelta(number)
        payday, due = (str(today + datetime.timedelta(days)) for days in (10, 4))
        snapshot = snapshot_of(
            income("3000", "monthly", payday, str(today)),
            expense("1000", "monthly", due, str(today)),
            percentage("10", added=str(today)),
            today=str(today),
        )
        snapshot = replace(snapshot, spending={today: Decimal("45.90")})
        figure = calculate_day(snapshot=snapshot, day=today)
        seen.add((figure.pool.amount, figure.amount, figure.remaining_amount, figure.tomorrow))

    assert seen == {(Decimal("1700.00"), Decimal("170.00"), Decimal("124.10"), Decimal("183.78"))}


def test_the_examples_of_a_moved_payday_and_a_paid_bill_are_right():
    added = "2026-10-15"
    moved = snapshot_of(
        income("3000", "monthly", "2026-11-01", added, adjust=Adjust.BEFORE),
        expense("1000", "monthly", "2026-11-05", added),
        today="2026-10-30",
    )
    rent = expense("1000", "monthly", "2026-12-05")
    unpaid = snapshot_of(income("3000", "monthly", "2026-12-01"), rent, percentage("10"), today="2026-12-05")
    paid = paying(unpaid, rent, "1012.40", "2026-12-05", "2026-12-05")

    assert (figure_of(moved, "2026-10-30").days_left, pool_and_amount(moved, "2026-10-30")) == (
        32,
        ("2000.00", "62.50"),
    )
    assert pool_and_amount(paid, "2026-12-05") == ("1687.60", "62.50")
    assert pool_and_amount(unpaid, "2026-12-05") == ("1700.00", "62.96")
    for number in ("32 days", "62.50", "1687.60", "1700.00", "62.96"):
        assert number in README


@pytest.mark.parametrize("file", WORDS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_between_our_files_leads_somewhere(file):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text(encoding="utf-8"))

    assert [link for link in links if not (file.parent / link).exists()] == []


def test_the_index_of_decisions_lists_them_all():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))

    assert sorted(listed) == sorted(file.name for file in folder.glob("*.md") if file.name != "README.md")


def test_every_room_is_on_the_page_of_rooms():
    page = (ROOT / "core" / "README.md").read_text(encoding="utf-8")
    rooms = [folder.name for folder in (ROOT / "core").iterdir() if (folder / "__init__.py").exists()]

    assert [room for room in rooms if f"`{room}/`" not in page] == ["migrations"]


ROOMS = (ROOT / "core" / "README.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^(\d+)\. (.*(?:\n   .*)*)", ROOMS, re.MULTILINE)
CODE = re.compile(r"`(core/[\w/]+)\.py` `([\w.]+)`")


def test_a_purchase_takes_ten_steps_that_each_name_a_file_and_a_function():
    assert [int(number) for number, _text in STEPS] == list(range(1, 11))
    assert [text for _number, text in STEPS if not CODE.search(text)] == []


@pytest.mark.parametrize("place", CODE.findall(ROOMS), ids=".".join)
def test_every_file_and_function_that_the_page_of_rooms_names_exists(place):
    module, function = place

    assert (ROOT / f"{module}.py").exists()
    assert callable(attrgetter(function)(import_module(module.replace("/", "."))))


def test_the_terms_of_the_product_are_explained():
    terms = re.findall(r"^\| ([a-z ]+) \| ", ROOMS[ROOMS.index("## Terms") :], re.MULTILINE)

    assert terms[1:] == [
        "pay period", "pool", "allowance", "remaining", "projection", "day row", "owner lock", "occurrence",
        "reconciliation", "shortfall",
    ]  # fmt: skip


def test_the_page_for_operators_names_every_variable():
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^#? ?([A-Z][A-Z_]+)=", example, re.MULTILINE)

    assert len(names) > 25
    assert [name for name in names if f"`{name}`" not in page] == []
