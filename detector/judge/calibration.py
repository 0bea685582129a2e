"""From raw verdict probabilities to calibrated ones.

The odds of `contradicts` are rescaled and shifted (Platt, 1999): up where the two sides are
alike in subject, down where their actors are uncertain or a side is a mere crumb. The other
verdicts share the rest in the proportions that the model gave them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.records import Pair

_CONTRADICTS = 0


def features(probabilities: NDArray[np.float32], pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """What the calibration weighs; shape (n, 4).

    Columns: the log-odds of `contradicts`; the cosine of the two sides less its mean, 0.3, or 0
    where it is unknown; the logarithm of the probability that the actors are right; that of the
    geometric mean of the sides' lengths in words over 12, since a crumb says little.
    """
    raw = _clipped(probabilities)[:, _CONTRADICTS]
    alike = [0.0 if pair.similarity is None else pair.similarity - 0.3 for pair in pairs]
    actors = np.log([max(pair.actor_score, 1e-3) for pair in pairs])
    words = [len(pair.statement.split()) * len(pair.action.split()) for pair in pairs]
    lengths = np.log(np.sqrt(np.maximum(words, 1)) / 12)
    odds = np.log(raw / (1 - raw))
    columns: NDArray[np.float64] = np.column_stack([odds, alike, actors, lengths])
    return columns


def _clipped(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.clip(probabilities.astype(np.float64), 1e-6, 1 - 1e-6)


@dataclass(frozen=True)
class Calibration:
    """Coefficients of the log-odds, and the threshold they were chosen with."""

    slope: float = 1.0
    intercept: float = 0.0
    similarity: float = 0.0
    actor: float = 0.0
    length: float = 0.0
    threshold: float = 0.5

    @classmethod
    def from_card(cls, settings: Mapping[str, Any], name: str) -> Calibration:
        """Read the `calibration` block of a model's card; `ModelError` where it is broken."""
        try:
            return cls(**{key: float(value) for key, value in settings.items()})
        except (TypeError, ValueError) as error:
            raise ModelError(f"{name}: broken calibration ({error}); copy it again") from None

    def apply(
        self, probabilities: NDArray[np.float32], pairs: Sequence[Pair]
    ) -> NDArray[np.float64]:
        """Calibrated probabilities of the verdicts on `pairs`.

        Both arrays have shape (n, 7), columns as `detector.judge.crossencoder.VERDICTS`.
        """
        weights = [self.slope, self.similarity, self.actor, self.length]
        odds = features(probabilities, pairs) @ weights
        score = 1 / (1 + np.exp(-(odds + self.intercept)))
        rest = _clipped(probabilities)
        rest[:, _CONTRADICTS] = 0.0
        calibrated: NDArray[np.float64] = (
            rest / rest.sum(axis=1, keepdims=True) * (1 - score)[:, None]
        )
        calibrated[:, _CONTRADICTS] = score
        return calibrated
