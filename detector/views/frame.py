"""The judged pairs of a report as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from detector.records import Action, Report, Statement, Verdict, VerdictName

if TYPE_CHECKING:
    import pandas

_COLUMNS = {
    "brief": "string",
    "statement": "string",
    "action": "string",
    "verdict": "string",
    "kind": "string",
    "score": "float64",
    "flagged": "bool",
    "statement_actor": "string",
    "statement_text": "string",
    "statement_start": "int64",
    "statement_end": "int64",
    "statement_kind": "string",
    "statement_date": "string",
    "action_actor": "string",
    "on_behalf_of": "string",
    "action_text": "string",
    "action_start": "int64",
    "action_end": "int64",
    "action_status": "string",
    "action_date": "string",
    "hedged": "bool",
    "why": "string",
    **{f"p_{name}": "float64" for name in get_args(VerdictName)},
}


def gaps_frame(report: Report) -> pandas.DataFrame:
    """One row a judged pair, in the report's order (strongest first), with both spans.

    Columns, of the same dtypes in every report, empty ones included:

    - `brief`, `statement`, `action`: ids (string)
    - `verdict`; `kind` of gap, missing unless the verdict is contradicts (string)
    - `score`: calibrated probability of a gap, 0…1 (float64); `flagged`: at or over the
      threshold (bool)
    - `statement_actor`, `action_actor`: canonical names, missing where unresolved;
      `on_behalf_of`: the action's patrons, joined by "; ", empty for none (string)
    - `statement_text`, `action_text`: the spans, verbatim (string), at `…_start`:`…_end` in
      code points of the brief (int64)
    - `statement_kind`, `action_status` (string); `hedged` (bool)
    - `statement_date`, `action_date`: ISO dates as written, missing where unknown (string)
    - `why`: the reason in a line (string)
    - `p_contradicts` … `p_unrelated`: probability of each verdict, missing (NaN) where the
      report has none (float64)
    """
    import pandas

    statements = {span.id: span for span in report.statements}
    actions = {span.id: span for span in report.actions}
    rows = [
        _row(report.brief.id, gap, statements[gap.statement], actions[gap.action])
        for gap in report.gaps
    ]
    return pandas.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _row(brief: str, gap: Verdict, statement: Statement, action: Action) -> dict[str, Any]:
    return {
        "brief": brief,
        "statement": statement.id,
        "action": action.id,
        "verdict": gap.verdict,
        "kind": gap.kind,
        "score": gap.score,
        "flagged": gap.flagged,
        "statement_actor": statement.actor,
        "statement_text": statement.text,
        "statement_start": statement.start,
        "statement_end": statement.end,
        "statement_kind": statement.kind,
        "statement_date": statement.date,
        "action_actor": action.actor,
        "on_behalf_of": "; ".join(action.on_behalf_of),
        "action_text": action.text,
        "action_start": action.start,
        "action_end": action.end,
        "action_status": action.status,
        "action_date": action.date,
        "hedged": action.hedged,
        "why": gap.why,
        **{f"p_{name}": gap.probabilities.get(name) for name in get_args(VerdictName)},
    }
