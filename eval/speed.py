"""How fast Detector is, as a ratio to the script that a user would write instead.

    python eval/speed.py [--runs N] [--largest BYTES]

The script is eval/naive.py: sentence-transformers' `CrossEncoder` in PyTorch float32, with
Detector's own weights (eval/dequantise.py), over all pairs of sentences. Both run in turns on
the same machine with all its cores; medians are compared. Then one text after another, each
twice as long, shows how time and memory grow. Writes eval/results/speed.json and RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from math import log, nan
from pathlib import Path
from random import Random
from statistics import linear_regression, median
from typing import Any

from results import Table, as_text, write

HERE = Path(__file__).resolve().parent
BRIEF = HERE / "briefs" / "sudan.txt"
SENTENCE_FIELDS = (
    *("statement", "statements", "undercuts", "consistent", "unrelated", "near_miss"),
    *("items", "actions"),
)
SYSTEMS = ("detector", "naive")
FROM_BYTES = 32_000  # smaller texts do not fill a batch, so they say little about growth


def main() -> int:
    """Run all, print the tables, and write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help="of each, alternating")
    parser.add_argument("--largest", type=int, default=2_000_000, metavar="BYTES")
    parser.add_argument("--brief", type=Path, default=BRIEF)
    parser.add_argument("--name", default="speed", help="of the file in eval/results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        try:
            closeness = json.loads(run("dequantise.py", str(model)))
            cold = cold_starts(options.brief, model, options.runs)
            warm = json.loads(
                run("stopwatch.py", "compare", str(model), str(options.brief), str(options.runs))
            )
            growth = list(grow(options.brief, options.largest, Path(scratch)))
        except subprocess.CalledProcessError as error:
            print(f"speed: {error}\n{error.stderr}", file=sys.stderr)
            return 2
    words = len(options.brief.read_text(encoding="utf-8").split())
    tables = [ratio_table(cold, warm, words), memory_table(cold), growth_table(growth)]
    print("\n\n".join(map(as_text, tables)))
    path = write(
        options.name,
        title="Speed",
        command=" ".join(["python eval/speed.py", *sys.argv[1:]]),
        measures={
            "cold": cold,
            "warm": warm,
            "speedup": speedups(cold, warm),
            "growth": growth,
            "growth_exponent": exponent(growth),
            "float32_weights": closeness,
        },
        higher_is_better={"speedup": True, "seconds": False, "peak_mib": False}
        | {"growth_exponent": False},
        tables=tables,
        notes=[
            f"Medians of {options.runs} alternating runs, both on all cores. The brief gives "
            f"{warm['sentence_pairs']} pairs of sentences, of which the script judges all; "
            f"Detector judges {warm['judged_pairs']} pairs of statement and action.",
            "The script's weights are the shipped int8 ones in float32: its probabilities differ "
            f"by {closeness['mean_difference']:.3f} on average over {closeness['pairs']} pairs.",
            "Texts of the last table are different GapBench training texts put together, none "
            f"twice; over those of {FROM_BYTES // 1000} kB and more, seconds grow as "
            f"bytes^{exponent(growth):.2f}.",
        ],
    )
    print(f"\n{path}")
    return 0


def run(script: str, *arguments: str) -> str:
    """Standard output of one of the scripts beside this one."""
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def cold_starts(brief: Path, model: Path, runs: int) -> dict[str, dict[str, list[float]]]:
    """Seconds and peak MiB of new processes, in turns after one of each that is not counted."""
    commands = {
        "detector": [sys.executable, "-m", "detector", "score", str(brief), "--json"],
        "naive": [sys.executable, str(HERE / "naive.py"), str(model), str(brief)],
    }
    found: dict[str, dict[str, list[float]]] = {
        name: {"seconds": [], "peak_mib": []} for name in commands
    }
    for turn in range(runs + 1):
        for name, command in commands.items():
            seconds, peak = measure(command)
            if turn:
                found[name]["seconds"].append(seconds)
                found[name]["peak_mib"].append(peak)
    return found


def measure(command: Sequence[str]) -> tuple[float, float]:
    """Wall-clock seconds and peak MiB of a command.

    A child's peak counts the memory of the process that it was forked from, so this one must
    stay small: nothing heavy is imported here.
    """
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        if process.returncode:
            errors.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, stderr=errors.read())
    return seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def grow(brief: Path, largest: int, scratch: Path) -> Iterator[dict[str, float]]:
    """Score texts of half, once, twice, … the brief's size, each in a process of its own."""
    mixed = list(passages())
    Random(13).shuffle(mixed)  # briefs and loose sentences alike at every size
    encoded = "\n\n".join(mixed).encode("utf-8")
    largest = min(largest, len(encoded))
    sizes = [brief.stat().st_size // 2]
    while sizes[-1] < largest:
        sizes.append(min(sizes[-1] * 2, largest))
    path = scratch / "text.txt"
    for size in sizes:
        path.write_bytes(encoded[:size].decode("utf-8", errors="ignore").encode("utf-8"))
        yield {"bytes": path.stat().st_size, **json.loads(run("stopwatch.py", "grow", str(path)))}


def passages() -> Iterator[str]:
    """The training briefs of GapBench, and the sentences of its pairs, a group a passage."""
    for path in sorted((HERE / "gapbench").glob("train_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
    for path in sorted((HERE / "gapbench").glob("pairs_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield " ".join(_sentences(json.loads(line)))


def _sentences(group: dict[str, Any]) -> Iterator[str]:
    for name in SENTENCE_FIELDS:
        value = group.get(name, [])
        for item in value if isinstance(value, list) else [value]:
            yield item if isinstance(item, str) else item["text"]


def speedups(cold: dict[str, Any], warm: dict[str, Any]) -> dict[str, float]:
    """Median seconds of the script over those of Detector."""
    timed = {"cold start": {name: cold[name]["seconds"] for name in cold}}
    timed |= {name: warm[name] for name in ("brief", "corpus", "pairs")}
    return {name: median(t["naive"]) / median(t["detector"]) for name, t in timed.items()}


def exponent(growth: Sequence[dict[str, float]]) -> float:
    """Slope of log seconds over log bytes: 1 is linear. NaN with fewer than two long texts."""
    points = [(log(g["bytes"]), log(g["seconds"])) for g in growth if g["bytes"] >= FROM_BYTES]
    return linear_regression(*zip(*points, strict=True)).slope if len(points) > 1 else nan


def ratio_table(cold: dict[str, Any], warm: dict[str, Any], words: int) -> Table:
    """Median seconds both ways, and the ratio."""
    timed = {
        f"cold start, {words}-word brief": (
            "cold start",
            {name: cold[name]["seconds"] for name in cold},
        ),
        f"the same brief, warm ({warm['sentence_pairs']} sentence pairs)": ("brief", warm["brief"]),
        f"{warm['corpus_briefs']} briefs, warm": ("corpus", warm["corpus"]),
        f"{warm['sample_pairs']} given pairs judged": ("pairs", warm["pairs"]),
    }
    ratio = speedups(cold, warm)
    return {
        "title": "Seconds, Detector and sentence-transformers",
        "columns": ["", "Detector", "sentence-transformers", "ratio"],
        "rows": [
            [label, *(f"{median(t[name]):.3f}" for name in SYSTEMS), f"{ratio[key]:.1f}×"]
            for label, (key, t) in timed.items()
        ],
    }


def memory_table(cold: dict[str, Any]) -> Table:
    """Peak memory of the cold start both ways."""
    peaks = [median(cold[name]["peak_mib"]) for name in SYSTEMS]
    return {
        "title": "Peak memory of the cold start, MiB",
        "columns": ["", "Detector", "sentence-transformers", "ratio"],
        "rows": [["one brief", *(f"{peak:.0f}" for peak in peaks), f"{peaks[1] / peaks[0]:.1f}×"]],
    }


def growth_table(growth: Sequence[dict[str, float]]) -> Table:
    """A row a text: linear growth is the same seconds per MB in each."""
    return {
        "title": "One text, models loaded",
        "columns": ["kB", "statements", "actions", "seconds", "seconds / MB", "peak MiB"],
        "rows": [
            [
                f"{g['bytes'] / 1000:.1f}",
                f"{g['statements']:.0f}",
                f"{g['actions']:.0f}",
                f"{g['seconds']:.2f}",
                f"{g['seconds'] / g['bytes'] * 1e6:.1f}",
                f"{g['peak_mib']:.0f}",
            ]
            for g in growth
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
