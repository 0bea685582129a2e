"""Choose the calibration and the threshold of the embedded judge, on development briefs.

    python eval/calibrate.py [--gold FILE ...]

Pairs are those that Detector itself finds in the briefs; a pair counts as a gap if its spans
match a gold gap's. Five coefficients are fitted by logistic regression on them (Platt, 1999).
The threshold is that of the best F1 over all files together, among those that flag fewer than a
quarter of the control briefs. Both go into models/nli/config.json. Reliability is reported for
what was fitted here: it is the development set's, and optimistic by as much as five
coefficients can be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from gold import GoldBrief, Prediction, ScoredPair, Span, SpanPair, read_gold
from metrics import at_threshold, controls_flagged, gap_scores, matches, tally
from results import Table, as_text, write

from detector import Pair
from detector.actors import ActorTable
from detector.embed import SentenceEncoder
from detector.extract import Extractor, SpanModel
from detector.judge.calibration import Calibration, features
from detector.judge.crossencoder import CrossEncoder
from detector.judge.inputs import model_input
from detector.match import match
from detector.models import folder

DEVELOPMENT = [Path(__file__).parent / "gapbench" / f"dev_{part}.jsonl" for part in "ab"]
MOST_CONTROLS = 0.25
BINS = np.linspace(0, 1, 6)


class Found(NamedTuple):
    """A brief, the pairs that Detector makes of it, where they stand, which are gaps."""

    gold: GoldBrief
    pairs: list[Pair]
    spans: list[SpanPair]
    gaps: list[bool]


def found_pairs(paths: Sequence[Path]) -> list[Found]:
    """Detector's own pairs of every brief, with the embedded models."""
    extractor = Extractor(SpanModel(folder("spans")), ActorTable.load())
    encoder = SentenceEncoder.load(folder("encoder"))
    found = []
    for gold in (brief for path in paths for brief in read_gold(path)):
        statements, actions = extractor.extract(gold.brief)
        place = {s.id: Span(s.start, s.end) for s in (*statements, *actions)}
        pairs = match(statements, actions, encoder)
        spans = [SpanPair(place[p.statement_id or ""], place[p.action_id or ""]) for p in pairs]
        gaps = [any(matches(where, gap) for gap in gold.gaps) for where in spans]
        found.append(Found(gold, pairs, spans, gaps))
    return found


def logistic(columns: np.ndarray, gold: np.ndarray, ridge: float = 1.0) -> np.ndarray:
    """Coefficients of a logistic regression, the last one the intercept (Newton's method)."""
    x = np.column_stack([columns, np.ones(len(columns))])
    penalty = ridge * np.diag([*([1.0] * columns.shape[1]), 0.0])
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (p - gold) + penalty @ beta
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        beta -= np.linalg.solve(hessian, gradient)
    return beta


def best_threshold(found: Sequence[Found], scores: np.ndarray) -> float:
    """The best F1 among thresholds that flag fewer than a quarter of the control briefs.

    An analyst who is shown gaps where there are none stops reading, hence the bound.
    """
    at, predictions = 0, []
    for brief in found:
        end = at + len(brief.pairs)
        scored = zip(brief.spans, scores[at:end].tolist(), strict=True)
        predictions.append(Prediction(tuple(ScoredPair(s, p, False) for s, p in scored)))
        at = end
    ranked = []
    for threshold in np.arange(0.05, 0.96, 0.01).round(2).tolist():
        tallies = [
            tally(brief.gold, at_threshold(prediction, threshold))
            for brief, prediction in zip(found, predictions, strict=True)
        ]
        if controls_flagged(tallies).value < MOST_CONTROLS:
            ranked.append((gap_scores(tallies).f1, threshold))
    return float(max(ranked)[1])


def reliability(scores: np.ndarray, gold: np.ndarray) -> tuple[Table, float, float]:
    """Mean score against share of gaps by bin; expected calibration error; Brier score."""
    rows, error = [], 0.0
    for low, high in pairwise(BINS):
        inside = (scores >= low) & ((scores < high) | (high == 1.0))
        if inside.any():
            mean, share = scores[inside].mean(), gold[inside].mean()
            error += inside.mean() * abs(mean - share)
            rows.append([f"{low:.1f}-{high:.1f}", str(inside.sum()), f"{mean:.2f}", f"{share:.2f}"])
    table: Table = {
        "title": "Reliability on the pairs of the development briefs",
        "columns": ["score", "pairs", "mean score", "share of gaps"],
        "rows": rows,
    }
    return table, float(error), float(((scores - gold) ** 2).mean())


def main() -> int:
    """Fit, choose, store, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, nargs="+", default=DEVELOPMENT, metavar="FILE")
    options = parser.parse_args()
    found = found_pairs(options.gold)
    pairs = [pair for brief in found for pair in brief.pairs]
    gold = np.array([gap for brief in found for gap in brief.gaps])
    predictions = CrossEncoder.load(folder("nli")).predict([model_input(p) for p in pairs])
    assert predictions.verdicts is not None
    weights = logistic(features(predictions.verdicts, pairs), gold).round(4).tolist()
    slope, similarity, actor, length, intercept = weights
    fitted = Calibration(slope, intercept, similarity, actor, length)
    scores = fitted.apply(predictions.verdicts, pairs)[:, 0]
    threshold = best_threshold(found, scores)

    config = folder("nli") / "config.json"
    stored = json.loads(config.read_text(encoding="utf-8"))
    stored["detector"]["calibration"] = {
        "slope": fitted.slope,
        "intercept": fitted.intercept,
        "similarity": fitted.similarity,
        "actor": fitted.actor,
        "length": fitted.length,
        "threshold": threshold,
    }
    config.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    table, error, brier = reliability(scores, gold)
    write(
        "calibration",
        title="Calibration and threshold of the judge",
        command="python eval/calibrate.py",
        measures={
            "expected_calibration_error": error,
            "brier": brier,
            "threshold": threshold,
            "pairs": len(pairs),
            "gaps": int(gold.sum()),
        },
        higher_is_better={"expected_calibration_error": False, "brier": False},
        tables=[table],
        settings=stored["detector"]["calibration"],
        notes=[
            f"Expected calibration error {error:.3f}, Brier score {brier:.3f} over {len(pairs)} "
            f"pairs, {int(gold.sum())} of them gaps; threshold {threshold} for the best F1 "
            "with fewer than a quarter of the controls flagged. "
            "Fitted and measured on the same development briefs."
        ],
    )
    print(as_text(table), f"\nECE {error:.3f}  Brier {brier:.3f}  threshold {threshold}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
