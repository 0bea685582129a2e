"""The `detector` command: parses, runs one of `detector.commands`, and turns errors into a line.

Exit codes: 0 done; 1 a gap was flagged and --fail-on-gap was given; 2 wrong usage, unreadable
input or a failed run; 130 interrupted; 141 the reader of the output went away.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from detector import __version__
from detector.errors import DetectorError, InputError
from detector.visible import one_line

COMMANDS = ("score", "extract", "compare", "actors", "models")

_USAGE = 2
_INTERRUPTED = 130
_PIPE_CLOSED = 141

_EPILOG = """\
examples:
  detector score brief.txt
  detector score brief.txt --html report.html
  detector compare --statement "Ruritania called for a ceasefire." \\
                   --action "Ruritanian jets bombed the town."
  detector actors Hezbollah --date 2017-04-19

`detector COMMAND --help` explains a command.
"""


class Parser(argparse.ArgumentParser):
    """Takes options by their full names alone, and raises `InputError` for wrong usage."""

    def __init__(self, **settings: object) -> None:
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Raises `InputError` in place of printing the usage and exiting."""
        raise InputError(f"{message}; see `{self.prog} --help`")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; `options.run` is the chosen command's function."""
    parser = Parser(
        prog="detector",
        description="Finds where public actors' reported actions undercut their stated positions.",
        epilog=_EPILOG,
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser.add_argument("--version", action="version", version=f"detector {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"detector.commands.{name}").add_parser(subparsers)
    for command in subparsers.choices.values():
        command.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line `argv` (default: that of the process); returns the exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        code = _PIPE_CLOSED
    except Exception as error:
        if "--debug" in arguments:
            import traceback

            traceback.print_exc()
        else:
            print(f"detector: {_explain(error)}", file=sys.stderr)
        code = _USAGE
    _settle_stdout()
    return code


def _run(arguments: list[str]) -> int:
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    code: int = options.run(options)
    return code


def _explain(error: Exception) -> str:
    if isinstance(error, DetectorError):
        return one_line(str(error))
    kind = type(error).__name__
    return f"unexpected {kind}: {one_line(str(error), 300)}; run with --debug for the traceback"


def _settle_stdout() -> None:
    # What cannot be written by now never will be; the interpreter would complain on its way out.
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
