"""Whom a surname without a given name stands for in a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from detector.actors.context import is_common_word
from detector.actors.forms import Candidate


class Hit(NamedTuple):
    """A form found in a text at `start`…`end`, and all that it may stand for."""

    start: int
    end: int
    candidates: Sequence[Candidate]


class Surnames:
    """The bearers of the surnames in one text.

    A surname stands for the person whose full name the text gives last before it, or else first
    after it. Without a full name it stands for its one bearer in office at `date` (if given), or
    its one bearer in the table; for the first of several that all speak for the same actor; or for
    nobody, as do surnames that are common words or given names.
    """

    def __init__(self, hits: Sequence[Hit], date: str | None) -> None:
        self._date = date
        self._named: dict[str, list[int]] = {}
        for hit in hits:
            for candidate in hit.candidates:
                if candidate.form == "person" and not candidate.alone:
                    self._named.setdefault(candidate.actor.name, []).append(hit.start)
        self._known: dict[str, tuple[list[Candidate], Candidate | None]] = {}

    def bearer(self, hit: Hit, text: str) -> Candidate | None:
        """The person for whom the surname at `hit` stands, if any."""
        surname = text[hit.start : hit.end]
        known = self._known.get(surname)
        if known is None:
            named = [bearer for bearer in hit.candidates if bearer.actor.name in self._named]
            known = self._known[surname] = (named, self._unnamed(surname, hit.candidates))
        named, unnamed = known
        return min(named, key=lambda bearer: self._distance(bearer, hit.start), default=unnamed)

    def _distance(self, bearer: Candidate, start: int) -> tuple[bool, int]:
        places = self._named[bearer.actor.name]
        before = bisect_left(places, start)
        if before:
            return False, start - places[before - 1]
        return True, places[0] - start

    def _unnamed(self, surname: str, bearers: Sequence[Candidate]) -> Candidate | None:
        if is_common_word(surname):
            return None
        if self._date is not None:
            bearers = [one for one in bearers if in_office(one, self._date)] or bearers
        speaks_for = {tie.patron for bearer in bearers for tie in bearer.actor.acts_for}
        return bearers[0] if len(bearers) == 1 or len(speaks_for) == 1 else None


def in_office(candidate: Candidate, date: str | None) -> bool:
    """Whether a person speaks for somebody at an ISO date; at any, for None."""
    return any(tie.holds(date) for tie in candidate.actor.acts_for)
