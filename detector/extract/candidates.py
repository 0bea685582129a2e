"""Mentions that may name the actor of a span.

Known actors come from the actor table. Everything else that is written like a name
(capitalised words in a row) is a candidate too, since the world is larger than a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from detector.actors import ActorTable, Mention

_WORD = re.compile(r"[^\W_](?:[\w'’.&-]*\w)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_CONNECTORS = frozenset(
    {"of", "for", "the", "al", "el", "bin", "ibn", "de", "del", "da", "van", "von"}
)


_BRACKETED = re.compile(r" \(([A-Z][A-Za-z]{1,7})\)")
_LONGEST_NAME = 200
_ARTICLES = frozenset({"The", "A", "An"})
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


def candidates(
    text: str, mentions: Sequence[Mention], table: ActorTable, date: str | None = None
) -> list[Candidate]:
    """All mentions of possible actors in `text`, in order, none overlapping a known one.

    `mentions` are those that the table finds in the text; a date, the brief's, tells for whom a
    person speaks.
    """
    found = list(_known(text, mentions, table, date))
    starts_of_known = iter(found)
    known = next(starts_of_known, None)
    names: list[Candidate] = []
    for start, end in _capitalised_runs(text):
        while known is not None and known.end <= start:
            known = next(starts_of_known, None)
        if known is None or known.start >= end:
            names.append(Candidate(start, end, text[start:end], False))
    long_forms = _long_forms(text)
    names = [name._replace(actor=long_forms.get(name.actor, name.actor)) for name in names]
    return sorted(found + names)


def _known(
    text: str, mentions: Sequence[Mention], table: ActorTable, date: str | None
) -> Iterator[Candidate]:
    for mention, following in zip_longest(mentions, mentions[1:]):
        actor = table.principal(mention.actor, date)
        backed = _BACKED.match(text, mention.end)
        if backed is None:
            yield Candidate(mention.start, mention.end, actor, True)
        elif following is not None and following.start < backed.end():
            # "Turkish-backed Free Syrian Army": the group has a name of its own.
            group = table.principal(following.actor, date)
            yield Candidate(mention.start, mention.end, group, True, (actor,))
        else:
            end = _end_of_group(text, backed.start(1), backed.end(1))
            yield Candidate(mention.start, end, text[mention.start : end], True, (actor,))


def _end_of_group(text: str, start: int, end: int) -> int:
    """End of the first plural noun in `start:end` ("rebel groups"), else of its first word."""
    words = list(_WORD.finditer(text, start, end))
    for word in words:
        if word.group().endswith("s"):
            return word.end()
    return words[0].end() if words else end


def _long_forms(text: str) -> dict[str, str]:
    """Abbreviations that the text itself explains: "Sudan Liberation Army (SLA)".

    The initials of the words before the bracket must spell the abbreviation (after Schwartz &
    Hearst, "A simple algorithm for identifying abbreviation definitions", PSB 2003).
    """
    found: dict[str, str] = {}
    for match in _BRACKETED.finditer(text):
        short = match.group(1)
        before = text[max(0, match.start() - _LONGEST_NAME) : match.start()]
        words = re.split(r"[^\w'’ -]", before)[-1].split()[-9:]
        for size in range(len(words), 0, -1):
            named = words[-size:]
            initials = "".join(w[0] for w in named if w[0].isupper())
            if initials.upper() == short.upper() and named[0][0].isupper():
                found.setdefault(short, " ".join(named))
                break
    return found


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
        if run_start < 0 and token in _ARTICLES:
            pass
        elif token[:1].isupper():
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
