"""One timed process of speed.py; prints JSON.

python eval/stopwatch.py compare MODEL BRIEF RUNS   # both ways, loaded, alternating
python eval/stopwatch.py grow TEXT                  # one text, and the peak memory
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

from baselines import sentences
from gold import read_gold

from detector import Brief, Detector
from detector.judge.crossencoder import load_pair_model
from detector.models import folder

CORPUS = Path(__file__).parent / "gapbench" / "train_e.jsonl"
CORPUS_BRIEFS = 8
SAMPLE_PAIRS = 256


def main() -> None:
    """Run the mode that the command line names."""
    mode, *arguments = sys.argv[1:]
    if mode == "compare":
        model, brief, runs = arguments
        result = compare(model, Path(brief).read_text(encoding="utf-8"), int(runs))
    else:
        result = grow(Path(arguments[0]).read_text(encoding="utf-8"))
    print(json.dumps(result))


def compare(model: str, text: str, runs: int) -> dict[str, Any]:
    """Seconds of each run for a brief, for a corpus, and for the same pairs judged."""
    from sentence_transformers import CrossEncoder

    detector, nli = Detector.load(), load_pair_model(folder("nli"))
    naive = CrossEncoder(model)
    brief = Brief(id="brief", text=text)
    corpus = [gold.brief for gold in read_gold(CORPUS)[:CORPUS_BRIEFS]]
    sample = [pair for one in corpus for pair in sentence_pairs(one.text)][:SAMPLE_PAIRS]

    def predict(pairs: list[tuple[str, str]]) -> None:
        naive.predict(pairs, apply_softmax=True, show_progress_bar=False)

    def predict_corpus() -> None:
        for one in corpus:
            predict(sentence_pairs(one.text))

    return {
        "sentence_pairs": len(sentence_pairs(text)),
        "judged_pairs": len(detector.score(brief, all_pairs=True).gaps),
        "sample_pairs": len(sample),
        "corpus_briefs": len(corpus),
        "brief": alternate(
            lambda: detector.score(brief), lambda: predict(sentence_pairs(text)), runs
        ),
        "pairs": alternate(lambda: nli.predict(sample), lambda: predict(sample), runs),
        "corpus": alternate(lambda: list(detector.score_many(corpus)), predict_corpus, runs),
    }


def grow(text: str) -> dict[str, float]:
    """Seconds to score a text once the models are warm, and the process's peak memory."""
    detector = Detector.load()
    detector.score(Brief(id="warm-up", text="Oslo denied it. Oslo did it."))
    brief = Brief(id="text", text=text)
    began = time.perf_counter()
    report = detector.score(brief)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "peak_mib": peak / (2**20 if sys.platform == "darwin" else 2**10),
        "statements": len(report.statements),
        "actions": len(report.actions),
    }


def sentence_pairs(text: str) -> list[tuple[str, str]]:
    """All ordered pairs of different sentences."""
    return list(permutations([text[slice(*span)] for span in sentences(text)], 2))


def alternate(
    ours: Callable[[], object], theirs: Callable[[], object], runs: int
) -> dict[str, list[float]]:
    """Seconds of `runs` runs of each, in turns after one of each that is not counted."""
    seconds: dict[str, list[float]] = {"detector": [], "naive": []}
    for _ in range(runs + 1):
        for name, call in (("detector", ours), ("naive", theirs)):
            began = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - began)
    return {name: times[1:] for name, times in seconds.items()}


if __name__ == "__main__":
    main()
