"""The text of a brief on a terminal, statements and actions marked."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from detector.records import Statement
from detector.views.console import has_colours
from detector.views.segments import Segment, Span, segments
from detector.visible import one_line, visible

STATEMENT, ACTION, BOTH = "cyan", "yellow", "magenta"


def print_marked(text: str, spans: Iterable[Span], console: Console) -> None:
    """Prints `text` with `spans` coloured, or in markers where there are no colours."""
    if not text:
        return
    mark = _coloured if has_colours(console) else _bracketed
    # Line by line: wrapping a long text in one go takes quadratic time.
    line = Text()
    still_open: list[Span] = []
    for segment in segments(text, spans):
        first, *rest = mark(segment, still_open).split("\n", allow_blank=True)
        line.append_text(first)
        for following in rest:
            console.print(line)
            line = following
    if line:
        console.print(line)
    console.print()


def _coloured(segment: Segment, _: list[Span]) -> Text:
    kinds = {type(span) for span in segment.spans}
    style = BOTH if len(kinds) > 1 else colour(segment.spans[0]) if kinds else ""
    marked = Text()
    for span in segment.opens:
        marked.append(f"{label(span)}\N{NO-BREAK SPACE}", f"bold {colour(span)}")
    return marked.append(visible(segment.text), f"underline {style}" if style else "")


def _bracketed(segment: Segment, still_open: list[Span]) -> Text:
    marked = Text()
    for span in segment.opens:
        marked.append(f"{'[' if isinstance(span, Statement) else '{'}{label(span)} ")
        still_open.append(span)
    marked.append(visible(segment.text))
    for span in segment.closes:
        # A bracket that does not close the latest one says which it closes.
        crossing = "" if still_open[-1] is span else f" {label(span)}"
        marked.append(f"{crossing}{']' if isinstance(span, Statement) else '}'}")
        still_open.remove(span)
    return marked


def label(span: Span) -> str:
    """The id of a span, fit to show."""
    return one_line(span.id, 20)


def colour(span: Span) -> str:
    """The colour of a span's kind."""
    return STATEMENT if isinstance(span, Statement) else ACTION
