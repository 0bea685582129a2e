"""Pairs to verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.judge.calibration import Calibration
from detector.judge.crossencoder import VERDICTS, PairModel, Predictions
from detector.judge.inputs import actor_relation, model_input
from detector.judge.reasons import gap_kind, reason
from detector.records import Pair, Verdict, VerdictName


class Judge:
    """A cross-encoder and the calibration of its scores.

    A model without verdicts of its own (any NLI classifier) judges by NLI alone:
    contradiction stands for `contradicts`, entailment for `fulfils`, neutral for `unrelated`,
    and its scores are the model's own, not calibrated.
    """

    def __init__(self, model: PairModel, calibration: Calibration, threshold: float) -> None:
        self._model = model
        self._calibration = calibration
        self._threshold = threshold

    def judge(
        self, pairs: Sequence[Pair], progress: Callable[[float], None] | None = None
    ) -> list[Verdict]:
        """A verdict for each pair, in their order."""
        if not pairs:
            return []
        inputs = [model_input(pair) for pair in pairs]
        place = {texts: number for number, texts in enumerate(dict.fromkeys(inputs))}
        distinct = self._model.predict(list(place), progress)
        predictions = distinct.at([place[texts] for texts in inputs])
        probabilities = self._probabilities(predictions, pairs)
        return [self._verdict(pair, row) for pair, row in zip(pairs, probabilities, strict=True)]

    def _probabilities(
        self, predictions: Predictions, pairs: Sequence[Pair]
    ) -> NDArray[np.float64]:
        if predictions.verdicts is not None:
            return self._calibration.apply(predictions.verdicts, pairs)
        probabilities = np.zeros((len(predictions.nli), len(VERDICTS)))
        for column, verdict in enumerate(("fulfils", "unrelated", "contradicts")):
            probabilities[:, VERDICTS.index(verdict)] = predictions.nli[:, column]
        return probabilities

    def _verdict(self, pair: Pair, row: NDArray[np.float64]) -> Verdict:
        probabilities = {
            name: round(float(np.clip(p, 0.0, 1.0)), 4)
            for name, p in zip(VERDICTS, row, strict=True)
        }
        if actor_relation(pair) == "other":
            # The actors are known, and neither is the other's proxy: never a gap.
            probabilities["other_actor"] = round(
                min(1.0, probabilities["other_actor"] + probabilities["contradicts"]), 4
            )
            probabilities["contradicts"] = 0.0
        score = probabilities["contradicts"]
        likeliest = max(VERDICTS, key=probabilities.__getitem__)
        # Contradiction is tested for first: at the threshold it is the verdict, whatever else
        # is likelier.
        over = score >= self._threshold and actor_relation(pair) != "other"
        verdict: VerdictName = "contradicts" if over else likeliest
        return Verdict(
            statement=pair.statement_id or pair.statement,
            action=pair.action_id or pair.action,
            kind=gap_kind(pair) if verdict == "contradicts" else None,
            score=score,
            flagged=over,
            verdict=verdict,
            probabilities=probabilities,
            why=reason(pair, verdict),
        )
