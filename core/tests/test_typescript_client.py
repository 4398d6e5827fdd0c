"""A client that is generated from the document compiles, and talks to a real server."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from core.tests.support.factories import PASSWORD
from core.tests.support.servers import Server, leave_out

FOLDER = Path(settings.BASE_DIR) / "clients" / "typescript"
SHOW_TODAY = """
import { showToday } from "./build/example.js";
console.log(JSON.stringify(await showToday(...process.argv.slice(1))));
"""


def run(*command: str) -> str:
    """What a command in the client's folder prints; fails with all of it when the command fails."""
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.client
def test_the_generated_client_compiles_and_reads_todays_figure(live_api: Server) -> None:
    if shutil.which("npm") is None:
        leave_out("no Node (Debian: apt-get install nodejs npm)")
    alice = live_api.sign_up("alice")
    alice.post("/api/transaction/", json={"amount": "12.50"}).raise_for_status()

    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    run("npm", "run", "--silent", "check")
    printed = run("node", "--input-type=module", "--eval", SHOW_TODAY, live_api.base_url, "alice", PASSWORD)

    today = json.loads(printed.splitlines()[-1])
    assert today == alice.get("/api/allowance/today/").json()
    assert today["spent"] == "12.50"
    (income,) = alice.get("/api/income/").json()["results"]
    assert (income["name"], income["amount"]) == ("Salary", "3000.00")


def test_the_lock_file_pins_every_package_and_names_no_registry() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert packages["node_modules/swagger-typescript-api"]["version"] == "13.13.0"
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
