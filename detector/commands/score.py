"""`detector score`: the gaps of one brief."""

from __future__ import annotations

import argparse
from pathlib import Path

from detector.commands import _options, _output
from detector.commands._progress import progress

_EXAMPLES = """\
examples:
  detector score brief.txt
  detector score brief.txt --json > report.json
  detector score brief.txt --html report.html --date 2017-04-19
  cat brief.txt | detector score - --threshold 0.8 --fail-on-gap

exit codes: 0 done, 1 a gap was flagged and --fail-on-gap was given, 2 an error
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "score",
        help="find the gaps of one brief",
        description="Finds the statements and actions of a brief, and the gaps between them.",
        epilog=_EXAMPLES,
    )
    _options.add_input(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the report as JSON")
    form.add_argument(
        "--html", metavar="FILE", type=Path, help="write the report as one self-contained page"
    )
    _options.add_threshold(parser)
    parser.add_argument(
        "--all-pairs", action="store_true", help="list every judged pair, not only contradictions"
    )
    parser.add_argument(
        "--fail-on-gap", action="store_true", help="exit with 1 if a gap is flagged"
    )
    _options.add_actors(parser)
    _options.add_models(parser)
    about = parser.add_argument_group("what is known of the brief")
    about.add_argument("--title", help="its title")
    about.add_argument("--date", metavar="YYYY-MM-DD", help="the day it was published")
    about.add_argument("--source", help="who published it, or its address")
    about.add_argument("--id", help="its id in the report (default: the file's name)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Scores the brief and shows the report."""
    from detector.read import describe, read_brief
    from detector.visible import shown

    brief = describe(
        read_brief(options.input),
        id=options.id,
        title=options.title,
        date=options.date,
        source=options.source,
    )
    if options.html:
        _output.check_target(options.html)
    detector = _options.load_detector(options)
    with progress("Scoring") as report_progress:
        report = detector.score(brief, all_pairs=options.all_pairs, progress=report_progress)
    if options.json:
        _output.print_json(report.model_dump(mode="json"))
    elif options.html:
        _output.write_file(options.html, report.to_html())
        _output.note(f"{len(report.flagged)} flagged; the report is in {shown(options.html)}")
    else:
        from detector.views.console import console
        from detector.views.terminal import report_view

        report_view(report, console())
    return 1 if options.fail_on_gap and report.flagged else 0
