"""Cuts a text at the edges of its spans, so that overlapping ones can be marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from detector.records import Action, Statement

Span = Statement | Action


class Segment(NamedTuple):
    """A stretch of text that the same spans cover from end to end.

    `spans` holds the covering spans in the order they were opened; `opens` those that begin
    here (longest first), `closes` those that end here (latest opened first).
    """

    text: str
    spans: tuple[Span, ...]
    opens: tuple[Span, ...]
    closes: tuple[Span, ...]


def segments(text: str, spans: Iterable[Span]) -> Iterator[Segment]:
    """All of `text` in order, cut at the edges of `spans`.

    A span that is not the slice of `text` that it claims to be is left out: a report read
    back from JSON carries no text, and one of another text must not mark this one.
    """
    opening: dict[int, list[Span]] = defaultdict(list)
    cuts = {0, len(text)}
    for span in spans:
        if text[span.start : span.end] == span.text:
            opening[span.start].append(span)
            cuts |= {span.start, span.end}
    edges = sorted(cuts)
    open_spans: list[Span] = []
    for start, end in pairwise(edges):
        opens = sorted(opening.get(start, ()), key=lambda span: -span.end)
        open_spans += opens
        closes = [span for span in reversed(open_spans) if span.end == end]
        yield Segment(text[start:end], tuple(open_spans), tuple(opens), tuple(closes))
        open_spans = [span for span in open_spans if span.end != end]
