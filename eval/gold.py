"""What the scorer compares: annotated briefs and predictions, both as character spans."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from detector.errors import InputError
from detector.records import Action, Brief, Report, Statement


class Span(NamedTuple):
    """Code points `start:end` of a brief's text."""

    start: int
    end: int


class SpanPair(NamedTuple):
    """Where a statement and an action stand."""

    statement: Span
    action: Span


@dataclass(frozen=True)
class Actor:
    """Who states or acts in a span, and for whom."""

    span: Span
    name: str | None
    on_behalf_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoredPair:
    """A pair that a system has judged.

    `score` ranks pairs of all briefs, higher meaning more likely a gap.
    """

    spans: SpanPair
    score: float
    flagged: bool


@dataclass(frozen=True)
class GoldBrief:
    """An annotated brief; the spans of `gaps` and `distractors` are those of its records."""

    brief: Brief
    statements: tuple[Actor, ...]
    actions: tuple[Actor, ...]
    gaps: tuple[SpanPair, ...]
    distractors: tuple[tuple[SpanPair, str], ...] = ()


@dataclass(frozen=True)
class Prediction:
    """What a system finds in one brief; None where it finds no statements or actions."""

    pairs: tuple[ScoredPair, ...]
    statements: tuple[Actor, ...] | None = None
    actions: tuple[Actor, ...] | None = None


def read_gold(path: Path) -> list[GoldBrief]:
    """The briefs of a GapBench file, in order.

    Annotations quote the text; where a quotation occurs more than once, its first
    occurrence is meant. `InputError` names the file and line of a broken record.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; give a GapBench file of annotated briefs")
    gold = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            gold.append(parse(json.loads(line)))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}:{number}: not a GapBench brief ({error!r}); run eval/gapbench/check.py"
            ) from error
    return gold


def parse(record: dict[str, Any]) -> GoldBrief:
    """One GapBench record. `ValueError` on a span that is not in the text, `KeyError` on an
    id that is not declared."""
    text = record["text"]
    statements = {s["id"]: _actor(s, text) for s in record["statements"]}
    actions = {a["id"]: _actor(a, text) for a in record["actions"]}

    def spans(pair: dict[str, str]) -> SpanPair:
        return SpanPair(statements[pair["statement"]].span, actions[pair["action"]].span)

    return GoldBrief(
        brief=Brief(id=record["id"], title=record.get("title"), date=record.get("date"), text=text),
        statements=tuple(statements.values()),
        actions=tuple(actions.values()),
        gaps=tuple(spans(gap) for gap in record["gaps"]),
        distractors=tuple((spans(d), d["reason"]) for d in record["distractors"]),
    )


def from_report(report: Report) -> Prediction:
    """A report as the scorer takes it; made with `all_pairs=True`, every judged pair ranks."""
    statements = {s.id: _of_record(s) for s in report.statements}
    actions = {a.id: _of_record(a) for a in report.actions}
    return Prediction(
        pairs=tuple(
            ScoredPair(
                SpanPair(statements[gap.statement].span, actions[gap.action].span),
                score=gap.score,
                flagged=gap.flagged,
            )
            for gap in report.gaps
        ),
        statements=tuple(statements.values()),
        actions=tuple(actions.values()),
    )


def distinct(actors: Iterable[Actor]) -> dict[Span, tuple[Actor, ...]]:
    """Records by span: a joint statement or act is one span with a record per actor."""
    grouped: dict[Span, tuple[Actor, ...]] = {}
    for actor in actors:
        grouped[actor.span] = (*grouped.get(actor.span, ()), actor)
    return grouped


def _actor(annotation: dict[str, Any], text: str) -> Actor:
    quote = annotation["text"]
    start = text.find(quote)
    if start < 0 or not quote:
        raise ValueError(f"{annotation['id']} is not in the text")
    patron = annotation.get("on_behalf_of")
    return Actor(Span(start, start + len(quote)), annotation["actor"], (patron,) if patron else ())


def _of_record(record: Statement | Action) -> Actor:
    patrons = record.on_behalf_of if isinstance(record, Action) else ()
    return Actor(Span(record.start, record.end), record.actor, patrons)
