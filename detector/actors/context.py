"""What the words around a form say about whether it names an actor at all."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from detector.actors.records import MentionForm

DATA = Path(__file__).parent / "data"

# A capital before one of these is an event or a paper that bears the place's name.
_EVENT = re.compile(
    r" (?:[Aa]ccords?|[Aa]greements?|[Cc]eremony|[Cc]onference|[Cc]onventions?|[Dd]eclaration"
    r"|[Ff]ormat|[Ff]ramework|[Mm]echanism|[Mm]emorandum|[Mm]eetings?|[Pp]rocess|[Pp]rotocols?"
    r"|[Rr]oadmap|[Rr]ound|[Ss]tock|[Ss]ummit|[Tt]alks|[Tt]reaty|[Tt]ruce)\b"
)
# A demonym before one of these is people of that state, who do not act for it.
_PEOPLE = re.compile(
    r" (?:[a-z-]+ )?(?:activists?|citizens?|civilians?|demonstrators?|dissidents?|exiles?"
    r"|expatriates?|farmers?|guerrillas?|insurgents?|insurgency|journalists?|migrants?|nationals?"
    r"|opposition|pilgrims|protest[eo]rs?|rebels?|rebellion|refugees?|residents?|separatists?"
    r"|settlers?|students?|tourists?|villagers?|voters?|workers?)\b"
)
# These stand for or against the state, or without it.
_PREFIX = re.compile(r"(?:^|\W)(?:[Aa]nti|[Ee]x|[Nn]on|[Pp]an|[Pp]ost|[Pp]re|[Pp]ro)-$")
# Parts of longer surnames.
_NAME_PREFIX = re.compile(r"(?:^|[\W_])(?:[AaEe]l-|[DdOo]'|Ma?c)$")
# In a line of capitals these are more likely the words than the abbreviations.
_WORDS_IN_CAPITALS = frozenset({"CAR", "IS", "US", "WHO"})
_GIVEN_NAMES_OF_STATES = frozenset({"Chad", "Georgia", "Jordan", "Kenya", "India"})
_SURNAMES_OF_STATES = frozenset({"Chad", "Jordan", "Ireland", "England", "Israel", "Washington"})
_NEXT_NAME = re.compile(r" ((?:(?:[Aa]bu|al|bin|ibn|von|van|de) ?-?)?[A-Z][\w'-]*[a-z])\b")
_CAPITAL = re.compile(r" [A-Z]")
_PREVIOUS = re.compile(r"(?:^|[\s\"'(\[-])([^\W\d_][\w'.-]*) $")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\"'(\[-]\s*|\s\s)$")
_WINDOW = 40


def names_no_actor(text: str, start: int, end: int, form: MentionForm, following: int) -> bool:
    """Whether the form of a state or organisation at `start`…`end` names something else here.

    That is so for a capital that names an accord ("the Minsk agreements"), for people who do not
    act for their state ("Syrian rebels", "pro-Russian"), for a state's name that is a person's
    ("Jordan Henderson", "Michelle Jordan"), and for an abbreviation within a line of capitals
    ("TELL US WHO"). `following` is where the next known form starts.
    """
    word = text[start:end]
    if form == "metonym" and _EVENT.match(text, end):
        return True
    if form == "demonym" and _PEOPLE.match(text, end):
        return True
    if text[start - 1 : start] == "-" and _PREFIX.search(text[max(0, start - 6) : start]):
        return True
    if word in _WORDS_IN_CAPITALS and _amid_capitals(text, start, end):
        return True
    if word in _GIVEN_NAMES_OF_STATES and following > end + 1:
        # In a headline all words have capitals, and then the next one is no surname.
        surname = _NEXT_NAME.match(text, end)
        if surname and surname[1] not in titles() and not _CAPITAL.match(text, surname.end()):
            return True
    return word in _SURNAMES_OF_STATES and _word_before(text, start) in _given_names()


def is_other_name(text: str, start: int, end: int, following: int) -> bool:
    """Whether a bare surname at `start`…`end` is part of another's name.

    "Hunter Biden", "al-Malki", "Dan Joergensen": a capitalised word beside it, or a prefix, makes
    it so, unless that word is a title, a day, a month, or opens a sentence.
    """
    after = _NEXT_NAME.match(text, end)
    if after and following != end + 1 and after[1] not in titles():
        return True
    if _NAME_PREFIX.search(text[max(0, start - 4) : start]):
        return True
    before = _word_before(text, start)
    if not before or not before[0].isupper() or before.endswith(".") or before in titles():
        return False
    if before in _given_names():
        return True
    opens = _SENTENCE_START.search(text[max(0, start - len(before) - 4) : start - len(before) - 1])
    return not opens


def is_common_word(surname: str) -> bool:
    """Whether a surname is too often another word or a given name to stand for a person."""
    return any(surname in words for words in (_common_words(), _given_names(), titles()))


def read_list(path: Path) -> list[str]:
    """The lines of a word list, without blank lines and `#` comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def titles() -> frozenset[str]:
    """Capitalised words beside a name that are no part of it: titles, offices, days, months."""
    return _words("titles.txt")


def _given_names() -> frozenset[str]:
    return _words("given_names.txt")


def _common_words() -> frozenset[str]:
    return _words("common_words.txt")


@cache
def _words(file: str) -> frozenset[str]:
    return frozenset(word for line in read_list(DATA / file) for word in line.split())


def _word_before(text: str, start: int) -> str:
    match = _PREVIOUS.search(text[max(0, start - _WINDOW) : start])
    return match[1] if match else ""


def _amid_capitals(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 20) : start] + text[end : end + 20]
    return any(map(str.isupper, around)) and not any(map(str.islower, around))
