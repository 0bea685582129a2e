"""What each training set brings: short runs of stage one with one set left out.

    python models/train/leave_one_out.py --data DATA/nli --scratch RUNS [--pairs 9600]

Every run sees the same number of pairs, so that a set is judged by what takes its place and
not by the size of the mix. Writes eval/results/mix.json.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
from pathlib import Path

from nli import MIX

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "eval"))
from results import as_text, write  # noqa: E402

LARGE = ("mnli_train_partial", "lingnli", "wanli_partial", "snli_train_partial")
RUNS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    **{name: (name,) for name in LARGE},
    "the eight small sets": tuple(name for name in MIX if name not in LARGE),
}


def run(data: Path, out: Path, pairs: int, leave_out: tuple[str, ...]) -> float:
    """MNLI matched accuracy of one short run."""
    command = [sys.executable, str(HERE / "nli.py"), "--data", str(data), "--out", str(out)]
    command += ["--pairs", str(pairs), "--evaluate-every", "0"]
    if leave_out:
        command += ["--leave-out", *leave_out]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    last = done.stdout.strip().splitlines()[-1]
    return float(ast.literal_eval(last)["mnli_matched"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=9600)
    options = parser.parse_args()
    accuracy = {}
    for number, (name, leave_out) in enumerate(RUNS.items()):
        out = options.scratch / f"without-{number}"
        accuracy[name] = run(options.data, out, options.pairs, leave_out)
        print(name, round(accuracy[name], 4), flush=True)
    table = {
        "title": f"MNLI matched after {options.pairs} pairs",
        "columns": ["left out", "MNLI matched", "difference"],
        "rows": [
            [name, f"{value:.3f}", f"{value - accuracy['nothing']:+.3f}"]
            for name, value in accuracy.items()
        ],
    }
    write(
        "mix",
        title="What each NLI training set brings",
        command="python models/train/leave_one_out.py --data DATA/nli --scratch RUNS",
        measures={"mnli_matched": accuracy},
        higher_is_better={"mnli_matched": True},
        tables=[table],
        notes=["Short runs from one seed: differences under 0.01 mean nothing."],
    )
    print(as_text(table))


if __name__ == "__main__":
    main()
