"""Progress of a command: a bar on a terminal, lines in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from core.operations.progress import ProgressLines


@contextmanager
def show_progress(*, name: str, total: int, unit: str, stderr: OutputWrapper) -> Iterator[Callable[[int], object]]:
    """Yield a function to call with each number that is done. Short work shows nothing."""
    if stderr.isatty():
        with tqdm(total=total, unit=unit, delay=1) as bar:
            yield bar.update
    else:
        yield ProgressLines(name=name, total=total, say=stderr.write).advance
