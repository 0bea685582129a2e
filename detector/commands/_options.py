"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from detector.errors import InputError
from detector.visible import one_line

if TYPE_CHECKING:
    from detector.pipeline import Detector


def add_input(parser: argparse.ArgumentParser) -> None:
    """INPUT, the brief to read."""
    parser.add_argument(
        "input",
        metavar="INPUT",
        help="the brief: text, Markdown, HTML or PDF, or - to read it from stdin",
    )


def add_actors(parser: argparse.ArgumentParser) -> None:
    """--actors, a table of the user's own."""
    parser.add_argument(
        "--actors",
        metavar="FILE",
        type=Path,
        help="a file of further actors and ties, which go before the shipped ones",
    )


def add_models(parser: argparse.ArgumentParser) -> None:
    """--nli-model and --encoder, in place of the embedded models."""
    parser.add_argument(
        "--nli-model",
        metavar="NAME_OR_PATH",
        help="another NLI model: a folder, or a name on the Hugging Face hub",
    )
    parser.add_argument(
        "--encoder",
        metavar="NAME_OR_PATH",
        help="another sentence encoder: a folder, or a name on the Hugging Face hub",
    )


def add_threshold(parser: argparse.ArgumentParser) -> None:
    """--threshold, from where on a gap is flagged."""
    parser.add_argument(
        "--threshold",
        metavar="P",
        type=probability,
        help="flag gaps with at least this score, 0 to 1 (default: the model's own)",
    )


def probability(text: str) -> float:
    """`text` as a number from 0 to 1; `InputError` otherwise."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise InputError(f"--threshold takes a number from 0 to 1, not {one_line(text, 40)!r}")
    return value


def load_detector(options: argparse.Namespace) -> Detector:
    """The detector that the options ask for; those that a command lacks stay at the default."""
    from detector import Detector

    return Detector.load(
        nli=getattr(options, "nli_model", None),
        encoder=getattr(options, "encoder", None),
        actors=options.actors,
        threshold=getattr(options, "threshold", None),
    )
