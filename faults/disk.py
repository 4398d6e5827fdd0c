"""A disk that can be filled: a small file system in memory for root, a bound on the size of files for others."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.tests.support.servers import Server

SIZE = 32 * 1024 * 1024
SMALLEST_FILE = 4096


@dataclass
class Disk:
    """Where a database lies. `how` says what makes it full."""

    folder: Path
    how: str
    bounded: dict[int, tuple[int, int]] = field(default_factory=dict)

    def fill(self, web: Server) -> None:
        """From here on nothing can be written."""
        if self.bounded or self.how != "no space left":
            self._bound_files(web)
            return
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            for size in (1024 * 1024, SMALLEST_FILE, 1):
                try:
                    while True:
                        ballast.write(b"x" * size)
                except OSError:
                    continue

    def clear(self) -> None:
        """There is room again."""
        for pid, limits in self.bounded.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        self.bounded.clear()
        (self.folder / "ballast").unlink(missing_ok=True)

    def _bound_files(self, web: Server) -> None:
        children = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
        for pid in map(int, children):
            self.bounded[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (SMALLEST_FILE, self.bounded[pid][1]))


@contextmanager
def filling_disk(folder: Path) -> Iterator[Disk]:
    """A disk of its own where this process may mount one."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and _call("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder))
    try:
        yield Disk(folder, "no space left" if mounted else "files may not grow")
    finally:
        if mounted:
            _call("umount", "-l", str(folder))


def _call(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
