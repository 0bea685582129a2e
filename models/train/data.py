"""Length-bucketed batches and the files they come from.

Everything here is deterministic in its seed, so that a run resumed at step n sees the
batches it would have seen had it never stopped.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

PAD_MULTIPLE = 16


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read a JSON Lines file, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def bucketed_batches(
    lengths: Sequence[int], batch_size: int, seed: int, epochs: float
) -> Iterator[list[int]]:
    """Yield index batches of like length in random order, `epochs` times over the data.

    Shuffled indices are sorted by length within pools of 64 batches: almost no padding,
    yet the batches of two epochs differ.
    """
    rng = random.Random(seed)
    remaining = int(len(lengths) * epochs)
    while remaining > 0:
        order = list(range(len(lengths)))
        rng.shuffle(order)
        order = order[:remaining]
        remaining -= len(order)
        pool = batch_size * 64
        batches = []
        for start in range(0, len(order), pool):
            chunk = sorted(order[start : start + pool], key=lengths.__getitem__)
            batches += [chunk[i : i + batch_size] for i in range(0, len(chunk), batch_size)]
        rng.shuffle(batches)
        yield from batches


def collate(encodings: Sequence[Any], pad_id: int = 0) -> dict[str, torch.Tensor]:
    """Pad `tokenizers.Encoding`s to a multiple of 16 tokens.

    Returns int64 tensors of shape (batch, tokens): `input_ids`, `attention_mask`,
    `token_type_ids`.
    """
    longest = max(len(e.ids) for e in encodings)
    width = -(-longest // PAD_MULTIPLE) * PAD_MULTIPLE
    ids = torch.full((len(encodings), width), pad_id)
    mask = torch.zeros((len(encodings), width), dtype=torch.long)
    types = torch.zeros((len(encodings), width), dtype=torch.long)
    for row, e in enumerate(encodings):
        ids[row, : len(e.ids)] = torch.tensor(e.ids)
        mask[row, : len(e.ids)] = 1
        types[row, : len(e.ids)] = torch.tensor(e.type_ids)
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
