"""`detector compare`: verdicts for given pairs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from detector.commands import _options, _output
from detector.commands._progress import progress
from detector.errors import InputError

if TYPE_CHECKING:
    from detector.records import Pair, Verdict

_EXAMPLES = """\
examples:
  detector compare pairs.jsonl
  detector compare pairs.jsonl --json > verdicts.json
  detector compare --statement "Ruritania called for a ceasefire on 3 May." \\
                   --action "Its jets bombed the town the next day." \\
                   --statement-actor Ruritania --action-actor Ruritania

Each line of PAIRS.jsonl is a JSON object with "statement" and "action" and, where known,
"statement_actor", "action_actor", "on_behalf_of" (a list), "statement_date", "action_date"
and "context".
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "compare",
        help="judge given pairs of a statement and an action",
        description="Judges whether an action undercuts a statement.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "pairs",
        metavar="PAIRS.jsonl",
        nargs="?",
        help="a file with a pair a line, or - to read them from stdin",
    )
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    pair = parser.add_argument_group("one pair, in place of a file")
    pair.add_argument("--statement", metavar="S", help="what was said")
    pair.add_argument("--action", metavar="A", help="what was done")
    pair.add_argument("--statement-actor", metavar="NAME", help="who said it")
    pair.add_argument("--action-actor", metavar="NAME", help="who did it")
    pair.add_argument(
        "--on-behalf-of",
        metavar="NAME",
        action="append",
        help="for whom it was done; may be given several times",
    )
    pair.add_argument("--statement-date", metavar="YYYY-MM-DD", help="when it was said")
    pair.add_argument("--action-date", metavar="YYYY-MM-DD", help="when it was done")
    pair.add_argument("--context", metavar="TEXT", help="the passage that both stand in")
    _options.add_threshold(parser)
    _options.add_actors(parser)
    _options.add_models(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judges the pairs and shows the verdicts, in the order of the pairs."""
    pairs = _pairs(options)
    detector = _options.load_detector(options)
    with progress("Comparing") as report_progress:
        verdicts = detector.compare(pairs, progress=report_progress)
    if options.json:
        _output.print_json(
            {
                "schema_version": 1,
                "verdicts": [_as_json(*judged) for judged in zip(pairs, verdicts, strict=True)],
                "model": detector.info.model_dump(mode="json"),
            }
        )
    else:
        from detector.views.console import console
        from detector.views.terminal import verdicts_view

        verdicts_view(pairs, verdicts, console())
    return 0


def _pairs(options: argparse.Namespace) -> list[Pair]:
    from detector.commands._pairs import FIELDS, make_pair, read_pairs
    from detector.visible import encodable

    given: dict[str, Any] = {name: value for name in FIELDS if (value := getattr(options, name))}
    if options.pairs is not None:
        if given:
            raise InputError("give PAIRS.jsonl or a pair by its options, not both")
        return read_pairs(options.pairs)
    if "statement" not in given or "action" not in given:
        raise InputError("give PAIRS.jsonl, or both --statement and --action")
    clean = {
        name: encodable(value) if isinstance(value, str) else [encodable(v) for v in value]
        for name, value in given.items()
    }
    return [make_pair(clean)]


def _as_json(pair: Pair, verdict: Verdict) -> dict[str, Any]:
    return {
        **verdict.model_dump(mode="json"),
        "statement": pair.statement,
        "action": pair.action,
    }
