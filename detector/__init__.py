"""Finds where public actors' reported actions undercut their stated positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detector.errors import ActorsError, DetectorError, InputError, ModelError
from detector.records import Action, Brief, Pair, Report, Statement, Verdict

if TYPE_CHECKING:
    from detector.pipeline import Detector

__version__ = "0.1.0"

__all__ = [
    "Action",
    "ActorsError",
    "Brief",
    "Detector",
    "DetectorError",
    "InputError",
    "ModelError",
    "Pair",
    "Report",
    "Statement",
    "Verdict",
]


def __getattr__(name: str) -> object:
    # The models' runtime is loaded when a detector is wanted, not when a record is.
    if name == "Detector":
        from detector.pipeline import Detector

        return Detector
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
