"""What the look-up commands print: an actor, the embedded models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from detector.views.console import print_field
from detector.visible import one_line

if TYPE_CHECKING:
    from detector.actors import Actor, Tie


def actor_view(
    actor: Actor,
    patrons: Sequence[Tie],
    clients: Sequence[tuple[str, Tie]],
    console: Console,
) -> None:
    """An actor's names, then its ties in both directions."""
    console.print(Text.assemble((one_line(actor.name), "bold"), (f"  {actor.kind}", "dim")))
    names = {"aliases": actor.aliases, "people": actor.demonyms, "stands for it": actor.metonyms}
    for name, forms in names.items():
        if forms:
            print_field(name, Text(one_line(", ".join(forms))), "dim", console)
    if actor.source:
        print_field("source", Text(one_line(actor.source)), "dim", console)
    _ties("Patrons", ((tie.patron, tie) for tie in patrons), console)
    _ties("Is patron of", clients, console)
    if not patrons and not clients:
        console.print(Text("No ties are known.", "dim"))


def models_view(models: Iterable[Mapping[str, Any]], console: Console) -> None:
    """Each embedded model with its card in short."""
    for model in models:
        name = one_line(f"{model.get('name', '')} {model.get('version', '')}")
        console.print(Text.assemble((str(model["role"]), "bold"), f"  {name}"))
        for field in ("task", "licence"):
            if model.get(field):
                print_field(field, Text(one_line(str(model[field]))), "dim", console)
        metrics = model.get("metrics")
        if isinstance(metrics, Mapping) and metrics:
            values = ", ".join(f"{key} {value}" for key, value in metrics.items())
            print_field("metrics", Text(one_line(values)), "dim", console)
        print_field("size", Text(f"{model['size'] / 1e6:.1f} MB"), "dim", console)
        print_field("folder", Text(one_line(str(model["folder"]))), "dim", console)
        console.print()


def _ties(title: str, ties: Iterable[tuple[str, Tie]], console: Console) -> None:
    listed = list(ties)
    if not listed:
        return
    console.print()
    console.print(Text(title, "bold"))
    for name, tie in listed:
        held = one_line(f"{tie.tie} {_term(tie)}")
        row = Text.assemble(held, (f"  {one_line(tie.source)}", "dim"))
        print_field(one_line(name), row, "bold", console)


def _term(tie: Tie) -> str:
    if tie.since and tie.until:
        return tie.since if tie.since == tie.until else f"{tie.since} to {tie.until}"
    return f"since {tie.since}" if tie.since else f"until {tie.until}" if tie.until else ""
