"""`detector extract`: statements and actions alone."""

from __future__ import annotations

import argparse

from detector.commands import _options, _output
from detector.commands._progress import progress

_EXAMPLES = """\
examples:
  detector extract brief.txt
  detector extract brief.txt --json > spans.json
  cat brief.txt | detector extract -
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "extract",
        help="find statements and actions alone",
        description="Finds who says what and who does what in a brief; judges nothing.",
        epilog=_EXAMPLES,
    )
    _options.add_input(parser)
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    _options.add_actors(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Extracts the spans and shows them."""
    from detector.read import read_brief
    from detector.records import SCHEMA_VERSION

    brief = read_brief(options.input)
    detector = _options.load_detector(options)
    with progress("Extracting") as report_progress:
        statements, actions = detector.extract(brief, progress=report_progress)
    if options.json:
        _output.print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "brief": brief.info.model_dump(mode="json"),
                "statements": [span.model_dump(mode="json") for span in statements],
                "actions": [span.model_dump(mode="json") for span in actions],
            }
        )
    else:
        from detector.views.console import console
        from detector.views.terminal import spans_view

        spans_view(brief, statements, actions, console())
    return 0
