"""Statements and actions, and whose they are, against gold spans."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gold import Actor, Span, distinct

MIN_IOU = 0.3


@dataclass(frozen=True)
class Ratio:
    """How many of how many."""

    part: float
    whole: float

    @property
    def value(self) -> float:
        """part / whole in 0…1; NaN if the whole is empty."""
        return self.part / self.whole if self.whole else math.nan

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.part + other.part, self.whole + other.whole)


@dataclass(frozen=True)
class SpanScores:
    """How well the statements or the actions are found, and whose they are."""

    found: Ratio  # gold spans that a predicted span matches
    right: Ratio  # predicted spans that match a gold span
    actor: Ratio
    patron: Ratio

    @property
    def f1(self) -> float:
        """Harmonic mean of precision (`right`) and recall (`found`)."""
        return f1(self.right.value, self.found.value)


def f1(precision: float, recall: float) -> float:
    """Harmonic mean; NaN if neither is known, 0 if one is unknown or zero."""
    if math.isnan(precision) and math.isnan(recall):
        return math.nan
    total = precision + recall
    return 2 * precision * recall / total if total > 0 else 0.0


def iou(a: Span, b: Span) -> float:
    """Shared characters over all characters that either span covers."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return shared / (a.end - a.start + b.end - b.start - shared) if shared > 0 else 0.0


def align(predicted: Iterable[Span], gold: Iterable[Span]) -> dict[Span, Span]:
    """Predicted to gold spans, one to one, the highest IoU first and ties by position."""
    golds = list(gold)
    candidates = sorted((-iou(p, g), p, g) for p in predicted for g in golds)
    aligned: dict[Span, Span] = {}
    for negated, p, g in candidates:
        if -negated >= MIN_IOU and p not in aligned and g not in aligned.values():
            aligned[p] = g
    return aligned


def span_scores(
    pairs: Iterable[tuple[Sequence[Actor], Sequence[Actor]]],
    canonical: Callable[[str], str] = str.casefold,
) -> SpanScores:
    """Score the statements, or the actions, of briefs given as (gold, predicted) records.

    `canonical` maps a name to the form in which names are compared.
    """
    found = right = actor = patron = Ratio(0, 0)
    for gold, predicted in pairs:
        golds, guesses = distinct(gold), distinct(predicted)
        aligned = align(guesses, golds)
        found += Ratio(len(aligned), len(golds))
        right += Ratio(len(aligned), len(guesses))
        for p, g in aligned.items():
            names = {canonical(r.name) for r in guesses[p] if r.name}
            wanted = {canonical(r.name) for r in golds[g] if r.name}
            actor += Ratio(len(names & wanted) / max(len(names), len(wanted)), 1)
            backers = names | {canonical(b) for r in guesses[p] for b in r.on_behalf_of}
            patrons = {canonical(b) for r in golds[g] for b in r.on_behalf_of}
            patron += Ratio(len(patrons & backers), len(patrons))
    return SpanScores(found, right, actor, patron)


def canonical_by(find: Callable[[str], str | None]) -> Callable[[str], str]:
    """Names compared without regard to case, after `find` has resolved the known ones."""
    return lambda name: (find(name) or name).strip().casefold()
