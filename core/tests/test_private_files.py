"""Who may read the files of the service: their owner alone."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.tests.support.servers import ROOT, base_environment
from fintech_app.files import keep_private


def _run(*arguments, env, folder=ROOT):
    """Run Python with the umask that most machines have; everybody may read what it makes."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=env, umask=0o022, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def _modes(*paths):
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in paths}


def _put(path, mode, text=""):
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_new_folder_and_its_database_are_their_owners_alone(tmp_path):
    data = tmp_path / "srv" / "allowance"

    _run("manage.py", "migrate", "-v0", env=base_environment(DATA_DIR=str(data)))

    assert _modes(data.parent, data, data / "static", data / "app.sqlite3") == {
        "srv": "0o700",
        "allowance": "0o700",
        "static": "0o700",
        "app.sqlite3": "0o600",
    }


@pytest.mark.server
@pytest.mark.once
def test_what_sqlite_puts_beside_the_database_is_its_owners_alone(start_api):
    server = start_api(engine="sqlite")
    server.sign_up("alice")

    file = Path(server.env["DATABASE_URL"].removeprefix("sqlite:///"))

    assert _modes(*file.parent.glob("app.sqlite3*")) == {
        "app.sqlite3": "0o600",
        "app.sqlite3-wal": "0o600",
        "app.sqlite3-shm": "0o600",
    }


def test_files_that_everybody_could_read_are_tightened_and_a_shared_folder_is_not(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    files = [_put(shared / f"app.sqlite3{suffix}", 0o644) for suffix in ("", "-wal", "-shm")]
    key = _put(shared / "secret_key", 0o644, "k" * 50)

    environment = base_environment(DATA_DIR=str(shared), DATABASE_URL=f"sqlite:///{files[0]}")
    _run("-c", "import fintech_app.settings", env=environment)

    assert _modes(shared, key, *files) == {
        "shared": "0o755",
        "secret_key": "0o600",
        "app.sqlite3": "0o600",
        "app.sqlite3-wal": "0o600",
        "app.sqlite3-shm": "0o600",
    }


def test_the_default_folder_is_tightened(tmp_path):
    # The default lies beside manage.py, so this needs a checkout: as much of one as the settings read.
    for name in ("fintech_app", "core/kernel"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "core/__init__.py", tmp_path / "core")
    (tmp_path / "var").mkdir(mode=0o755)

    _run("-c", "import fintech_app.settings", env=base_environment(), folder=tmp_path)

    assert _modes(tmp_path / "var") == {"var": "0o700"}


def test_a_database_that_is_restored_from_a_readable_copy_is_its_owners_alone(tmp_path):
    def environment(name):
        return base_environment(DATA_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path / name}")

    copy = tmp_path / "copy"
    _run("manage.py", "migrate", "-v0", env=environment("first.sqlite3"))
    _run("manage.py", "backup", str(copy), env=environment("first.sqlite3"))
    copy_as_made = _modes(copy)
    copy.chmod(0o644)

    _run("manage.py", "restore", str(copy), env=environment("second.sqlite3"))

    assert copy_as_made == {"copy": "0o600"}
    assert _modes(tmp_path / "second.sqlite3") == {"second.sqlite3": "0o600"}


def test_a_refused_change_of_rights_is_a_warning(tmp_path, monkeypatch, capsys):
    file = _put(tmp_path / "secret_key", 0o644)

    def refuse(path, mode):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    keep_private(file)

    warning = "secret_key: others may read it on this machine; chmod was refused (Operation not permitted)\n"
    assert capsys.readouterr().err == warning
