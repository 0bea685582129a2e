"""How well the sentence encoder finds the action that a statement is at odds with.

    python eval/encoder.py [--float32 encoder32.onnx]

For every gold gap of GapBench's development briefs, all actions of the brief are ranked by
their similarity to the statement; counted is how often the gap's action is among the first.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from results import Table, as_text, write

from detector.embed import SentenceEncoder
from detector.models import folder

DEVELOPMENT = [Path(__file__).parent / "gapbench" / f"dev_{part}.jsonl" for part in "ab"]
DEPTHS = (1, 3, 5)


def ranks(encoder: SentenceEncoder, path: Path) -> np.ndarray:
    """For each gold gap, how many actions of its brief are more similar to the statement."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        brief = json.loads(line)
        if not brief["gaps"]:
            continue
        statements, actions = brief["statements"], brief["actions"]
        said = encoder.encode([s["text"] for s in statements])
        similar = said @ encoder.encode([a["text"] for a in actions]).T
        for gap in brief["gaps"]:
            row = [s["id"] for s in statements].index(gap["statement"])
            column = [a["id"] for a in actions].index(gap["action"])
            found.append(int((similar[row] > similar[row, column]).sum()))
    return np.array(found)


def main() -> int:
    """Measure, print, write eval/results/encoder.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--float32", type=Path, help="the same weights before quantisation")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        models = {"int8": SentenceEncoder.load(folder("encoder"))}
        if options.float32:
            copy = Path(scratch) / "exact"
            shutil.copytree(folder("encoder"), copy)
            shutil.copyfile(options.float32, copy / "model.onnx")
            models["float32"] = SentenceEncoder.load(copy)
        recall: dict[str, dict[str, float]] = {}
        for name, model in models.items():
            for path in DEVELOPMENT:
                found = ranks(model, path)
                for depth in DEPTHS:
                    row = f"{path.stem}: among the first {depth}"
                    recall.setdefault(row, {})[name] = float((found < depth).mean())
    table: Table = {
        "title": "Share of gold gaps whose action is among the most similar of its brief",
        "columns": ["gaps found", *models],
        "rows": [[row, *(f"{v:.3f}" for v in by.values())] for row, by in recall.items()],
    }
    write(
        "encoder",
        title="The sentence encoder",
        command="python eval/encoder.py --float32 encoder32.onnx",
        measures=recall,
        higher_is_better=dict.fromkeys(recall, True),
        tables=[table],
    )
    print(as_text(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
