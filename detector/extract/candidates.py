"""Mentions that may name the actor of a span.

Known actors come from the actor table. Everything else that is written like a name
(capitalised words in a row) is a candidate too, since the world is larger than a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from detector.actors import ActorTable

_WORD = re.compile(r"[^\W_](?:[\w'’.&-]*\w)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_CONNECTORS = frozenset(
    {"of", "for", "the", "al", "el", "bin", "ibn", "de", "del", "da", "van", "von"}
)


_BACKED = re.compile(
    r"-(?:backed|controlled|sponsored|supported|funded|armed|aligned|trained|allied|proxy)"
    r"((?: [\w'’-]+){1,3})"
)


class Candidate(NamedTuple):
    """A mention at `start:end` and the actor it stands for.

    `actor` is a canonical name, or the mention itself where nothing is known; `patrons` are
    those that the mention itself names ("Iran-backed militias": Iran).
    """

    start: int
    end: int
    actor: str
    known: bool
    patrons: tuple[str, ...] = ()


def candidates(text: str, table: ActorTable, date: str | None = None) -> list[Candidate]:
    """All mentions of possible actors in `text`, in order, none overlapping a known one."""
    found = list(_known(text, table, date))
    starts_of_known = iter(found)
    known = next(starts_of_known, None)
    names: list[Candidate] = []
    for start, end in _capitalised_runs(text):
        while known is not None and known.end <= start:
            known = next(starts_of_known, None)
        if known is None or known.start >= end:
            names.append(Candidate(start, end, text[start:end], False))
    return sorted(found + names)


def speaks_for(name: str, table: ActorTable, date: str | None) -> str:
    """The state or organisation that a person represented at `date`; others as they are."""
    actor = table.get(name)
    if actor is None or actor.kind != "person":
        return name
    terms = [tie for tie in actor.acts_for if tie.holds(date)] or list(actor.acts_for)
    return terms[-1].patron if terms else name


def _known(text: str, table: ActorTable, date: str | None) -> Iterator[Candidate]:
    mentions = table.mentions(text, date)
    for mention, following in zip_longest(mentions, mentions[1:]):
        actor = speaks_for(mention.actor, table, date)
        backed = _BACKED.match(text, mention.end)
        if backed is None:
            yield Candidate(mention.start, mention.end, actor, True)
        elif following is not None and following.start <= backed.start(1) + 5:
            # "Turkish-backed Free Syrian Army": the group has a name of its own.
            group = speaks_for(following.actor, table, date)
            yield Candidate(mention.start, mention.end, group, True, (actor,))
        else:
            end = _end_of_group(text, backed.start(1), backed.end(1))
            yield Candidate(mention.start, end, text[mention.start : end], True, (actor,))


def _end_of_group(text: str, start: int, end: int) -> int:
    """End of the first plural noun in `start:end`: "militias", "rebel groups"; else its first word."""
    words = list(_WORD.finditer(text, start, end))
    for word in words:
        if word.group().endswith("s"):
            return word.end()
    return words[0].end() if words else end


def _capitalised_runs(text: str) -> Iterator[tuple[int, int]]:
    """Maximal runs of capitalised words on one line, lower-case connectors allowed inside.

    A possessive ends a run: "Iran's Foreign Ministry" is two.
    """
    run_start = run_end = last_end = -1
    for word in _WORD.finditer(text):
        start, end = word.span()
        token = _POSSESSIVE.sub("", word.group())
        adjoins = run_start >= 0 and text[last_end:start] in (" ", "-")
        if run_start >= 0 and not adjoins:
            yield run_start, run_end
            run_start = -1
        if token[:1].isupper():
            if run_start < 0:
                run_start = start
            run_end = start + len(token)
            if run_end < end:
                yield run_start, run_end
                run_start = -1
        elif run_start >= 0 and token not in _CONNECTORS:
            yield run_start, run_end
            run_start = -1
        last_end = end
    if run_start >= 0:
        yield run_start, run_end
