"""The records that flow from stage to stage, and the report they end in.

All are frozen and validated on construction (`pydantic.ValidationError` otherwise). Offsets
count Unicode code points of the brief's text, as Python's `str` does; scores and
probabilities lie in 0…1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    import pandas

SCHEMA_VERSION: Final = 1

VerdictName = Literal[
    "contradicts",
    "fulfils",
    "superseded",
    "other_actor",
    "unrealised",
    "conditional",
    "unrelated",
]
GapKind = Literal["call_vs_conduct", "breach", "denial", "principle", "plan"]
StatementKind = Literal["denial", "pledge", "call", "principle", "goal"]
ActionStatus = Literal[
    "happened", "ongoing", "decided", "planned", "conditional", "negated", "hypothetical"
]
Score = Annotated[float, Field(ge=0.0, le=1.0)]
IsoDate = Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BriefInfo(_Record):
    """What identifies a brief: all of it but the text."""

    id: str = Field(min_length=1)
    title: str | None = None
    date: IsoDate | None = Field(default=None, description="YYYY, YYYY-MM or YYYY-MM-DD")
    source: str | None = None


class Brief(BriefInfo):
    """A text to be read, with what is known of it."""

    text: str = Field(description="exactly as it was read; all offsets refer to it")

    @property
    def info(self) -> BriefInfo:
        """The brief without its text."""
        return BriefInfo(id=self.id, title=self.title, date=self.date, source=self.source)


class _Span(_Record):
    id: str = Field(min_length=1)
    actor: str | None = Field(description="canonical name; null where none could be resolved")
    actor_text: str | None = Field(description="the mention that named the actor, verbatim")
    text: str = Field(min_length=1, description="the slice start:end of the brief's text")
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    reported_by: str | None = Field(default=None, description="who reports it, if not the brief")
    date: IsoDate | None = None
    score: Score = Field(description="probability that the span is one")
    actor_score: Score = Field(default=1.0, description="probability that the actor is the one")

    @model_validator(mode="after")
    def _covers_its_text(self) -> _Span:
        if self.end - self.start != len(self.text):
            raise ValueError(
                f"span {self.start}:{self.end} does not fit {len(self.text)} characters"
            )
        return self


class Statement(_Span):
    """A position that an actor publicly professes."""

    kind: StatementKind


class Action(_Span):
    """What an actor is reported to have done, to be doing, or to have decided."""

    on_behalf_of: tuple[str, ...] = Field(
        default=(), description="patrons that command, fund, arm or join the actor"
    )
    status: ActionStatus
    hedged: bool = False


class Pair(_Record):
    """A statement and an action to be judged together; what is not known stays empty."""

    statement: str = Field(min_length=1)
    action: str = Field(min_length=1)
    statement_actor: str | None = None
    action_actor: str | None = None
    on_behalf_of: tuple[str, ...] = ()
    statement_date: IsoDate | None = None
    action_date: IsoDate | None = None
    context: str | None = Field(
        default=None, description="the passage around them; kept, and not yet read by the judge"
    )
    statement_id: str | None = None
    action_id: str | None = None
    statement_kind: StatementKind | None = None
    action_status: ActionStatus | None = None
    hedged: bool = False
    similarity: Annotated[float, Field(ge=-1.0, le=1.0)] | None = Field(
        default=None, description="cosine of the two sides' sentence embeddings"
    )
    actor_score: Score = Field(
        default=1.0, description="probability that both sides' actors are the ones named"
    )


class Verdict(_Record):
    """What was decided on a pair."""

    statement: str = Field(description="the statement's id; its text where it has none")
    action: str = Field(description="the action's id; its text where it has none")
    kind: GapKind | None = Field(description="null unless the verdict is contradicts")
    score: Score = Field(description="calibrated probability that the pair is a gap")
    flagged: bool = Field(description="contradicts, with a score at or over the threshold")
    verdict: VerdictName
    probabilities: dict[VerdictName, Score]
    why: str


class ModelInfo(_Record):
    """What judged: enough to run it again."""

    detector: str
    nli: str
    encoder: str
    spans: str
    threshold: Score


class Report(_Record):
    """All that was found in a brief."""

    schema_version: Literal[1] = SCHEMA_VERSION
    brief: BriefInfo
    statements: tuple[Statement, ...]
    actions: tuple[Action, ...]
    gaps: tuple[Verdict, ...] = Field(
        description="judged pairs, strongest first: those with verdict contradicts, or all"
    )
    model: ModelInfo
    text: str = Field(default="", exclude=True, repr=False, description="the brief's text")

    @property
    def flagged(self) -> tuple[Verdict, ...]:
        """The gaps at or over the threshold, strongest first."""
        return tuple(gap for gap in self.gaps if gap.flagged)

    def statement(self, id: str) -> Statement:
        """The statement with this id; `KeyError` if there is none."""
        return _by_id(self.statements, id)

    def action(self, id: str) -> Action:
        """The action with this id; `KeyError` if there is none."""
        return _by_id(self.actions, id)

    def to_json(self, indent: int | None = None) -> str:
        """The report as JSON, in the published schema (`Report.model_json_schema()`)."""
        return self.model_dump_json(indent=indent)

    def to_html(self) -> str:
        """The report as one self-contained HTML page."""
        from detector.views.html import render

        return render(self)

    def to_frame(self) -> pandas.DataFrame:
        """The judged pairs as a table, one row a pair, both spans spelled out."""
        from detector.views.frame import gaps_frame

        return gaps_frame(self)


_S = TypeVar("_S", bound=_Span)


def _by_id(spans: tuple[_S, ...], id: str) -> _S:
    for span in spans:
        if span.id == id:
            return span
    raise KeyError(id)
