"""The embedded cross-encoder as an NLI model and as a judge of given pairs.

    python eval/nli.py --data DATA/nli [--float32 nli32.onnx]

DATA/nli holds the public sets (`SET/SPLIT.jsonl.gz`, fields premise, hypothesis, label); they
are not part of this project. With the float32 export of the same weights, the loss that int8
costs is reported too. Verdicts are judged on GapBench's development briefs, with the gold
spans and actors given: every statement × action pair of every brief.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from results import as_text, write

from detector.judge.crossencoder import NLI_LABELS, VERDICTS, CrossEncoder
from detector.judge.inputs import model_input
from detector.models import folder
from detector.records import Pair

HERE = Path(__file__).parent
SETS = {
    "MNLI matched": "mnli_dev/dev_matched",
    "SNLI dev": "snli_dev_test/dev",
    "ANLI dev (R1-R3)": "anli_dev_test/dev",
    "LingNLI dev": "lingnli/dev",
    "XNLI English dev": "xnli_en/dev",
}


def accuracy(model: CrossEncoder, path: Path) -> float:
    """Share of pairs whose most probable label is the gold one."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    predicted = model.predict([(r["premise"], r["hypothesis"]) for r in rows]).nli.argmax(1)
    gold = np.array([NLI_LABELS.index(r["label"]) for r in rows])
    return float((predicted == gold).mean())


def gold_pairs(path: Path) -> tuple[list[Pair], np.ndarray]:
    """Every pair of the annotated briefs in `path`, and whether it is a gap."""
    pairs, gaps = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        brief = json.loads(line)
        gold = {(g["statement"], g["action"]) for g in brief["gaps"]}
        for statement in brief["statements"]:
            for action in brief["actions"]:
                patron = action["on_behalf_of"]
                pairs.append(
                    Pair(
                        statement=statement["text"],
                        action=action["text"],
                        statement_actor=statement["actor"],
                        action_actor=action["actor"],
                        on_behalf_of=(patron,) if patron else (),
                    )
                )
                gaps.append((statement["id"], action["id"]) in gold)
    return pairs, np.array(gaps)


def average_precision(scores: np.ndarray, gold: np.ndarray) -> float:
    """Mean precision at each hit, pairs ranked by falling score."""
    hits = gold[np.argsort(-scores, kind="stable")]
    return float((hits.cumsum() / np.arange(1, len(hits) + 1))[hits].mean())


def best_f1(scores: np.ndarray, gold: np.ndarray) -> float:
    """F1 at the best threshold for these very pairs."""
    hits = gold[np.argsort(-scores, kind="stable")].cumsum()
    return float((2 * hits / (np.arange(1, len(hits) + 1) + gold.sum())).max())


def measure(model: CrossEncoder, data: Path) -> dict[str, float]:
    """All measures of one model, in 0…1, higher is better."""
    measured = {name: accuracy(model, data / f"{path}.jsonl.gz") for name, path in SETS.items()}
    for part in ("dev_a", "dev_b"):
        pairs, gold = gold_pairs(HERE / "gapbench" / f"{part}.jsonl")
        plain = model.predict([(p.statement, p.action) for p in pairs])
        typed = model.predict([model_input(p) for p in pairs])
        verdicts = typed.verdicts[:, VERDICTS.index("contradicts")]
        nli = plain.nli[:, NLI_LABELS.index("contradiction")]
        measured |= {
            f"{part}: average precision, NLI head": average_precision(nli, gold),
            f"{part}: average precision, verdict head": average_precision(verdicts, gold),
            f"{part}: best F1, NLI head": best_f1(nli, gold),
            f"{part}: best F1, verdict head": best_f1(verdicts, gold),
        }
    return measured


def exact_copy(weights: Path, scratch: Path) -> CrossEncoder:
    """The embedded model with its float32 weights in place of int8."""
    copy = scratch / "exact"
    shutil.copytree(folder("nli"), copy)
    shutil.copyfile(weights, copy / "model.onnx")
    return CrossEncoder.load(copy)


def main() -> int:
    """Measure, print, write eval/results/nli.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--float32", type=Path, help="the same weights before quantisation")
    options = parser.parse_args()
    model = CrossEncoder.load(folder("nli"))
    int8 = measure(model, options.data)
    exact: dict[str, float] = {}
    if options.float32:
        with tempfile.TemporaryDirectory() as scratch:
            exact = measure(exact_copy(options.float32, Path(scratch)), options.data)
    rows = [
        [name, f"{value:.3f}"]
        + ([f"{exact[name]:.3f}", f"{value - exact[name]:+.3f}"] if exact else [])
        for name, value in int8.items()
    ]
    table = {
        "title": "Accuracy on public sets; gold pairs of the development briefs",
        "columns": ["measure", "int8", *(["float32", "difference"] if exact else [])],
        "rows": rows,
    }
    write(
        "nli",
        title=f"The cross-encoder {model.name}",
        command="python eval/nli.py --data DATA/nli --float32 nli32.onnx",
        measures={"int8": int8, "float32": exact},
        higher_is_better={"int8": True, "float32": True},
        tables=[table],
    )
    print(as_text(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
