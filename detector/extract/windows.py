"""A long text as overlapping windows of tokens, and their outputs as one sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

WINDOW = 510
STRIDE = 384


class Window(NamedTuple):
    """Tokens `start:end` are read; of them, `keep_start:keep_end` are kept."""

    start: int
    end: int
    keep_start: int
    keep_end: int


def windows(tokens: int) -> Iterator[Window]:
    """Windows that cover `tokens`, each token kept once, as far from an edge as can be."""
    start = 0
    keep_start = 0
    margin = (WINDOW - STRIDE) // 2
    while True:
        end = min(start + WINDOW, tokens)
        last = end == tokens
        keep_end = end if last else end - margin
        yield Window(start, end, keep_start, keep_end)
        if last:
            return
        keep_start = keep_end
        start += STRIDE
