"""What the commands print on a terminal, or as plain text into a file or pipe.

On a terminal statements and actions are set in colour; elsewhere they stand in markers,
`[s1 …]` and `{a1 …}`. Nothing of a brief is taken as markup or reaches the terminal as a
control character.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from detector.records import Action, Brief, Pair, Report, Statement, Verdict
from detector.views.console import has_colours, print_field
from detector.views.marked import ACTION, STATEMENT, colour, label, print_marked
from detector.views.segments import Span
from detector.views.words import actor_of, counts, kind_of, named, notes_on, verdict_line
from detector.visible import one_line

_BAR_CELLS = 10


def report_view(report: Report, console: Console) -> None:
    """The text with statements and actions marked, then the gaps, strongest first."""
    _heading(report.brief.title or report.brief.id, report.brief.date, report.brief.source, console)
    print_marked(report.text, (*report.statements, *report.actions), console)
    console.print(Text(verdict_line(report), "bold"))
    console.print()
    statements = {span.id: span for span in report.statements}
    actions = {span.id: span for span in report.actions}
    for gap in report.gaps:
        _gap(gap, statements[gap.statement], actions[gap.action], console)
    console.print(Text(counts(report), "dim"))


def spans_view(
    brief: Brief, statements: Sequence[Statement], actions: Sequence[Action], console: Console
) -> None:
    """The text with its spans marked, then a line for each."""
    _heading(brief.title or brief.id, brief.date, brief.source, console)
    print_marked(brief.text, (*statements, *actions), console)
    if not statements and not actions:
        console.print(Text("No statement and no action was found.", "bold"))
    spans: list[Span] = [*statements, *actions]
    for span in spans:
        print_field(label(span), _about(span), colour(span), console)


def verdicts_view(pairs: Sequence[Pair], verdicts: Sequence[Verdict], console: Console) -> None:
    """Each pair with its verdict, in the order given."""
    for pair, verdict in zip(pairs, verdicts, strict=True):
        _verdict_head(verdict, console)
        _quote("says", named(pair.statement_actor), pair.statement, STATEMENT, console)
        doer = named(pair.action_actor, pair.on_behalf_of)
        _quote("does", doer, pair.action, ACTION, console)
        _why(verdict, console)


def _heading(title: str, date: str | None, source: str | None, console: Console) -> None:
    console.print(Text(one_line(title), "bold"))
    about = ", ".join(one_line(part) for part in (date, source) if part)
    if about:
        console.print(Text(about, "dim"))
    console.print()


def _gap(gap: Verdict, statement: Statement, action: Action, console: Console) -> None:
    _verdict_head(gap, console)
    _quote(label(statement), actor_of(statement), statement.text, STATEMENT, console)
    _quote(label(action), actor_of(action), action.text, ACTION, console)
    _why(gap, console)


def _verdict_head(verdict: Verdict, console: Console) -> None:
    cells = round(verdict.score * _BAR_CELLS)
    head = Text.assemble((f"{verdict.score:.2f} ", "bold" if verdict.flagged else ""))
    if has_colours(console):
        head.append("━" * cells, "red" if verdict.flagged else "dim red")
        head.append("━" * (_BAR_CELLS - cells) + " ", "bright_black")
    head.append(kind_of(verdict), "bold")
    if verdict.kind and not verdict.flagged:
        head.append("  below the threshold", "dim")
    console.print(head)


def _quote(label: str, actor: str, text: str, colour: str, console: Console) -> None:
    print_field(label, _says(actor, text), colour, console)


def _why(verdict: Verdict, console: Console) -> None:
    if verdict.why:
        print_field("why", Text(one_line(verdict.why)), "dim", console)
    console.print()


def _about(span: Span) -> Text:
    notes = one_line(", ".join(notes_on(span)))
    return _says(actor_of(span), span.text).append(f" ({notes}; {span.score:.2f})", "dim")


def _says(actor: str, text: str) -> Text:
    return Text.assemble((one_line(actor), "bold"), f": “{one_line(text, 1000)}”")
