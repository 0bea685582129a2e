"""`detector models`: which models are embedded, and what is known of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from detector.commands import _output

_EXAMPLES = """\
examples:
  detector models
  detector models --json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "models",
        help="list the embedded models",
        description="Lists the embedded models: task, version, licence, size and measurements.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("--json", action="store_true", help="print the list as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Describes each embedded model."""
    from detector.models import EmbeddedModel, folder

    models = [describe(role, folder(role)) for role in get_args(EmbeddedModel)]
    if options.json:
        _output.print_json({"schema_version": 1, "models": models})
    else:
        from detector.views.console import console
        from detector.views.lookups import models_view

        models_view(models, console())
    return 0


def describe(role: str, folder: Path) -> dict[str, Any]:
    """What a model's folder and the "detector" section of its config tell; sizes in bytes.

    Raises `ModelError` if the folder is missing or its config cannot be read.
    """
    from detector.models import read_config

    card = read_config(folder).get("detector")
    files = {file.name: file.stat().st_size for file in sorted(folder.iterdir()) if file.is_file()}
    return {
        "role": role,
        **(card if isinstance(card, dict) else {}),
        "folder": str(folder),
        "size": sum(files.values()),
        "files": files,
    }
