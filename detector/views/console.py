"""The console that the views print on, and the one layout that they share."""

from __future__ import annotations

import io
import sys

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

MEASURE = 100  # columns: longer lines are hard to read


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # Rich would exit with 1, which here means that a gap was flagged.
        raise BrokenPipeError


def console() -> Console:
    """A console on standard output; it takes no markup and no emoji codes from text.

    Off a terminal lines are not wrapped, so that what reads them next gets them whole.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A locale that lacks a character must not cost the whole output.
        sys.stdout.reconfigure(errors="backslashreplace")
    on_terminal = sys.stdout.isatty()
    made = _Console(markup=False, emoji=False, highlight=False, soft_wrap=not on_terminal)
    made.width = min(made.width, MEASURE)
    return made


def has_colours(console: Console) -> bool:
    """Whether colour reaches the reader: not in a file or pipe, nor under NO_COLOR."""
    return console.is_terminal and not console.no_color and console.color_system is not None


def print_field(name: str, value: Text, style: str, console: Console) -> None:
    """Prints a named value, indented."""
    line = Text.assemble((f"{name}  ", style), value)
    indent = 5
    if console.soft_wrap:
        console.print(Text(" " * indent).append_text(line))
    else:
        console.print(Padding(line, (0, 0, 0, indent)))
