"""The recorder's log: one record for each change of a file, in the order in which the changes took place."""

import enum
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEADER = struct.Struct("<BQqII")


class Operation(enum.IntEnum):
    """What a record is about. The first eight are the recorder's, the last one is written by `LogWriter`."""

    OPEN = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC = 4
    RENAME = 5
    UNLINK = 6
    SYNC_FOLDER = 7
    UNKNOWN = 8
    NOTE = 9


@dataclass(frozen=True, slots=True)
class Record:
    """One change. A rename has the old name as `path` and the new one as `data`."""

    operation: Operation
    inode: int
    offset: int
    path: str
    data: bytes


class LogWriter:
    """Adds notes to the log while the recorded processes write to it. Safe to call from several threads."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, text: str) -> None:
        """Add a note. It stands after every change that was made before this call."""
        encoded = text.encode()
        # One write to a file opened for appending: no other record comes between.
        os.write(self._descriptor, _HEADER.pack(Operation.NOTE, 0, 0, len(encoded), 0) + encoded)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read_log(path: Path) -> Iterator[Record]:
    """Yield the records. Raises ValueError for a change that the recorder cannot follow, or a log that breaks off."""
    with path.open("rb") as file:
        while header := file.read(_HEADER.size):
            code, inode, offset, path_length, data_length = _HEADER.unpack(header)
            name, data = file.read(path_length).decode(), file.read(data_length)
            if len(data) != data_length:
                raise ValueError("the log breaks off")
            operation = Operation(code)
            if operation is Operation.UNKNOWN:
                raise ValueError(f"the recorder does not follow {name}")
            yield Record(operation, inode, offset, name, data)
