"""Precision and recall along a ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Curve:
    """Precision and recall down to each distinct score, from the highest."""

    scores: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        scores: NDArray[np.float64],
        right: NDArray[np.bool_],
        gains: NDArray[np.int64],
        gold: int,
    ) -> Curve:
        """Rank pairs given by their scores, whether they are right, and what they add.

        All arrays have the shape (pairs,). `gains` counts the gold gaps that a pair is the
        first to cover when pairs are taken by falling score; `gold` is the number of all.
        """
        order = np.argsort(-scores, kind="stable")
        scores = scores[order]
        last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True)[: len(scores)])
        hits = right[order].cumsum()[last]
        covered = gains[order].cumsum()[last]
        recall = covered / gold if gold else np.full(len(last), np.nan)
        return cls(scores[last], hits / (last + 1), recall)

    @property
    def average_precision(self) -> float:
        """Area under the steps of the curve: 0 without pairs, NaN with pairs but no gold."""
        if not len(self.recall):
            return 0.0
        return float(np.sum(np.diff(self.recall, prepend=0.0) * self.precision))

    @property
    def best_threshold(self) -> float:
        """The score at which flagging all pairs from there up gives the best F1."""
        total = self.precision + self.recall
        f1s = 2 * self.precision * self.recall / np.where(total > 0, total, 1.0)
        return float(self.scores[int(np.argmax(f1s))]) if len(f1s) else 0.0
