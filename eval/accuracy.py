"""How well gaps are found in GapBench's development briefs, beside two baselines.

    python eval/accuracy.py [--gold FILE ...] [--nli MODEL] [--encoder MODEL]

Each file is scored by itself. Writes eval/results/accuracy.json and eval/RESULTS.md; what the
measures mean stands in eval/metrics.py, what the baselines do in eval/baselines.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import baselines
import metrics
import spans
from gold import GoldBrief, Prediction, from_report, read_gold
from results import as_text, write
from tables import (
    DETECTOR,
    EXTRACTED,
    SENTENCES,
    Outcome,
    distractor_table,
    gap_table,
    ratios,
    span_table,
    sweep_table,
)

from detector import Detector, DetectorError
from detector.judge.crossencoder import load_pair_model
from detector.models import folder

DEVELOPMENT = [Path(__file__).parent / "gapbench" / f"dev_{part}.jsonl" for part in "ab"]
HIGHER_IS_BETTER = {
    "precision": True,
    "recall": True,
    "f1": True,
    "average_precision": True,
    "controls_flagged": False,
    "distractors_flagged": False,
    "ratio": True,
    "statements": True,
    "actions": True,
}


def main() -> int:
    """Run all on every file, print the tables, and write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, nargs="+", default=DEVELOPMENT, metavar="FILE")
    parser.add_argument("--nli", help="cross-encoder in place of the embedded one")
    parser.add_argument("--encoder", help="sentence encoder in place of the embedded one")
    parser.add_argument("--threshold", type=float, help="in place of the shipped one")
    parser.add_argument("--name", default="accuracy", help="of the file in eval/results")
    options = parser.parse_args()
    try:
        gold = {path.stem: read_gold(path) for path in options.gold}
        detector = Detector.load(
            nli=options.nli, encoder=options.encoder, threshold=options.threshold
        )
        nli = load_pair_model(options.nli or folder("nli"))
    except DetectorError as error:
        print(f"accuracy: {error}", file=sys.stderr)
        return 2

    def contradiction(pairs: list[tuple[str, str]]) -> Sequence[float]:
        return [float(p) for p in nli.predict(pairs).nli[:, 2]]

    outcomes = {name: run(briefs, detector, contradiction) for name, briefs in gold.items()}
    extraction = {
        name: score_spans(briefs, outcomes[name][DETECTOR].predictions, detector)
        for name, briefs in gold.items()
    }
    tables = [
        table
        for name, briefs in gold.items()
        for table in (
            gap_table(name, briefs, outcomes[name]),
            distractor_table(name, briefs, outcomes[name]),
            sweep_table(name, briefs, outcomes[name][DETECTOR]),
        )
    ]
    tables.append(span_table(extraction))
    print("\n\n".join(map(as_text, tables)))
    path = write(
        options.name,
        title="Accuracy on development briefs",
        command=" ".join(["python eval/accuracy.py", *sys.argv[1:]]),
        measures={
            name: measures(briefs, outcomes[name], extraction[name])
            for name, briefs in gold.items()
        },
        higher_is_better=HIGHER_IS_BETTER,
        tables=tables,
        notes=[
            "The development briefs serve to choose models and thresholds, so they flatter "
            "Detector; each baseline has the threshold that is best on the very file.",
            "P, R, F1 and AP (average precision) of gaps; controls are briefs without a gap, "
            "distractors the pairs annotated as tempting and wrong: for both, lower is better.",
        ],
        settings={"model": detector.info.model_dump(), "min_iou": spans.MIN_IOU},
    )
    print(f"\n{path}")
    return 0


def run(
    gold: Sequence[GoldBrief], detector: Detector, contradiction: baselines.Contradiction
) -> dict[str, Outcome]:
    """Detector and both baselines on the same briefs."""
    found = [from_report(detector.score(g.brief, all_pairs=True)) for g in gold]
    texts = [g.brief.text for g in gold]
    candidates = {
        SENTENCES: [baselines.sentence_pairs(text) for text in texts],
        EXTRACTED: [baselines.extracted_pairs(prediction) for prediction in found],
    }
    outcomes = {}
    for name, pairs in candidates.items():
        scored = [
            baselines.predict(text, some, contradiction)
            for text, some in zip(texts, pairs, strict=True)
        ]
        outcomes[name] = Outcome.of(gold, *baselines.at_best_threshold(gold, scored))
    outcomes[DETECTOR] = Outcome.of(gold, found, detector.info.threshold)
    return outcomes


def score_spans(
    gold: Sequence[GoldBrief], found: Sequence[Prediction], detector: Detector
) -> dict[str, spans.SpanScores]:
    """Statements and actions, actors by the names that the detector's table resolves."""

    def canonical_name(name: str) -> str | None:
        actor = detector.actors.get(name)
        return actor.name if actor else None

    canonical = spans.canonical_by(canonical_name)
    both = list(zip(gold, found, strict=True))
    return {
        "statements": spans.span_scores(
            ((g.statements, p.statements or ()) for g, p in both), canonical
        ),
        "actions": spans.span_scores(((g.actions, p.actions or ()) for g, p in both), canonical),
    }


def measures(
    gold: Sequence[GoldBrief],
    outcomes: dict[str, Outcome],
    extraction: dict[str, spans.SpanScores],
) -> dict[str, Any]:
    """All numbers of one file, for the JSON."""
    result: dict[str, Any] = {
        "briefs": len(gold),
        "gaps": sum(t.gold for t in outcomes[DETECTOR].tallies),
    }
    for system, outcome in outcomes.items():
        distractors = metrics.distractors_flagged(gold, outcome.predictions)
        result[system] = {
            "threshold": outcome.threshold,
            "flags": sum(t.flags for t in outcome.tallies),
            "pairs": sum(len(t.scores) for t in outcome.tallies),
            **asdict(outcome.scores),
            "intervals": outcome.intervals,
            "controls_flagged": metrics.controls_flagged(outcome.tallies).value,
            "distractors_flagged": {reason: r.value for reason, r in distractors.items()},
        }
    result["ratio"] = ratios(outcomes)
    for kind, s in extraction.items():
        result[kind] = {
            "precision": s.right.value,
            "recall": s.found.value,
            "f1": s.f1,
            "actor_accuracy": s.actor.value,
            "patron_recall": s.patron.value,
        }
    return result


if __name__ == "__main__":
    sys.exit(main())
