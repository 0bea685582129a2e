"""The scorer of GapBench: one set of rules for Detector and for every baseline.

**Spans** match at a character IoU of 0.3 or more. Statements and actions are scored as
distinct spans: the records that a joint statement has, one per actor, are one span. Spans
are paired one to one, closest first.

**Gaps** are pairs of spans; pairs with the same two spans count once. A pair is *right* if
its two spans match those of any gold gap, and a gold gap is *covered* if any pair matches it.

    precision          right flags / flags
    recall             covered gold gaps / gold gaps
    average precision  over all scored pairs of all briefs, flagged or not, by falling score:
                       the sum, over the pairs, of the share of gold gaps that a pair is first
                       to cover times the precision down to it. Pairs with equal scores rank
                       together. A gold gap that no pair matches is never reached.

Several gold gaps may stand for one contradiction (the position said twice, the act told
twice). A flag on any of them is right, and the others then stay to be recalled.

**Controls** are the briefs without a gold gap. **Distractors** count as flagged if a flag
that is not right matches them; those whose spans are also a gold gap's (one actor's joint act
is a gap, the other's is not) cannot be told apart by spans, and are left out.

**Actors** are compared on matched spans: a span earns |P ∩ G| / max(|P|, |G|), P and G being
the predicted and the gold names. A gold patron is found if it is among the predicted actors
of the matched span or those that they act for.

A ratio with nothing to divide by is NaN, but F1 is 0 as soon as there is a flag or a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from curve import Curve
from gold import GoldBrief, Prediction, ScoredPair, SpanPair
from numpy.typing import NDArray
from spans import MIN_IOU, Ratio, f1, iou


@dataclass(frozen=True)
class GapTally:
    """The distinct pairs of one brief against its gold gaps, strongest pair first."""

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    gains: NDArray[np.int64]  # gold gaps that this pair is the first in its brief to cover
    flags: int
    right_flags: int
    covered: int
    gold: int


@dataclass(frozen=True)
class GapScores:
    """How well gaps are found; all in 0…1, higher is better."""

    precision: float
    recall: float
    f1: float
    average_precision: float


def matches(a: SpanPair, b: SpanPair) -> bool:
    """Whether statement matches statement, and action matches action."""
    return iou(a.statement, b.statement) >= MIN_IOU and iou(a.action, b.action) >= MIN_IOU


def merged(pairs: Iterable[ScoredPair]) -> list[ScoredPair]:
    """One pair for every two spans, strongest first: the best score, flagged if any is."""
    best: dict[SpanPair, ScoredPair] = {}
    for pair in pairs:
        known = best.get(pair.spans, pair)
        best[pair.spans] = ScoredPair(
            pair.spans,
            max(pair.score, known.score),
            pair.flagged or known.flagged,
        )
    return sorted(best.values(), key=lambda pair: (-pair.score, pair.spans))


def tally(gold: GoldBrief, prediction: Prediction) -> GapTally:
    """Judge the pairs of one brief."""
    gaps = sorted(set(gold.gaps))
    pairs = merged(prediction.pairs)
    reached: set[SpanPair] = set()
    recalled: set[SpanPair] = set()
    right, gains = [], []
    for pair in pairs:
        hit = {gap for gap in gaps if matches(pair.spans, gap)}
        right.append(bool(hit))
        gains.append(len(hit - reached))
        reached |= hit
        recalled |= hit if pair.flagged else set()
    return GapTally(
        scores=np.array([pair.score for pair in pairs], dtype=np.float64),
        right=np.array(right, dtype=np.bool_),
        gains=np.array(gains, dtype=np.int64),
        flags=sum(pair.flagged for pair in pairs),
        right_flags=sum(r for r, pair in zip(right, pairs, strict=True) if pair.flagged),
        covered=len(recalled),
        gold=len(gaps),
    )


def gap_scores(tallies: Sequence[GapTally]) -> GapScores:
    """Pool the briefs' tallies: counts are summed before they are divided."""
    precision = Ratio(sum(t.right_flags for t in tallies), sum(t.flags for t in tallies)).value
    recall = Ratio(sum(t.covered for t in tallies), sum(t.gold for t in tallies)).value
    return GapScores(precision, recall, f1(precision, recall), curve(tallies).average_precision)


def curve(tallies: Sequence[GapTally]) -> Curve:
    """The ranking of the pairs of all briefs together."""
    return Curve.of(
        np.concatenate([np.empty(0), *(t.scores for t in tallies)]),
        np.concatenate([np.empty(0, dtype=np.bool_), *(t.right for t in tallies)]),
        np.concatenate([np.empty(0, dtype=np.int64), *(t.gains for t in tallies)]),
        sum(t.gold for t in tallies),
    )


def at_threshold(prediction: Prediction, threshold: float) -> Prediction:
    """The same pairs, flagged where at or over `threshold`."""
    return replace(
        prediction,
        pairs=tuple(replace(pair, flagged=pair.score >= threshold) for pair in prediction.pairs),
    )


def intervals(
    tallies: Sequence[GapTally], resamples: int = 1000, seed: int = 13
) -> dict[str, tuple[float, float]]:
    """95% percentile bootstrap over briefs, for each field of `GapScores`.

    Briefs are drawn with replacement, as pairs of one brief are not independent
    (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13).
    """
    generator = np.random.default_rng(seed)
    draws = [
        gap_scores([tallies[i] for i in generator.integers(len(tallies), size=len(tallies))])
        for _ in range(resamples)
    ]
    bounds = {}
    for name in GapScores.__dataclass_fields__:
        values = np.array([getattr(draw, name) for draw in draws])
        known = values[~np.isnan(values)]
        low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (np.nan, np.nan)
        bounds[name] = (float(low), float(high))
    return bounds


def controls_flagged(tallies: Sequence[GapTally]) -> Ratio:
    """Briefs without a gold gap that have a flag, over all of them; lower is better."""
    controls = [t for t in tallies if not t.gold]
    return Ratio(sum(t.flags > 0 for t in controls), len(controls))


def distractors_flagged(
    gold: Sequence[GoldBrief], predictions: Sequence[Prediction]
) -> Mapping[str, Ratio]:
    """Flagged distractors over distractors, by reason, `all` first; lower is better."""
    counts = {"all": Ratio(0, 0)}
    for brief, prediction in zip(gold, predictions, strict=True):
        wrong = [
            pair.spans
            for pair in merged(prediction.pairs)
            if pair.flagged and not any(matches(pair.spans, gap) for gap in brief.gaps)
        ]
        for spans, reason in brief.distractors:
            if spans in brief.gaps:
                continue
            one = Ratio(any(matches(flag, spans) for flag in wrong), 1)
            counts["all"] += one
            counts[reason] = counts.get(reason, Ratio(0, 0)) + one
    return counts
