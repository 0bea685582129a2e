"""Finds the forms of actors in a text, in one pass over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import ahocorasick_rs

from detector.actors import context
from detector.actors.folding import Folded, is_word, plain
from detector.actors.forms import Candidate, candidates
from detector.actors.records import Actor, Mention
from detector.actors.surnames import Hit, Surnames, in_office


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
        surnames = Surnames(hits, date)
        mentions = []
        for hit, following in zip(hits, _starts_of_next(hits, len(text)), strict=True):
            candidate = _choose(hit, folded.text, following, surnames, date)
            if candidate is not None:
                start, end = folded.span(hit.start, hit.end)
                mentions.append(Mention(start, end, candidate.actor.name, candidate.form))
        return mentions

    def _hits(self, text: str) -> list[Hit]:
        # The search must report overlaps: the longest form at a place may stop within a word
        # ("Islamic State K|horasan"), and a shorter one there is then the right one.
        found = [
            (start, -end, form)
            for form, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if not (start and is_word(text[start - 1])) and not _goes_on(text, end)
        ]
        found.sort()
        hits: list[Hit] = []
        covered = 0
        for start, negative_end, form in found:
            if start >= covered:
                covered = -negative_end
                hits.append(Hit(start, covered, self._candidates[form]))
        return hits


def _goes_on(text: str, end: int) -> bool:
    # A currency sign makes "US$" money.
    return end < len(text) and (is_word(text[end]) or text[end] == "$")


def _starts_of_next(hits: Sequence[Hit], end: int) -> Iterator[int]:
    """For each hit, where the next starts, or `end` if that is a bare surname: no actor as yet."""
    for following in hits[1:]:
        candidates = following.candidates
        yield end if candidates and candidates[0].alone else following.start
    if hits:
        yield end


def _choose(
    hit: Hit, text: str, following: int, surnames: Surnames, date: str | None
) -> Candidate | None:
    if not hit.candidates:
        return None
    first = hit.candidates[0]
    if first.form != "person":
        other = context.names_no_actor(text, hit.start, hit.end, first.form, following)
        return None if other else first
    if not first.alone:
        return next((c for c in hit.candidates if in_office(c, date)), first)
    if context.is_other_name(text, hit.start, hit.end, following):
        return None
    return surnames.bearer(hit, text)
