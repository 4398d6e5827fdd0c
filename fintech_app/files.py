"""Folders and files of the service that only their owner may read."""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, with mode 0700. Raises OSError."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def make_private_file(file: Path) -> None:
    """Make an empty file with mode 0600 where there is none. Raises OSError."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def keep_private(path: Path) -> None:
    """Take every right of the group and of others off what lies there; print a warning where that is refused."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        # The path does not exist, or this process cannot reach it.
        return
    if mode & 0o077:
        try:
            path.chmod(mode & 0o700)
        except OSError as error:
            sys.stderr.write(f"{path.name}: others may read it on this machine; chmod was refused ({error.strerror})\n")


def keep_database_private(file: Path) -> None:
    """Make the file of a SQLite database if need be, and keep it and what SQLite puts beside it private.

    SQLite gives the files beside a database the mode of the database. The folder is left alone: others may use it too.
    Raises OSError.
    """
    make_private_file(file)
    for suffix in ("", "-wal", "-shm", "-journal"):
        keep_private(file.with_name(file.name + suffix))


def is_own_folder(folder: Path) -> bool:
    """Return whether a folder exists and belongs to the user of this process."""
    return folder.is_dir() and folder.stat().st_uid == os.geteuid()
