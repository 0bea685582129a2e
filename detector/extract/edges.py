"""Tidy ends for tagged spans: whole words, no dangling conjunction, no crumbs."""

from __future__ import annotations

import re
from itertools import pairwise

from detector.actors.folding import is_word

MIN_WORDS = 3
"""Fewer words state no position and report no act: under 1% of annotated spans have fewer."""

# Lower case alone: "WHO" is an organisation.
_TRAILING = re.compile(
    r"[\s,;:–—]+(?:and|or|but|nor|to|the|an?|of|in|on|for|with|that|which|who|as|by|at|from|"
    r"while|where)$"
)
_LEADING = re.compile(r"(?:[Aa]nd|[Oo]r|[Bb]ut|[Nn]or|[Tt]hat|[Ww]hich|[Ww]ho)[\s,]+")
_LONGEST_WORD = 64
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_OPENING, _CLOSING = ",;:–—-) ]\n\t", ",;:–—-( [\n\t"


def tidy(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span `start:end` of `text` with clean edges; None if next to nothing is left.

    Words cut in two are completed; punctuation and function words that only join the span to
    its neighbours are left outside. Of a span over a blank line the longer part is kept: a
    heading is no part of the sentence under it.
    """
    breaks = [start, *(b.end() for b in _BLANK_LINE.finditer(text, start, end)), end]
    start, end = max(pairwise(breaks), key=lambda part: part[1] - part[0])
    first, last = max(0, start - _LONGEST_WORD), min(len(text), end + _LONGEST_WORD)
    while start > first and is_word(text[start - 1]) and is_word(text[start]):
        start -= 1
    while end < last and is_word(text[end - 1]) and is_word(text[end]):
        end += 1
    while True:
        before = (start, end)
        while start < end and text[start] in _OPENING:
            start += 1
        while end > start and text[end - 1] in _CLOSING:
            end -= 1
        if leading := _LEADING.match(text, start, end):
            start = leading.end()
        if trailing := _TRAILING.search(text[max(start, end - 20) : end]):
            end -= len(trailing.group())
        if (start, end) == before:
            break
    return (start, end) if len(text[start:end].split()) >= MIN_WORDS else None
