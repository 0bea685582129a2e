"""What is known of an actor, and where a text names one."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["country", "government", "organisation", "armed_group", "company", "media", "person"]
TieName = Literal["commands", "funds", "arms", "hosts", "allied", "part_of", "represents"]
MentionForm = Literal["name", "demonym", "metonym", "person"]


class Tie(NamedTuple):
    """A relation to a patron: the patron `commands`, `funds`, `arms` or `hosts` the actor or
    is `allied` with it; or the actor is `part_of` the patron or `represents` it.

    `since` and `until` are ISO years, months or days, both inclusive; None is open.
    """

    patron: str
    tie: TieName
    since: str | None = None
    until: str | None = None
    source: str = ""

    def holds(self, date: str | None) -> bool:
        """Whether the tie held on an ISO `date`; always true for None.

        Bound and date are compared as far as both are known: `until` 2013 covers all of
        2013, and a date of 2013 lies within a term that began in May 2013.
        """
        if date is None:
            return True
        return not (
            (self.since is not None and _before(date, self.since))
            or (self.until is not None and _before(self.until, date))
        )


class Actor(NamedTuple):
    """A state, organisation, group, company, medium or person, under its usual English name.

    `aliases` are other names of it, `demonyms` the adjectives and nouns for its people,
    `metonyms` the capitals, seats and buildings that stand for it. A person's `metonyms` are
    the surnames that stand for him or her alone; where empty, they are taken from the name.
    """

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = ()
    source: str = ""

    @property
    def acts_for(self) -> tuple[Tie, ...]:
        """The terms for which this actor speaks for a state or an organisation."""
        return tuple(tie for tie in self.ties if tie.tie == "represents")


class Mention(NamedTuple):
    """A place where a text names an actor: code points `start`…`end`, `actor` as canonical name."""

    start: int
    end: int
    actor: str
    form: MentionForm


def _before(earlier: str, later: str) -> bool:
    known = min(len(earlier), len(later))
    return earlier[:known] < later[:known]
