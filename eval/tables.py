"""The tables of accuracy.py: systems side by side on one file of annotated briefs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import metrics
import spans
from gold import GoldBrief, Prediction
from results import Table, share

SENTENCES, EXTRACTED, DETECTOR = "sentence pairs + NLI", "extracted pairs + NLI", "Detector"
SWEEP = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
FALSE_FLAGS = ("controls flagged", "distractors flagged")


@dataclass(frozen=True)
class Outcome:
    """One system on one file."""

    predictions: list[Prediction]
    threshold: float
    tallies: list[metrics.GapTally]
    scores: metrics.GapScores
    intervals: dict[str, tuple[float, float]] = field(repr=False)

    @classmethod
    def of(
        cls, gold: Sequence[GoldBrief], predictions: list[Prediction], threshold: float
    ) -> Outcome:
        """Score predictions that are flagged already."""
        tallies = [metrics.tally(g, p) for g, p in zip(gold, predictions, strict=True)]
        scores = metrics.gap_scores(tallies)
        return cls(predictions, threshold, tallies, scores, metrics.intervals(tallies))


def ratios(outcomes: dict[str, Outcome]) -> dict[str, float]:
    """Detector's F1 and AP over those of the baseline that is the better at each."""
    result = {}
    for name in ("f1", "average_precision"):
        best = max(getattr(outcomes[b].scores, name) for b in (SENTENCES, EXTRACTED))
        value = getattr(outcomes[DETECTOR].scores, name)
        result[name] = value / best if best else math.nan
    return result


def gap_table(name: str, gold: Sequence[GoldBrief], outcomes: dict[str, Outcome]) -> Table:
    """A row a system, and how many times the better baseline's score Detector reaches."""
    rows = []
    for system, outcome in outcomes.items():
        cells = [
            share(getattr(outcome.scores, measure), outcome.intervals[measure])
            for measure in ("precision", "recall", "f1", "average_precision")
        ]
        controls = metrics.controls_flagged(outcome.tallies)
        distractors = metrics.distractors_flagged(gold, outcome.predictions)["all"]
        cells += [f"{r.part:.0f} of {r.whole:.0f}" for r in (controls, distractors)]
        rows.append([system, f"{outcome.threshold:.3f}", *cells])
    times = [f"{value:.2f}×" for value in ratios(outcomes).values()]
    rows.append(["Detector / better baseline", *[""] * 3, *times, *[""] * 2])
    gaps = sum(t.gold for t in outcomes[DETECTOR].tallies)
    return {
        "title": f"{name}: gaps ({len(gold)} briefs, {gaps} gaps)",
        "columns": ["", "threshold", "P", "R", "F1", "AP", *FALSE_FLAGS],
        "rows": rows,
    }


def distractor_table(name: str, gold: Sequence[GoldBrief], outcomes: dict[str, Outcome]) -> Table:
    """Flagged distractors of each reason, for each system."""
    counts = {
        system: metrics.distractors_flagged(gold, outcome.predictions)
        for system, outcome in outcomes.items()
    }
    reasons = sorted(counts[DETECTOR], key=lambda reason: -counts[DETECTOR][reason].whole)
    return {
        "title": f"{name}: distractors flagged, by reason",
        "columns": ["", *(f"{r} ({counts[DETECTOR][r].whole:.0f})" for r in reasons)],
        "rows": [[system, *(f"{c[r].part:.0f}" for r in reasons)] for system, c in counts.items()],
    }


def sweep_table(name: str, gold: Sequence[GoldBrief], outcome: Outcome) -> Table:
    """What Detector would score at other thresholds; its own is marked."""
    rows = []
    for threshold in sorted({*SWEEP, outcome.threshold}):
        moved = [metrics.at_threshold(p, threshold) for p in outcome.predictions]
        tallies = [metrics.tally(g, p) for g, p in zip(gold, moved, strict=True)]
        scores = metrics.gap_scores(tallies)
        mark = " (set)" if threshold == outcome.threshold else ""
        controls = metrics.controls_flagged(tallies)
        rows.append(
            [
                f"{threshold:.3g}{mark}",
                *(share(x) for x in (scores.precision, scores.recall, scores.f1)),
                f"{controls.part:.0f} of {controls.whole:.0f}",
            ]
        )
    return {
        "title": f"{name}: Detector by threshold",
        "columns": ["threshold", "P", "R", "F1", "controls flagged"],
        "rows": rows,
    }


def span_table(extraction: dict[str, dict[str, spans.SpanScores]]) -> Table:
    """Detector's statements and actions on every file."""
    return {
        "title": "Detector: statements and actions",
        "columns": ["", "P", "R", "F1", "actor", "patron"],
        "rows": [
            [f"{name}, {kind}"]
            + [share(x) for x in (s.right.value, s.found.value, s.f1, s.actor.value)]
            + [f"{s.patron.part:.0f} of {s.patron.whole:.0f}" if s.patron.whole else "–"]
            for name, kinds in extraction.items()
            for kind, s in kinds.items()
        ],
    }
