"""Whose statement, whose action: the span model's pointers resolved to actors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.extract.candidates import Candidate
from detector.extract.heads import LAYOUT, POINTER, distance_bucket
from detector.extract.spans import TaggedSpan, TokenOutputs
from detector.models import softmax

REACH = 512
"""Tokens on either side of a span in which its actor is looked for."""


@dataclass(frozen=True)
class Pointed:
    """An actor that a span points to: its share of the pointer's mass, its likeliest mention."""

    actor: str
    share: float
    mention: Candidate


class Pointers:
    """Resolves the spans of one text."""

    def __init__(
        self,
        outputs: TokenOutputs,
        mentions: Sequence[Candidate],
        distance: NDArray[np.float32],
        no_patron: float,
    ) -> None:
        placed = [(m, *_tokens(outputs, m.start, m.end)) for m in mentions]
        placed = [(m, first, last) for m, first, last in placed if last > first]
        self._mentions = [m for m, _, _ in placed]
        self._firsts = np.array([first for _, first, _ in placed], np.int64)
        self._lasts = np.array([last for _, _, last in placed], np.int64)
        self._values = outputs.values
        self._keys = {which: self._means(LAYOUT[f"{which}_key"]) for which in ("actor", "patron")}
        self._distance = distance
        self._no_patron = no_patron

    def pooled(self, first: int, last: int) -> NDArray[np.float64]:
        """Mean output over tokens `first:last`; shape (WIDTH,)."""
        mean: NDArray[np.float64] = self._values[first:last].mean(0, dtype=np.float64)
        return mean

    def _means(self, block: slice) -> NDArray[np.float64]:
        """Mean of a block of outputs over every mention; shape (mentions, POINTER)."""
        means = np.zeros((len(self._firsts), POINTER))
        for row, (first, last) in enumerate(zip(self._firsts, self._lasts, strict=True)):
            means[row] = self._values[first:last, block].mean(0)
        return means

    def actors(self, span: TaggedSpan) -> list[Pointed]:
        """Actors of a span, likeliest first; empty where the text names none near it."""
        scores, near = self._scores(span, "actor", self._distance[0])
        return self._grouped(softmax(scores), near) if near else []

    def patrons(self, span: TaggedSpan) -> list[Pointed]:
        """Patrons of a span's actor, likeliest first; shares sum to 1 with "no patron"."""
        scores, near = self._scores(span, "patron", self._distance[1])
        shares = softmax(np.concatenate([[self._no_patron], scores]).astype(np.float32))
        return self._grouped(shares[1:], near)

    def _scores(
        self, span: TaggedSpan, which: str, distance: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], list[int]]:
        low, high = np.searchsorted(self._firsts, [span.first - REACH, span.last + REACH])
        near = list(range(int(low), int(high)))
        firsts = self._firsts[low:high]
        query = self.pooled(span.first, span.last)[LAYOUT[f"{which}_query"]]
        keys = self._keys[which][low:high]
        buckets = [distance_bucket(int(f), span.first, span.last) for f in firsts]
        return (keys @ query / POINTER**0.5 + distance[buckets]).astype(np.float32), near

    def _grouped(self, shares: NDArray[np.float32], near: list[int]) -> list[Pointed]:
        total: dict[str, float] = {}
        likeliest: dict[str, tuple[float, Candidate]] = {}
        for share, index in zip(shares.tolist(), near, strict=True):
            mention = self._mentions[index]
            total[mention.actor] = total.get(mention.actor, 0.0) + share
            if share > likeliest.get(mention.actor, (-1.0, mention))[0]:
                likeliest[mention.actor] = (share, mention)
        ranked = sorted(total, key=lambda actor: -total[actor])
        return [Pointed(actor, total[actor], likeliest[actor][1]) for actor in ranked]


def _tokens(outputs: TokenOutputs, start: int, end: int) -> tuple[int, int]:
    """Tokens that the characters `start:end` touch."""
    first = int(np.searchsorted(outputs.ends, start, side="right"))
    last = int(np.searchsorted(outputs.starts, end, side="left"))
    return first, last
