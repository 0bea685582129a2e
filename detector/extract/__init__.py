"""From a brief to its statements and actions, each with actor, kind or status, and span."""

from detector.extract.extractor import Extractor, certain
from detector.extract.spans import SpanModel

__all__ = ["Extractor", "SpanModel", "certain"]
