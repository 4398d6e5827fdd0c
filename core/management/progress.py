"""Progress of a command: a bar for a person who watches, lines for a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from core.operations.progress import ProgressLines


@contextmanager
def show_progress(*, name: str, total: int, unit: str, stderr: OutputWrapper) -> Iterator[Callable[[int], object]]:
    """Yields what to call with each number that is done. Work that takes a moment shows nothing."""
    if stderr.isatty():
        with tqdm(total=total, unit=unit, delay=1) as bar:
            yield bar.update
    else:
        yield ProgressLines(name=name, total=total, say=stderr.write).advance
