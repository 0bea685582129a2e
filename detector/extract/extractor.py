"""From a brief to its statements and actions."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from detector.actors import ActorTable, Mention
from detector.extract.candidates import candidates
from detector.extract.edges import tidy
from detector.extract.heads import LAYOUT, STATEMENT_KINDS, STATUSES
from detector.extract.pointer import Pointed, Pointers
from detector.extract.spans import SpanModel, TaggedSpan, TokenOutputs, decode
from detector.records import Action, Brief, Statement

_CERTAIN_SHARE = 0.3
_DOUBTFUL_SHARE = 0.05
_PATRON_SHARE = 0.4
_R = TypeVar("_R", Statement, Action)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|\n+")


class Extractor:
    """Reads briefs with the span model and the actor table."""

    def __init__(self, model: SpanModel, actors: ActorTable) -> None:
        self._model = model
        self._actors = actors

    def extract(
        self, brief: Brief, progress: Callable[[float], None] | None = None
    ) -> tuple[tuple[Statement, ...], tuple[Action, ...]]:
        """Statements and actions in the order of the text; a joint one is one record an actor.

        Actors that are possible and no more have a record too; see `certain`.
        `progress` is called with the share done, in 0…1.
        """
        outputs = self._model.run(brief.text, progress)
        mentions = self._actors.mentions(brief.text, brief.date)
        names = candidates(brief.text, mentions, self._actors, brief.date)
        pointers = Pointers(outputs, names, self._model.distance, self._model.no_patron)
        media = _Media(brief.text, mentions, self._actors)
        statements: list[Statement] = []
        for span, common in _spans(brief.text, outputs, "statement"):
            kinds = pointers.pooled(span.first, span.last)[LAYOUT["kind"]]
            kind = STATEMENT_KINDS[int(kinds.argmax())]
            for pointed in _joint(pointers.actors(span)):
                whose = _whose(brief.text, pointed, media, common)
                id = f"s{len(statements) + 1}"
                statements.append(Statement(id=id, kind=kind, **common, **whose))
        actions: list[Action] = []
        for span, common in _spans(brief.text, outputs, "action"):
            pooled = pointers.pooled(span.first, span.last)
            status = STATUSES[int(pooled[LAYOUT["status"]].argmax())]
            hedged = bool(pooled[LAYOUT["hedged"]][0] > 0)
            named = [p for p in pointers.patrons(span) if p.share >= _PATRON_SHARE]
            for pointed in _joint(pointers.actors(span)):
                whose = _whose(brief.text, pointed, media, common)
                id = f"a{len(actions) + 1}"
                patrons = self._patrons(pointed, named, brief.date)
                actions.append(
                    Action(
                        id=id,
                        status=status,
                        hedged=hedged,
                        on_behalf_of=patrons,
                        **common,
                        **whose,
                    )
                )
        return tuple(statements), tuple(actions)

    def _patrons(self, pointed: Pointed, named: list[Pointed], date: str | None) -> tuple[str, ...]:
        """Patrons that the mention names, that the table knows at `date`, that the text tells."""
        known = self._actors.backers(pointed.actor, date)
        everyone = [*pointed.mention.patrons, *known, *(p.actor for p in named)]
        return tuple(dict.fromkeys(name for name in everyone if name != pointed.actor))


def _spans(
    text: str, outputs: TokenOutputs, layer: str
) -> Iterator[tuple[TaggedSpan, dict[str, Any]]]:
    """Tagged spans with the fields that every record of theirs shares."""
    for span in decode(outputs, layer):
        start, end = int(outputs.starts[span.first]), int(outputs.ends[span.last - 1])
        place = tidy(text, start, end)
        if place:
            start, end = place
            yield span, {"text": text[start:end], "start": start, "end": end, "score": span.score}


def _whose(text: str, pointed: Pointed, media: _Media, common: dict[str, Any]) -> dict[str, Any]:
    """The fields that tell the actor and the reporter."""
    return {
        "actor": pointed.actor,
        "actor_text": text[pointed.mention.start : pointed.mention.end],
        "actor_score": min(1.0, pointed.share),
        "reported_by": media.reporting(common["start"], common["end"], pointed.actor),
    }


def _joint(pointed: list[Pointed]) -> list[Pointed]:
    """The likeliest actor, and all others that may be one.

    None where the text names nobody: what no one says or does is neither statement nor action.
    """
    return [p for p in pointed if p is pointed[0] or p.share >= _DOUBTFUL_SHARE]


def certain(records: Sequence[_R]) -> list[_R]:
    """Of each span the record of its likeliest actor, and those of actors that share it.

    What is left out is one span under a less likely actor, worth a look by the judge.
    """
    best: dict[tuple[int, int], float] = {}
    for record in records:
        place = (record.start, record.end)
        best[place] = max(best.get(place, 0.0), record.actor_score)
    return [
        record
        for record in records
        if record.actor_score >= min(_CERTAIN_SHARE, best[record.start, record.end])
    ]


class _Media:
    """Which medium a sentence names as its source."""

    def __init__(self, text: str, mentions: Sequence[Mention], actors: ActorTable) -> None:
        self._ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text) + 1]
        self._mentions = [
            mention
            for mention in mentions
            if (actor := actors.get(mention.actor)) and actor.kind == "media"
        ]
        self._starts = [mention.start for mention in self._mentions]

    def reporting(self, start: int, end: int, actor: str | None) -> str | None:
        """A medium named in the sentence of the span `start:end`, unless it is the actor."""
        if not self._mentions:
            return None
        low = self._ends[bisect.bisect_right(self._ends, start) - 1]
        high = self._ends[bisect.bisect_left(self._ends, end)]
        inside = self._mentions[
            bisect.bisect_left(self._starts, low) : bisect.bisect_left(self._starts, high)
        ]
        return next((m.actor for m in inside if m.actor != actor), None)
