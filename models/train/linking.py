"""Who may be pointed to in a document, and under which names."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from documents import Document

from detector.actors import Actor, ActorTable, Mention
from detector.extract.candidates import Candidate, candidates


@dataclass
class Linked:
    """A document, its possible actors, and for every gold span the mentions that name its
    actors and patrons (None where that is not annotated).
    """

    document: Document
    mentions: list[tuple[int, int]]
    actors: list[list[list[int]]]
    patrons: list[list[list[int]] | None]


class Renamer:
    """Exchanges the names of actors in a text, so that structure and not identity is learned.

    Every actor that the table knows gets the name of another of its kind, in the same form:
    name for name, adjective for adjective, capital for capital. What is gold stays gold.
    """

    def __init__(self, table: ActorTable, seed: int) -> None:
        self._table = table
        self._rng = random.Random(seed)
        self._kinds: dict[str, list[Actor]] = {}
        for actor in table:
            whole = actor.kind != "country" or (actor.demonyms and actor.metonyms)
            if whole and len(actor.name) < 40:
                self._kinds.setdefault(actor.kind, []).append(actor)

    def __call__(self, item: Linked) -> Linked:
        """The document under other names; all offsets follow."""
        text, date = item.document.text, item.document.date
        others: dict[str, Actor] = {}
        edits = []
        for mention in self._table.mentions(text, date):
            actor = self._table.get(mention.actor)
            if actor is None or actor.kind not in self._kinds:
                continue
            other = others.setdefault(actor.name, self._rng.choice(self._kinds[actor.kind]))
            edits.append((mention.start, mention.end, self._form(mention, text, other)))

        pieces, at = [], 0
        for start, end, new in edits:
            pieces += [text[at:start], new]
            at = end
        pieces.append(text[at:])

        def moved(position: int, is_end: bool) -> int:
            shift = 0
            for start, end, new in edits:
                if end <= position:
                    shift += len(new) - (end - start)
                elif start < position:
                    return start + shift + (len(new) if is_end else 0)
                else:
                    break
            return position + shift

        def place(start: int, end: int) -> tuple[int, int]:
            return moved(start, False), moved(end, True)

        spans = []
        for span in item.document.spans:
            start, end = place(span.start, span.end)
            spans.append(replace(span, start=start, end=end))
        document = replace(item.document, text="".join(pieces), spans=spans)
        return Linked(document, [place(*m) for m in item.mentions], item.actors, item.patrons)

    def _form(self, mention: Mention, text: str, other: Actor) -> str:
        written = text[mention.start : mention.end]
        if mention.form == "demonym" and other.demonyms:
            plural = written.endswith("s")
            fitting = [d for d in other.demonyms if d.endswith("s") == plural]
            return (fitting or list(other.demonyms))[0]
        if mention.form == "metonym" and other.metonyms:
            return self._rng.choice(other.metonyms)
        if mention.form == "person" and " " not in written:
            return other.name.split()[-1]
        return other.name


def matches(candidate: Candidate, actor: str, text: str, table: ActorTable) -> bool:
    """Whether a mention names the gold actor: by the table, or by shared name words."""
    entry = table.get(actor)
    actor = entry.name if entry else actor
    if candidate.actor.lower() == actor.lower():
        return True
    if candidate.known:
        return False
    words = {w for w in text[candidate.start : candidate.end].lower().split() if len(w) > 3}
    return bool(words & {w for w in actor.lower().split() if len(w) > 3})


def linked(document: Document, table: ActorTable) -> Linked:
    """The document's possible actors, and which of them its gold spans belong to."""
    text = document.text
    if document.mentions is not None:
        places = document.mentions
        own = [
            [[places.index(span.pointed)]] if span.pointed in places else []
            for span in document.spans
        ]
        return Linked(document, places, own, [None] * len(own))
    found = candidates(text, table.mentions(text, document.date), table, document.date)

    def naming(actors: list[str]) -> list[list[int]]:
        return [
            [i for i, c in enumerate(found) if matches(c, actor, text, table)] for actor in actors
        ]

    return Linked(
        document,
        [(c.start, c.end) for c in found],
        [naming(span.actors) for span in document.spans],
        [None if span.patrons is None else naming(span.patrons) for span in document.spans],
    )
