"""From a text to tagged spans: the span model over windows, its BIO layers decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.extract.heads import LAYOUT, WIDTH
from detector.extract.windows import Window, windows
from detector.models import OnnxEncoder, softmax

OUTSIDE, BEGIN, INSIDE = range(3)
_WINDOWS_PER_BATCH = 4


@dataclass(frozen=True)
class TokenOutputs:
    """The span model's outputs over a whole text.

    `values` has shape (tokens, WIDTH); `starts` and `ends` are the tokens' code-point offsets.
    """

    values: NDArray[np.float32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True)
class TaggedSpan:
    """Tokens `first:last` of one layer, with the mean probability of their tags."""

    first: int
    last: int
    score: float


class SpanModel:
    """The embedded span tagger."""

    def __init__(self, model: Path) -> None:
        self._encoder = OnnxEncoder(model)
        self._encoder.tokenizer.no_truncation()
        self.name = self._encoder.name
        card = self._encoder.card
        if self._encoder.outputs != ["tokens"] or not {"distance", "no_patron"} <= card.keys():
            raise ModelError(f"{model}: is no span model; give one with a tokens output")
        self.distance = np.array(card["distance"], np.float32)
        self.no_patron = float(card["no_patron"])
        self._cls, *_, self._sep = self._encoder.tokenizer.encode("").ids

    def run(self, text: str, progress: Callable[[float], None] | None = None) -> TokenOutputs:
        """Outputs for every token of `text`; time and memory grow linearly with it."""
        encoding = self._encoder.tokenizer.encode(text, add_special_tokens=False)
        ids = encoding.ids
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
        values = np.zeros((len(ids), WIDTH), np.float32)
        pieces = list(windows(len(ids))) if ids else []
        for at in range(0, len(pieces), _WINDOWS_PER_BATCH):
            batch = pieces[at : at + _WINDOWS_PER_BATCH]
            outputs = self._encoder.run_ids(
                [[self._cls, *ids[w.start : w.end], self._sep] for w in batch]
            )[0]
            for row, window in enumerate(batch):
                _keep(values, outputs[row], window)
            if progress:
                progress(min(1.0, (at + len(batch)) / len(pieces)))
        return TokenOutputs(values, offsets[:, 0], offsets[:, 1])


def _keep(values: NDArray[np.float32], output: NDArray[np.float32], window: Window) -> None:
    shift = 1 - window.start  # [CLS] stands before the window's first token
    kept = slice(window.keep_start + shift, window.keep_end + shift)
    values[window.keep_start : window.keep_end] = output[kept]


def decode(outputs: TokenOutputs, layer: str) -> list[TaggedSpan]:
    """Spans of a BIO layer, by Viterbi decoding in which inside never follows outside."""
    probabilities = softmax(outputs.values[:, LAYOUT[layer]])
    tags = _viterbi(np.log(probabilities + 1e-9))
    spans: list[TaggedSpan] = []
    first: int | None = None
    for token in range(len(tags) + 1):
        tag = tags[token] if token < len(tags) else OUTSIDE
        if first is not None and tag != INSIDE:
            inside = 1.0 - probabilities[first:token, OUTSIDE]
            spans.append(TaggedSpan(first, token, float(inside.mean())))
            first = None
        if tag == BEGIN:
            first = token
    return spans


def _viterbi(log_probabilities: NDArray[np.float32]) -> list[int]:
    tokens = len(log_probabilities)
    if not tokens:
        return []
    back = np.zeros((tokens, 3), np.int8)
    score = log_probabilities[0].astype(np.float64).copy()
    score[INSIDE] = -np.inf
    for token in range(1, tokens):
        any_best = int(score.argmax())
        open_best = BEGIN if score[BEGIN] >= score[INSIDE] else INSIDE
        back[token] = (any_best, any_best, open_best)
        score = log_probabilities[token] + score[back[token]]
    tags = [int(score.argmax())]
    for token in range(tokens - 1, 0, -1):
        tags.append(int(back[token, tags[-1]]))
    return tags[::-1]
