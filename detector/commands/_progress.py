"""A bar on stderr for work that takes its time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

PATIENCE = 1.0  # seconds before a bar is shown


@contextmanager
def progress(task: str) -> Iterator[Callable[[float], None] | None]:
    """Gives a function that takes the fraction done, 0…1, and draws a bar after a second.

    Gives None where standard error is no terminal.
    """
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        start = time.monotonic()
        update: Callable[[float], None] | None = None

        def report(done: float) -> None:
            nonlocal update
            if update is None and time.monotonic() - start > PATIENCE:
                update = stack.enter_context(_bar(task))
            if update is not None:
                update(done)

        yield report


@contextmanager
def _bar(task: str) -> Iterator[Callable[[float], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        id = bar.add_task(task, total=1.0)
        yield lambda done: bar.update(id, completed=done)
