"""A report as one self-contained HTML page.

The page loads nothing and runs one script, its own: its content policy admits that script and
its style sheet by their hashes alone, so nothing that stands in a brief can ever run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from detector.records import Report, Statement, Verdict
from detector.views.segments import Segment, Span, segments
from detector.views.words import VERDICTS, actor_of, counted, kind_of, notes_on, verdict_line
from detector.visible import visible

_TEMPLATES = "views/templates"
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


def render(report: Report) -> str:
    """The page, as HTML to be saved in UTF-8; spans are marked if the report has its text."""
    page = _Page(report)
    gaps = [page.gap(number, gap) for number, gap in enumerate(report.gaps, 1)]
    style, script = _asset("report.css"), _asset("report.js")
    return _template().render(
        report=report,
        verdict=verdict_line(report),
        paragraphs=page.paragraphs(),
        flagged=[gap for gap in gaps if gap["flagged"]],
        below=[gap for gap in gaps if not gap["flagged"] and gap["contradicts"]],
        others=[gap for gap in gaps if not gap["flagged"] and not gap["contradicts"]],
        statements=[page.span(span) for span in report.statements],
        actions=[page.span(span) for span in report.actions],
        style=style,
        script=script,
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
    )


class _Page:
    """What the template shows of a report, with the anchors that link its parts."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._statements = {span.id: span for span in report.statements}
        self._actions = {span.id: span for span in report.actions}
        # Ids come from whoever made the report; numbered anchors are safe in any attribute.
        self._anchors: dict[int, str] = {
            id(span): f"span-{number}"
            for number, span in enumerate((*report.statements, *report.actions), 1)
        }
        self._gaps_of: dict[str, list[str]] = defaultdict(list)
        self._weighing: set[str] = set()
        for number, gap in enumerate(report.gaps, 1):
            if gap.verdict == "contradicts":
                for span in (self._statements[gap.statement], self._actions[gap.action]):
                    self._gaps_of[self._anchor(span)].append(f"gap-{number}")
                    if gap.flagged:
                        self._weighing.add(self._anchor(span))

    def gap(self, number: int, gap: Verdict) -> dict[str, Any]:
        return {
            "number": number,
            "anchor": f"gap-{number}",
            "kind": kind_of(gap),
            "score": gap.score,
            "flagged": gap.flagged,
            "contradicts": gap.verdict == "contradicts",
            "why": gap.why,
            "statement": self.span(self._statements[gap.statement]),
            "action": self.span(self._actions[gap.action]),
            "probabilities": [
                (word, gap.probabilities.get(name, 0.0)) for name, word in VERDICTS.items()
            ],
        }

    def span(self, span: Span) -> dict[str, Any]:
        anchor = self._anchor(span)
        in_text = self._report.text[span.start : span.end] == span.text
        return {
            "anchor": anchor,
            "place": anchor if in_text else f"{anchor}-entry",
            "id": span.id,
            "says": isinstance(span, Statement),
            "actor": actor_of(span),
            "text": span.text,
            "notes": notes_on(span),
            "score": span.score,
            "gaps": self._gaps_of.get(anchor, []),
        }

    def paragraphs(self) -> list[list[dict[str, Any]]]:
        """The text cut into paragraphs at blank lines, each a list of marked pieces."""
        paragraphs: list[list[dict[str, Any]]] = [[]]
        spans: list[Span] = [*self._report.statements, *self._report.actions]
        for segment in segments(self._report.text, spans):
            first, *rest = _BLANK_LINES.split(visible(segment.text))
            marks = self._marks(segment)
            opens = [self.span(span) for span in segment.opens]
            paragraphs[-1].append({**marks, "text": first, "opens": opens})
            paragraphs += [[{**marks, "text": following, "opens": []}] for following in rest]
        return [
            pieces
            for pieces in paragraphs
            if any(piece["text"].strip() or piece["opens"] for piece in pieces)
        ]

    def _marks(self, segment: Segment) -> dict[str, Any]:
        anchors = [self._anchor(span) for span in segment.spans]
        return {
            "says": any(isinstance(span, Statement) for span in segment.spans),
            "does": any(not isinstance(span, Statement) for span in segment.spans),
            "weighs": not self._weighing.isdisjoint(anchors),
            "anchors": anchors,
        }

    def _anchor(self, span: Span) -> str:
        return self._anchors[id(span)]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("detector", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.filters["counted"] = counted
    environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    return environment.get_template("report.html.j2")


@cache
def _asset(name: str) -> str:
    return (resources.files("detector") / _TEMPLATES / name).read_text(encoding="utf-8")


def _csp_hash(content: str) -> str:
    """The source expression that admits an inline element (CSP Level 3, §2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
