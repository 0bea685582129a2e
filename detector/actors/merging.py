"""Rows of actor files, merged into one record an actor."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import TypeVar

from detector.actors.folding import key
from detector.actors.reader import Row, fail
from detector.actors.records import Actor, Tie

T = TypeVar("T")


def merge(rows: Iterable[Row]) -> list[Actor]:
    """One actor a name, in order of first appearance, with the lists and ties of all its rows.

    Patrons are looked up among all names and aliases, and given their canonical names.

    Raises:
        ActorsError: two rows differ on an actor's kind, or a patron is unknown.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.name, []).append(row)
    patrons = _Patrons(groups)
    return [_merged(group, patrons) for group in groups.values()]


class _Patrons:
    """Finds the canonical names of patrons: by name, by alias, then however it is spelt."""

    def __init__(self, groups: dict[str, list[Row]]) -> None:
        self._names = {name: name for name in groups}
        for name, group in groups.items():
            for row in group:
                for alias in row.aliases:
                    self._names.setdefault(alias, name)

    @cached_property
    def _by_key(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for spelling, name in self._names.items():
            known.setdefault(key(spelling), name)
        return known

    def resolve(self, row: Row, tie: Tie) -> Tie:
        """The tie with its patron's canonical name; `ActorsError` if there is no such actor."""
        name = self._names.get(tie.patron) or self._by_key.get(key(tie.patron))
        if name is None:
            near = difflib.get_close_matches(key(tie.patron), self._by_key, n=1)
            remedy = f"did you mean {self._by_key[near[0]]!r}?" if near else "add a row for it"
            fail(row.path, row.line, f"unknown patron {tie.patron!r}; {remedy}")
        if name == row.name:
            fail(row.path, row.line, f"{name!r} is its own patron; name another actor")
        return tie if name == tie.patron else tie._replace(patron=name)


def _merged(group: list[Row], patrons: _Patrons) -> Actor:
    first = group[0]
    if len(group) == 1:
        ties = (patrons.resolve(first, first.tie),) if first.tie else ()
        _, _, name, kind, aliases, demonyms, metonyms, _, source = first
        return Actor(name, kind, aliases, demonyms, metonyms, ties, source)
    for row in group:
        if row.kind != first.kind:
            other = f"{first.kind!r} in {first.path}, line {first.line}"
            fail(
                row.path,
                row.line,
                f"{row.name!r} has kind {row.kind!r} here and {other}; use one kind",
            )
    return Actor(
        name=first.name,
        kind=first.kind,
        aliases=_joined([row.aliases for row in group]),
        demonyms=_joined([row.demonyms for row in group]),
        metonyms=_joined([row.metonyms for row in group]),
        ties=_joined([(patrons.resolve(row, row.tie),) for row in group if row.tie]),
        source="; ".join(_joined([(row.source,) for row in group if row.source])),
    )


def _joined(lists: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(lists)))
