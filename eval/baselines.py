"""What a user would do without Detector: NLI over pairs, and a threshold.

Both baselines score a pair by the probability of contradiction that the NLI head of
Detector's own cross-encoder gives (premise, hypothesis) = (statement, action), so what they
lack is neither weights nor training but all that stands around them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations, product

import metrics
from gold import GoldBrief, Prediction, ScoredPair, Span, SpanPair
from sentencex import segment

# Texts of (premise, hypothesis) pairs to P(contradiction), in order.
Contradiction = Callable[[list[tuple[str, str]]], Sequence[float]]


def sentences(text: str) -> Iterator[Span]:
    """The sentences of an English text, without the space around them."""
    start = 0
    for piece in segment("en", text):
        lead = len(piece) - len(piece.lstrip())
        if piece.strip():
            yield Span(start + lead, start + lead + len(piece.strip()))
        start += len(piece)


def sentence_pairs(text: str) -> list[SpanPair]:
    """Every sentence as a statement against every other as an action, earlier and later."""
    return [SpanPair(*pair) for pair in permutations(sentences(text), 2)]


def extracted_pairs(extraction: Prediction) -> list[SpanPair]:
    """Every statement of an extraction against every action in it, whoever they belong to."""
    statements = {actor.span for actor in extraction.statements or ()}
    actions = {actor.span for actor in extraction.actions or ()}
    return [SpanPair(s, a) for s, a in product(sorted(statements), sorted(actions)) if s != a]


def predict(text: str, pairs: list[SpanPair], contradiction: Contradiction) -> Prediction:
    """Score the pairs of one text; nothing is flagged yet."""
    scores = contradiction([(text[slice(*s)], text[slice(*a)]) for s, a in pairs])
    return Prediction(
        tuple(
            ScoredPair(pair, float(score), flagged=False)
            for pair, score in zip(pairs, scores, strict=True)
        )
    )


def at_best_threshold(
    gold: Sequence[GoldBrief], predictions: Sequence[Prediction]
) -> tuple[list[Prediction], float]:
    """Flag from the threshold up that gives the best F1 on these very briefs.

    That is tuned on the test set, in the baseline's favour: its scores are the most that any
    threshold could reach.
    """
    tallies = [metrics.tally(g, p) for g, p in zip(gold, predictions, strict=True)]
    threshold = metrics.curve(tallies).best_threshold
    return [metrics.at_threshold(p, threshold) for p in predictions], threshold
