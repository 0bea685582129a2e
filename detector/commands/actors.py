"""`detector actors`: what is known of an actor, and from where."""

from __future__ import annotations

import argparse
import difflib
from typing import TYPE_CHECKING

from detector.commands import _options, _output
from detector.errors import InputError
from detector.visible import one_line

if TYPE_CHECKING:
    from detector.actors import Actor, ActorTable, Tie

_EXAMPLES = """\
examples:
  detector actors Hezbollah
  detector actors Tehran --date 2017-04-19
  detector actors "Wagner Group" --json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "actors",
        help="look up an actor: its names, its patrons and proxies",
        description="Shows what the detector knows of an actor, and from where.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("name", metavar="NAME", help="any of the actor's names")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="show only ties that held then")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    _options.add_actors(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Looks the actor up and shows it."""
    from detector.actors import ActorTable
    from detector.read import iso_date

    date = None if options.date is None else iso_date(options.date)
    table = ActorTable.load(options.actors)
    actor = find(table, options.name)
    patrons = table.patrons(actor.name, date)
    clients = clients_of(table, actor.name, date)
    if options.json:
        known = actor._asdict()
        known["ties"] = [tie._asdict() for tie in patrons]
        known["patron_of"] = [
            {"actor": name, **{k: v for k, v in tie._asdict().items() if k != "patron"}}
            for name, tie in clients
        ]
        _output.print_json({"schema_version": 1, "actor": known})
    else:
        from detector.views.console import console
        from detector.views.lookups import actor_view

        actor_view(actor, patrons, clients, console())
    return 0


def find(table: ActorTable, name: str) -> Actor:
    """The actor of that name, alias, demonym or metonym; `InputError` names the closest."""
    actor = table.resolve(name)
    if actor is not None:
        return actor
    raise _unknown(table, name)


def clients_of(table: ActorTable, name: str, date: str | None) -> list[tuple[str, Tie]]:
    """The ties whose patron the actor is, each with the other side's name.

    Those who only speak for it come last, else in order of name and time.
    """
    return sorted(
        (
            (actor.name, tie)
            for actor in table
            for tie in actor.ties
            if tie.patron == name and tie.holds(date)
        ),
        key=lambda client: (
            client[1].tie == "represents",
            client[0].casefold(),
            client[1].since or "",
        ),
    )


def _unknown(table: ActorTable, name: str) -> InputError:
    names = {
        form.casefold(): actor.name for actor in table for form in (actor.name, *actor.aliases)
    }
    close = difflib.get_close_matches(name.casefold(), names, n=5, cutoff=0.7)
    nearest = ", ".join(dict.fromkeys(names[form] for form in close))
    remedy = f"close matches: {nearest}" if nearest else "add it with --actors FILE"
    return InputError(f"no actor is known as {one_line(name, 80)!r}; {remedy}")
