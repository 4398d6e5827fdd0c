"""The step that builds the app beside the server: bin/build_app.py."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "bin" / "build_app.py"


def run_script(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, "--beside-server"],
        env={"PATH": "/nowhere", "DATA_DIR": str(tmp_path), **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read_status(tmp_path: Path) -> dict[str, str]:
    status: dict[str, str] = json.loads((tmp_path / "app-build.json").read_text())
    return status


def evaluate(expression: str) -> str:
    code = f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import build_app; print({expression})"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_app_can_be_left_out(tmp_path: Path) -> None:
    assert run_script(tmp_path, APP="off").returncode == 0
    assert read_status(tmp_path)["state"] == "off"


def test_a_build_of_the_same_sources_is_kept(tmp_path: Path) -> None:
    built = tmp_path / "dist"
    built.mkdir()
    (built / "build.json").write_text(json.dumps({"hash": evaluate("build_app.hash_sources()")}))

    assert run_script(tmp_path, APP_DIR=str(built)).returncode == 0
    assert read_status(tmp_path) | {"at": ""} == {"state": "built", "detail": "", "at": ""}


def test_a_failure_is_told_in_one_line_and_the_log_has_the_rest(tmp_path: Path) -> None:
    # A folder that cannot be read as a build, and no way to a Node.
    answer = run_script(
        tmp_path,
        APP_DIR=str(tmp_path / "none"),
        PIP_INDEX_URL="http://127.0.0.1:9",
        PIP_RETRIES="0",
        APP_NODE_DIR=str(tmp_path / "node"),
    )

    assert answer.returncode == 1
    status = read_status(tmp_path)
    assert status["state"] == "failed"
    assert "\n" not in status["detail"]
    # The page that shows it is public, the terminal is not.
    assert str(tmp_path) not in status["detail"]
    assert str(tmp_path / "app-build.log") in answer.stdout
    assert "The API is not affected" in answer.stdout


@pytest.mark.parametrize(
    ("version", "answer"),
    [("v20.19.4", True), ("v20.20.0", True), ("v24.1.0", True), ("v20.19.3", False), ("v18.20.4", False), ("", False)],
)
def test_which_node_is_new_enough(version: str, answer: bool) -> None:
    assert evaluate(f"build_app.is_new_enough({version!r})") == str(answer)


def test_a_node_that_is_too_old_is_not_used(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("node", "npm"):
        (programs / name).write_text("#!/bin/sh\necho v18.20.4\n")
        (programs / name).chmod(0o755)

    answer = run_script(
        tmp_path,
        PATH=str(programs),
        APP_DIR=str(tmp_path / "none"),
        PIP_INDEX_URL="http://127.0.0.1:9",
        PIP_NO_INDEX="1",
        PIP_RETRIES="0",
        APP_NODE_DIR=str(tmp_path / "node"),
    )

    # It looked for another one, and found none.
    assert (answer.returncode, read_status(tmp_path)["state"]) == (1, "failed")
    assert read_status(tmp_path)["detail"].startswith("Node could not be installed")
