"""From raw verdict probabilities to calibrated ones.

The odds of `contradicts` are rescaled and shifted (Platt, 1999), a little more where the two
sides are alike in subject; the other verdicts share the rest as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CONTRADICTS = 0


@dataclass(frozen=True)
class Calibration:
    """Coefficients of the log-odds, and the threshold they were chosen with."""

    slope: float = 1.0
    intercept: float = 0.0
    similarity: float = 0.0
    threshold: float = 0.5

    @classmethod
    def from_config(cls, settings: Mapping[str, Any]) -> Calibration:
        """Read the `calibration` block of a model's configuration."""
        return cls(**settings)

    def apply(
        self, probabilities: NDArray[np.float32], similarities: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Calibrated probabilities.

        Args:
            probabilities: shape (n, 7), columns as `detector.judge.crossencoder.VERDICTS`.
            similarities: shape (n,), cosines; NaN where unknown counts as the mean, 0.3.
        """
        raw = np.clip(probabilities.astype(np.float64), 1e-6, 1 - 1e-6)
        odds = np.log(raw[:, _CONTRADICTS]) - np.log1p(-raw[:, _CONTRADICTS])
        alike = np.nan_to_num(similarities.astype(np.float64), nan=0.3) - 0.3
        score = 1 / (1 + np.exp(-(self.slope * odds + self.intercept + self.similarity * alike)))
        rest = raw.copy()
        rest[:, _CONTRADICTS] = 0.0
        calibrated: NDArray[np.float64] = (
            rest / rest.sum(axis=1, keepdims=True) * (1 - score)[:, None]
        )
        calibrated[:, _CONTRADICTS] = score
        return calibrated
