"""Pairs to verdicts: the cross-encoder, its calibration, and the reason in words."""

from detector.judge.judge import Judge

__all__ = ["Judge"]
