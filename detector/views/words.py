"""How the views put records into words."""

from __future__ import annotations

from collections.abc import Sequence

from detector.records import Action, GapKind, Report, Statement, Verdict, VerdictName

KINDS: dict[GapKind, str] = {
    "call_vs_conduct": "call against conduct",
    "breach": "breach",
    "denial": "denial",
    "principle": "principle",
    "plan": "plan",
}
VERDICTS: dict[VerdictName, str] = {
    "contradicts": "contradicts",
    "fulfils": "fulfils",
    "superseded": "superseded",
    "other_actor": "another actor",
    "unrealised": "unrealised",
    "conditional": "conditional",
    "unrelated": "unrelated",
}


def kind_of(verdict: Verdict) -> str:
    """The kind of gap, or the verdict where there is none."""
    return KINDS[verdict.kind] if verdict.kind else VERDICTS[verdict.verdict]


def actor_of(span: Statement | Action) -> str:
    """Who states or acts, and for whom."""
    return named(span.actor or span.actor_text, getattr(span, "on_behalf_of", ()))


def named(actor: str | None, patrons: Sequence[str] = ()) -> str:
    """An actor that may be unknown, and for whom it acts."""
    name = actor or "unnamed actor"
    return f"{name}, for {', '.join(patrons)}" if patrons else name


def notes_on(span: Statement | Action) -> list[str]:
    """What else is known of a span, a word or two each."""
    if isinstance(span, Statement):
        notes: list[str] = [span.kind]
    else:
        notes = [span.status, "hedged"] if span.hedged else [span.status]
    if span.reported_by:
        notes.append(f"reported by {span.reported_by}")
    if span.date:
        notes.append(span.date)
    return notes


def counted(number: int, noun: str) -> str:
    """The noun with its number: "1 gap", "2 gaps"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def counts(report: Report) -> str:
    """What was found, in one line."""
    spans = (
        f"{counted(len(report.statements), 'statement')}, {counted(len(report.actions), 'action')}"
    )
    threshold = f"threshold {report.model.threshold:.2f}"
    return f"{spans}, {counted(len(report.flagged), 'gap')} flagged ({threshold})"


def verdict_line(report: Report) -> str:
    """The finding in a sentence."""
    if not report.statements and not report.actions:
        return "No statement and no action was found."
    if not report.statements or not report.actions:
        missing = "action" if report.statements else "statement"
        return f"No {missing} was found, so there is nothing to compare."
    if not report.flagged:
        return "No gap was found between the statements and the actions."
    return f"{counted(len(report.flagged), 'gap')} between what was said and what was done."
