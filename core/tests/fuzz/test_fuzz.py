"""Every check that schemathesis has, over every operation of the document, against a real server.

`make fuzz` and CI run this. `FUZZ_EXAMPLES` is how many calls each operation gets in each phase, `FUZZ_SEED`
where they begin: the same seed makes the same calls.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.tests.support.documented import list_operations
from core.tests.support.servers import ROOT

HERE = Path(__file__).parent
SECONDS = 600


@pytest.mark.fuzz
def test_whatever_the_document_allows_is_taken_and_whatever_it_forbids_is_refused(start_api, tmp_path):
    server = start_api(env={"ACCESS_TOKEN_MINUTES": "1440", "MAIL_IN_BACKGROUND": "off"})
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        "FUZZED_API": server.base_url,
        "SCHEMATHESIS_HOOKS": "core.tests.fuzz.hooks",
        "PYTHONPATH": str(ROOT),
    }

    done = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{server.base_url}/swagger.json", "--checks", "all", "--no-color", "--workers", "1"),
            *("--max-examples", os.environ.get("FUZZ_EXAMPLES", "5"), "--seed", os.environ.get("FUZZ_SEED", "1")),
        ],
        # What it remembers between runs stays here.
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )

    sys.stdout.write(done.stdout[-1500:])
    assert done.returncode == 0, done.stdout[-30_000:] + done.stderr[-3_000:]
    # A run that asked for nothing finds nothing.
    assert f"Tested: {len(list_operations())}\n" in done.stdout
    assert "Traceback" not in server.log
