"""The written forms under which an actor is looked for in text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from detector.actors.folding import plain
from detector.actors.records import Actor, MentionForm

# Words of names that have a British and an American spelling.
_SPELLED_TWICE = re.compile("Organi[sz]ation|Defen[cs]e|Labou?r|Cent(?:re|er)")
_OTHER_SPELLING = {
    "Organisation": "Organization",
    "Defence": "Defense",
    "Labour": "Labor",
    "Centre": "Center",
}
_OTHER_SPELLING.update({american: british for british, american in _OTHER_SPELLING.items()})
# Words that belong to the surname that follows them: "bin Salman", "von der Leyen".
_PARTICLE = re.compile(
    "abu|ait|al|bar|ben|bin|d[aeiou]|dal|de[lr]|della|dos|el|ibn|l[ae]|ould|ter|v[ao]n",
    re.IGNORECASE,
)
_ARTICLES = ("al-", "Al-", "el-", "El-")
# Here the family name is written first: "Xi Jinping", "Kim Jong Un".
_FAMILY_NAME_FIRST = frozenset({"China", "Taiwan", "North Korea", "South Korea", "Hong Kong"})
# A single letter is never sought in text: "X" may be a company, but it is also much else.
_MIN_LENGTH = 2
# Abbreviations of these lengths are also written with full stops: "I.R.G.C."
_DOTTED = range(3, 7)
# Names shorter than this are not sought in capitals: the capitals may be an abbreviation.
_MIN_IN_CAPITALS = 4


class Candidate(NamedTuple):
    """An actor that a form may stand for; `alone` if it is a surname without a given name."""

    actor: Actor
    form: MentionForm
    alone: bool = False


def candidates(actors: Iterable[Actor]) -> dict[str, list[Candidate]]:
    """All forms, as `folding.plain` spells them, each with its candidates in order of precedence.

    A form of a state or organisation has one candidate: names go before demonyms, demonyms
    before metonyms, and within each the first actor in file order wins. A form that is only a
    person's has all the persons who bear it, in file order; full names go before surnames.
    """
    actors = list(actors)
    others = [actor for actor in actors if actor.kind != "person"]
    persons = [actor for actor in actors if actor.kind == "person"]
    found: dict[str, list[Candidate]] = {}
    for actor in others:
        _give(found, _names(actor), Candidate(actor, "name"))
    for actor in others:
        _give(found, _spelled(actor.demonyms), Candidate(actor, "demonym"))
    for actor in others:
        _give(found, _spelled(actor.metonyms), Candidate(actor, "metonym"))
    for person in persons:
        _add(found, (person.name, *person.aliases), Candidate(person, "person"))
    for person in persons:
        _add(found, surnames(person), Candidate(person, "person", alone=True))
    return found


def surnames(person: Actor) -> tuple[str, ...]:
    """The surnames that stand for a person alone.

    Those given as metonyms; otherwise the last word of the name with its particles ("bin
    Salman"), or the first where the person speaks for a state that writes it first. An article
    may go: "al-Assad" is also "Assad".
    """
    given = person.metonyms or _from_name(person)
    bare = [name[3:] for name in given if name.startswith(_ARTICLES)]
    return tuple(dict.fromkeys((*given, *bare))) if bare else given


def _from_name(person: Actor) -> tuple[str, ...]:
    words = person.name.split()
    if len(words) < 2:
        return ()
    for tie in person.ties:
        if tie.patron in _FAMILY_NAME_FIRST and tie.tie == "represents":
            return (words[0],)
    first = len(words) - 1
    while first > 1 and _PARTICLE.fullmatch(words[first - 1]):
        first -= 1
    return (" ".join(words[first:]),)


def _give(found: dict[str, list[Candidate]], forms: Iterable[str], candidate: Candidate) -> None:
    for form in forms:
        if form not in found:
            found[form] = [candidate]


def _add(found: dict[str, list[Candidate]], names: Iterable[str], candidate: Candidate) -> None:
    for name in names:
        form = plain(name)
        bearers = found.get(form)
        if bearers is None:
            found[form] = [candidate]
        elif bearers[0].form == "person" and bearers[0].alone == candidate.alone:
            bearers.append(candidate)


def _names(actor: Actor) -> Iterator[str]:
    names = (actor.name, *actor.aliases)
    yield from _spelled(names)
    if actor.kind == "country":
        for name in (*names, *actor.demonyms):
            if len(name) >= _MIN_IN_CAPITALS:
                yield plain(name.upper())


def _spelled(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        form = plain(name)
        if len(form) < _MIN_LENGTH:
            continue
        yield form
        if form[0].islower():
            yield form[0].upper() + form[1:]
        if form.isalpha() and form.isupper() and len(form) in _DOTTED:
            yield ".".join(form) + "."
        if _SPELLED_TWICE.search(form):
            yield _SPELLED_TWICE.sub(lambda word: _OTHER_SPELLING[word[0]], form)
