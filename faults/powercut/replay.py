"""The files that a power cut leaves behind.

What was synced before the cut is there. Of the later changes nothing is, or any part: each file keeps a random subset
of its writes, and some of those only up to a sector's boundary. Names (files made, renamed and removed) are lost from
the end, as a file system's journal loses them.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from faults.powercut.log import Operation, Record

_SECTOR = 512


@dataclass
class _File:
    """What of a file is on the disk for certain, and what was changed since then."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Record] = field(default_factory=list)

    def sync(self) -> None:
        for record in self.pending:
            _apply(self.durable, record)
        self.pending.clear()

    def after_cut(self, chance: random.Random | None) -> bytes:
        """Return the content after a cut; without `chance` nothing that was not synced is left."""
        left = bytearray(self.durable)
        if chance is not None:
            share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
            for record in self.pending:
                if chance.random() < share:
                    _apply(left, record if record.operation is Operation.TRUNCATE else _tear(record, chance))
        return bytes(left)


def _apply(content: bytearray, record: Record) -> None:
    end = record.offset + (len(record.data) if record.operation is Operation.WRITE else 0)
    if record.operation is Operation.TRUNCATE:
        del content[end:]
    content.extend(bytes(max(0, end - len(content))))
    content[record.offset : end] = record.data


def _tear(record: Record, chance: random.Random) -> Record:
    """Return the write, or now and then its beginning up to the boundary of a sector."""
    if chance.random() < 0.8:
        return record
    sectors = -(-(record.offset % _SECTOR + len(record.data)) // _SECTOR)
    kept = chance.randrange(sectors) * _SECTOR
    length = max(0, kept - record.offset % _SECTOR)
    return Record(record.operation, record.inode, record.offset, record.path, record.data[:length])


class Disk:
    """A folder whose changes are replayed one by one."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Begin with files that are wholly on the disk, by absolute path."""
        self._names = {name: _File(bytearray(content)) for name, content in files.items()}
        self._durable_names = dict(self._names)
        # The names after each change that no folder's sync has followed.
        self._later_names: list[dict[str, _File]] = []
        self._by_inode: dict[int, _File] = {}
        self._known_by: dict[str, int] = {}

    def replay(self, record: Record) -> None:
        """Take one record into account."""
        match record.operation:
            case Operation.OPEN:
                self._open(record)
            case Operation.WRITE | Operation.TRUNCATE:
                self._by_inode[record.inode].pending.append(record)
            case Operation.SYNC:
                self._by_inode[record.inode].sync()
            case Operation.RENAME:
                target = record.data.decode()
                self._names[target] = self._names.pop(record.path)
                self._known_by[target] = self._known_by.pop(record.path, 0)
                self._later_names.append(dict(self._names))
            case Operation.UNLINK:
                self._names.pop(record.path, None)
                self._known_by.pop(record.path, None)
                self._later_names.append(dict(self._names))
            case Operation.SYNC_FOLDER:
                self._durable_names, self._later_names = dict(self._names), []
            case _:
                pass

    def _open(self, record: Record) -> None:
        known = self._known_by.get(record.path)
        file = self._names.get(record.path)
        if file is None:
            # The number of a removed file may be used again: a new name is a new file.
            file = self._names[record.path] = _File()
            self._later_names.append(dict(self._names))
        elif known not in (None, 0, record.inode):
            raise ValueError(f"{record.path} was replaced by a way that the recorder does not follow")
        self._by_inode[record.inode] = file
        self._known_by[record.path] = record.inode

    def count_unsynced(self) -> int:
        """Return how many changes a cut may take away now."""
        return sum(len(file.pending) for file in self._names.values()) + len(self._later_names)

    def after_cut(self, chance: random.Random | None) -> dict[str, bytes]:
        """Return the files after a cut. Without `chance` nothing that was not synced is left."""
        names = self._durable_names
        if chance is not None:
            kept = chance.randint(0, len(self._later_names))
            names = self._later_names[kept - 1] if kept else names
        return {name: file.after_cut(chance) for name, file in names.items()}


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by absolute path, without those that lie in shared memory."""
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.endswith("-shm")]
    return {str(path): path.read_bytes() for path in files}


def write_files(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Write these files into a folder, each by the last part of its path."""
    for name, content in files:
        (folder / Path(name).name).write_bytes(content)
