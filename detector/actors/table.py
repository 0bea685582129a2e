"""The table of actors: look-up by name, mentions in text, patrons at a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from detector.actors.context import DATA, read_list
from detector.actors.finder import MentionFinder
from detector.actors.folding import key
from detector.actors.merging import merge
from detector.actors.reader import is_iso, read_rows
from detector.actors.records import Actor, Mention, Tie
from detector.errors import InputError

# In order of precedence: where two actors share a form, the earlier file has it.
SHIPPED = ("countries.csv", "organisations.csv", "armed_groups.csv", "people.csv")


class ActorTable:
    """Actors under their usual English names, in order of precedence."""

    def __init__(self, actors: Iterable[Actor], not_actors: Iterable[str] = ()) -> None:
        self._actors = {actor.name: actor for actor in actors}
        self._not_actors = tuple(not_actors)

    @classmethod
    def load(cls, extra: Path | str | None = None) -> ActorTable:
        """The shipped actors, and those of the user's file `extra` before them.

        Raises:
            ActorsError: a file cannot be read or breaks the schema; see `detector.actors`.
        """
        rows = [row for name in SHIPPED for row in read_rows(DATA / name)]
        if extra is not None:
            rows = read_rows(Path(extra)) + rows
        return cls(merge(rows), read_list(DATA / "not_actors.txt"))

    def __iter__(self) -> Iterator[Actor]:
        return iter(self._actors.values())

    def __len__(self) -> int:
        return len(self._actors)

    def get(self, name: str) -> Actor | None:
        """The actor of this name or alias, whatever its case, diacritics, dots and hyphens.

        A canonical name goes before an alias; of two actors with one alias, the first wins.
        """
        return self._by_key.get(key(name))

    def mentions(self, text: str, date: str | None = None) -> list[Mention]:
        """Where `text` names actors: in order, longest first at each place, none overlapping.

        Forms match as they are written in the table, at the bounds of words, whatever the
        diacritics, typographic quotes and line breaks; case counts ("US", not "us"). Offsets are
        code points. A surname alone stands for a person whose full name the text gives, else for
        the one who bears it if it is no common word or given name. Of several bearers, those in
        office at `date` (ISO; the brief's) go first; unless one is left, or all speak for the same
        actor, a surname is no mention. Takes time linear in the text.

        Raises:
            InputError: `date` is no ISO date.
        """
        _check(date)
        return self._finder.find(text, date)

    def patrons(self, name: str, date: str | None = None) -> tuple[Tie, ...]:
        """The ties of this actor that hold on an ISO `date`, or all; none if it is unknown.

        Raises:
            InputError: `date` is no ISO date.
        """
        _check(date)
        actor = self.get(name)
        return tuple(tie for tie in actor.ties if tie.holds(date)) if actor else ()

    def resolve(self, name: str) -> Actor | None:
        """The actor of this name or alias, else the one whose demonym or metonym it is."""
        actor = self.get(name)
        if actor is None:
            whole = [m for m in self.mentions(name) if (m.start, m.end) == (0, len(name))]
            actor = self.get(whole[0].actor) if whole else None
        return actor

    def principal(self, name: str, date: str | None = None) -> str:
        """Whose word and deed an actor's is, at `date`.

        A person's is that of the state or organisation represented, a state organ's the
        state's; everyone else, and an unknown name, answers for himself.
        """
        actor = self.get(name)
        if actor is None:
            return name
        if actor.kind == "person":
            terms = [tie for tie in actor.acts_for if tie.holds(date)] or list(actor.acts_for)
            return terms[-1].patron if terms else actor.name
        if actor.kind == "organisation":
            for tie in actor.ties:
                whole = self.get(tie.patron) if tie.tie == "part_of" and tie.holds(date) else None
                if whole is not None and whole.kind == "country":
                    return whole.name
        return actor.name

    def backers(self, name: str, date: str | None = None) -> tuple[str, ...]:
        """The patrons that answer for what this actor does: all but hosts and mere allies."""
        ties = self.patrons(name, date)
        return tuple(
            dict.fromkeys(tie.patron for tie in ties if tie.tie not in ("hosts", "allied"))
        )

    @cached_property
    def _by_key(self) -> dict[str, Actor]:
        found: dict[str, Actor] = {}
        for actor in self:
            found.setdefault(key(actor.name), actor)
        for actor in self:
            for alias in actor.aliases:
                found.setdefault(key(alias), actor)
        return found

    @cached_property
    def _finder(self) -> MentionFinder:
        return MentionFinder(self, self._not_actors)


def _check(date: str | None) -> None:
    if date is not None and not is_iso(date):
        raise InputError(f"bad date {date!r}; write YYYY, YYYY-MM or YYYY-MM-DD")
