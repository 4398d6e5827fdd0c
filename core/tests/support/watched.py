"""Notes which lines and branches of the product the tests reach; `make test` loads this with `-p`.

The code reports a line the first few times and then runs as if nobody watched, so that watching costs little. Each
test process leaves what it saw as a file in WATCHED_FOLDER, and `bin/check.py` puts the files together.
"""

import json
import os
from pathlib import Path

from slipcover import FileMatcher, ImportManager, Slipcover
from slipcover.config import read_config

_config = read_config()
_watcher = Slipcover(branch=_config["branch"])
# Before anything imports the product: what has been imported already is not seen.
ImportManager(_watcher, FileMatcher(sources=_config["source"], omit=_config["omit"])).__enter__()


def pytest_unconfigure() -> None:
    """At the end of each process."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")
    (Path(os.environ["WATCHED_FOLDER"]) / f"{process}.json").write_text(json.dumps(_watcher.get_coverage()))
