"""Finds the forms of actors in a text, in one pass over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import ahocorasick_rs

from detector.actors import context
from detector.actors.folding import Folded, is_word, plain
from detector.actors.forms import Candidate, candidates
from detector.actors.records import Actor, Mention


class _Hit(NamedTuple):
    start: int
    end: int
    candidates: Sequence[Candidate]


class MentionFinder:
    """Finds mentions with an Aho-Corasick automaton over all forms (Aho and Corasick, 1975).

    `not_actors` are longer phrases that contain a form and name something else ("Michael
    Jordan", "Gulf of Mexico"): text that they cover is no mention.
    """

    def __init__(self, actors: Iterable[Actor], not_actors: Iterable[str] = ()) -> None:
        forms = candidates(actors)
        for phrase in not_actors:
            forms.setdefault(plain(phrase), [])
        self._candidates = list(forms.values())
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(forms),
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def find(self, text: str, date: str | None = None) -> list[Mention]:
        """The mentions in order, none overlapping; see `ActorTable.mentions`."""
        folded = Folded(text)
        hits = self._hits(folded.text)
        named = _Named(hits)
        mentions = []
        for position, hit in enumerate(hits):
            following = hits[position + 1].start if position + 1 < len(hits) else len(folded.text)
            candidate = _choose(hit, folded.text, following, named, date)
            if candidate is not None:
                start, end = folded.span(hit.start, hit.end)
                mentions.append(Mention(start, end, candidate.actor.name, candidate.form))
        return mentions

    def _hits(self, text: str) -> list[_Hit]:
        # The search must report overlaps: the longest form at a place may stop within a word
        # ("Islamic State K|horasan"), and a shorter one there is then the right one.
        found = [
            (start, -end, form)
            for form, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if not (start and is_word(text[start - 1])) and not _goes_on(text, end)
        ]
        found.sort()
        hits: list[_Hit] = []
        covered = 0
        for start, negative_end, form in found:
            if start >= covered:
                covered = -negative_end
                hits.append(_Hit(start, covered, self._candidates[form]))
        return hits


class _Named:
    """Where the persons of a text were last given their full names."""

    def __init__(self, hits: Iterable[_Hit]) -> None:
        self._starts: dict[str, list[int]] = {}
        for hit in hits:
            for candidate in hit.candidates:
                if candidate.form == "person" and not candidate.alone:
                    self._starts.setdefault(candidate.actor.name, []).append(hit.start)

    def pick(self, bearers: Sequence[Candidate], start: int) -> Candidate | None:
        """The bearer of a surname whose full name stands nearest before it, or first after."""
        best, best_rank = None, (2, 0)
        for bearer in bearers:
            starts = self._starts.get(bearer.actor.name)
            if starts is None:
                continue
            before = [place for place in starts if place < start]
            rank = (0, start - before[-1]) if before else (1, starts[0] - start)
            if rank < best_rank:
                best, best_rank = bearer, rank
        return best


def _goes_on(text: str, end: int) -> bool:
    # A currency sign makes "US$" money.
    return end < len(text) and (is_word(text[end]) or text[end] == "$")


def _choose(
    hit: _Hit, text: str, following: int, named: _Named, date: str | None
) -> Candidate | None:
    if not hit.candidates:
        return None
    first = hit.candidates[0]
    if first.form != "person":
        other = context.names_no_actor(text, hit.start, hit.end, first.form, following)
        return None if other else first
    if not first.alone:
        return next((c for c in hit.candidates if _in_office(c, date)), first)
    return _by_surname(hit, text, following, named, date)


def _by_surname(
    hit: _Hit, text: str, following: int, named: _Named, date: str | None
) -> Candidate | None:
    bearers = hit.candidates
    if context.is_other_name(text, hit.start, hit.end, following):
        return None
    picked = named.pick(bearers, hit.start)
    if picked is not None:
        return picked
    if context.is_common_word(text[hit.start : hit.end]):
        return None
    if len(bearers) > 1 and date is not None:
        bearers = [bearer for bearer in bearers if _in_office(bearer, date)] or bearers
    speaks_for = {tie.patron for bearer in bearers for tie in bearer.actor.acts_for}
    return bearers[0] if len(bearers) == 1 or len(speaks_for) == 1 else None


def _in_office(candidate: Candidate, date: str | None) -> bool:
    return any(tie.holds(date) for tie in candidate.actor.acts_for)
