"""Finds where public actors' reported actions undercut their stated positions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from detector.errors import ActorsError, DetectorError, InputError, ModelError

if TYPE_CHECKING:
    from detector.pipeline import Detector
    from detector.records import Action, Brief, Pair, Report, Statement, Verdict

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
    # `detector --help` must pay neither for pydantic nor for the models' runtime.
    if name in __all__:
        module = "detector.pipeline" if name == "Detector" else "detector.records"
        return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
